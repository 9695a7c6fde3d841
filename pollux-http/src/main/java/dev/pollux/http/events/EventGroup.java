package dev.pollux.http.events;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.ConnectionGroup;
import dev.pollux.net.Payload;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Event streams, of one or more loops, that are sent the same, without a copy for each. A stream
 * that is over leaves by itself.
 *
 * <p>How it is sent to those on other loops, and what becomes of slow ones, is said by {@link
 * ConnectionGroup}. Threads: {@link #add} and {@link #remove} on the loop of the stream, all else
 * on any.
 */
public final class EventGroup {

  private static final byte[] END = {'\r', '\n'};

  private final ConnectionGroup chunked;
  private final ConnectionGroup whole; // of HTTP/1.0

  private EventGroup(ConnectionGroup chunked, ConnectionGroup whole) {
    this.chunked = chunked;
    this.whole = whole;
  }

  /** One without members yet, which resets a member that cannot have everything. */
  public static EventGroup over(List<EventLoop> loops) {
    return new EventGroup(ConnectionGroup.over(loops), ConnectionGroup.over(loops));
  }

  /** One without members yet, which tells of those that fall behind. */
  public static EventGroup over(List<EventLoop> loops, ConnectionGroup.Slow slow) {
    return new EventGroup(ConnectionGroup.over(loops, slow), ConnectionGroup.over(loops, slow));
  }

  /**
   * Adds a member; nothing if it is one, or is over.
   *
   * @throws IllegalArgumentException if it is compressed, each in its own way, or its loop is none
   *     of the group's
   */
  public void add(EventStream events) {
    if (events.isOpen()) {
      if (events.isCoded()) {
        throw new IllegalArgumentException("a stream that is compressed is its own: " + events);
      }
      of(events).add(events.request().connection());
      events.joined(this);
    }
  }

  /** Removes a member; nothing if it is none. */
  public void remove(EventStream events) {
    of(events).remove(events.request().connection());
    events.left(this);
  }

  private ConnectionGroup of(EventStream events) {
    return events.isChunked() ? chunked : whole;
  }

  /** How many members there are; some that have ended may still be counted. */
  public int size() {
    return chunked.size() + whole.size();
  }

  /**
   * Sends to all members.
   *
   * @return false if the queue of a loop was full, so that its members are not given it
   */
  public boolean broadcast(ServerEvent event) {
    byte[] bytes = event.bytes();
    boolean isGiven = chunked.size() == 0 || chunked.broadcast(chunk(bytes));
    if (whole.size() > 0) {
      isGiven &= whole.broadcast(Payload.copyOf(ByteBuffer.wrap(bytes)));
    }
    return isGiven;
  }

  private static Payload chunk(byte[] bytes) {
    byte[] size = Integer.toHexString(bytes.length).getBytes(US_ASCII);
    ByteBuffer chunk = ByteBuffer.allocate(size.length + bytes.length + 2 * END.length);
    return Payload.copyOf(chunk.put(size).put(END).put(bytes).put(END).flip());
  }
}

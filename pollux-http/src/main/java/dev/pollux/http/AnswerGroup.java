package dev.pollux.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionGroup;
import dev.pollux.net.Payload;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/**
 * Answers that go on, of one or more loops, which are sent the same piece by piece, without a copy
 * for each: a feed. One that is over leaves by itself, before its end is sent and before anybody is
 * told of that.
 *
 * <p>What is sent to all is refused by a member that has something waiting before it, beyond what
 * its connection may queue, as by one whose queue is full. How it is sent to those on other loops,
 * and what becomes of slow ones, is said by {@link ConnectionGroup}. Threads: {@link #add} and
 * {@link #remove} on the loop of the answer, all else on any.
 */
public final class AnswerGroup {

  private static final byte[] END = {'\r', '\n'};

  private final Set<EventLoop> loops;
  private final ConnectionGroup chunked;
  private final ConnectionGroup whole; // of HTTP/1.0

  private AnswerGroup(List<EventLoop> loops, ConnectionGroup chunked, ConnectionGroup whole) {
    this.loops = Set.copyOf(loops);
    this.chunked = chunked;
    this.whole = whole;
  }

  /** One without members yet, which resets a member that cannot have everything. */
  public static AnswerGroup over(List<EventLoop> loops) {
    return new AnswerGroup(loops, ConnectionGroup.over(loops), ConnectionGroup.over(loops));
  }

  /** One without members yet, which tells of those that fall behind. */
  public static AnswerGroup over(List<EventLoop> loops, ConnectionGroup.Slow slow) {
    return new AnswerGroup(
        loops, ConnectionGroup.over(loops, slow), ConnectionGroup.over(loops, slow));
  }

  /**
   * Adds a member; nothing if it is one, or is over.
   *
   * @throws IllegalStateException if its head was not sent
   * @throws IllegalArgumentException if it is compressed, each in its own way, or has said its
   *     length, or its loop is none of the group's
   */
  public void add(HttpResponse response) {
    response.exchange.requireInLoop("AnswerGroup.add");
    if (!response.isOpen()) {
      return;
    }
    Exchange exchange = response.exchange;
    if (!response.isBegun()) {
      throw new IllegalStateException(
          "AnswerGroup.add: the answer to " + exchange.request + " has not begun");
    }
    if (response.field("Content-Encoding") != null) {
      throw refused(exchange, "is compressed, which is its own");
    }
    if (response.length() >= 0) {
      throw refused(exchange, "has said its length");
    }
    Connection connection = exchange.request.connection();
    if (!loops.contains(connection.loop())) {
      throw refused(exchange, "is on " + connection.loop() + ", which the group was not made for");
    }
    if (response.groups.add(this)) {
      of(response).add(connection, framed -> write(exchange, framed));
    }
    if (!response.isOpen()) { // it was ended by who was told that others are slow
      of(response).remove(connection);
    }
  }

  /** Behind what is on its way to the connection, which takes nothing while that waits. */
  private static WriteResult write(Exchange exchange, Payload framed) {
    int size = framed.sizeBytes();
    if (size == 0) {
      return exchange.response.end();
    }
    return exchange.write(framed, exchange.isChunked() ? size - aroundBytes(size) : size);
  }

  private static IllegalArgumentException refused(Exchange exchange, String why) {
    return new IllegalArgumentException("the answer to " + exchange.request + " " + why);
  }

  /** Removes a member; nothing if it is none. */
  public void remove(HttpResponse response) {
    response.exchange.requireInLoop("AnswerGroup.remove");
    if (response.groups.remove(this)) { // else the connection may be that of another answer
      of(response).remove(response.exchange.request.connection());
    }
  }

  private ConnectionGroup of(HttpResponse response) {
    return response.exchange.isChunked() ? chunked : whole;
  }

  /** How many members there are; some that have ended may still be counted. */
  public int size() {
    return chunked.size() + whole.size();
  }

  /**
   * Sends a piece to all members, behind what each was sent so far.
   *
   * @return false if the queue of a loop was full, so that its members are not given it
   */
  public boolean broadcast(byte[] piece) {
    boolean isGiven = true;
    if (piece.length > 0 && chunked.size() > 0) { // an empty chunk would be the end
      isGiven = chunked.broadcast(chunk(piece));
    }
    if (piece.length > 0 && whole.size() > 0) {
      isGiven &= whole.broadcast(Payload.copyOf(ByteBuffer.wrap(piece)));
    }
    return isGiven;
  }

  /** How many bytes of a chunk are not its content. */
  private static int aroundBytes(int chunkBytes) {
    int digits = 1;
    while (Integer.toHexString(chunkBytes - digits - 2 * END.length).length() > digits) {
      digits++;
    }
    return digits + 2 * END.length;
  }

  /**
   * Ends all members, behind what each was sent so far.
   *
   * @return false if the queue of a loop was full, so that its members go on, as those who were not
   *     given something
   */
  public boolean end() {
    Payload nothing = Payload.copyOf(ByteBuffer.allocate(0)); // no piece is empty
    boolean isGiven = chunked.size() == 0 || chunked.broadcast(nothing);
    return (whole.size() == 0 || whole.broadcast(nothing)) && isGiven;
  }

  private static Payload chunk(byte[] bytes) {
    byte[] size = Integer.toHexString(bytes.length).getBytes(US_ASCII);
    ByteBuffer chunk = ByteBuffer.allocate(size.length + bytes.length + 2 * END.length);
    return Payload.copyOf(chunk.put(size).put(END).put(bytes).put(END).flip());
  }
}

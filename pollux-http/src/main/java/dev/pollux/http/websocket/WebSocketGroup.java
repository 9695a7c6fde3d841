package dev.pollux.http.websocket;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionGroup;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * WebSockets of a server, of one or more loops, that are sent the same: a chat, a feed. A member
 * that says Close, or is told it, leaves by itself.
 *
 * <p>How it is sent to those on other loops, and what becomes of slow ones, is said by {@link
 * ConnectionGroup}. Threads: {@link #add} and {@link #remove} on the loop of the WebSocket, all
 * else on any.
 */
public final class WebSocketGroup {

  private final Set<EventLoop> loops;
  private final ConnectionGroup plain;
  private final ConnectionGroup deflated; // who is sent compressed ones that refer to no other

  private WebSocketGroup(List<EventLoop> loops, ConnectionGroup plain, ConnectionGroup deflated) {
    this.loops = Set.copyOf(loops);
    this.plain = plain;
    this.deflated = deflated;
  }

  /** One without members yet, which resets a member that cannot have everything. */
  public static WebSocketGroup over(List<EventLoop> loops) {
    return new WebSocketGroup(loops, ConnectionGroup.over(loops), ConnectionGroup.over(loops));
  }

  /** One without members yet, which tells of those that fall behind. */
  public static WebSocketGroup over(List<EventLoop> loops, ConnectionGroup.Slow slow) {
    return new WebSocketGroup(
        loops, ConnectionGroup.over(loops, slow), ConnectionGroup.over(loops, slow));
  }

  /**
   * Adds a member; nothing if it is one, or is not open.
   *
   * @throws IllegalArgumentException if it is a client's, or its loop is none of the group's
   */
  public void add(WebSocket socket) {
    Conversation member = socket.conversation();
    if (member.isClient()) {
      throw new IllegalArgumentException(socket + " is a client's: each masks its own frames");
    }
    if (!loops.contains(socket.loop())) {
      throw new IllegalArgumentException(
          socket + " is on " + socket.loop() + ", which the group was not made for");
    }
    socket.loop().requireInLoop("WebSocketGroup.add");
    if (socket.isOpen()) {
      member.joined(this); // before it may be sent something
      of(member).add(socket.connection());
    }
  }

  /** Removes a member; nothing if it is none. */
  public void remove(WebSocket socket) {
    of(socket.conversation()).remove(socket.connection());
    socket.conversation().left(this);
  }

  private ConnectionGroup of(Conversation member) {
    return member.deflatesAlone() ? deflated : plain;
  }

  /** How many members there are; some that have ended may still be counted. */
  public int size() {
    return plain.size() + deflated.size();
  }

  /** Sends to all members. */
  public boolean broadcast(WebSocketMessage message) {
    return broadcast(message, null);
  }

  /**
   * Sends to all members but one.
   *
   * @return false if the queue of a loop was full, so that its members are not given it
   */
  public boolean broadcast(WebSocketMessage message, @Nullable WebSocket except) {
    Connection spared = except == null ? null : except.connection();
    boolean isGiven = plain.broadcast(message.plain(), spared);
    if (deflated.size() > 0) {
      isGiven &= deflated.broadcast(message.deflated(), spared);
    }
    return isGiven;
  }
}

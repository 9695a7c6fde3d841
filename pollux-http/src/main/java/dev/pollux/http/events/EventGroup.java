package dev.pollux.http.events;

import dev.pollux.http.AnswerGroup;
import dev.pollux.loop.EventLoop;
import dev.pollux.net.ConnectionGroup;
import java.util.List;

/**
 * Event streams, of one or more loops, that are sent the same, without a copy for each. A stream
 * that is over leaves by itself, before its end is sent and before anybody is told of that.
 *
 * <p>How it is sent to those on other loops, and what becomes of slow ones, is said by {@link
 * ConnectionGroup}. Threads: {@link #add} and {@link #remove} on the loop of the stream, all else
 * on any.
 */
public final class EventGroup {

  private final AnswerGroup answers;

  private EventGroup(AnswerGroup answers) {
    this.answers = answers;
  }

  /** One without members yet, which resets a member that cannot have everything. */
  public static EventGroup over(List<EventLoop> loops) {
    return new EventGroup(AnswerGroup.over(loops));
  }

  /** One without members yet, which tells of those that fall behind. */
  public static EventGroup over(List<EventLoop> loops, ConnectionGroup.Slow slow) {
    return new EventGroup(AnswerGroup.over(loops, slow));
  }

  /**
   * Adds a member; nothing if it is one, or is over.
   *
   * @throws IllegalArgumentException if it is compressed, each in its own way, or its loop is none
   *     of the group's
   */
  public void add(EventStream events) {
    answers.add(events.response());
  }

  /** Removes a member; nothing if it is none. */
  public void remove(EventStream events) {
    answers.remove(events.response());
  }

  /** How many members there are; some that have ended may still be counted. */
  public int size() {
    return answers.size();
  }

  /**
   * Ends all members, behind what they were sent; browsers come again.
   *
   * @return false if the queue of a loop was full, so that its members go on
   */
  public boolean end() {
    return answers.end();
  }

  /**
   * Sends to all members.
   *
   * @return false if the queue of a loop was full, so that its members are not given it
   */
  public boolean broadcast(ServerEvent event) {
    return answers.broadcast(event.bytes());
  }
}

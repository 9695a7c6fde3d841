package dev.pollux.cli.chat;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Framing;
import dev.pollux.net.HandlerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * A chat: what one member says, all the others hear.
 *
 * <h2>What goes over the wire</h2>
 *
 * <p>Lines. The first line that a member sends is its name; if that cannot be had, the next. Lines
 * to a member begin with {@code #} if they are for it alone, with {@code *} if they are about the
 * room, or else with a name and a colon. Names are letters, digits, {@code -}, {@code _} and {@code
 * .}, and control characters are replaced, so no member can make a line look like another's.
 *
 * <h2>What holds</h2>
 *
 * <ul>
 *   <li>Every member hears every line that the others say while it is in, those of one member in
 *       their order; on one loop, all members hear all lines in the same order.
 *   <li>A member whose queue is at its watermark, after it was tried to send it, is dropped, with a
 *       line that says so at the end of what is queued. It never makes the others wait.
 *   <li>Lines go to the other loops as tasks. Where such a loop has no room for one more, the
 *       speaker is held up: no more is read from it until there is. Nothing is dropped.
 *   <li>Too long a line is the end of the member that sends it.
 * </ul>
 *
 * <p>Ownership: the loops and connections are the server's whose handlers this makes. Threads: any;
 * each {@link ChatPart} and its members belong to one loop.
 */
public final class ChatRoom implements HandlerFactory {

  private static final long PAUSE_NANOS = 1_000_000; // 1 ms

  private final ChatOptions options;
  private final ChatListener listener;
  private final Framing framing;
  private final Set<String> names = new ConcurrentSkipListSet<>();
  private final List<ChatPart> parts = new ArrayList<>();

  /** A room on these loops. */
  public ChatRoom(List<EventLoop> loops, ChatOptions options, ChatListener listener) {
    this.options = options;
    this.listener = listener;
    this.framing = Framing.lines(options.maxLineBytes());
    loops.forEach(loop -> parts.add(new ChatPart(loop, listener)));
  }

  ChatOptions options() {
    return options;
  }

  ChatListener listener() {
    return listener;
  }

  /** What is where; one for each loop. */
  public List<ChatPart> parts() {
    return parts;
  }

  /** The names of all members. Any thread. */
  public Set<String> names() {
    return names;
  }

  @Override
  public ConnectionHandler handlerFor(Connection connection) {
    for (ChatPart part : parts) {
      if (part.loop().equals(connection.loop())) {
        return framing.handler(new ChatMember(this, part, connection));
      }
    }
    throw new IllegalStateException(connection.loop() + " is not one of this room's");
  }

  /**
   * Tells everybody that it is over, and nobody any more who leaves; the connections are then for
   * the server to stop. Waits for room in the queues of the loops. Any thread but theirs.
   */
  public void stop() {
    for (ChatPart part : parts) {
      EventLoop loop = part.loop();
      while (!loop.isClosed() && !loop.offer(part::stop)) {
        loop.options().threads().pause(PAUSE_NANOS);
      }
    }
  }
}

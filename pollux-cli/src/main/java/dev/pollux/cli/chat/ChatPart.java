package dev.pollux.cli.chat;

import dev.pollux.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** The members of a {@link ChatRoom} on one loop. Threads: the loop's. */
public final class ChatPart {

  /** What members hear when the room stops. */
  public static final String LAST_WORD = "# the chat ends";

  private final EventLoop loop;
  private final ChatListener listener;
  private final List<ChatMember> members = new ArrayList<>();
  private boolean stopped;

  ChatPart(EventLoop loop, ChatListener listener) {
    this.loop = loop;
    this.listener = listener;
  }

  /** Any thread. */
  EventLoop loop() {
    return loop;
  }

  /** Those with a name. */
  public List<ChatMember> members() {
    return members;
  }

  void add(ChatMember member) {
    members.add(member);
  }

  void remove(ChatMember member) {
    boolean _ = members.remove(member);
  }

  /** Whether members leave without a word. */
  boolean isStopped() {
    return stopped;
  }

  /** Everybody here but one hears a line. */
  void tell(ChatMember from, byte[] line) {
    listener.delivered(this, from, line);
    for (ChatMember member : members) {
      if (!member.equals(from)) {
        member.hear(line);
      }
    }
  }

  void stop() {
    stopped = true;
    byte[] line = ChatText.line(LAST_WORD);
    members.forEach(member -> member.hear(line));
  }
}

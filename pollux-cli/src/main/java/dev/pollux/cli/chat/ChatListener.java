package dev.pollux.cli.chat;

import dev.pollux.net.CloseCause;

/** Told of what happens in a {@link ChatRoom}. Threads: the loop of the member, or of the part. */
public interface ChatListener {

  /** Tells nobody. */
  ChatListener NONE = new ChatListener() {};

  /** A member has a name, and hears everything from now on. */
  default void joined(ChatMember member) {}

  /** The others on all loops will be told this, a line with its end, which must not be changed. */
  default void told(ChatMember from, byte[] line) {}

  /** The members of one part, but for the speaker, are sent a line that was told. */
  default void delivered(ChatPart part, ChatMember from, byte[] line) {}

  /** A member hears nothing from now on; how it went, in a few words. */
  default void left(ChatMember member, String how) {}

  /** The connection of one who has come is over, a member or not. */
  default void closed(ChatMember member, CloseCause cause) {}
}

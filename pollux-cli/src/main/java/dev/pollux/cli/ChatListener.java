package dev.pollux.cli;

/** Told of what happens in a {@link ChatRoom}. Threads: the loop of the member. */
interface ChatListener {

  /** Tells nobody. */
  ChatListener NONE = new ChatListener() {};

  /** A member has a name, and hears everything from now on. */
  default void joined(ChatMember member) {}

  /** The others on all loops will be told this, a line with its end, which must not be changed. */
  default void told(ChatMember from, byte[] line) {}

  /** A member hears nothing from now on; how it went, in a few words. */
  default void left(ChatMember member, String how) {}
}

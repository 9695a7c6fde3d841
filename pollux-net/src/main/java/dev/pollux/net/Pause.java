package dev.pollux.net;

/**
 * Who has a {@link Connection} receive nothing for now: the program, and one of our own handlers,
 * which does so for want of room. Reading goes on when neither of them does, so that none of them
 * undoes what the other did.
 *
 * <p>Without a state: the bits are the {@link Link}'s. Threads: the loop's.
 */
final class Pause {

  // Who, as bits.
  static final byte PROGRAM = 1;
  static final byte HANDLER = 1 << 1;

  private Pause() {}

  /** Pauses reading, or says that this one has it go on; then what was left is given again. */
  static void set(Link link, int who, boolean now) {
    boolean was = link.isPaused();
    boolean isNothing = !now && !was && (link.given || !link.hasUnread()); // or in received
    if (!(link.ending.isOpen() || link.ending.isConnecting()) || isNothing) {
      return;
    }
    link.pausedBy = (byte) (now ? link.pausedBy | who : link.pausedBy & ~who);
    if (!now && link.isPaused()) {
      return;
    }
    link.again |= !now; // what is left is known after received(), which may be where this is called
    if (!now) {
      link.clock.read(link.loop().nowNanos()); // silence counts from here
    } else if (link.ending.broken() != null) {
      link.lookSoon(); // whether anything is left to read
    } else if (!was) {
      link.lookNowAndThen();
    }
    link.kick();
  }

  /** Another handler comes: if reading is paused, that is the program's to end. */
  static void leave(Link link) {
    link.pausedBy = link.isPaused() ? PROGRAM : 0;
  }
}

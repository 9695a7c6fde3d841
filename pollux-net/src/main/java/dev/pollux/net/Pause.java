package dev.pollux.net;

/**
 * Who has a {@link Connection} receive nothing for now: the program, and our own handlers, which do
 * so for want of room. Reading goes on when none of them does; each ends what it began, so that
 * none of them undoes what another did.
 *
 * <p>Without a state: the bits are the {@link Link}'s. Threads: the loop's.
 */
final class Pause {

  // Who, as bits.

  /** The program, also where the handler that paused is another one by now. */
  static final byte PROGRAM = 1;

  /** {@link Workers} or {@link Blocking}, of which a connection has one at a time. */
  static final byte HANDLER = 1 << 1;

  /**
   * A {@link Relay}, for which the other connection is full; the program's where that is its own.
   */
  static final byte RELAY = 1 << 2;

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
    if (!now) {
      link.giveAgain(); // what is left is known after received(), which may be where this is called
      link.clock.read(link.loop().nowNanos()); // silence counts from here
    } else if (link.ending.broken() != null) {
      link.lookSoon(); // whether anything is left to read
    } else if (!was) {
      link.lookNowAndThen();
    }
    link.kick();
  }

  /** The program has it go on; what a relay paused too, unless another one relays back. */
  static void resume(Link link) {
    set(link, Relay.isBothWays(link.sender.owner) ? PROGRAM : PROGRAM | RELAY, false);
  }

  /** Another handler comes: if reading is paused, that is the program's to end. */
  static void leave(Link link) {
    link.pausedBy = link.isPaused() ? PROGRAM : 0;
  }
}

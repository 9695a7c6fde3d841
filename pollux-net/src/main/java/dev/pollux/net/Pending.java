package dev.pollux.net;

/**
 * What a connection has still to do, as bits: {@link #of} finds them out anew each time from what
 * is there, and nobody asks in another way. So the end of a connection, a finish and the sleep of
 * the loop cannot have different opinions.
 */
final class Pending {

  /** Bytes, files or descriptors wait for the kernel to take them. */
  static final int SEND = 1;

  /** The filter holds something back, or owes the wire its goodbye. */
  static final int WRAP = 1 << 1;

  /** The handler is to be told something that no event will bring: bytes again, or the end. */
  static final int GIVE = 1 << 2;

  /** The kernel is known to hold input, and it is wanted. */
  static final int READ = 1 << 3;

  /** Reading is paused, and something is there, or may still come, for the time after that. */
  static final int PAUSED = 1 << 4;

  /** Somebody works on an answer. */
  static final int HELD = 1 << 5;

  /** The server stops, and the first bytes of a peer that has just come may be on their way. */
  static final int FIRST = 1 << 6;

  /** What an end of the stream has to wait for. */
  static final int UNSENT = SEND | WRAP;

  /**
   * What a finish has to wait for, beside what the kernel holds to be read. Also for the queue: who
   * produces more when there is room, is told that first.
   */
  static final int DUE = UNSENT | GIVE | READ | PAUSED | HELD | FIRST;

  private Pending() {}

  /** What is still to be done. */
  static int of(Link link) {
    int bits = link.output.isEmpty() ? 0 : SEND;
    Filter between = link.filter();
    if (between != null && !between.isDrained()) {
      bits |= WRAP;
    }
    if (link.isEndDue()
        || link.isRestDue()
        || link.isNewsDue()
        || link.isRoomDue()
        || link.output.hasDueDeliveries()) {
      bits |= GIVE;
    }
    if (link.input.isReadReady() && link.wantsInput()) {
      bits |= READ;
    }
    if (link.isPaused() && (link.hasUnread() || !link.ending.isEndTold())) {
      bits |= PAUSED;
    }
    if (link.ending.isFirstAwaited() && link.clock.isFirstAwaited(link.loop().nowNanos())) {
      bits |= FIRST;
    }
    return link.ending.isHeld() ? bits | HELD : bits;
  }

  /** Whether that is work which no event will tell of. */
  static boolean isRunnable(int pending, boolean isWriteReady) {
    return (pending & (GIVE | READ | (isWriteReady ? SEND : 0))) != 0;
  }
}

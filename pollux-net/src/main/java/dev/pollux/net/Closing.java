package dev.pollux.net;

import dev.pollux.loop.LoopTimer;

/** Brings a connection to its end by a deadline: a connect that takes too long, or a close. */
final class Closing {

  /** How often it is looked whether the peer has everything. */
  private static final long LOOK_NANOS = 20_000_000; // 20 ms

  private static final long NEVER = Long.MAX_VALUE / 2;

  private final Connection connection;
  private final long deadlineNanos;
  private final LoopTimer timer;

  private Closing(Connection connection, long timeoutNanos, boolean connecting) {
    this.connection = connection;
    this.deadlineNanos = connection.loop().nowNanos() + (timeoutNanos > 0 ? timeoutNanos : NEVER);
    this.timer = new LoopTimer(connecting ? this::connectTimedOut : this::look);
  }

  /** Gives up on a connect after so long. */
  static Closing connectTimeout(Connection connection, long timeoutNanos) {
    Closing closing = new Closing(connection, timeoutNanos, true);
    connection.loop().schedule(closing.timer, timeoutNanos);
    return closing;
  }

  /** Looks until the peer has everything, or the time for it is over. */
  static Closing begin(Connection connection) {
    Closing closing = new Closing(connection, connection.options().closeNanos(), false);
    closing.again();
    return closing;
  }

  void stop() {
    connection.loop().cancel(timer);
  }

  private void connectTimedOut() {
    connection.life().closeNow(CloseCause.of(CloseReason.CONNECT_FAILED, "connect: timed out"));
  }

  private void look() {
    if (connection.loop().nowNanos() - deadlineNanos >= 0) {
      connection.life().closeTimedOut();
    } else {
      connection.stream().kick(); // it settles, one way or the other
      again();
    }
  }

  private void again() {
    long left = deadlineNanos - connection.loop().nowNanos();
    connection.loop().schedule(timer, Math.min(LOOK_NANOS, left));
  }
}

package dev.pollux.sim;

/** Who takes turns in a run: a loop of a host, or a thread beside it. */
abstract class Seat {

  final Host host;

  Seat(Host host) {
    this.host = host;
  }

  /** Whether its program has ended it. */
  abstract boolean isOver();

  /** From when on it has something to do; {@link Long#MAX_VALUE} is never. */
  abstract long from(long now);

  /** Does it; whether that may be news for others of its host. */
  abstract boolean turn() throws Exception;

  /** Whether it takes turns, at one moment, in which it does nothing. */
  boolean isSpinning() {
    return false;
  }

  /** Somebody may have given it something to do. */
  void mayHaveNews() {}

  /** Something has come for it. */
  void wake() {}
}

package dev.pollux.kqueue;

import java.util.ArrayList;
import java.util.List;

/**
 * Looks again and again at the knotes of {@code EVFILT_WRITE} that wait for more room than there
 * is: Linux says that there is room, and not that there is more. One timer for all of them, which
 * runs as long as there are any. Under the queue's lock.
 */
final class Ticks {

  private static final long TICK_NANOS = 5_000_000; // 5 ms

  private final TimerFds calls;
  private final Instances instances;
  private final List<Knote> waiting = new ArrayList<>();

  Ticks(TimerFds calls, Instances instances) {
    this.calls = calls;
    this.instances = instances;
  }

  /** Makes the timer, so that {@link #set} cannot fail; 0 or an errno. */
  int open() {
    if (instances.own(Instances.TICKS) >= 0) {
      return 0;
    }
    int made = calls.open(false);
    return made < 0 ? -made : instances.adopt(Instances.TICKS, made);
  }

  boolean isOpen() {
    return instances.own(Instances.TICKS) >= 0;
  }

  /** Has a knote be looked at, or not. */
  void set(Knote note, boolean isWaiting) {
    boolean wasWaiting = waiting.contains(note);
    if (isWaiting == wasWaiting) {
      return;
    }
    boolean _ = isWaiting ? waiting.add(note) : waiting.remove(note);
    if (waiting.size() == (isWaiting ? 1 : 0)) {
      long nanos = isWaiting ? TICK_NANOS : 0;
      int _ = calls.arm(instances.own(Instances.TICKS), false, nanos, nanos);
    }
  }

  /** The timer has expired. */
  void tick() {
    long _ = calls.expirations(instances.own(Instances.TICKS));
    for (int i = waiting.size() - 1; i >= 0; i--) {
      Knote note = waiting.get(i);
      if (instances.lookAgain(note) < 0) { // it was closed
        note.filter.notes.forget(note.source, note.filter.number);
      }
    }
  }
}

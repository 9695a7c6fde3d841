package dev.pollux.model;

import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A call that blocks, seen from those who wake it. A thread has one, and uses it again.
 *
 * <p>Threads: under the kernel's lock.
 */
final class Sleeper implements Wakeable {

  /** Its place on the queue of the one file it waits for. */
  final WaitEntry entry = new WaitEntry(this);

  /** Signalled when woken; null under virtual time, where no thread waits. */
  private final @Nullable Condition condition;

  private boolean woken;

  /** Of the hints, those that wake it; 0 is all. */
  private int hints;

  /** A signal came during this sleep. */
  private boolean interrupted;

  private String call = "";
  private int fd;

  Sleeper(@Nullable Condition condition) {
    this.condition = condition;
  }

  /** To be called before queueing: forgets earlier wake-ups and signals. */
  void prepare(String callName, int descriptor) {
    woken = false;
    interrupted = false;
    hints = 0;
    call = callName;
    fd = descriptor;
  }

  /** Names the hints that wake it, beside changes of state; 0 is all. */
  void listenTo(int some) {
    hints = some;
  }

  boolean isWoken() {
    return woken;
  }

  boolean mayReturn() {
    return woken || interrupted;
  }

  void interrupt() {
    interrupted = true;
    signal();
  }

  /** Whether a signal came since this was asked last. */
  boolean takeInterrupt() {
    boolean was = interrupted;
    interrupted = false;
    return was;
  }

  /** The callback of its own entry, which leaves the queue if that is what it waits for. */
  @Override
  public boolean wake(WaitEntry place, int key) {
    if (hints != 0 && key != 0 && (key & hints) == 0) {
      return false;
    }
    place.leave();
    wakeUp();
    return true;
  }

  void wakeUp() {
    woken = true;
    signal();
  }

  void signal() {
    if (condition != null) {
      condition.signal();
    }
  }

  /** Which call waits for what, for those who ask what hangs. */
  @Override
  public String toString() {
    return call + "(fd=" + fd + ")";
  }
}

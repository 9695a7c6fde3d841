package dev.pollux.http.wire;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;

/**
 * A time that is put off with almost every request, on a timer that is scheduled anew only when it
 * runs, or the time comes nearer.
 *
 * <p>Threads: the loop's.
 */
public final class Deadline {

  private static final long NEVER = Long.MAX_VALUE;

  private final EventLoop loop;
  private final Runnable late;
  private final LoopTimer timer = new LoopTimer(this::look);
  private boolean isSet;
  private long at;
  private long lookAt = NEVER; // when the timer runs; NEVER if it does not

  /** One that is not set, and runs this when its time has come. */
  public Deadline(EventLoop loop, Runnable late) {
    this.loop = loop;
    this.late = late;
  }

  /** So long from now on. */
  public void in(long nanos) {
    at(nanos > NEVER / 2 ? NEVER / 2 : nanos, loop.nowNanos());
  }

  private void at(long nanos, long now) {
    at = now + nanos;
    isSet = true;
    if (lookAt == NEVER || at - lookAt < 0) {
      lookAt = at;
      loop.schedule(timer, nanos);
    }
  }

  /** Nothing is awaited. */
  public void clear() {
    isSet = false;
  }

  /** The connection is over. */
  public void end() {
    isSet = false;
    if (lookAt != NEVER) {
      lookAt = NEVER;
      loop.cancel(timer);
    }
  }

  private void look() {
    lookAt = NEVER;
    if (!isSet) {
      return;
    }
    long left = at - loop.nowNanos();
    if (left <= 0) {
      isSet = false;
      late.run();
    } else {
      lookAt = at;
      loop.schedule(timer, left);
    }
  }
}

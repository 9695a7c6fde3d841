package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import org.jspecify.annotations.Nullable;

/**
 * A timerfd: readable once it has expired, until the count is read. The machine is never suspended,
 * so the boot-time clock is the monotonic one.
 *
 * <p>A periodic timer is one edge until it is read, however often it expires: the expiries between
 * are only counted, when somebody asks.
 */
final class TimerFdFile implements File {

  private final Kernel kernel;
  private final WaitQueue queue = new WaitQueue();
  private final byte[] bytes = new byte[Long.BYTES];
  private @Nullable Timer timer;
  private long expiresAt;
  private long intervalNanos;

  /** Expiries not read yet. */
  private long ticks;

  /** Whether a time that it is armed for is one of the real-time clock. */
  private final boolean isRealTime;

  TimerFdFile(Kernel kernel, boolean isRealTime) {
    this.kernel = kernel;
    this.isRealTime = isRealTime;
  }

  @Override
  public String kind() {
    return "timerfd";
  }

  @Override
  public int poll() {
    return ticks > 0 ? Linux.EPOLLIN : 0;
  }

  @Override
  public boolean canBeWritten() {
    return false;
  }

  @Override
  public WaitQueue queue() {
    return queue;
  }

  /** Arms it for a time of its own clock. */
  void armAt(long atNanos, long everyNanos) {
    boolean isMoved = isRealTime && atNanos != Kernel.FOREVER;
    arm(isMoved ? atNanos - kernel.realTime() + kernel.clock.now() : atNanos, everyNanos);
  }

  /** Arms it for a time of the monotonic clock. */
  void arm(long atNanos, long everyNanos) {
    disarm();
    expiresAt = atNanos;
    intervalNanos = everyNanos;
    start();
  }

  void disarm() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    ticks = 0;
    expiresAt = 0;
    intervalNanos = 0;
  }

  long intervalNanos() {
    return intervalNanos;
  }

  /** Until the next expiry; 0 if it is not armed. */
  long remainingNanos() {
    forward();
    return timer == null ? 0 : Math.max(1, expiresAt - kernel.clock.now());
  }

  private void start() {
    timer = expiresAt == Kernel.FOREVER ? null : kernel.at(expiresAt, this::expired);
  }

  private void expired() {
    timer = null;
    ticks++;
    queue.wake(Linux.EPOLLIN);
  }

  /**
   * A periodic timer stands still once expired; this counts what it missed, and starts it again.
   */
  private void forward() {
    if (timer == null && ticks > 0 && intervalNanos > 0) {
      long missed = (kernel.clock.now() - expiresAt) / intervalNanos;
      ticks += missed;
      expiresAt += (missed + 1) * intervalNanos;
      start();
    }
  }

  @Override
  public Standing standing(boolean toRead) {
    return Standing.BEHIND;
  }

  @Override
  public int read(Span to) {
    if (to.remaining() < Long.BYTES) {
      return -Errno.EINVAL;
    }
    if (ticks == 0) {
      return -Errno.EAGAIN;
    }
    forward();
    Bytes.putLong(bytes, 0, ticks);
    ticks = 0; // gone, also if they cannot be told
    return to.put(bytes, 0, Long.BYTES);
  }

  @Override
  public int write(Span from) {
    return -Errno.EINVAL;
  }

  @Override
  public void released() {
    disarm();
  }
}

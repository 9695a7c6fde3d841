package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.Timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * A timer that is readable from its first expiration until {@link #takeExpirations}.
 *
 * <p>It never expires early. Arming and disarming replace what was armed before and forget
 * expirations that were not taken. A delay of 0 or less, and a moment that has passed, expire at
 * once; for timerfd_settime itself a 0 would mean to disarm.
 *
 * <p>On an edge trigger a periodic timer is reported once until its expirations are taken: the
 * kernel counts the later ones without a new edge.
 *
 * <p>Ownership: the source owns its descriptor; {@link #close} is idempotent.
 *
 * <p>Threads: any. Blocking: never. Allocates nothing after the opening.
 *
 * <p>Units: nanoseconds, on the clock of {@link Sys#nanoTime} or since 1970, as opened.
 *
 * <p>Where there is no timerfd and a kqueue, it is a knote of {@code EVFILT_TIMER}, in the unit
 * that the system has: in milliseconds, rounded up, on some. A system without timers at a time of
 * day does not follow the wall clock when it is set.
 *
 * <p>Source: timerfd_create(2).
 */
public final class TimerFd implements EventSource, AutoCloseable {

  private static final long INTERVAL = Offsets.ITIMERSPEC__IT_INTERVAL;
  private static final long VALUE = Offsets.ITIMERSPEC__IT_VALUE;

  private final Sys sys;
  private final OwnedFd own;
  private final boolean realtime;

  /** Where there is no timerfd, and a kqueue. */
  private final @Nullable QueuedTimer queued;

  // For the calls; under the monitor of "own".
  private final MemorySegment spec = Arena.ofAuto().allocate(Linux.SIZEOF_ITIMERSPEC, Long.BYTES);
  private final MemorySegment expirations = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

  private TimerFd(Sys sys, int clock) throws SysException {
    this.sys = sys;
    this.realtime = clock == Linux.CLOCK_REALTIME;
    this.own = new OwnedFd(sys, "TimerFd");
    int fd = sys.timerfdCreate(clock, Linux.TFD_NONBLOCK | Linux.TFD_CLOEXEC);
    if (fd != -Errno.ENOSYS) {
      own.take("timerfd_create()", fd);
      this.queued = null;
      return;
    }
    OwnedQueue queue = OwnedQueue.openIfThere(sys, "TimerFd");
    if (queue == null) {
      throw SysException.of("timerfd_create()", fd);
    }
    own.take(queue);
    this.queued = new QueuedTimer(sys, queue);
  }

  /** A disarmed timer on the monotonic clock of the running kernel. */
  public static TimerFd open() throws SysException {
    return open(NativeSys.open());
  }

  /**
   * A disarmed timer on the monotonic clock, which nobody sets: for delays and timeouts.
   *
   * @throws SysException EMFILE, ENFILE or ENOMEM
   */
  public static TimerFd open(Sys sys) throws SysException {
    return new TimerFd(sys, Linux.CLOCK_MONOTONIC);
  }

  /** A disarmed timer on the wall clock of the running kernel. */
  public static TimerFd openRealtime() throws SysException {
    return openRealtime(NativeSys.open());
  }

  /**
   * A disarmed timer on the wall clock: for a time of day. {@link #armAt} follows the clock when it
   * is set; delays do not. Errors: as {@link #open(Sys)}.
   */
  public static TimerFd openRealtime(Sys sys) throws SysException {
    return new TimerFd(sys, Linux.CLOCK_REALTIME);
  }

  /** Expires once, after the delay. */
  public void arm(long delayNanos) throws SysException {
    set(0, delayNanos, 0);
  }

  /**
   * Expires once, at a moment: of {@link Sys#nanoTime}, or on the wall clock in nanoseconds since
   * 1970.
   */
  public void armAt(long deadlineNanos) throws SysException {
    if (queued != null && realtime) {
      queued.armAt(deadlineNanos);
    } else if (realtime) {
      set(Linux.TFD_TIMER_ABSTIME, deadlineNanos, 0);
    } else {
      // As a delay, because the origin of nanoTime is no promise. Time that passes on the way to
      // the kernel makes it later, never early.
      set(0, deadlineNanos - sys.nanoTime(), 0);
    }
  }

  /**
   * Expires after the first delay, and then periodically without drift.
   *
   * @param intervalNanos at least 1
   */
  public void armEvery(long initialNanos, long intervalNanos) throws SysException {
    if (intervalNanos < 1) {
      throw new IllegalArgumentException("interval of " + this + ": " + intervalNanos + " ns < 1");
    }
    set(0, initialNanos, intervalNanos);
  }

  /** Expires no more, and is not readable. Does nothing more if it is disarmed already. */
  public void disarm() throws SysException {
    if (queued != null) {
      queued.disarm();
      return;
    }
    synchronized (own) {
      spec.fill((byte) 0);
      set(0);
    }
  }

  /** How long until the next expiration: 0 if it is disarmed, or was armed once and has expired. */
  public long remainingNanos() throws SysException {
    if (queued != null) {
      return queued.remainingNanos();
    }
    synchronized (own) {
      int result;
      try {
        result = sys.timerfdGettime(own.number(), spec.address());
      } finally {
        Reference.reachabilityFence(spec);
      }
      if (result < 0) {
        throw own.failed("timerfd_gettime", result);
      }
      return Timespec.read(spec, VALUE);
    }
  }

  /** How often it has expired since this was last called or it was armed; it is 0 again now. */
  public long takeExpirations() throws SysException {
    if (queued != null) {
      return queued.take();
    }
    synchronized (own) {
      int result = own.read(expirations);
      if (result == -Errno.EAGAIN) {
        return 0;
      }
      if (result < 0) {
        throw own.failed("read", result);
      }
      return expirations.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  private void set(int flags, long firstNanos, long intervalNanos) throws SysException {
    if (queued != null) {
      queued.arm(firstNanos, intervalNanos);
      return;
    }
    synchronized (own) {
      Timespec.write(spec, VALUE, Math.max(1, firstNanos)); // 0 would disarm
      Timespec.write(spec, INTERVAL, intervalNanos);
      set(flags);
    }
  }

  private void set(int flags) throws SysException {
    int result;
    try {
      result = sys.timerfdSettime(own.number(), flags, spec.address(), 0);
    } finally {
      Reference.reachabilityFence(spec);
    }
    if (result < 0) {
      throw own.failed("timerfd_settime", result);
    }
  }

  @Override
  public int fd() {
    return own.number();
  }

  @Override
  public void close() {
    own.close();
  }

  @Override
  public String toString() {
    return own.toString();
  }
}

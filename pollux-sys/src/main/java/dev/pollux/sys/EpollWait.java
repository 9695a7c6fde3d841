package dev.pollux.sys;

/**
 * A wait on epoll with a timeout in nanoseconds, by the cheapest call that keeps to it.
 *
 * <p>A timeout that is a whole number of milliseconds, 0 and for ever included, is an {@code
 * epoll_wait}, which has no {@code struct timespec} for the kernel to fetch. Any other is an {@code
 * epoll_pwait2}, until the kernel lacks that call (before Linux 5.11) or a filter forbids it; from
 * then on it is an {@code epoll_wait} again, rounded up to the next millisecond: late, never early.
 *
 * <p>Threads: any, several at once; each with its own memory.
 *
 * <p>Blocking: as the timeout says.
 *
 * <p>Source: epoll_wait(2).
 */
public final class EpollWait {

  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final Sys sys;

  /** Whether epoll_pwait2 was refused; a race costs one more attempt. */
  private volatile boolean refused;

  /** Waits by the calls of {@code sys}, and makes none now. */
  public EpollWait(Sys sys) {
    this.sys = sys;
  }

  /** Asks the kernel now, without waiting, so that {@link #isExact} tells before the first wait. */
  public void probe() {
    int result = sys.epollPwait2(-1, 0, 1, 0, 0); // EBADF where there is such a call
    if (isRefusal(result)) {
      refused = true;
    }
  }

  /**
   * Whether a timeout is exact to the nanosecond, as far as is known: whether epoll_pwait2 has not
   * been refused.
   */
  public boolean isExact() {
    return !refused;
  }

  /**
   * Waits for events; allocates nothing.
   *
   * @param timeoutNanos > 0: at most so long, and where epoll_pwait2 is refused at most {@code
   *     Integer.MAX_VALUE} milliseconds, which are 24.8 days; 0: does not block; -1: for ever
   * @param timespec memory of this waiter's for the timeout
   * @return how many events were written, 0 after the timeout, or {@code -errno}
   */
  public int await(
      int epfd, long eventsAddress, int maxEvents, long timeoutNanos, Timespec timespec) {
    if (timeoutNanos <= 0) {
      return sys.epollWait(epfd, eventsAddress, maxEvents, timeoutNanos < 0 ? -1 : 0);
    }
    long millis = timeoutNanos / NANOS_PER_MILLI;
    boolean whole = millis * NANOS_PER_MILLI == timeoutNanos && millis <= Integer.MAX_VALUE;
    if (!whole && !refused) {
      int result = sys.epollPwait2(epfd, eventsAddress, maxEvents, timespec.set(timeoutNanos), 0);
      if (!isRefusal(result)) {
        return result;
      }
      refused = true;
    }
    return sys.epollWait(epfd, eventsAddress, maxEvents, ceilMillis(timeoutNanos));
  }

  /** Not an answer that the kernel gives to a wait: it lacks the call, or a filter forbids it. */
  private static boolean isRefusal(int result) {
    return result == -Errno.ENOSYS || result == -Errno.EPERM;
  }

  /** Milliseconds, rounded up, at most what an int holds. */
  private static int ceilMillis(long nanos) {
    return (int) Math.min(Math.ceilDiv(nanos, NANOS_PER_MILLI), Integer.MAX_VALUE);
  }
}

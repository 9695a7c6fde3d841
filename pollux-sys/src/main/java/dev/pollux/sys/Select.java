package dev.pollux.sys;

import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * {@code select(2)} and {@code pselect(2)}, for descriptors of any number.
 *
 * <p>A call overwrites its sets with the descriptors that are ready; after an error or an
 * interruption their content is not to be relied on. A set may be null: nothing is asked.
 *
 * <p>Threads: any thread; the sets are the caller's.
 *
 * <p>Blocking: until a descriptor is ready or the timeout is over, by its sign: > 0 at most so
 * long, 0 does not block, -1 for ever.
 *
 * <p>Errors: {@link SysException}, of which EBADF says that a descriptor in a set is not open but
 * not which; {@link Epoll#INTERRUPTED} after a signal; {@code IllegalArgumentException} if a set is
 * smaller than {@code nfds}, which the kernel would not notice.
 */
public final class Select {

  private Select() {}

  /**
   * {@code select(2)}: how many descriptors are ready, summed over the three sets, 0 after the
   * timeout, or {@link Epoll#INTERRUPTED}.
   *
   * @param nfds one more than the highest descriptor in the sets
   * @param timeoutNanos rounded up to a microsecond, the unit of this call
   */
  public static int select(
      Sys sys,
      int nfds,
      @Nullable FdSet read,
      @Nullable FdSet write,
      @Nullable FdSet except,
      long timeoutNanos)
      throws SysException {
    try {
      return result(
          "select",
          nfds,
          sys.select(
              nfds,
              address(read, nfds),
              address(write, nfds),
              address(except, nfds),
              Scratch.timespec()
                  .setTimeval(timeoutNanos))); // Linux writes the time left there: not reused
    } finally {
      Reference.reachabilityFence(read);
      Reference.reachabilityFence(write);
      Reference.reachabilityFence(except);
    }
  }

  /**
   * {@code pselect(2)}: as above, with a timeout in nanoseconds and, if not null, another signal
   * mask for the duration of the wait.
   */
  public static int pselect(
      Sys sys,
      int nfds,
      @Nullable FdSet read,
      @Nullable FdSet write,
      @Nullable FdSet except,
      long timeoutNanos,
      @Nullable SignalSet mask)
      throws SysException {
    try {
      return result(
          "pselect",
          nfds,
          sys.pselect(
              nfds,
              address(read, nfds),
              address(write, nfds),
              address(except, nfds),
              Scratch.timespec().set(timeoutNanos),
              mask == null ? 0 : mask.address()));
    } finally {
      Reference.reachabilityFence(read);
      Reference.reachabilityFence(write);
      Reference.reachabilityFence(except);
      Reference.reachabilityFence(mask);
    }
  }

  private static long address(@Nullable FdSet set, int nfds) {
    if (set == null) {
      return 0;
    }
    if (nfds > set.capacity()) {
      throw new IllegalArgumentException(
          "nfds is " + nfds + ", but a set has room for " + set.capacity() + " descriptors");
    }
    return set.address();
  }

  private static int result(String call, int nfds, int n) throws SysException {
    if (n < 0 && n != Epoll.INTERRUPTED) {
      throw SysException.of(
          call + "(nfds=" + nfds + ")",
          n,
          switch (-n) {
            case Errno.EBADF -> "a descriptor in the sets is not open";
            case Errno.EINVAL -> "nfds is negative";
            default -> Errno.meaning(-n);
          });
    }
    return n;
  }
}

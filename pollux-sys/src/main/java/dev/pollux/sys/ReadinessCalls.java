package dev.pollux.sys;

/**
 * The calls that wait for readiness: epoll, kqueue, poll and select. A platform that has only some
 * of the families answers -ENOSYS for the others.
 */
public interface ReadinessCalls {

  /** {@code epoll_create(2)}: the size is only checked to be positive. Not close-on-exec. */
  default int epollCreate(int size) {
    return -Errno.ENOSYS;
  }

  /** {@code epoll_create1(2)}. */
  default int epollCreate1(int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code epoll_ctl(2)} with a {@code struct epoll_event} laid out as {@link Abi} says. */
  default int epollCtl(int epfd, int op, int fd, long eventAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code epoll_wait(2)}: -1 waits for ever, 0 does not wait. */
  default int epollWait(int epfd, long eventsAddress, int maxEvents, int timeoutMillis) {
    return -Errno.ENOSYS;
  }

  /** {@code epoll_pwait(2)}; {@code sigmaskAddress} names a {@code sigset_t} or is 0. */
  default int epollPwait(
      int epfd, long eventsAddress, int maxEvents, int timeoutMillis, long sigmaskAddress) {
    return -Errno.ENOSYS;
  }

  /**
   * {@code epoll_pwait2(2)}: a {@code struct timespec}, or 0 to wait for ever. Linux 5.11; -ENOSYS
   * before, and -EPERM or -ENOSYS under some seccomp filters.
   */
  default int epollPwait2(
      int epfd, long eventsAddress, int maxEvents, long timespecAddress, long sigmaskAddress) {
    return -Errno.ENOSYS;
  }

  /**
   * {@code kqueue(2)}, close-on-exec. -ENOSYS on Linux, where {@code dev.pollux.kqueue.Kqueue}
   * stands in for it, unless a library of that system's own was named: see {@link NativeSys}.
   */
  default int kqueue() {
    return -Errno.ENOSYS;
  }

  /**
   * {@code kevent(2)}. Changes and events are laid out as {@link KeventMemory} says on every
   * system; both may be the same memory.
   *
   * @param timespecAddress a {@code struct timespec}, or 0 to wait for ever; with room for no event
   *     it does not matter
   */
  default int kevent(
      int kq,
      long changesAddress,
      int changeCount,
      long eventsAddress,
      int eventCount,
      long timespecAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code poll(2)} on {@code count} {@code struct pollfd}. */
  default int poll(long pollfdsAddress, int count, int timeoutMillis) {
    return -Errno.ENOSYS;
  }

  /** {@code ppoll(2)}; a {@code struct timespec}, or 0 to wait for ever. */
  default int ppoll(long pollfdsAddress, int count, long timespecAddress, long sigmaskAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code select(2)}; Linux writes the time left into the {@code struct timeval}. */
  default int select(
      int nfds, long readAddress, long writeAddress, long exceptAddress, long timevalAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code pselect(2)}; a {@code struct timespec}, or 0 to wait for ever. */
  default int pselect(
      int nfds,
      long readAddress,
      long writeAddress,
      long exceptAddress,
      long timespecAddress,
      long sigmaskAddress) {
    return -Errno.ENOSYS;
  }
}

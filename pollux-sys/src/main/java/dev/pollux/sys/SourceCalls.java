package dev.pollux.sys;

/**
 * Calls that turn something else into a descriptor: counters, timers, signals, files, processes.
 */
public interface SourceCalls {

  /** {@code eventfd(2)}. */
  default int eventfd(int initialValue, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code timerfd_create(2)}. */
  default int timerfdCreate(int clockId, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code timerfd_settime(2)} with {@code struct itimerspec}; the old one may be 0. */
  default int timerfdSettime(int fd, int flags, long newAddress, long oldAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code timerfd_gettime(2)}. */
  default int timerfdGettime(int fd, long itimerspecAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code signalfd(2)} with a {@code sigset_t}; {@code fd} is -1 for a new descriptor. */
  default int signalfd(int fd, long sigmaskAddress, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code pthread_sigmask(3)} of the calling thread; either set may be 0. */
  default int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code raise(3)}: sends a signal to the calling thread. */
  default int raise(int signal) {
    return -Errno.ENOSYS;
  }

  /** {@code inotify_init1(2)}. */
  default int inotifyInit1(int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code inotify_add_watch(2)} of a NUL-terminated path. */
  default int inotifyAddWatch(int fd, long pathAddress, int mask) {
    return -Errno.ENOSYS;
  }

  /** {@code inotify_rm_watch(2)}. */
  default int inotifyRmWatch(int fd, int watch) {
    return -Errno.ENOSYS;
  }

  /** {@code pidfd_open(2)}, Linux 5.3. */
  default int pidfdOpen(int pid, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code pidfd_getfd(2)}, Linux 5.6: a copy of another process's descriptor, close-on-exec. */
  default int pidfdGetfd(int pidfd, int targetFd, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code kcmp(2)}: 0 if two processes share what is asked for, 1 to 3 if not. */
  default int kcmp(int firstPid, int secondPid, int type, long firstIndex, long secondIndex) {
    return -Errno.ENOSYS;
  }
}

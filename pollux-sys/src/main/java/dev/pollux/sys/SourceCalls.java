package dev.pollux.sys;

/**
 * Calls that turn something else into a descriptor: counters, timers, signals, files, processes.
 */
public interface SourceCalls {

  /** {@code eventfd(2)}. */
  int eventfd(int initialValue, int flags);

  /** {@code timerfd_create(2)}. */
  int timerfdCreate(int clockId, int flags);

  /** {@code timerfd_settime(2)} with {@code struct itimerspec}; the old one may be 0. */
  int timerfdSettime(int fd, int flags, long newAddress, long oldAddress);

  /** {@code timerfd_gettime(2)}. */
  int timerfdGettime(int fd, long itimerspecAddress);

  /** {@code signalfd(2)} with a {@code sigset_t}; {@code fd} is -1 for a new descriptor. */
  int signalfd(int fd, long sigmaskAddress, int flags);

  /** {@code pthread_sigmask(3)} of the calling thread; either set may be 0. */
  int pthreadSigmask(int how, long sigmaskAddress, long oldAddress);

  /** {@code raise(3)}: sends a signal to the calling thread. */
  int raise(int signal);

  /** {@code inotify_init1(2)}. */
  int inotifyInit1(int flags);

  /** {@code inotify_add_watch(2)} of a NUL-terminated path. */
  int inotifyAddWatch(int fd, long pathAddress, int mask);

  /** {@code inotify_rm_watch(2)}. */
  int inotifyRmWatch(int fd, int watch);

  /** {@code pidfd_open(2)}, Linux 5.3. */
  int pidfdOpen(int pid, int flags);
}

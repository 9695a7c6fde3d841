package dev.pollux.sys;

/**
 * {@link SourceCalls} as downcalls into the C library. The addresses of the functions stand in
 * {@link SourceFunctions}.
 */
interface NativeSourceCalls extends SourceCalls {

  @Override
  default int eventfd(int initialValue, int flags) {
    return Libc.call(SourceFunctions.EVENTFD, initialValue, flags);
  }

  @Override
  default int timerfdCreate(int clockId, int flags) {
    return Libc.call(SourceFunctions.TIMERFD_CREATE, clockId, flags);
  }

  @Override
  default int timerfdSettime(int fd, int flags, long newAddress, long oldAddress) {
    return Libc.call(SourceFunctions.TIMERFD_SETTIME, fd, flags, newAddress, oldAddress);
  }

  @Override
  default int timerfdGettime(int fd, long itimerspecAddress) {
    return Libc.call(SourceFunctions.TIMERFD_GETTIME, fd, itimerspecAddress);
  }

  @Override
  default int signalfd(int fd, long sigmaskAddress, int flags) {
    return Libc.call(SourceFunctions.SIGNALFD, fd, sigmaskAddress, flags);
  }

  @Override
  default int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    int error = Libc.call(SourceFunctions.PTHREAD_SIGMASK, how, sigmaskAddress, oldAddress);
    return -Math.abs(error); // POSIX returns it, and -ENOSYS stays
  }

  @Override
  default int raise(int signal) {
    return Libc.call(SourceFunctions.RAISE, signal);
  }

  @Override
  default int inotifyInit1(int flags) {
    return Libc.call(SourceFunctions.INOTIFY_INIT1, flags);
  }

  @Override
  default int inotifyAddWatch(int fd, long pathAddress, int mask) {
    return Libc.call(SourceFunctions.INOTIFY_ADD_WATCH, fd, pathAddress, mask);
  }

  @Override
  default int inotifyRmWatch(int fd, int watch) {
    return Libc.call(SourceFunctions.INOTIFY_RM_WATCH, fd, watch);
  }

  @Override
  default int pidfdOpen(int pid, int flags) {
    return Libc.syscall(Linux.SYS_pidfd_open, pid, flags, 0, 0, 0, 0);
  }
}

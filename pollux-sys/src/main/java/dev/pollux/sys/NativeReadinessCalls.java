package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * {@link ReadinessCalls} as downcalls into the C library. The addresses of the functions stand in
 * {@link ReadinessFunctions}.
 */
interface NativeReadinessCalls extends ReadinessCalls {

  @Override
  default int epollCreate(int size) {
    return Libc.call(ReadinessFunctions.EPOLL_CREATE, size);
  }

  @Override
  default int epollCreate1(int flags) {
    return Libc.call(ReadinessFunctions.EPOLL_CREATE1, flags);
  }

  @Override
  default int epollCtl(int epfd, int op, int fd, long eventAddress) {
    return Libc.call(ReadinessFunctions.EPOLL_CTL, epfd, op, fd, eventAddress);
  }

  @Override
  default int epollWait(int epfd, long eventsAddress, int maxEvents, int timeoutMillis) {
    return Libc.call(ReadinessFunctions.EPOLL_WAIT, epfd, eventsAddress, maxEvents, timeoutMillis);
  }

  @Override
  default int epollPwait(
      int epfd, long eventsAddress, int maxEvents, int timeoutMillis, long sigmaskAddress) {
    return Libc.call(
        ReadinessFunctions.EPOLL_PWAIT,
        epfd,
        eventsAddress,
        maxEvents,
        timeoutMillis,
        sigmaskAddress);
  }

  @Override
  default int epollPwait2(
      int epfd, long eventsAddress, int maxEvents, long timespecAddress, long sigmaskAddress) {
    MemorySegment function = ReadinessFunctions.EPOLL_PWAIT2;
    if (function.address() != 0) {
      return Libc.call(function, epfd, eventsAddress, maxEvents, timespecAddress, sigmaskAddress);
    }
    return Libc.syscall(
        Linux.SYS_epoll_pwait2,
        epfd,
        eventsAddress,
        maxEvents,
        timespecAddress,
        sigmaskAddress,
        Linux.KERNEL_SIGSET_SIZE);
  }

  @Override
  default int poll(long pollfdsAddress, int count, int timeoutMillis) {
    return Libc.call(ReadinessFunctions.POLL, pollfdsAddress, count, timeoutMillis);
  }

  @Override
  default int ppoll(long pollfdsAddress, int count, long timespecAddress, long sigmaskAddress) {
    return Libc.call(
        ReadinessFunctions.PPOLL, pollfdsAddress, count, timespecAddress, sigmaskAddress);
  }

  @Override
  default int select(
      int nfds, long readAddress, long writeAddress, long exceptAddress, long timevalAddress) {
    return Libc.call(
        ReadinessFunctions.SELECT, nfds, readAddress, writeAddress, exceptAddress, timevalAddress);
  }

  @Override
  default int pselect(
      int nfds,
      long readAddress,
      long writeAddress,
      long exceptAddress,
      long timespecAddress,
      long sigmaskAddress) {
    return Libc.call(
        ReadinessFunctions.PSELECT,
        nfds,
        readAddress,
        writeAddress,
        exceptAddress,
        timespecAddress,
        sigmaskAddress);
  }
}

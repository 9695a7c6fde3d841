package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * {@link ReadinessCalls} as downcalls into the C library. The handles stand in {@link
 * ReadinessHandles}.
 */
interface NativeReadinessCalls extends ReadinessCalls {

  @Override
  default int epollCreate(int size) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) ReadinessHandles.EpollCreate.HANDLE.invokeExact(errno, size), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollCreate1(int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) ReadinessHandles.EpollCreate1.HANDLE.invokeExact(errno, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollCtl(int epfd, int op, int fd, long eventAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) ReadinessHandles.EpollCtl.HANDLE.invokeExact(errno, epfd, op, fd, eventAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollWait(int epfd, long eventsAddress, int maxEvents, int timeoutMillis) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              ReadinessHandles.EpollWait.HANDLE.invokeExact(
                  errno, epfd, eventsAddress, maxEvents, timeoutMillis),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollPwait(
      int epfd, long eventsAddress, int maxEvents, int timeoutMillis, long sigmaskAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              ReadinessHandles.EpollPwait.HANDLE.invokeExact(
                  errno, epfd, eventsAddress, maxEvents, timeoutMillis, sigmaskAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollPwait2(
      int epfd, long eventsAddress, int maxEvents, long timespecAddress, long sigmaskAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long)
              ReadinessHandles.EpollPwait2.HANDLE.invokeExact(
                  errno,
                  Linux.SYS_epoll_pwait2,
                  epfd,
                  eventsAddress,
                  maxEvents,
                  timespecAddress,
                  sigmaskAddress,
                  Linux.KERNEL_SIGSET_SIZE),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int poll(long pollfdsAddress, int count, int timeoutMillis) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              ReadinessHandles.Poll.HANDLE.invokeExact(errno, pollfdsAddress, count, timeoutMillis),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int ppoll(long pollfdsAddress, int count, long timespecAddress, long sigmaskAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              ReadinessHandles.Ppoll.HANDLE.invokeExact(
                  errno, pollfdsAddress, count, timespecAddress, sigmaskAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int select(
      int nfds, long readAddress, long writeAddress, long exceptAddress, long timevalAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              ReadinessHandles.Select.HANDLE.invokeExact(
                  errno, nfds, readAddress, writeAddress, exceptAddress, timevalAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pselect(
      int nfds,
      long readAddress,
      long writeAddress,
      long exceptAddress,
      long timespecAddress,
      long sigmaskAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              ReadinessHandles.Pselect.HANDLE.invokeExact(
                  errno,
                  nfds,
                  readAddress,
                  writeAddress,
                  exceptAddress,
                  timespecAddress,
                  sigmaskAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }
}

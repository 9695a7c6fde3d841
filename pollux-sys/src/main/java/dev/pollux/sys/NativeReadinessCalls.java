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
      return Libc.result((int) ReadinessHandles.EpollCreate.handle.invokeExact(errno, size), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollCreate1(int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) ReadinessHandles.EpollCreate1.handle.invokeExact(errno, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollCtl(int epfd, int op, int fd, long eventAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) ReadinessHandles.EpollCtl.handle.invokeExact(errno, epfd, op, fd, eventAddress),
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
              ReadinessHandles.EpollWait.handle.invokeExact(
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
              ReadinessHandles.EpollPwait.handle.invokeExact(
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
              ReadinessHandles.EpollPwait2.handle.invokeExact(
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
              ReadinessHandles.Poll.handle.invokeExact(errno, pollfdsAddress, count, timeoutMillis),
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
              ReadinessHandles.Ppoll.handle.invokeExact(
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
              ReadinessHandles.Select.handle.invokeExact(
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
              ReadinessHandles.Pselect.handle.invokeExact(
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

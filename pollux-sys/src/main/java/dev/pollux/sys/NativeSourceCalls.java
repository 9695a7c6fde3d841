package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * {@link SourceCalls} as downcalls into the C library. The handles stand in {@link SourceHandles}.
 */
interface NativeSourceCalls extends SourceCalls {

  @Override
  default int eventfd(int initialValue, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SourceHandles.Eventfd.HANDLE.invokeExact(errno, initialValue, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int timerfdCreate(int clockId, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SourceHandles.TimerfdCreate.HANDLE.invokeExact(errno, clockId, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int timerfdSettime(int fd, int flags, long newAddress, long oldAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              SourceHandles.TimerfdSettime.HANDLE.invokeExact(
                  errno, fd, flags, newAddress, oldAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int timerfdGettime(int fd, long itimerspecAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SourceHandles.TimerfdGettime.HANDLE.invokeExact(errno, fd, itimerspecAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int signalfd(int fd, long sigmaskAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SourceHandles.Signalfd.HANDLE.invokeExact(errno, fd, sigmaskAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return -(int)
          SourceHandles.PthreadSigmask.HANDLE.invokeExact(errno, how, sigmaskAddress, oldAddress);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int raise(int signal) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) SourceHandles.Raise.HANDLE.invokeExact(errno, signal), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int inotifyInit1(int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) SourceHandles.InotifyInit1.HANDLE.invokeExact(errno, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int inotifyAddWatch(int fd, long pathAddress, int mask) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SourceHandles.InotifyAddWatch.HANDLE.invokeExact(errno, fd, pathAddress, mask),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int inotifyRmWatch(int fd, int watch) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SourceHandles.InotifyRmWatch.HANDLE.invokeExact(errno, fd, watch), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pidfdOpen(int pid, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long)
              SourceHandles.PidfdOpen.HANDLE.invokeExact(errno, Linux.SYS_pidfd_open, pid, flags),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }
}

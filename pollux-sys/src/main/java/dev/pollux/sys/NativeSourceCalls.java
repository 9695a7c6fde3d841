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
          (int) SourceHandles.Eventfd.handle.invokeExact(errno, initialValue, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int timerfdCreate(int clockId, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SourceHandles.TimerfdCreate.handle.invokeExact(errno, clockId, flags), errno);
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
              SourceHandles.TimerfdSettime.handle.invokeExact(
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
          (int) SourceHandles.TimerfdGettime.handle.invokeExact(errno, fd, itimerspecAddress),
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
          (int) SourceHandles.Signalfd.handle.invokeExact(errno, fd, sigmaskAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return -(int)
          SourceHandles.PthreadSigmask.handle.invokeExact(errno, how, sigmaskAddress, oldAddress);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int raise(int signal) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) SourceHandles.Raise.handle.invokeExact(errno, signal), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int inotifyInit1(int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) SourceHandles.InotifyInit1.handle.invokeExact(errno, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int inotifyAddWatch(int fd, long pathAddress, int mask) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SourceHandles.InotifyAddWatch.handle.invokeExact(errno, fd, pathAddress, mask),
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
          (int) SourceHandles.InotifyRmWatch.handle.invokeExact(errno, fd, watch), errno);
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
              SourceHandles.PidfdOpen.handle.invokeExact(errno, Linux.SYS_pidfd_open, pid, flags),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }
}

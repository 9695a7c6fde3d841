package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/** {@link FileCalls} as downcalls into the C library. The handles stand in {@link FileHandles}. */
interface NativeFileCalls extends FileCalls {

  @Override
  default int read(int fd, long bufAddress, long count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) FileHandles.Read.handle.invokeExact(errno, fd, bufAddress, count), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pread(int fd, long bufAddress, long count, long offset) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) FileHandles.Pread.handle.invokeExact(errno, fd, bufAddress, count, offset), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int write(int fd, long bufAddress, long count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) FileHandles.Write.handle.invokeExact(errno, fd, bufAddress, count), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int readv(int fd, long iovecsAddress, int count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) FileHandles.Readv.handle.invokeExact(errno, fd, iovecsAddress, count), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int writev(int fd, long iovecsAddress, int count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) FileHandles.Writev.handle.invokeExact(errno, fd, iovecsAddress, count), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) FileHandles.Sendfile.handle.invokeExact(errno, outFd, inFd, offsetAddress, count),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int open(long pathAddress, int flags, int mode) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) FileHandles.Open.handle.invokeExact(errno, pathAddress, flags, mode), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int close(int fd) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) FileHandles.Close.handle.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pipe2(long fdsAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) FileHandles.Pipe2.handle.invokeExact(errno, fdsAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int dup(int fd) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) FileHandles.Dup.handle.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int dup3(int fd, int newFd, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) FileHandles.Dup3.handle.invokeExact(errno, fd, newFd, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int fcntl(int fd, int command, long argument) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) FileHandles.Fcntl.handle.invokeExact(errno, fd, command, argument), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int ioctl(int fd, long request, long argumentAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) FileHandles.Ioctl.handle.invokeExact(errno, fd, request, argumentAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int getrlimit(int resource, long rlimitAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) FileHandles.Getrlimit.handle.invokeExact(errno, resource, rlimitAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int setrlimit(int resource, long rlimitAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) FileHandles.Setrlimit.handle.invokeExact(errno, resource, rlimitAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }
}

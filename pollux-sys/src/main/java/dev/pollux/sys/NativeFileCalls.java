package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@link FileCalls} as downcalls into the C library.
 *
 * <p>The handles stand in a class of their own, so that they are linked when the first of these
 * calls is made and not when {@link NativeSys} is loaded.
 */
interface NativeFileCalls extends FileCalls {

  @Override
  default int read(int fd, long bufAddress, long count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.READ.invokeExact(errno, fd, bufAddress, count), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int write(int fd, long bufAddress, long count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.WRITE.invokeExact(errno, fd, bufAddress, count), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int readv(int fd, long iovecsAddress, int count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.READV.invokeExact(errno, fd, iovecsAddress, count), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int writev(int fd, long iovecsAddress, int count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.WRITEV.invokeExact(errno, fd, iovecsAddress, count), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.SENDFILE.invokeExact(errno, outFd, inFd, offsetAddress, count), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int open(long pathAddress, int flags, int mode) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.OPEN.invokeExact(errno, pathAddress, flags, mode), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int close(int fd) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.CLOSE.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pipe2(long fdsAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.PIPE2.invokeExact(errno, fdsAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int dup(int fd) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.DUP.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int dup3(int fd, int newFd, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.DUP3.invokeExact(errno, fd, newFd, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int fcntl(int fd, int command, long argument) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.FCNTL.invokeExact(errno, fd, command, argument), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int ioctl(int fd, long request, long argumentAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.IOCTL.invokeExact(errno, fd, request, argumentAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int getrlimit(int resource, long rlimitAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.GETRLIMIT.invokeExact(errno, resource, rlimitAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int setrlimit(int resource, long rlimitAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.SETRLIMIT.invokeExact(errno, resource, rlimitAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /** One downcall handle a function; static and final, so that the JIT inlines the stub. */
  final class Handles {
    static final MethodHandle READ = Libc.handle("read", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle WRITE = Libc.handle("write", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle READV = Libc.handle("readv", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle WRITEV = Libc.handle("writev", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle SENDFILE = Libc.handle("sendfile", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle OPEN = Libc.handle("open", 2, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    static final MethodHandle CLOSE = Libc.handle("close", Libc.FIXED, JAVA_INT, JAVA_INT);
    static final MethodHandle PIPE2 = Libc.handle("pipe2", Libc.FIXED, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle DUP = Libc.handle("dup", Libc.FIXED, JAVA_INT, JAVA_INT);
    static final MethodHandle DUP3 = Libc.handle("dup3", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle FCNTL = Libc.handle("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    static final MethodHandle IOCTL = Libc.handle("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle GETRLIMIT = Libc.handle("getrlimit", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);
    static final MethodHandle SETRLIMIT = Libc.handle("setrlimit", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);

    private Handles() {}
  }
}

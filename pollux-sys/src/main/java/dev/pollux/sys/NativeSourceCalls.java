package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@link SourceCalls} as downcalls into the C library.
 *
 * <p>The handles stand in a class of their own, so that they are linked when the first of these
 * calls is made and not when {@link NativeSys} is loaded.
 */
interface NativeSourceCalls extends SourceCalls {

  @Override
  default int eventfd(int initialValue, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.EVENTFD.invokeExact(errno, initialValue, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int timerfdCreate(int clockId, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.TIMERFD_CREATE.invokeExact(errno, clockId, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int timerfdSettime(int fd, int flags, long newAddress, long oldAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.TIMERFD_SETTIME.invokeExact(errno, fd, flags, newAddress, oldAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int timerfdGettime(int fd, long itimerspecAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.TIMERFD_GETTIME.invokeExact(errno, fd, itimerspecAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int signalfd(int fd, long sigmaskAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.SIGNALFD.invokeExact(errno, fd, sigmaskAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return -(int) Handles.PTHREAD_SIGMASK.invokeExact(errno, how, sigmaskAddress, oldAddress);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int raise(int signal) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.RAISE.invokeExact(errno, signal), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int inotifyInit1(int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.INOTIFY_INIT1.invokeExact(errno, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int inotifyAddWatch(int fd, long pathAddress, int mask) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.INOTIFY_ADD_WATCH.invokeExact(errno, fd, pathAddress, mask), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int inotifyRmWatch(int fd, int watch) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.INOTIFY_RM_WATCH.invokeExact(errno, fd, watch), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pidfdOpen(int pid, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.PIDFD_OPEN.invokeExact(errno, Linux.SYS_pidfd_open, pid, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /** One downcall handle a function; static and final, so that the JIT inlines the stub. */
  final class Handles {
    static final MethodHandle EVENTFD = Libc.handle("eventfd", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle TIMERFD_CREATE = Libc.handle("timerfd_create", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle TIMERFD_SETTIME = Libc.handle("timerfd_settime", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle TIMERFD_GETTIME = Libc.handle("timerfd_gettime", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);
    static final MethodHandle SIGNALFD = Libc.handle("signalfd", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle PTHREAD_SIGMASK = Libc.handle("pthread_sigmask", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle RAISE = Libc.handle("raise", Libc.FIXED, JAVA_INT, JAVA_INT);
    static final MethodHandle INOTIFY_INIT1 = Libc.handle("inotify_init1", Libc.FIXED, JAVA_INT, JAVA_INT);
    static final MethodHandle INOTIFY_ADD_WATCH = Libc.handle("inotify_add_watch", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle INOTIFY_RM_WATCH = Libc.handle("inotify_rm_watch", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle PIDFD_OPEN = Libc.handle("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);

    private Handles() {}
  }
}

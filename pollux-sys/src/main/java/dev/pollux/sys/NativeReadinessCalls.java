package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@link ReadinessCalls} as downcalls into the C library.
 *
 * <p>The handles stand in a class of their own, so that they are linked when the first of these
 * calls is made and not when {@link NativeSys} is loaded.
 */
interface NativeReadinessCalls extends ReadinessCalls {

  @Override
  default int epollCreate(int size) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.EPOLL_CREATE.invokeExact(errno, size), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollCreate1(int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.EPOLL_CREATE1.invokeExact(errno, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollCtl(int epfd, int op, int fd, long eventAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.EPOLL_CTL.invokeExact(errno, epfd, op, fd, eventAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollWait(int epfd, long eventsAddress, int maxEvents, int timeoutMillis) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.EPOLL_WAIT.invokeExact(errno, epfd, eventsAddress, maxEvents, timeoutMillis), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollPwait(int epfd, long eventsAddress, int maxEvents, int timeoutMillis, long sigmaskAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.EPOLL_PWAIT.invokeExact(errno, epfd, eventsAddress, maxEvents, timeoutMillis, sigmaskAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int epollPwait2(int epfd, long eventsAddress, int maxEvents, long timespecAddress, long sigmaskAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.EPOLL_PWAIT2.invokeExact(errno, Linux.SYS_epoll_pwait2, epfd, eventsAddress, maxEvents, timespecAddress, sigmaskAddress, Linux.KERNEL_SIGSET_SIZE), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int poll(long pollfdsAddress, int count, int timeoutMillis) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.POLL.invokeExact(errno, pollfdsAddress, count, timeoutMillis), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int ppoll(long pollfdsAddress, int count, long timespecAddress, long sigmaskAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.PPOLL.invokeExact(errno, pollfdsAddress, count, timespecAddress, sigmaskAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int select(int nfds, long readAddress, long writeAddress, long exceptAddress, long timevalAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.SELECT.invokeExact(errno, nfds, readAddress, writeAddress, exceptAddress, timevalAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int pselect(int nfds, long readAddress, long writeAddress, long exceptAddress, long timespecAddress, long sigmaskAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.PSELECT.invokeExact(errno, nfds, readAddress, writeAddress, exceptAddress, timespecAddress, sigmaskAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /** One downcall handle a function; static and final, so that the JIT inlines the stub. */
  final class Handles {
    static final MethodHandle EPOLL_CREATE = Libc.handle("epoll_create", Libc.FIXED, JAVA_INT, JAVA_INT);
    static final MethodHandle EPOLL_CREATE1 = Libc.handle("epoll_create1", Libc.FIXED, JAVA_INT, JAVA_INT);
    static final MethodHandle EPOLL_CTL = Libc.handle("epoll_ctl", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    static final MethodHandle EPOLL_WAIT = Libc.handle("epoll_wait", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    static final MethodHandle EPOLL_PWAIT = Libc.handle("epoll_pwait", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    static final MethodHandle EPOLL_PWAIT2 = Libc.handle("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle POLL = Libc.handle("poll", Libc.FIXED, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    static final MethodHandle PPOLL = Libc.handle("ppoll", Libc.FIXED, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle SELECT = Libc.handle("select", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle PSELECT = Libc.handle("pselect", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private Handles() {}
  }
}

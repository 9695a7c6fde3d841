package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@link SocketCalls} as downcalls into the C library.
 *
 * <p>The handles stand in a class of their own, so that they are linked when the first of these
 * calls is made and not when {@link NativeSys} is loaded.
 */
interface NativeSocketCalls extends SocketCalls {

  @Override
  default int socket(int domain, int type, int protocol) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.SOCKET.invokeExact(errno, domain, type, protocol), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int socketpair(int domain, int type, int protocol, long fdsAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.SOCKETPAIR.invokeExact(errno, domain, type, protocol, fdsAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int bind(int fd, long sockaddrAddress, int length) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.BIND.invokeExact(errno, fd, sockaddrAddress, length), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int listen(int fd, int backlog) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.LISTEN.invokeExact(errno, fd, backlog), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.ACCEPT4.invokeExact(errno, fd, sockaddrAddress, lengthAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int connect(int fd, long sockaddrAddress, int length) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.CONNECT.invokeExact(errno, fd, sockaddrAddress, length), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int shutdown(int fd, int how) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.SHUTDOWN.invokeExact(errno, fd, how), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int recv(int fd, long bufAddress, long count, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.RECV.invokeExact(errno, fd, bufAddress, count, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int send(int fd, long bufAddress, long count, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.SEND.invokeExact(errno, fd, bufAddress, count, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int recvfrom(int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.RECVFROM.invokeExact(errno, fd, bufAddress, count, flags, sockaddrAddress, lengthAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int sendto(int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.SENDTO.invokeExact(errno, fd, bufAddress, count, flags, sockaddrAddress, length), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int recvmsg(int fd, long msghdrAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.RECVMSG.invokeExact(errno, fd, msghdrAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int sendmsg(int fd, long msghdrAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((long) Handles.SENDMSG.invokeExact(errno, fd, msghdrAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.GETSOCKOPT.invokeExact(errno, fd, level, name, valueAddress, lengthAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int setsockopt(int fd, int level, int name, long valueAddress, int length) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.SETSOCKOPT.invokeExact(errno, fd, level, name, valueAddress, length), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int getsockname(int fd, long sockaddrAddress, long lengthAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.GETSOCKNAME.invokeExact(errno, fd, sockaddrAddress, lengthAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int getpeername(int fd, long sockaddrAddress, long lengthAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) Handles.GETPEERNAME.invokeExact(errno, fd, sockaddrAddress, lengthAddress), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /** One downcall handle a function; static and final, so that the JIT inlines the stub. */
  final class Handles {
    static final MethodHandle SOCKET = Libc.handle("socket", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle SOCKETPAIR = Libc.handle("socketpair", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    static final MethodHandle BIND = Libc.handle("bind", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle LISTEN = Libc.handle("listen", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle ACCEPT4 = Libc.handle("accept4", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    static final MethodHandle CONNECT = Libc.handle("connect", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle SHUTDOWN = Libc.handle("shutdown", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle RECV = Libc.handle("recv", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    static final MethodHandle SEND = Libc.handle("send", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    static final MethodHandle RECVFROM = Libc.handle("recvfrom", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle SENDTO = Libc.handle("sendto", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle RECVMSG = Libc.handle("recvmsg", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle SENDMSG = Libc.handle("sendmsg", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle GETSOCKOPT = Libc.handle("getsockopt", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle SETSOCKOPT = Libc.handle("setsockopt", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle GETSOCKNAME = Libc.handle("getsockname", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle GETPEERNAME = Libc.handle("getpeername", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);

    private Handles() {}
  }
}

package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * {@link SocketCalls} as downcalls into the C library. The handles stand in {@link SocketHandles}.
 */
interface NativeSocketCalls extends SocketCalls {

  @Override
  default int socket(int domain, int type, int protocol) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SocketHandles.Socket.handle.invokeExact(errno, domain, type, protocol), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int socketpair(int domain, int type, int protocol, long fdsAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              SocketHandles.Socketpair.handle.invokeExact(
                  errno, domain, type, protocol, fdsAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int bind(int fd, long sockaddrAddress, int length) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SocketHandles.Bind.handle.invokeExact(errno, fd, sockaddrAddress, length), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int listen(int fd, int backlog) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) SocketHandles.Listen.handle.invokeExact(errno, fd, backlog), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              SocketHandles.Accept4.handle.invokeExact(
                  errno, fd, sockaddrAddress, lengthAddress, flags),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int connect(int fd, long sockaddrAddress, int length) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SocketHandles.Connect.handle.invokeExact(errno, fd, sockaddrAddress, length),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int shutdown(int fd, int how) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result((int) SocketHandles.Shutdown.handle.invokeExact(errno, fd, how), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int recv(int fd, long bufAddress, long count, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) SocketHandles.Recv.handle.invokeExact(errno, fd, bufAddress, count, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int send(int fd, long bufAddress, long count, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) SocketHandles.Send.handle.invokeExact(errno, fd, bufAddress, count, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int recvfrom(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long)
              SocketHandles.Recvfrom.handle.invokeExact(
                  errno, fd, bufAddress, count, flags, sockaddrAddress, lengthAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int sendto(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long)
              SocketHandles.Sendto.handle.invokeExact(
                  errno, fd, bufAddress, count, flags, sockaddrAddress, length),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int recvmsg(int fd, long msghdrAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) SocketHandles.Recvmsg.handle.invokeExact(errno, fd, msghdrAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int sendmsg(int fd, long msghdrAddress, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (long) SocketHandles.Sendmsg.handle.invokeExact(errno, fd, msghdrAddress, flags), errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int recvmmsg(int fd, long mmsghdrsAddress, int count, int flags, long timespecAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              SocketHandles.Recvmmsg.handle.invokeExact(
                  errno, fd, mmsghdrsAddress, count, flags, timespecAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int sendmmsg(int fd, long mmsghdrsAddress, int count, int flags) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int) SocketHandles.Sendmmsg.handle.invokeExact(errno, fd, mmsghdrsAddress, count, flags),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              SocketHandles.Getsockopt.handle.invokeExact(
                  errno, fd, level, name, valueAddress, lengthAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int setsockopt(int fd, int level, int name, long valueAddress, int length) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              SocketHandles.Setsockopt.handle.invokeExact(
                  errno, fd, level, name, valueAddress, length),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int getsockname(int fd, long sockaddrAddress, long lengthAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              SocketHandles.Getsockname.handle.invokeExact(
                  errno, fd, sockaddrAddress, lengthAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  @Override
  default int getpeername(int fd, long sockaddrAddress, long lengthAddress) {
    MemorySegment errno = Libc.errno();
    try {
      return Libc.result(
          (int)
              SocketHandles.Getpeername.handle.invokeExact(
                  errno, fd, sockaddrAddress, lengthAddress),
          errno);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }
}

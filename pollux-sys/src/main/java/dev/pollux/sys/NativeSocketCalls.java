package dev.pollux.sys;

/**
 * {@link SocketCalls} as downcalls into the C library. The addresses of the functions stand in
 * {@link SocketFunctions}.
 */
interface NativeSocketCalls extends SocketCalls {

  @Override
  default int socket(int domain, int type, int protocol) {
    return Libc.call(SocketFunctions.SOCKET, domain, type, protocol);
  }

  @Override
  default int socketpair(int domain, int type, int protocol, long fdsAddress) {
    return Libc.call(SocketFunctions.SOCKETPAIR, domain, type, protocol, fdsAddress);
  }

  @Override
  default int bind(int fd, long sockaddrAddress, int length) {
    return Libc.call(SocketFunctions.BIND, fd, sockaddrAddress, length);
  }

  @Override
  default int listen(int fd, int backlog) {
    return Libc.call(SocketFunctions.LISTEN, fd, backlog);
  }

  @Override
  default int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags) {
    return Libc.call(SocketFunctions.ACCEPT4, fd, sockaddrAddress, lengthAddress, flags);
  }

  @Override
  default int connect(int fd, long sockaddrAddress, int length) {
    return Libc.call(SocketFunctions.CONNECT, fd, sockaddrAddress, length);
  }

  @Override
  default int shutdown(int fd, int how) {
    return Libc.call(SocketFunctions.SHUTDOWN, fd, how);
  }

  @Override
  default int recv(int fd, long bufAddress, long count, int flags) {
    return Libc.call(SocketFunctions.RECV, fd, bufAddress, count, flags);
  }

  @Override
  default int send(int fd, long bufAddress, long count, int flags) {
    return Libc.call(SocketFunctions.SEND, fd, bufAddress, count, flags);
  }

  @Override
  default int recvfrom(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress) {
    return Libc.call(
        SocketFunctions.RECVFROM, fd, bufAddress, count, flags, sockaddrAddress, lengthAddress);
  }

  @Override
  default int sendto(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length) {
    return Libc.call(SocketFunctions.SENDTO, fd, bufAddress, count, flags, sockaddrAddress, length);
  }

  @Override
  default int recvmsg(int fd, long msghdrAddress, int flags) {
    return Libc.call(SocketFunctions.RECVMSG, fd, msghdrAddress, flags);
  }

  @Override
  default int sendmsg(int fd, long msghdrAddress, int flags) {
    return Libc.call(SocketFunctions.SENDMSG, fd, msghdrAddress, flags);
  }

  @Override
  default int recvmmsg(int fd, long mmsghdrsAddress, int count, int flags, long timespecAddress) {
    return Libc.call(SocketFunctions.RECVMMSG, fd, mmsghdrsAddress, count, flags, timespecAddress);
  }

  @Override
  default int sendmmsg(int fd, long mmsghdrsAddress, int count, int flags) {
    return Libc.call(SocketFunctions.SENDMMSG, fd, mmsghdrsAddress, count, flags);
  }

  @Override
  default int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress) {
    return Libc.call(SocketFunctions.GETSOCKOPT, fd, level, name, valueAddress, lengthAddress);
  }

  @Override
  default int setsockopt(int fd, int level, int name, long valueAddress, int length) {
    return Libc.call(SocketFunctions.SETSOCKOPT, fd, level, name, valueAddress, length);
  }

  @Override
  default int getsockname(int fd, long sockaddrAddress, long lengthAddress) {
    return Libc.call(SocketFunctions.GETSOCKNAME, fd, sockaddrAddress, lengthAddress);
  }

  @Override
  default int getpeername(int fd, long sockaddrAddress, long lengthAddress) {
    return Libc.call(SocketFunctions.GETPEERNAME, fd, sockaddrAddress, lengthAddress);
  }
}

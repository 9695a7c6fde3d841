package dev.pollux.model;

import dev.pollux.sys.SocketCalls;

/** The calls on sockets, each from entry to return under the kernel's lock. */
sealed interface LockedSocketCalls extends SocketCalls permits ModelSys {

  private Kernel kernel() {
    return ((ModelSys) this).kernel;
  }

  private SocketOps sockets() {
    return ((ModelSys) this).sockets;
  }

  private MessageOps messages() {
    return ((ModelSys) this).messages;
  }

  @Override
  default int socket(int domain, int type, int protocol) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().socket(domain, type, protocol);
    }
  }

  @Override
  default int socketpair(int domain, int type, int protocol, long fdsAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().socketpair(domain, type, fdsAddress);
    }
  }

  @Override
  default int bind(int fd, long sockaddrAddress, int length) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().bind(fd, sockaddrAddress, length);
    }
  }

  @Override
  default int listen(int fd, int backlog) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().listen(fd, backlog);
    }
  }

  @Override
  default int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().accept(fd, sockaddrAddress, lengthAddress, flags);
    }
  }

  @Override
  default int connect(int fd, long sockaddrAddress, int length) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().connect(fd, sockaddrAddress, length);
    }
  }

  @Override
  default int shutdown(int fd, int how) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().shutdown(fd, how);
    }
  }

  @Override
  default int recv(int fd, long bufAddress, long count, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().receive(fd, bufAddress, count, flags, 0, 0);
    }
  }

  @Override
  default int send(int fd, long bufAddress, long count, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().send(fd, bufAddress, count, flags, 0, 0);
    }
  }

  @Override
  default int recvfrom(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().receive(fd, bufAddress, count, flags, sockaddrAddress, lengthAddress);
    }
  }

  @Override
  default int sendto(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().send(fd, bufAddress, count, flags, sockaddrAddress, length);
    }
  }

  @Override
  default int recvmsg(int fd, long msghdrAddress, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return messages().receive(fd, msghdrAddress, flags);
    }
  }

  @Override
  default int sendmsg(int fd, long msghdrAddress, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return messages().send(fd, msghdrAddress, flags);
    }
  }

  @Override
  default int recvmmsg(int fd, long mmsghdrsAddress, int count, int flags, long timespecAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return messages().receiveMany(fd, mmsghdrsAddress, count, flags, timespecAddress);
    }
  }

  @Override
  default int sendmmsg(int fd, long mmsghdrsAddress, int count, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return messages().sendMany(fd, mmsghdrsAddress, count, flags);
    }
  }

  @Override
  default int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().getsockopt(fd, level, name, valueAddress, lengthAddress);
    }
  }

  @Override
  default int setsockopt(int fd, int level, int name, long valueAddress, int length) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().setsockopt(fd, level, name, valueAddress, length);
    }
  }

  @Override
  default int getsockname(int fd, long sockaddrAddress, long lengthAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().getsockname(fd, sockaddrAddress, lengthAddress);
    }
  }

  @Override
  default int getpeername(int fd, long sockaddrAddress, long lengthAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return sockets().getpeername(fd, sockaddrAddress, lengthAddress);
    }
  }
}

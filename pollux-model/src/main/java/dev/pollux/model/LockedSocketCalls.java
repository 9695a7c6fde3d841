package dev.pollux.model;

import dev.pollux.sys.SocketCalls;

/** The calls on sockets, each from entry to return under the kernel's lock. */
final class LockedSocketCalls implements SocketCalls {

  private final Kernel kernel;
  private final SocketOps sockets;
  private final MessageOps messages;

  LockedSocketCalls(Kernel kernel, FileTable table, SocketOps sockets) {
    this.kernel = kernel;
    this.sockets = sockets;
    this.messages = new MessageOps(kernel, table, sockets);
  }

  @Override
  public int socket(int domain, int type, int protocol) {
    kernel.enter();
    try {
      return sockets.socket(domain, type, protocol);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int socketpair(int domain, int type, int protocol, long fdsAddress) {
    kernel.enter();
    try {
      return sockets.socketpair(domain, type, fdsAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int bind(int fd, long sockaddrAddress, int length) {
    kernel.enter();
    try {
      return sockets.bind(fd, sockaddrAddress, length);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int listen(int fd, int backlog) {
    kernel.enter();
    try {
      return sockets.listen(fd, backlog);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags) {
    kernel.enter();
    try {
      return sockets.accept(fd, sockaddrAddress, lengthAddress, flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int connect(int fd, long sockaddrAddress, int length) {
    kernel.enter();
    try {
      return sockets.connect(fd, sockaddrAddress, length);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int shutdown(int fd, int how) {
    kernel.enter();
    try {
      return sockets.shutdown(fd, how);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int recv(int fd, long bufAddress, long count, int flags) {
    kernel.enter();
    try {
      return sockets.receive(fd, bufAddress, count, flags, 0, 0);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int send(int fd, long bufAddress, long count, int flags) {
    kernel.enter();
    try {
      return sockets.send(fd, bufAddress, count, flags, 0, 0);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int recvfrom(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress) {
    kernel.enter();
    try {
      return sockets.receive(fd, bufAddress, count, flags, sockaddrAddress, lengthAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int sendto(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length) {
    kernel.enter();
    try {
      return sockets.send(fd, bufAddress, count, flags, sockaddrAddress, length);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int recvmsg(int fd, long msghdrAddress, int flags) {
    kernel.enter();
    try {
      return messages.receive(fd, msghdrAddress, flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int sendmsg(int fd, long msghdrAddress, int flags) {
    kernel.enter();
    try {
      return messages.send(fd, msghdrAddress, flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int recvmmsg(int fd, long mmsghdrsAddress, int count, int flags, long timespecAddress) {
    kernel.enter();
    try {
      return messages.receiveMany(fd, mmsghdrsAddress, count, flags, timespecAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int sendmmsg(int fd, long mmsghdrsAddress, int count, int flags) {
    kernel.enter();
    try {
      return messages.sendMany(fd, mmsghdrsAddress, count, flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress) {
    kernel.enter();
    try {
      return sockets.getsockopt(fd, level, name, valueAddress, lengthAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int setsockopt(int fd, int level, int name, long valueAddress, int length) {
    kernel.enter();
    try {
      return sockets.setsockopt(fd, level, name, valueAddress, length);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int getsockname(int fd, long sockaddrAddress, long lengthAddress) {
    kernel.enter();
    try {
      return sockets.getsockname(fd, sockaddrAddress, lengthAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int getpeername(int fd, long sockaddrAddress, long lengthAddress) {
    kernel.enter();
    try {
      return sockets.getpeername(fd, sockaddrAddress, lengthAddress);
    } finally {
      kernel.exit();
    }
  }
}

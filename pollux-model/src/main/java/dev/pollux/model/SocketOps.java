package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The calls on sockets, under the kernel's lock. */
final class SocketOps {

  private static final int SOCK_FLAGS = Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;

  private final Kernel kernel;
  private final Memory memory;
  private final FileTable table;
  private final Transfers transfers;
  private final OptionOps optionOps;

  SocketOps(Kernel kernel, FileTable table, Transfers transfers) {
    this.kernel = kernel;
    this.memory = kernel.memory;
    this.table = table;
    this.transfers = transfers;
    this.optionOps = new OptionOps(kernel);
  }

  /** The socket behind a descriptor, or null: then {@link #notSocket} says why. */
  @Nullable Socket socketOf(int fd) {
    Description description = table.get(fd);
    return description != null && description.file instanceof Socket socket ? socket : null;
  }

  int notSocket(int fd) {
    return table.get(fd) == null ? -Errno.EBADF : -Errno.ENOTSOCK;
  }

  private boolean mayBlock(int fd, int flags) {
    Description description = table.get(fd);
    return description != null && !description.isNonBlocking() && (flags & Linux.MSG_DONTWAIT) == 0;
  }

  // ---- making

  int socket(int domain, int type, int protocol) {
    int kind = type & ~SOCK_FLAGS;
    Socket socket = create(domain, kind);
    if (socket == null) {
      return domain == Linux.AF_INET || domain == Linux.AF_INET6 || domain == Linux.AF_UNIX
          ? kernel.unsupported("socket(type=" + kind + ")")
          : -Errno.EAFNOSUPPORT;
    }
    if (protocol != 0 && protocol != socket.options().protocol) {
      return -Errno.EPROTONOSUPPORT;
    }
    int result = table.checkRoom(1);
    return result < 0 ? result : open(socket, type);
  }

  private @Nullable Socket create(int domain, int kind) {
    boolean inet = domain == Linux.AF_INET || domain == Linux.AF_INET6;
    if (kind == Linux.SOCK_STREAM) {
      return inet
          ? new TcpSocket(kernel, domain)
          : domain == Linux.AF_UNIX ? new UnixStreamSocket(kernel) : null;
    }
    return kind == Linux.SOCK_DGRAM && (inet || domain == Linux.AF_UNIX)
        ? new DatagramSocket(kernel, domain)
        : null;
  }

  private int open(Socket socket, int flags) {
    int status = Linux.O_RDWR | (flags & Linux.O_NONBLOCK);
    return table.open(socket, status, FileOps.has(flags, Linux.SOCK_CLOEXEC));
  }

  int socketpair(int domain, int type, long fds) {
    if (domain != Linux.AF_UNIX) {
      return domain == Linux.AF_INET || domain == Linux.AF_INET6
          ? -Errno.EOPNOTSUPP
          : -Errno.EAFNOSUPPORT;
    }
    int kind = type & ~SOCK_FLAGS;
    Socket a = create(domain, kind);
    Socket b = create(domain, kind);
    int result = table.checkRoom(2);
    if (result < 0) {
      return result;
    }
    if (!memory.valid(fds, 2 * Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    if (a instanceof UnixStreamSocket one && b instanceof UnixStreamSocket two) {
      UnixStreamSocket.pair(one, two);
    } else if (a instanceof DatagramSocket one && b instanceof DatagramSocket two) {
      DatagramSocket.pair(one, two);
    } else {
      return kernel.unsupported("socketpair(type=" + kind + ")");
    }
    memory.setInt(fds, open(a, type));
    memory.setInt(fds + Integer.BYTES, open(b, type));
    return 0;
  }

  // ---- names and connections

  int bind(int fd, long address, int length) {
    Socket socket = socketOf(fd);
    if (socket == null) {
      return notSocket(fd);
    }
    int result = checkAddress(address, length);
    if (result < 0) {
      return result;
    }
    SocketAddress wanted = Addresses.read(memory, socket.options().family, address, length);
    return wanted == null ? badAddress(socket, address, length) : socket.bind(wanted);
  }

  private int checkAddress(long address, int length) {
    if (length < 0 || length > Linux.SIZEOF_SOCKADDR_STORAGE) {
      return -Errno.EINVAL;
    }
    return memory.valid(address, length) ? 0 : -Errno.EFAULT;
  }

  private int badAddress(Socket socket, long address, int length) {
    int family = Addresses.family(memory, address, length);
    return family == socket.options().family || family < 0 || socket.options().isUnix()
        ? -Errno.EINVAL
        : -Errno.EAFNOSUPPORT;
  }

  int listen(int fd, int backlog) {
    Socket socket = socketOf(fd);
    return socket == null ? notSocket(fd) : socket.listen(backlog);
  }

  int accept(int fd, long address, long lengthAddress, int flags) {
    if ((flags & ~SOCK_FLAGS) != 0) {
      return -Errno.EINVAL;
    }
    Socket listener = socketOf(fd);
    if (listener == null) {
      return notSocket(fd);
    }
    int result = table.checkRoom(1);
    if (result < 0) {
      return result;
    }
    int number = table.reserve(); // nobody else gets it while this call sleeps
    Description description = table.open(fd);
    boolean blocks = !description.isNonBlocking();
    description.acquire();
    try {
      Socket child = null;
      long deadline = kernel.deadline(listener.options().receiveTimeoutNanos);
      while (result == 0 && child == null) {
        if (!listener.isListening()) {
          return listener.isStream() ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
        }
        child =
            transfers.withholds(description, Socket.READABLE) ? null : listener.takeConnection();
        if (child == null) {
          result = blocks ? awaitConnection(fd, listener, deadline) : -Errno.EAGAIN;
        }
      }
      return child == null ? result : accepted(number, child, address, lengthAddress, flags);
    } finally {
      table.unreserve(number);
      description.release();
    }
  }

  private int awaitConnection(int fd, Socket listener, long deadline) {
    return listener.endsBlockedAccepts()
        ? -Errno.EINVAL
        : kernel.await(listener.queue(), Standing.EXCLUSIVE, deadline, "accept", fd);
  }

  private int accepted(int fd, Socket child, long address, long lengthAddress, int flags) {
    if (kernel.hits(Fault.ECONNABORTED)) {
      child.abort();
      return -Errno.ECONNABORTED;
    }
    if (address != 0) {
      if (!memory.valid(lengthAddress, Integer.BYTES)) {
        child.abort();
        return -Errno.EFAULT;
      }
      Addresses.write(
          memory, child.options().family, child.callerAddress(), address, lengthAddress);
    }
    int status = Linux.O_RDWR | (flags & Linux.O_NONBLOCK);
    table.openReserved(fd, child, status, FileOps.has(flags, Linux.SOCK_CLOEXEC));
    return fd;
  }

  int connect(int fd, long address, int length) {
    Socket socket = socketOf(fd);
    if (socket == null) {
      return notSocket(fd);
    }
    int result = checkAddress(address, length);
    if (result < 0) {
      return result;
    }
    boolean none = Addresses.family(memory, address, length) == Linux.AF_UNSPEC;
    SocketAddress target =
        none ? null : Addresses.read(memory, socket.options().family, address, length);
    if (target == null && !none) {
      return badAddress(socket, address, length);
    }
    result = socket.connect(target);
    if (!mayBlock(fd, 0)) {
      return result;
    }
    Description description = table.open(fd);
    description.acquire();
    try {
      return blockingConnect(fd, socket, target, result);
    } finally {
      description.release();
    }
  }

  private int blockingConnect(int fd, Socket socket, @Nullable SocketAddress target, int first) {
    long deadline = kernel.deadline(socket.options().sendTimeoutNanos);
    int result = first;
    while (true) {
      boolean inProgress = result == -Errno.EINPROGRESS || result == -Errno.EALREADY;
      WaitQueue queue = inProgress ? socket.queue() : null;
      if (result == -Errno.EAGAIN && target != null) {
        queue = UnixStreamSocket.connectQueue(kernel, target);
      }
      if (queue == null) {
        return result;
      }
      if (!inProgress || socket.isConnecting()) {
        Standing standing = inProgress ? Standing.FRONT : Standing.EXCLUSIVE;
        int woken = kernel.await(queue, standing, deadline, "connect", fd);
        if (woken < 0) {
          return woken == -Errno.EAGAIN ? result : woken; // it goes on without being waited for
        }
      }
      result = socket.connect(target);
    }
  }

  int shutdown(int fd, int how) {
    Socket socket = socketOf(fd);
    if (socket == null) {
      return notSocket(fd);
    }
    return how < Linux.SHUT_RD || how > Linux.SHUT_RDWR
        ? -Errno.EINVAL
        : socket.shutdown(how + 1); // SHUT_RD is 0, its half is bit 0
  }

  int getsockname(int fd, long address, long lengthAddress) {
    Socket socket = socketOf(fd);
    return socket == null
        ? notSocket(fd)
        : name(socket, socket.localAddress(), address, lengthAddress);
  }

  int getpeername(int fd, long address, long lengthAddress) {
    Socket socket = socketOf(fd);
    if (socket == null) {
      return notSocket(fd);
    }
    SocketAddress peer = socket.peerAddress();
    return peer == null ? -Errno.ENOTCONN : name(socket, peer, address, lengthAddress);
  }

  private int name(Socket socket, SocketAddress name, long address, long lengthAddress) {
    if (!memory.valid(lengthAddress, Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    int room = memory.getInt(lengthAddress);
    if (room < 0) {
      return -Errno.EINVAL;
    }
    if (!memory.valid(address, room)) {
      return -Errno.EFAULT;
    }
    Addresses.write(memory, socket.options().family, name, address, lengthAddress);
    return 0;
  }

  // ---- transfers

  int receive(int fd, long address, long count, int flags, long name, long nameLength) {
    Socket socket = socketOf(fd);
    if (socket == null) {
      return notSocket(fd);
    }
    int result = Span.checked(memory, address, count);
    if (result < 0) {
      return result;
    }
    Message message = new Message();
    result = receive(fd, socket, Span.of(memory, address, count), flags, message);
    if (result >= 0 && name != 0) {
      if (!memory.valid(nameLength, Integer.BYTES)) {
        return -Errno.EFAULT;
      }
      Addresses.write(memory, socket.options().family, message.sender, name, nameLength);
    }
    return result;
  }

  int receive(int fd, Socket socket, Span to, int flags, Message message) {
    if (FileOps.has(flags, Linux.MSG_ERRQUEUE)) {
      return kernel.unsupported("recv(MSG_ERRQUEUE)");
    }
    return transfers.receive(fd, table.open(fd), socket, to, flags, message, "recv");
  }

  int send(int fd, long address, long count, int flags, long name, int nameLength) {
    Socket socket = socketOf(fd);
    if (socket == null) {
      return notSocket(fd);
    }
    int result = Span.checked(memory, address, count);
    if (result < 0) {
      return result;
    }
    return send(fd, socket, Span.of(memory, address, count), flags, name, nameLength);
  }

  int send(int fd, Socket socket, Span from, int flags, long name, int nameLength) {
    SocketAddress target = null;
    if (name != 0) {
      int result = checkAddress(name, nameLength);
      if (result < 0) {
        return result;
      }
      target = Addresses.read(memory, socket.options().family, name, nameLength);
      if (target == null) {
        return badAddress(socket, name, nameLength);
      }
    }
    return transfers.send(fd, table.open(fd), socket, from, flags, target, "send");
  }

  // ---- options

  int getsockopt(int fd, int level, int name, long value, long lengthAddress) {
    Socket socket = socketOf(fd);
    return socket == null
        ? notSocket(fd)
        : optionOps.get(socket, level, name, value, lengthAddress);
  }

  int setsockopt(int fd, int level, int name, long value, int length) {
    Socket socket = socketOf(fd);
    return socket == null ? notSocket(fd) : optionOps.set(socket, level, name, value, length);
  }
}

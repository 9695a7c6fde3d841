package dev.pollux.model;

import dev.pollux.model.Addresses.Use;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The calls on sockets, under the kernel's lock. */
final class SocketOps {

  private static final int SOCK_FLAGS = Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;

  private static final int TYPE_MASK = 0xf; // SOCK_TYPE_MASK of linux/net.h
  private static final int SOCK_RAW = 3;
  private static final int SOCK_MAX = 11;
  private static final int AF_MAX = 46;
  private static final int IPPROTO_MPTCP = 262; // linux/in.h

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
    int result = checkType(domain, type, protocol);
    if (result < 0) {
      return result;
    }
    result = table.checkRoom(1);
    return result < 0 ? result : open(create(domain, kindOf(domain, type)), type);
  }

  /** Source: {@code __sys_socket}, {@code inet_create} and {@code unix_create} of Linux. */
  private int checkType(int domain, int type, int protocol) {
    int kind = kindOf(domain, type);
    if ((type & ~(SOCK_FLAGS | TYPE_MASK)) != 0 || kind >= SOCK_MAX) {
      return -Errno.EINVAL;
    }
    if (domain != Linux.AF_INET && domain != Linux.AF_INET6 && domain != Linux.AF_UNIX) {
      if (domain > 0 && domain < AF_MAX) {
        int _ = kernel.unsupported("socket(domain=" + domain + ")");
      }
      return -Errno.EAFNOSUPPORT;
    }
    boolean unix = domain == Linux.AF_UNIX;
    if (kind == SOCK_RAW) {
      return kernel.unsupported("socket(type=" + kind + ")");
    }
    boolean packets = unix && kind == Linux.SOCK_SEQPACKET;
    if (kind != Linux.SOCK_STREAM && kind != Linux.SOCK_DGRAM && !packets) {
      return -Errno.ESOCKTNOSUPPORT;
    }
    if (protocol == IPPROTO_MPTCP && !unix && kind == Linux.SOCK_STREAM) {
      return kernel.unsupported("socket(IPPROTO_MPTCP)");
    }
    int inet = kind == Linux.SOCK_STREAM ? Linux.IPPROTO_TCP : Linux.IPPROTO_UDP;
    int own = unix ? Linux.AF_UNIX : inet;
    return protocol == 0 || protocol == own ? 0 : -Errno.EPROTONOSUPPORT;
  }

  /** The type without its flags. A raw Unix socket is one of datagrams. */
  private static int kindOf(int domain, int type) {
    int kind = type & TYPE_MASK;
    return domain == Linux.AF_UNIX && kind == SOCK_RAW ? Linux.SOCK_DGRAM : kind;
  }

  private Socket create(int domain, int kind) {
    if (kind == Linux.SOCK_DGRAM) {
      return new DatagramSocket(kernel, domain);
    }
    return domain == Linux.AF_UNIX
        ? new UnixStreamSocket(kernel, kind)
        : new TcpSocket(kernel, domain);
  }

  private int open(Socket socket, int flags) {
    int status = Linux.O_RDWR | (flags & Linux.O_NONBLOCK);
    return table.open(socket, status, FileOps.has(flags, Linux.SOCK_CLOEXEC));
  }

  int socketpair(int domain, int type, long fds) {
    int result = checkType(domain, type, 0);
    if (result < 0) {
      return result;
    }
    if (domain != Linux.AF_UNIX) {
      return -Errno.EOPNOTSUPP;
    }
    result = table.checkRoom(2);
    if (result < 0) {
      return result;
    }
    if (!memory.valid(fds, 2 * Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    Socket a = create(domain, kindOf(domain, type));
    Socket b = create(domain, kindOf(domain, type));
    if (a instanceof UnixStreamSocket one && b instanceof UnixStreamSocket two) {
      UnixStreamSocket.pair(one, two);
    } else if (a instanceof DatagramSocket one && b instanceof DatagramSocket two) {
      DatagramSocket.pair(one, two);
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
    SocketOptions options = socket.options();
    result = Addresses.check(memory, options, Use.BIND, address, length);
    return result < 0
        ? result
        : socket.bind(Objects.requireNonNull(Addresses.read(memory, options, address, length)));
  }

  private int checkAddress(long address, int length) {
    if (length < 0 || length > Linux.SIZEOF_SOCKADDR_STORAGE) {
      return -Errno.EINVAL;
    }
    return memory.valid(address, length) ? 0 : -Errno.EFAULT;
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
          return listener.options().isDatagram() ? -Errno.EOPNOTSUPP : -Errno.EINVAL;
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
    int result =
        address == 0
            ? 0
            : Addresses.write(
                memory, child.options().family, child.callerAddress(), address, lengthAddress);
    if (result < 0) {
      child.released(); // accepted, and lost
      return result;
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
    SocketOptions options = socket.options();
    boolean none =
        !(options.isUnix() && !options.isDatagram())
            && Addresses.family(memory, address, length) == Linux.AF_UNSPEC;
    if (!none) {
      result = Addresses.check(memory, options, Use.CONNECT, address, length);
      if (result < 0) {
        return result;
      }
    }
    SocketAddress target = none ? null : Addresses.read(memory, options, address, length);
    if (none && socket.isStream() && !socket.isListening()) {
      socket.queue().cut(); // who sleeps in a call meant the old connection
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

  /**
   * Waits for the outcome of a TCP connection; or for room in a Unix backlog, and then tries again.
   */
  private int blockingConnect(int fd, Socket socket, @Nullable SocketAddress target, int first) {
    long deadline = kernel.deadline(socket.options().sendTimeoutNanos);
    boolean begun = first == -Errno.EINPROGRESS || first == -Errno.EALREADY;
    Standing standing = begun ? Standing.FRONT : Standing.EXCLUSIVE;
    int result = begun ? socket.connectOutcome() : first;
    WaitQueue queue = connectQueue(socket, target, result);
    while (queue != null) {
      int woken = kernel.await(queue, standing, deadline, "connect", fd);
      if (woken < 0) {
        return woken == -Errno.EAGAIN ? first : woken; // it goes on without being waited for
      }
      result = begun ? socket.connectOutcome() : socket.connect(target);
      queue = connectQueue(socket, target, result);
    }
    return result;
  }

  /** Where a connect waits that got this result; null if it is at its end. */
  private static @Nullable WaitQueue connectQueue(
      Socket socket, @Nullable SocketAddress target, int result) {
    if (result == -Errno.EALREADY) {
      return socket.queue();
    }
    if (result == -Errno.EAGAIN && target != null && socket instanceof UnixStreamSocket unix) {
      return unix.connectQueue(target);
    }
    return null;
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
        : Addresses.write(
            memory, socket.options().family, socket.localAddress(), address, lengthAddress);
  }

  int getpeername(int fd, long address, long lengthAddress) {
    Socket socket = socketOf(fd);
    if (socket == null) {
      return notSocket(fd);
    }
    SocketAddress peer = socket.peerAddress();
    return peer == null
        ? -Errno.ENOTCONN
        : Addresses.write(memory, socket.options().family, peer, address, lengthAddress);
  }

  // ---- transfers

  /** Source: __sys_recvfrom of net/socket.c: addresses nobody can have come before all. */
  int receive(int fd, long address, long count, int flags, long name, long nameLength) {
    long size = size(count);
    if (!memory.isUsers(address, size)) {
      return -Errno.EFAULT;
    }
    Socket socket = socketOf(fd);
    if (socket == null) {
      return notSocket(fd);
    }
    Message message = new Message();
    int result = receive(fd, socket, Span.of(memory, address, size), flags, message);
    kernel.drop(message.files); // there is no place for them
    int told =
        result < 0 || name == 0
            ? 0
            : Addresses.write(memory, socket.options().family, message.sender, name, nameLength);
    return told < 0 ? told : result;
  }

  int receive(int fd, Socket socket, Span to, int flags, Message message) {
    int lacking = Flags.checkReceive(kernel, socket.options(), flags);
    if (lacking < 0) {
      return lacking;
    }
    return transfers.receive(fd, table.open(fd), socket, to, flags, message, "recv");
  }

  int send(int fd, long address, long count, int flags, long name, int nameLength) {
    long size = size(count);
    if (!memory.isUsers(address, size)) {
      return -Errno.EFAULT;
    }
    Socket socket = socketOf(fd);
    if (socket == null) {
      return notSocket(fd);
    }
    Span from = Span.of(memory, address, size);
    return send(fd, socket, from, flags, name, nameLength, Attachment.NONE);
  }

  int send(
      int fd, Socket socket, Span from, int flags, long name, int nameLength, Attachment with) {
    int result = name == 0 ? 0 : checkTarget(socket, name, nameLength);
    result = result < 0 ? result : Flags.checkSend(kernel, socket.options(), flags);
    if (result < 0) {
      return result;
    }
    SocketAddress target = name == 0 ? null : target(socket, name, nameLength);
    return transfers.send(fd, table.open(fd), socket, from, flags, target, with, "send");
  }

  /** A count is unsigned here, and bounded. */
  private static long size(long count) {
    return Long.compareUnsigned(count, Span.MAX_BYTES) > 0 ? Span.MAX_BYTES : count;
  }

  /**
   * With a connection, nobody looks at the address; but a Unix stream fails for there being one.
   */
  private int checkTarget(Socket socket, long name, int nameLength) {
    int result = checkAddress(name, nameLength);
    SocketOptions options = socket.options();
    boolean looks = options.isDatagram() && (nameLength > 0 || !options.isUnix());
    return result < 0 || !looks
        ? result
        : Addresses.check(memory, options, Use.SEND, name, nameLength);
  }

  private @Nullable SocketAddress target(Socket socket, long name, int nameLength) {
    SocketOptions options = socket.options();
    if (options.isDatagram()) {
      boolean isNone = options.isUnix() && nameLength == 0;
      return isNone ? null : Addresses.read(memory, options, name, nameLength);
    }
    boolean refuses = options.isUnix() && socket.isStream() && nameLength > 0;
    return refuses ? UnixAddress.unnamed() : null;
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

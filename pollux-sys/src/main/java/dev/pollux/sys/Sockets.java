package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Building blocks for sockets and pipes, as plain descriptors.
 *
 * <p>Ownership: whoever gets a descriptor closes it. A method that opens and then fails closes what
 * it opened.
 *
 * <p>Blocking: never; sockets and pipes made here are non-blocking and close-on-exec.
 *
 * <p>Errors: {@link SysException} names the call, the descriptor and the address. Only {@link
 * #accept}, which is called per connection, returns {@code -errno} instead and allocates nothing.
 */
public final class Sockets {

  private static final int FLAGS = Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;

  private Sockets() {}

  /** A listening TCP socket, with {@code SO_REUSEADDR}; port 0 lets the kernel choose. */
  public static int tcpListener(Sys sys, InetSocketAddress address, int backlog)
      throws SysException {
    return open(
        sys,
        SockAddr.family(address),
        Linux.SOCK_STREAM,
        fd -> {
          setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
          bind(sys, fd, address);
          listen(sys, fd, backlog);
        });
  }

  /** A listening Unix stream socket. A path must not exist yet, and stays after the close. */
  public static int unixListener(Sys sys, UnixAddress address, int backlog) throws SysException {
    return open(
        sys,
        Linux.AF_UNIX,
        Linux.SOCK_STREAM,
        fd -> {
          bind(sys, fd, address);
          listen(sys, fd, backlog);
        });
  }

  /** A datagram socket bound to an address: UDP for an IP address, else Unix. */
  public static int datagram(Sys sys, SocketAddress address) throws SysException {
    return open(sys, SockAddr.family(address), Linux.SOCK_DGRAM, fd -> bind(sys, fd, address));
  }

  /**
   * A stream socket whose connection has been started. It becomes writable when it is connected or
   * has failed; {@link #socketError} then tells which.
   */
  public static int connecting(Sys sys, SocketAddress address) throws SysException {
    return open(sys, SockAddr.family(address), Linux.SOCK_STREAM, fd -> connect(sys, fd, address));
  }

  /** {@code socket(2)}: non-blocking and close-on-exec. */
  public static int open(Sys sys, int domain, int type) throws SysException {
    int fd = sys.socket(domain, type | FLAGS, 0);
    return fd >= 0 ? fd : check("socket(domain=" + domain + ", type=" + type + ")", fd);
  }

  /** {@code bind(2)}. */
  public static void bind(Sys sys, int fd, SocketAddress address) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(SockAddr.MAX_BYTES, 8);
      int length = SockAddr.encode(address, memory);
      check("bind", fd, address, sys.bind(fd, memory.address(), length));
    }
  }

  /** {@code listen(2)}. The kernel caps the backlog at {@code net.core.somaxconn}. */
  public static void listen(Sys sys, int fd, int backlog) throws SysException {
    int result = sys.listen(fd, backlog);
    if (result < 0) {
      throw SysException.of("listen(fd=" + fd + ", backlog=" + backlog + ")", result);
    }
  }

  /**
   * {@code connect(2)}: whether the connection is made; {@code false} if it is in progress.
   *
   * <p>Errors: EAGAIN, which only Unix sockets give, is a failure: nothing is in progress.
   */
  public static boolean connect(Sys sys, int fd, SocketAddress address) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(SockAddr.MAX_BYTES, 8);
      int length = SockAddr.encode(address, memory);
      int result = sys.connect(fd, memory.address(), length);
      if (result == -Errno.EINPROGRESS || result == -Errno.EINTR) {
        return false; // after EINTR, too, the connection goes on by itself: connect(2)
      }
      if (result == -Errno.EAGAIN) {
        throw SysException.of(
            name("connect", fd, address), result, "the listener's backlog is full; connect again");
      }
      check("connect", fd, address, result);
      return true;
    }
  }

  /**
   * Whether a socket lies at a Unix path that is nobody's any more, as a process leaves it that was
   * killed. It is asked by a datagram's connect, which takes no place in a backlog: of a stream's
   * socket that lives, listening or not, it says that the type is another one.
   */
  public static boolean isDeserted(Sys sys, UnixAddress address) {
    try {
      int fd = open(sys, Linux.AF_UNIX, Linux.SOCK_DGRAM);
      try {
        boolean _ = connect(sys, fd, address);
        return false;
      } finally {
        int _ = sys.close(fd);
      }
    } catch (SysException e) {
      return e.errno() == Errno.ECONNREFUSED;
    }
  }

  /** {@code accept4(2)}: the new descriptor, non-blocking and close-on-exec, or {@code -errno}. */
  public static int accept(Sys sys, int fd) {
    return sys.accept4(fd, 0, 0, FLAGS);
  }

  /** {@code getsockname(2)}: the address this socket is bound to. */
  public static SocketAddress localAddress(Sys sys, int fd) throws SysException {
    return address("getsockname", fd, sys::getsockname);
  }

  /** {@code getpeername(2)}: the address this socket is connected to. */
  public static SocketAddress peerAddress(Sys sys, int fd) throws SysException {
    return address("getpeername", fd, sys::getpeername);
  }

  /** {@code setsockopt(2)} with an {@code int}. */
  public static void setOption(Sys sys, int fd, int level, int name, int value)
      throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(JAVA_INT);
      memory.set(JAVA_INT, 0, value);
      int result = sys.setsockopt(fd, level, name, memory.address(), Integer.BYTES);
      if (result < 0) {
        throw SysException.of(option("setsockopt", fd, level, name) + " to " + value, result);
      }
    }
  }

  /** {@code getsockopt(2)} of an {@code int}. */
  public static int option(Sys sys, int fd, int level, int name) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(JAVA_INT);
      MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
      int result = sys.getsockopt(fd, level, name, memory.address(), length.address());
      if (result < 0) {
        throw SysException.of(option("getsockopt", fd, level, name), result);
      }
      return memory.get(JAVA_INT, 0);
    }
  }

  /**
   * {@code SO_ERROR}: the pending error as a positive errno, or 0. Asking clears it; for a
   * connection in progress this is the outcome, once the socket is writable.
   */
  public static int socketError(Sys sys, int fd) throws SysException {
    return option(sys, fd, Linux.SOL_SOCKET, Linux.SO_ERROR);
  }

  /**
   * {@code SO_LINGER}: what close does with unsent data.
   *
   * @param seconds > 0: close waits so long, even on a non-blocking socket; 0: close resets the
   *     connection; -1: off, the data is sent in the background
   */
  public static void linger(Sys sys, int fd, int seconds) throws SysException {
    // struct linger { int l_onoff; int l_linger; };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Linux.SIZEOF_LINGER, 4);
      memory.set(JAVA_INT, Offsets.LINGER__L_ONOFF, seconds < 0 ? 0 : 1);
      memory.set(JAVA_INT, Offsets.LINGER__L_LINGER, Math.max(seconds, 0));
      int result =
          sys.setsockopt(
              fd, Linux.SOL_SOCKET, Linux.SO_LINGER, memory.address(), Linux.SIZEOF_LINGER);
      if (result < 0) {
        throw SysException.of("setsockopt(fd=" + fd + ", SO_LINGER, " + seconds + " s)", result);
      }
    }
  }

  /** Sets {@code O_NONBLOCK} on the open file description, whoever else shares it. */
  public static void setNonBlocking(Sys sys, int fd) throws SysException {
    int flags = sys.fcntl(fd, Linux.F_GETFL, 0);
    if (flags < 0) {
      throw SysException.of("fcntl(fd=" + fd + ", F_GETFL)", flags);
    }
    int result = sys.fcntl(fd, Linux.F_SETFL, flags | Linux.O_NONBLOCK);
    if (result < 0) {
      throw SysException.of("fcntl(fd=" + fd + ", F_SETFL, O_NONBLOCK)", result);
    }
  }

  /** {@code socketpair(2)}: two connected descriptors, non-blocking and close-on-exec. */
  public static int[] pair(Sys sys, int domain, int type) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(JAVA_INT, 2);
      int[] pair = new int[2]; // before the call, after which nothing may fail
      int result = sys.socketpair(domain, type | FLAGS, 0, fds.address());
      if (result < 0) {
        throw SysException.of("socketpair(domain=" + domain + ", type=" + type + ")", result);
      }
      MemorySegment.copy(fds, JAVA_INT, 0, pair, 0, pair.length);
      return pair;
    }
  }

  /**
   * {@code pipe2(2)}: the read end, then the write end.
   *
   * @param flags such as {@code O_NONBLOCK | O_CLOEXEC}: exactly these, nothing is added
   */
  public static int[] pipe(Sys sys, int flags) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(JAVA_INT, 2);
      int[] ends = new int[2]; // before the call, after which nothing may fail
      int result = sys.pipe2(fds.address(), flags);
      if (result < 0) {
        throw SysException.of("pipe2(flags=" + flags + ")", result);
      }
      MemorySegment.copy(fds, JAVA_INT, 0, ends, 0, ends.length);
      return ends;
    }
  }

  /** {@code getsockname(2)} or {@code getpeername(2)}. */
  private interface NameCall {
    int call(int fd, long sockaddrAddress, long lengthAddress);
  }

  private static SocketAddress address(String call, int fd, NameCall function) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(SockAddr.MAX_BYTES, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, SockAddr.MAX_BYTES);
      int result = function.call(fd, memory.address(), length.address());
      check(call + "(fd=" + fd + ")", result);
      return SockAddr.decode(memory, length.get(JAVA_INT, 0));
    }
  }

  /** The steps after a socket was opened. */
  private interface Steps {
    void run(int fd) throws SysException;
  }

  /** A new socket, if the steps succeed; else it is closed. */
  private static int open(Sys sys, int domain, int type, Steps steps) throws SysException {
    boolean done = false;
    int fd = open(sys, domain, type); // the steps exist already: nothing fails before the "try"
    try {
      steps.run(fd);
      done = true;
      return fd;
    } finally {
      if (!done) {
        int _ = sys.close(fd);
      }
    }
  }

  private static int check(String call, int result) throws SysException {
    return SysException.check(call, result);
  }

  private static void check(String call, int fd, SocketAddress address, int result)
      throws SysException {
    if (result < 0) {
      throw SysException.of(name(call, fd, address), result);
    }
  }

  private static String name(String call, int fd, SocketAddress address) {
    return call + "(fd=" + fd + ", " + Addresses.text(address) + ")";
  }

  private static String option(String call, int fd, int level, int name) {
    return call + "(fd=" + fd + ", level=" + level + ", option=" + name + ")";
  }
}

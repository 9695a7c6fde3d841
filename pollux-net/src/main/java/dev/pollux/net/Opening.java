package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

/**
 * Opens sockets as a {@link SocketSetup} says: options first, then the address.
 *
 * <p>Ownership: the descriptor is the caller's; after an exception nothing is left open.
 */
final class Opening {

  private static final InetAddress ANY4 = any(new byte[4]);
  private static final InetAddress ANY6 = any(new byte[16]);

  /** What is done with a descriptor before its address is bound. */
  @FunctionalInterface
  interface Step {
    void apply(int fd) throws SysException;
  }

  private Opening() {}

  /** An address as it is meant: the JDK's of a Unix path is ours, whoever gives it. */
  static SocketAddress ours(SocketAddress address) {
    if (!(address instanceof UnixDomainSocketAddress unix)) {
      return address;
    }
    boolean unnamed = unix.getPath().toString().isEmpty();
    return unnamed ? UnixAddress.unnamed() : UnixAddress.path(unix.getPath());
  }

  /**
   * A bound socket. A wildcard address is bound on the families that are asked for; where those are
   * both and the host has no IPv6, on IPv4.
   */
  static int bound(Sys sys, int type, SocketAddress address, IpFamilies families, Step before)
      throws SysException {
    if (!isWildcard(address)) {
      return bound(sys, type, address, -1, before);
    }
    int port = ((InetSocketAddress) address).getPort();
    InetSocketAddress four = new InetSocketAddress(ANY4, port);
    InetSocketAddress six = new InetSocketAddress(ANY6, port);
    return switch (families) {
      case IPV4 -> bound(sys, type, four, -1, before);
      case IPV6 -> bound(sys, type, six, 1, before);
      case BOTH -> {
        try {
          yield bound(sys, type, six, 0, before);
        } catch (SysException e) {
          if (!isWithoutIpv6(e.errno())) {
            throw e;
          }
          yield bound(sys, type, four, -1, before);
        }
      }
    };
  }

  /** A listening socket at an address. */
  static int listener(Sys sys, SocketAddress address, ServerOptions options, boolean reusePort)
      throws SysException {
    SocketSetup setup = options.socket();
    boolean ip = address instanceof InetSocketAddress;
    makeRoom(sys, address, setup.replaceStale());
    Step before =
        fd -> {
          apply(sys, fd, reusePort ? setup.withReusePort(true) : setup, ip);
          if (ip && options.connection().noDelay()) {
            // Linux: what is accepted inherits it, which saves a call for each connection.
            Sockets.setOption(sys, fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
          }
        };
    int fd = bound(sys, Linux.SOCK_STREAM, address, setup.families(), before);
    UnixPath path = UnixPath.ofBound(sys, address);
    boolean done = false;
    try {
      Sockets.listen(sys, fd, options.backlog());
      done = true;
      return fd;
    } finally {
      if (!done) {
        UnixPath.removeIfAny(path);
        int _ = sys.close(fd);
      }
    }
  }

  /** Removes what is stale at a Unix path, if that is asked for. */
  static void makeRoom(Sys sys, SocketAddress address, boolean replaceStale) {
    if (replaceStale && address instanceof UnixAddress path) {
      boolean _ = UnixPath.removeStale(sys, path);
    }
  }

  /**
   * A duplicate of a descriptor that listens already, made non-blocking with all that share it.
   *
   * @throws SysException EINVAL if it does not listen; EBADF, ENOTSOCK
   */
  static int inherited(Sys sys, ServerOptions options) throws SysException {
    int given = options.descriptor();
    if (Sockets.option(sys, given, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN) == 0) {
      throw SysException.of(
          "accept(fd=" + given + ")", -Errno.EINVAL, "the descriptor does not listen");
    }
    Sockets.setNonBlocking(sys, given);
    boolean ip = Sockets.localAddress(sys, given) instanceof InetSocketAddress;
    if (ip && options.connection().noDelay()) {
      Sockets.setOption(sys, given, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
    }
    int copy = sys.fcntl(given, Linux.F_DUPFD_CLOEXEC, 0);
    return SysException.check("fcntl(fd=" + given + ", F_DUPFD_CLOEXEC)", copy);
  }

  /**
   * A duplicate of a descriptor that is a datagram socket already, made non-blocking with all that
   * share it.
   *
   * @throws SysException EINVAL if it is another socket; EBADF, ENOTSOCK
   */
  static int inheritedDatagram(Sys sys, int given, DatagramOptions options) throws SysException {
    if (Sockets.option(sys, given, Linux.SOL_SOCKET, Linux.SO_TYPE) != Linux.SOCK_DGRAM) {
      throw SysException.of(
          "recvmmsg(fd=" + given + ")", -Errno.EINVAL, "the descriptor is no datagram socket");
    }
    Sockets.setNonBlocking(sys, given);
    options.apply(sys, given);
    int copy = sys.fcntl(given, Linux.F_DUPFD_CLOEXEC, 0);
    return SysException.check("fcntl(fd=" + given + ", F_DUPFD_CLOEXEC)", copy);
  }

  /** A socket that may connect to an address, from the one that is asked for. */
  static int client(Sys sys, SocketAddress address, SocketSetup setup) throws SysException {
    int fd = Sockets.open(sys, SockAddr.family(address), Linux.SOCK_STREAM);
    boolean done = false;
    try {
      SocketAddress from = setup.localAddress();
      apply(sys, fd, setup, from instanceof InetSocketAddress);
      if (from instanceof InetSocketAddress inet && inet.getPort() == 0) {
        // else the port is this socket's alone, whereto ever the others connect
        int _ = setIfKnown(sys, fd, Linux.IPPROTO_IP, Linux.IP_BIND_ADDRESS_NO_PORT, 1);
      }
      if (from != null) {
        from = ofTheFamily(from, address);
        if (isWildcard(from) && SockAddr.family(from) == Linux.AF_INET6) { // not IPv4's port, too
          int _ = setIfKnown(sys, fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, 1);
        }
        makeRoom(sys, from, setup.replaceStale());
        Sockets.bind(sys, fd, from);
      }
      done = true;
      return fd;
    } finally {
      if (!done) {
        int _ = sys.close(fd);
      }
    }
  }

  /** A wildcard address means no family: it is that of the target's. */
  private static SocketAddress ofTheFamily(SocketAddress from, SocketAddress target) {
    if (!isWildcard(from)) {
      return from;
    }
    InetAddress any = SockAddr.family(target) == Linux.AF_INET6 ? ANY6 : ANY4;
    return new InetSocketAddress(any, ((InetSocketAddress) from).getPort());
  }

  /** Sets an option that an older kernel may lack, and that a socket can do without. */
  static int setIfKnown(Sys sys, int fd, int level, int name, int value) {
    try (Arena arena = Arena.ofConfined()) {
      long at = arena.allocateFrom(JAVA_INT, value).address();
      return sys.setsockopt(fd, level, name, at, Integer.BYTES);
    }
  }

  /** Sets the options. */
  static void apply(Sys sys, int fd, SocketSetup setup, boolean binds) throws SysException {
    if (binds && setup.reuseAddress()) {
      Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
    }
    if (setup.reusePort()) {
      Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1);
    }
    if (setup.kernelReceiveBytes() > 0) {
      int bytes = setup.kernelReceiveBytes();
      Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF, bytes);
    }
    if (setup.kernelSendBytes() > 0) {
      Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF, setup.kernelSendBytes());
    }
    for (SocketSetup.Option each : setup.options()) {
      Sockets.setOption(sys, fd, each.level(), each.name(), each.value());
    }
  }

  /** Whether an address stands for all of this host's. */
  static boolean isWildcard(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        && inet.getAddress() != null
        && inet.getAddress().isAnyLocalAddress();
  }

  /** Whether what is sent to a group may come to a socket at this address. */
  static boolean hearsGroups(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        && inet.getAddress() != null
        && (inet.getAddress().isAnyLocalAddress() || inet.getAddress().isMulticastAddress());
  }

  /** No such family, or no address in it. */
  private static boolean isWithoutIpv6(int errno) {
    return errno == Errno.EAFNOSUPPORT || errno == Errno.EADDRNOTAVAIL;
  }

  /**
   * A socket bound to exactly this.
   *
   * @param v6Only 0 or 1, or -1 where it has no meaning
   */
  private static int bound(Sys sys, int type, SocketAddress address, int v6Only, Step before)
      throws SysException {
    int fd = Sockets.open(sys, SockAddr.family(address), type);
    boolean done = false;
    try {
      if (v6Only >= 0) {
        Sockets.setOption(sys, fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, v6Only);
      }
      before.apply(fd);
      Sockets.bind(sys, fd, address);
      done = true;
      return fd;
    } finally {
      if (!done) {
        int _ = sys.close(fd);
      }
    }
  }

  private static InetAddress any(byte[] zeros) {
    try {
      return InetAddress.getByAddress(zeros);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are always an address", e);
    }
  }
}

package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/** The options of a socket, those with a meaning here and those that are only kept. */
final class SocketOptions {

  private static final int MAX_BUFFER = 4_194_304; // net.core.wmem_max and rmem_max
  static final int IP_PKTINFO = 8; // linux/in.h
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;
  static final int IPV6_RECVPKTINFO = 49; // linux/in6.h
  static final int IPV6_PKTINFO = 50;
  private static final int SO_SNDLOWAT = 19; // asm-generic/socket.h

  /** net.ipv4.tcp_rmem: what the kernel makes of a receive buffer at most by itself. */
  private static final int MAX_RECEIVE = 33_554_432;

  /** The send buffer of a TCP socket that is not connected: net.ipv4.tcp_wmem. */
  private static final int FRESH_SEND = 16_384;

  private static final int MIN_SEND = 4608;
  private static final int MIN_RECEIVE = 2304;

  final int family;
  final int type;
  final int protocol;

  boolean reuseAddress;
  boolean reusePort;
  boolean oobInline;
  boolean v6Only;

  /** SO_PASSCRED: who receives is told who sent. */
  boolean passesCredentials;

  /** IP_PKTINFO and IPV6_RECVPKTINFO: who receives is told where it was sent to. */
  boolean tellsDestination;

  boolean tellsDestination6;

  /** IP_BIND_ADDRESS_NO_PORT: a bind without a port leaves that to the connect. */
  boolean bindsHostOnly;

  int sendBytes;
  int receiveBytes;

  /** SO_SNDBUF was set, and is not changed by the kernel any more; so too SO_RCVBUF. */
  private boolean sendBytesSet;

  private boolean receiveBytesSet;

  int lowWater = 1;

  /** How long a call waits at most: {@link Kernel#FOREVER}, or 0 for not at all. */
  long receiveTimeoutNanos = Kernel.FOREVER;

  long sendTimeoutNanos = Kernel.FOREVER;

  /** -1 is off; 0 makes close reset the connection. */
  int lingerSeconds = -1;

  /** Those that were set. */
  private final EnumMap<KeptOption, Integer> kept = new EnumMap<>(KeptOption.class);

  SocketOptions(int family, int type, int protocol, int sendBytes, int receiveBytes) {
    this.family = family;
    this.type = type;
    this.protocol = protocol;
    this.sendBytes = sendBytes;
    this.receiveBytes = receiveBytes;
  }

  static SocketOptions tcp(int family, int receiveBytes) {
    return new SocketOptions(
        family, Linux.SOCK_STREAM, Linux.IPPROTO_TCP, FRESH_SEND, receiveBytes);
  }

  /** A connection gets a larger send buffer, unless somebody chose the size. */
  void growSendBuffer(int bytes) {
    sendBytes = sendBytesSet ? sendBytes : bytes;
  }

  boolean isUnix() {
    return family == Linux.AF_UNIX;
  }

  /** Whether it is a socket of datagrams, which need no connection. */
  boolean isDatagram() {
    return type == Linux.SOCK_DGRAM;
  }

  boolean isTcp() {
    return !isUnix() && type == Linux.SOCK_STREAM;
  }

  /** Whether it has options of this protocol. */
  boolean has(int level) {
    return switch (level) {
      case Linux.SOL_SOCKET -> true;
      case Linux.IPPROTO_TCP -> isTcp();
      case Linux.IPPROTO_UDP -> !isUnix() && !isTcp();
      case Linux.IPPROTO_IP -> !isUnix();
      case Linux.IPPROTO_IPV6 -> family == Linux.AF_INET6;
      default -> false;
    };
  }

  /** An accepted socket has its listener's options. */
  SocketOptions copy() {
    SocketOptions copy = new SocketOptions(family, type, protocol, sendBytes, receiveBytes);
    copy.reuseAddress = reuseAddress;
    copy.reusePort = reusePort;
    copy.oobInline = oobInline;
    copy.v6Only = v6Only;
    copy.sendBytesSet = sendBytesSet;
    copy.receiveBytesSet = receiveBytesSet;
    copy.lowWater = lowWater;
    copy.receiveTimeoutNanos = receiveTimeoutNanos;
    copy.sendTimeoutNanos = sendTimeoutNanos;
    copy.lingerSeconds = lingerSeconds;
    copy.kept.putAll(kept);
    return copy;
  }

  /** 0 or an error; -ENOPROTOOPT also if the model does not know what Linux knows. */
  int set(int level, int name, int value) {
    KeptOption option = KeptOption.of(this, level, name);
    if (option != null) {
      int result = option.check(value);
      if (result == 0) {
        kept.put(option, option.kept(value, this));
      }
      return result;
    }
    return switch (level) {
      case Linux.SOL_SOCKET -> setSocket(name, value);
      case Linux.IPPROTO_IP -> setIp(name, value);
      case Linux.IPPROTO_IPV6 -> setIpv6(name, value);
      default -> -Errno.ENOPROTOOPT;
    };
  }

  private int setIp(int name, int value) {
    switch (name) {
      case IP_PKTINFO -> tellsDestination = value != 0;
      case IP_BIND_ADDRESS_NO_PORT -> bindsHostOnly = value != 0;
      default -> {
        return -Errno.ENOPROTOOPT;
      }
    }
    return 0;
  }

  private int setIpv6(int name, int value) {
    if (family != Linux.AF_INET6) {
      return -Errno.ENOPROTOOPT;
    }
    switch (name) {
      case Linux.IPV6_V6ONLY -> v6Only = value != 0;
      case IPV6_RECVPKTINFO -> tellsDestination6 = value != 0;
      default -> {
        return -Errno.ENOPROTOOPT;
      }
    }
    return 0;
  }

  private int setSocket(int name, int value) {
    boolean on = value != 0;
    switch (name) {
      case Linux.SO_REUSEADDR -> reuseAddress = on;
      case Linux.SO_REUSEPORT -> {
        if (on && isUnix()) {
          return -Errno.EOPNOTSUPP;
        }
        reusePort = on;
      }
      case Linux.SO_OOBINLINE -> oobInline = on;
      case Linux.SO_SNDBUF -> {
        sendBytes = Math.max(2 * Math.clamp(value, 0, MAX_BUFFER), MIN_SEND);
        sendBytesSet = true;
      }
      case Linux.SO_RCVBUF -> {
        receiveBytes = Math.max(2 * Math.clamp(value, 0, MAX_BUFFER), MIN_RECEIVE);
        receiveBytesSet = true;
      }
      case Linux.SO_RCVLOWAT -> setLowWater(value < 0 ? Integer.MAX_VALUE : Math.max(value, 1));
      case Linux.SO_PASSCRED -> {
        if (!isUnix()) {
          return -Errno.EOPNOTSUPP;
        }
        passesCredentials = on;
      }
      default -> {
        return -Errno.ENOPROTOOPT;
      }
    }
    return 0;
  }

  /** Source: tcp_set_rcvlowat of {@code net/ipv4/tcp.c}; other sockets take any value. */
  private void setLowWater(int value) {
    if (isUnix() || type != Linux.SOCK_STREAM) {
      lowWater = value;
      return;
    }
    lowWater = Math.max(1, Math.min(value, (receiveBytesSet ? receiveBytes : MAX_RECEIVE) >> 1));
    if (!receiveBytesSet) {
      receiveBytes = Math.max(receiveBytes, 2 * lowWater);
    }
  }

  /** The value, or null if there is no such option. */
  @Nullable Integer get(int level, int name) {
    KeptOption option = KeptOption.of(this, level, name);
    if (option != null) {
      return kept.getOrDefault(option, option.initial(this));
    }
    return switch (level) {
      case Linux.SOL_SOCKET -> getSocket(name);
      case Linux.IPPROTO_IP -> has(level) ? getIp(name) : null;
      case Linux.IPPROTO_IPV6 -> family == Linux.AF_INET6 ? getIpv6(name) : null;
      default -> null;
    };
  }

  private @Nullable Integer getIp(int name) {
    return switch (name) {
      case IP_PKTINFO -> bit(tellsDestination);
      case IP_BIND_ADDRESS_NO_PORT -> bit(bindsHostOnly);
      default -> null;
    };
  }

  private @Nullable Integer getIpv6(int name) {
    return switch (name) {
      case Linux.IPV6_V6ONLY -> bit(v6Only);
      case IPV6_RECVPKTINFO -> bit(tellsDestination6);
      default -> null;
    };
  }

  private @Nullable Integer getSocket(int name) {
    return switch (name) {
      case Linux.SO_REUSEADDR -> bit(reuseAddress);
      case Linux.SO_REUSEPORT -> bit(reusePort);
      case Linux.SO_OOBINLINE -> bit(oobInline);
      case Linux.SO_SNDBUF -> sendBytes;
      case Linux.SO_RCVBUF -> receiveBytes;
      case Linux.SO_RCVLOWAT -> lowWater;
      case Linux.SO_TYPE -> type;
      case Linux.SO_DOMAIN -> family;
      case Linux.SO_PROTOCOL -> protocol;
      case Linux.SO_PASSCRED -> isUnix() ? bit(passesCredentials) : null;
      case SO_SNDLOWAT -> 1;
      default -> null;
    };
  }

  private static int bit(boolean on) {
    return on ? 1 : 0;
  }
}

package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The options of a socket, those with a meaning here and those that are only kept. */
final class SocketOptions {

  private static final int MAX_BUFFER = 4_194_304; // net.core.wmem_max and rmem_max

  /** net.ipv4.tcp_rmem: what the kernel makes of a receive buffer at most by itself. */
  private static final int MAX_RECEIVE = 33_554_432;

  /** The send buffer of a TCP socket that is not connected: net.ipv4.tcp_wmem. */
  private static final int FRESH_SEND = 16_384;

  private static final int MIN_SEND = 4608;
  private static final int MIN_RECEIVE = 2304;

  /** Kept, and without an effect in this model. */
  private static final Map<Integer, Integer> TCP_DEFAULTS =
      Map.of(
          Linux.TCP_NODELAY, 0,
          Linux.TCP_CORK, 0,
          Linux.TCP_KEEPIDLE, 7200,
          Linux.TCP_KEEPINTVL, 75,
          Linux.TCP_KEEPCNT, 9,
          Linux.TCP_DEFER_ACCEPT, 0,
          Linux.TCP_QUICKACK, 1,
          Linux.TCP_USER_TIMEOUT, 0,
          Linux.TCP_FASTOPEN, 0,
          Linux.TCP_NOTSENT_LOWAT, 0);

  final int family;
  final int type;
  final int protocol;

  boolean reuseAddress;
  boolean reusePort;
  boolean oobInline;
  boolean v6Only;
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

  private final Map<Integer, Integer> plain = new TreeMap<>();
  private final Map<Integer, Integer> tcp = new TreeMap<>();

  SocketOptions(int family, int type, int protocol, int sendBytes, int receiveBytes) {
    this.family = family;
    this.type = type;
    this.protocol = protocol;
    this.sendBytes = sendBytes;
    this.receiveBytes = receiveBytes;
    for (int name :
        new int[] {
          Linux.SO_BROADCAST, Linux.SO_KEEPALIVE, Linux.SO_PASSCRED, Linux.SO_INCOMING_CPU
        }) {
      plain.put(name, 0);
    }
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
    copy.plain.putAll(plain);
    copy.tcp.putAll(tcp);
    return copy;
  }

  /** 0, or -ENOPROTOOPT or -EOPNOTSUPP. */
  int set(int level, int name, int value) {
    return switch (level) {
      case Linux.SOL_SOCKET -> setSocket(name, value);
      case Linux.IPPROTO_TCP -> setTcp(name, value);
      case Linux.IPPROTO_IPV6 -> {
        if (family != Linux.AF_INET6 || name != Linux.IPV6_V6ONLY) {
          yield -Errno.ENOPROTOOPT;
        }
        v6Only = value != 0;
        yield 0;
      }
      default -> isUnix() ? -Errno.EOPNOTSUPP : -Errno.ENOPROTOOPT;
    };
  }

  private int setSocket(int name, int value) {
    boolean on = value != 0;
    switch (name) {
      case Linux.SO_REUSEADDR -> reuseAddress = on;
      case Linux.SO_REUSEPORT -> reusePort = on;
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
      case Linux.SO_TYPE,
          Linux.SO_ERROR,
          Linux.SO_ACCEPTCONN,
          Linux.SO_PROTOCOL,
          Linux.SO_DOMAIN -> {
        return -Errno.ENOPROTOOPT;
      }
      default -> {
        return plain.replace(name, on ? 1 : 0) == null ? -Errno.ENOPROTOOPT : 0;
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

  private int setTcp(int name, int value) {
    if (isUnix()) {
      return -Errno.EOPNOTSUPP;
    }
    if (type != Linux.SOCK_STREAM || !TCP_DEFAULTS.containsKey(name)) {
      return -Errno.ENOPROTOOPT;
    }
    tcp.put(name, name == Linux.TCP_NODELAY ? Math.min(Math.abs(value), 1) : value);
    return 0;
  }

  /** The value, or null if there is no such option. */
  @Nullable Integer get(int level, int name) {
    return switch (level) {
      case Linux.SOL_SOCKET -> getSocket(name);
      case Linux.IPPROTO_TCP ->
          isUnix() || type != Linux.SOCK_STREAM
              ? null
              : tcp.getOrDefault(name, TCP_DEFAULTS.get(name));
      case Linux.IPPROTO_IPV6 ->
          family == Linux.AF_INET6 && name == Linux.IPV6_V6ONLY ? bit(v6Only) : null;
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
      default -> plain.get(name);
    };
  }

  private static int bit(boolean on) {
    return on ? 1 : 0;
  }
}

package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import org.jspecify.annotations.Nullable;

/**
 * The options of sockets that are checked, kept and read back, and have no effect in this model.
 *
 * <p>To set one to a value that asks for something else than what the model does is noted, see
 * {@link ModelSys#ignored}: a keep-alive is never sent, but no TCP_NODELAY is needed either.
 *
 * <p>Source: {@code sk_setsockopt}, {@code do_tcp_setsockopt}, {@code do_ip_setsockopt} and {@code
 * do_ipv6_setsockopt} of Linux for the ranges.
 */
enum KeptOption {
  SO_BROADCAST(Linux.SOL_SOCKET, Linux.SO_BROADCAST, Form.FLAG, 0),
  SO_KEEPALIVE(Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, Form.FLAG, 0),
  SO_INCOMING_CPU(Linux.SOL_SOCKET, Linux.SO_INCOMING_CPU, Form.NUMBER, -1),
  TCP_NODELAY(Linux.IPPROTO_TCP, Linux.TCP_NODELAY, Form.FLAG, 0),
  TCP_MAXSEG(Linux.IPPROTO_TCP, Linux.TCP_MAXSEG, Form.OR_UNSET, 0, 88, 32_767),
  TCP_CORK(Linux.IPPROTO_TCP, Linux.TCP_CORK, Form.FLAG, 0),
  TCP_KEEPIDLE(Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE, Form.NUMBER, 7200, 1, 32_767),
  TCP_KEEPINTVL(Linux.IPPROTO_TCP, Linux.TCP_KEEPINTVL, Form.NUMBER, 75, 1, 32_767),
  TCP_KEEPCNT(Linux.IPPROTO_TCP, Linux.TCP_KEEPCNT, Form.NUMBER, 9, 1, 127),
  TCP_DEFER_ACCEPT(Linux.IPPROTO_TCP, Linux.TCP_DEFER_ACCEPT, Form.RETRIES, 0),
  TCP_QUICKACK(Linux.IPPROTO_TCP, Linux.TCP_QUICKACK, Form.FLAG, 1),
  TCP_USER_TIMEOUT(Linux.IPPROTO_TCP, Linux.TCP_USER_TIMEOUT, Form.NUMBER, 0, 0, Integer.MAX_VALUE),
  TCP_FASTOPEN(Linux.IPPROTO_TCP, Linux.TCP_FASTOPEN, Form.NUMBER, 0, 0, Integer.MAX_VALUE),
  TCP_NOTSENT_LOWAT(Linux.IPPROTO_TCP, Linux.TCP_NOTSENT_LOWAT, Form.NUMBER, 0),
  IP_TOS(Linux.IPPROTO_IP, Linux.IP_TOS, Form.TRAFFIC_CLASS, 0),
  IP_TTL(Linux.IPPROTO_IP, Linux.IP_TTL, Form.OR_UNSET, 64, 1, 255),
  IP_MULTICAST_ALL(Linux.IPPROTO_IP, Linux.IP_MULTICAST_ALL, Form.NUMBER, 1, 0, 1),
  IPV6_MULTICAST_ALL(Linux.IPPROTO_IPV6, Linux.IPV6_MULTICAST_ALL, Form.FLAG, 1),
  IPV6_UNICAST_HOPS(Linux.IPPROTO_IPV6, Linux.IPV6_UNICAST_HOPS, Form.OR_UNSET, 64, 0, 255),
  IPV6_TCLASS(Linux.IPPROTO_IPV6, Linux.IPV6_TCLASS, Form.TRAFFIC_CLASS, 0, -1, 255);

  private enum Form {
    /** On or off. */
    FLAG,
    NUMBER,
    /** A number, or 0 or -1 for what the kernel chooses. */
    OR_UNSET,
    /** Seconds, told as when the first retry after them is: after 1, 3, 7 and so on. */
    RETRIES,
    /** A byte; in TCP without the bits of congestion notification. */
    TRAFFIC_CLASS
  }

  /** RFC 3168: the two bits that belong to TCP itself. */
  private static final int ECN_MASK = 3;

  private static final int MAX_RETRIES = 255;
  private static final int MAX_WAIT_SECONDS = 120; // TCP_RTO_MAX

  private final int initial;
  private final int level;
  private final int number;
  private final Form form;
  private final int least;
  private final int most;

  KeptOption(int level, int number, Form form, int initial) {
    this(level, number, form, initial, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  KeptOption(int level, int number, Form form, int initial, int least, int most) {
    this.level = level;
    this.number = number;
    this.form = form;
    this.initial = initial;
    this.least = least;
    this.most = most;
  }

  /** The option of this name on a socket, or null. */
  static @Nullable KeptOption of(SocketOptions socket, int level, int number) {
    for (KeptOption each : values()) {
      if (each.level == level && each.number == number && socket.has(level)) {
        return each;
      }
    }
    return null;
  }

  /** What it is until it is set: Linux forgets one where IPv6 has IPv4 beside it. */
  int initial(SocketOptions socket) {
    return this == IP_MULTICAST_ALL && socket.family == Linux.AF_INET6 ? 0 : initial;
  }

  /** 0, or -EINVAL for a value out of range. */
  int check(int value) {
    boolean taken = (value >= least && value <= most) || isUnset(value);
    return taken ? 0 : -Errno.EINVAL;
  }

  private boolean isUnset(int value) {
    return form == Form.OR_UNSET && value == (this == TCP_MAXSEG ? 0 : -1);
  }

  /** What is read back of a value. */
  int kept(int value, SocketOptions socket) {
    return switch (form) {
      case FLAG -> value == 0 ? 0 : 1;
      case NUMBER -> this == TCP_FASTOPEN ? Math.min(value, Backlog.SOMAXCONN) : value;
      case OR_UNSET -> isUnset(value) ? initial : value;
      case RETRIES -> retriesEnd(value);
      case TRAFFIC_CLASS -> trafficClass(value) & (socket.isTcp() ? ~ECN_MASK : -1);
    };
  }

  private int trafficClass(int value) {
    return this == IPV6_TCLASS && value < 0 ? initial : value & 0xff;
  }

  /** Source: {@code secs_to_retrans} and {@code retrans_to_secs} of Linux. */
  private static int retriesEnd(int seconds) {
    int wait = 1;
    int end = seconds > 0 ? 1 : 0;
    for (int tries = 1; end < seconds && tries < MAX_RETRIES; tries++) {
      wait = Math.min(2 * wait, MAX_WAIT_SECONDS);
      end += wait;
    }
    return end;
  }

  /** Whether a value that is kept asks for something else than what the model does. */
  boolean isIgnored(int kept) {
    return switch (this) {
      case TCP_NODELAY -> kept != 1;
      case IP_MULTICAST_ALL, IPV6_MULTICAST_ALL -> false; // there is no multicast
      default -> kept != initial;
    };
  }
}

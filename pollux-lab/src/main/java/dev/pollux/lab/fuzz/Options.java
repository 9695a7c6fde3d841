package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Options of sockets: set, and read back. */
final class Options {
  // sys/socket.h, netinet/in.h, netinet/tcp.h: what the library has no use for
  private static final int SO_PRIORITY = 12;
  private static final int SO_SNDLOWAT = 19;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;
  private static final int IPPROTO_IP = 0;
  private static final int IP_TOS = 1;
  private static final int IP_TTL = 2;
  private static final int TCP_SYNCNT = 7;
  private static final int TCP_CONGESTION = 13;

  /** The longest value: a timeval. */
  private static final int MAX_BYTES = 16;

  private static final int ROOM = 512; // where the value stands in the scratch memory

  /** A timeout that no program sees: time goes on while it sleeps. */
  private static final long HOUR_SECONDS = 3_600;

  private record Option(String name, int level, int number, int bytes) {}

  private static final List<Option> OPTIONS =
      List.of(
          new Option("SO_KEEPALIVE", Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, 4),
          new Option("SO_BROADCAST", Linux.SOL_SOCKET, Linux.SO_BROADCAST, 4),
          new Option("SO_PASSCRED", Linux.SOL_SOCKET, Linux.SO_PASSCRED, 4),
          new Option("SO_OOBINLINE", Linux.SOL_SOCKET, Linux.SO_OOBINLINE, 4),
          new Option("SO_RCVLOWAT", Linux.SOL_SOCKET, Linux.SO_RCVLOWAT, 4),
          new Option("SO_SNDLOWAT", Linux.SOL_SOCKET, SO_SNDLOWAT, 4),
          new Option("SO_PRIORITY", Linux.SOL_SOCKET, SO_PRIORITY, 4),
          new Option("SO_RCVTIMEO", Linux.SOL_SOCKET, SO_RCVTIMEO, 16),
          new Option("SO_SNDTIMEO", Linux.SOL_SOCKET, SO_SNDTIMEO, 16),
          new Option("SO_TYPE", Linux.SOL_SOCKET, Linux.SO_TYPE, 4),
          new Option("SO_ACCEPTCONN", Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN, 4),
          new Option("SO_DOMAIN", Linux.SOL_SOCKET, Linux.SO_DOMAIN, 4),
          new Option("SO_PROTOCOL", Linux.SOL_SOCKET, Linux.SO_PROTOCOL, 4),
          new Option("SO_REUSEADDR", Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 4),
          new Option("SO_BUSY_POLL", Linux.SOL_SOCKET, Linux.SO_BUSY_POLL, 4),
          new Option("IP_TOS", IPPROTO_IP, IP_TOS, 4),
          new Option("IP_TTL", IPPROTO_IP, IP_TTL, 4),
          new Option("TCP_KEEPIDLE", Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE, 4),
          new Option("TCP_KEEPINTVL", Linux.IPPROTO_TCP, Linux.TCP_KEEPINTVL, 4),
          new Option("TCP_KEEPCNT", Linux.IPPROTO_TCP, Linux.TCP_KEEPCNT, 4),
          new Option("TCP_SYNCNT", Linux.IPPROTO_TCP, TCP_SYNCNT, 4),
          new Option("TCP_USER_TIMEOUT", Linux.IPPROTO_TCP, Linux.TCP_USER_TIMEOUT, 4),
          new Option("TCP_CONGESTION", Linux.IPPROTO_TCP, TCP_CONGESTION, 4),
          new Option("0x7777", Linux.SOL_SOCKET, 0x7777, 4));

  private final Handles handles;
  private final MemorySegment small;
  private final Outcome outcome;

  Options(Handles handles, Outcome outcome) {
    this.handles = handles;
    this.small = handles.small;
    this.outcome = outcome;
  }

  /** How many options are known. */
  static int count() {
    return OPTIONS.size();
  }

  static String name(int index) {
    return OPTIONS.get(index).name;
  }

  int set(Op op) {
    Option option = OPTIONS.get(op.arg(1));
    Sys sys = handles.sys();
    small.set(JAVA_LONG, ROOM, 0);
    small.set(JAVA_LONG, ROOM + 8, 0);
    if (option.bytes == MAX_BYTES) {
      small.set(JAVA_LONG, ROOM, op.arg(2) > 0 ? HOUR_SECONDS : op.arg(2));
    } else {
      small.set(JAVA_INT, ROOM, op.arg(2));
    }
    long value = small.address() + ROOM;
    return sys.setsockopt(handles.fd(op, 0), option.level, option.number, value, option.bytes);
  }

  int get(Op op) {
    Option option = OPTIONS.get(op.arg(1));
    small.set(JAVA_LONG, ROOM, 0);
    small.set(JAVA_LONG, ROOM + 8, 0);
    small.set(JAVA_INT, 0, option.bytes);
    long value = small.address() + ROOM;
    Sys sys = handles.sys();
    int fd = handles.fd(op, 0);
    int result = sys.getsockopt(fd, option.level, option.number, value, small.address());
    if (result >= 0) {
      outcome.add(small.get(JAVA_INT, 0));
      outcome.add(small.get(JAVA_LONG_UNALIGNED, ROOM));
      outcome.add(small.get(JAVA_LONG_UNALIGNED, ROOM + 8));
    }
    return result;
  }
}

package dev.pollux.lab.fuzz;

import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Operations, masks and flags as one reads them in a man page. */
final class OpText {
  private record Bit(int value, String name) {}

  private static final List<Bit> EVENTS =
      List.of(
          new Bit(Linux.EPOLLIN, "IN"),
          new Bit(Linux.EPOLLPRI, "PRI"),
          new Bit(Linux.EPOLLOUT, "OUT"),
          new Bit(Linux.EPOLLERR, "ERR"),
          new Bit(Linux.EPOLLHUP, "HUP"),
          new Bit(Linux.POLLNVAL, "NVAL"),
          new Bit(Linux.EPOLLRDNORM, "RDNORM"),
          new Bit(Linux.EPOLLRDBAND, "RDBAND"),
          new Bit(Linux.EPOLLWRNORM, "WRNORM"),
          new Bit(Linux.EPOLLWRBAND, "WRBAND"),
          new Bit(Linux.EPOLLMSG, "MSG"),
          new Bit(Linux.EPOLLRDHUP, "RDHUP"),
          new Bit(Linux.EPOLLEXCLUSIVE, "EXCLUSIVE"),
          new Bit(Linux.EPOLLWAKEUP, "WAKEUP"),
          new Bit(Linux.EPOLLONESHOT, "ONESHOT"),
          new Bit(Linux.EPOLLET, "ET"));

  private static final List<Bit> FLAGS =
      List.of(
          new Bit(Linux.MSG_OOB, "MSG_OOB"),
          new Bit(Linux.MSG_PEEK, "MSG_PEEK"),
          new Bit(Linux.MSG_DONTWAIT, "MSG_DONTWAIT"),
          new Bit(Linux.MSG_TRUNC, "MSG_TRUNC"),
          new Bit(Linux.MSG_WAITALL, "MSG_WAITALL"),
          new Bit(Linux.MSG_EOR, "MSG_EOR"),
          new Bit(Linux.MSG_MORE, "MSG_MORE"),
          new Bit(Linux.MSG_CTRUNC, "MSG_CTRUNC"),
          new Bit(Linux.MSG_NOSIGNAL, "MSG_NOSIGNAL"));

  private static final List<String> CTL_OPS = List.of("0", "ADD", "DEL", "MOD");

  private OpText() {}

  static String of(Op op) {
    return who(op) + what(op);
  }

  private static String who(Op op) {
    if (op.thread() == 0) {
      return "";
    }
    if (!op.kind().takesTimeout() || op.ticks() == Op.FOREVER) {
      return "[thread " + op.thread() + "] ";
    }
    return "[thread " + op.thread() + ", " + op.ticks() + " ticks] ";
  }

  private static String what(Op op) {
    return switch (op.kind()) {
      case PIPE -> handles(op, "h%d, h%d = pipe2(O_NONBLOCK)");
      case DGRAMS -> handles(op, "h%d, h%d = socketpair(UNIX, DGRAM)");
      case PAIR -> handles(op, "h%d, h%d = socketpair(UNIX, STREAM)");
      case UDP -> handles(op, "h%d, h%d = connected sockets(INET, DGRAM)");
      case SOCKET -> handles(op, "h%d = socket(INET, STREAM)");
      case LISTEN -> "listen(" + handle(op, 0) + ")";
      case CONNECT -> "connect(" + handle(op, 0) + ", port of " + handle(op, 1) + ")";
      case DISCONNECT -> "connect(" + handle(op, 0) + ", AF_UNSPEC)";
      case REFUSED -> "connect(" + handle(op, 0) + ", a port nobody listens on)";
      case ACCEPT -> handle(op, 0) + " = accept4(" + handle(op, 1) + ")";
      case EVENTFD ->
          handle(op, 0) + " = eventfd(" + op.arg(1) + (op.arg(2) == 1 ? ", SEMAPHORE)" : ")");
      case TIMERFD -> handles(op, "h%d = timerfd_create(MONOTONIC)");
      case SETTIME -> "timerfd_settime(" + handle(op, 0) + ", " + Deadline.of(op.arg(1)) + ")";
      case EPOLL -> handle(op, 0) + " = epoll_create(" + op.arg(1) + ")";
      case NULL -> handles(op, "h%d = open(/dev/null)");
      case DUP -> handle(op, 0) + " = dup3(" + handle(op, 1) + ")";
      case SHUTDOWN ->
          "shutdown("
              + handle(op, 0)
              + ", "
              + List.of("RD", "WR", "RDWR", "3").get(op.arg(1))
              + ")";
      case LINGER -> "setsockopt(" + handle(op, 0) + ", SO_LINGER, 0 s)";
      case LOWAT -> "setsockopt(" + handle(op, 0) + ", SO_RCVLOWAT, " + op.arg(1) + ")";
      case INLINE -> "setsockopt(" + handle(op, 0) + ", SO_OOBINLINE, " + op.arg(1) + ")";
      case READ, WRITE -> name(op) + "(" + handle(op, 0) + ", " + op.arg(1) + " bytes)";
      case RECV, SEND ->
          name(op)
              + ("(" + handle(op, 0) + ", " + op.arg(1) + " bytes, ")
              + (bits(op.arg(2), FLAGS) + ")");
      case COUNT ->
          "write("
              + handle(op, 0)
              + ", the number "
              + Long.toUnsignedString(Executor.count(op.arg(1)))
              + ")";
      case FILL -> "write until refused (" + handle(op, 0) + ")";
      case DRAIN -> "read until refused (" + handle(op, 0) + ")";
      case CLOSE -> "close(" + handle(op, 0) + ")";
      case AVAILABLE -> "ioctl(" + handle(op, 0) + ", FIONREAD)";
      case ERROR -> "getsockopt(" + handle(op, 0) + ", SO_ERROR)";
      case GETFL -> "fcntl(" + handle(op, 0) + ", F_GETFL)";
      case SETFL ->
          "fcntl(" + handle(op, 0) + ", F_SETFL, 0" + Integer.toOctalString(op.arg(1)) + ")";
      case CTL ->
          ("epoll_ctl(" + handle(op, 0) + ", " + ctlOp(op.arg(1)) + ", " + handle(op, 2))
              + (", " + events(op.arg(3)) + ", #" + op.arg(4) + ")");
      case CTLNULL ->
          "epoll_ctl(" + handle(op, 0) + ", " + ctlOp(op.arg(1)) + ", " + handle(op, 2) + ", null)";
      case WAIT -> "epoll_wait(" + handle(op, 0) + ", max " + op.arg(1) + ")";
      case PWAIT -> "epoll_pwait(" + handle(op, 0) + ", max " + op.arg(1) + ")";
      case PWAIT2 -> "epoll_pwait2(" + handle(op, 0) + ", max " + op.arg(1) + ")";
      case POLL, PPOLL -> name(op) + "(" + groups(op, false) + ")";
      case SELECT, PSELECT -> name(op) + "(" + groups(op, true) + ")";
      default -> whatWithNames(op);
    };
  }

  /** The same for named sockets, options, messages, time and full connections. */
  private static String whatWithNames(Op op) {
    return switch (op.kind()) {
      case UNIX -> handle(op, 0) + " = socket(UNIX, " + (op.arg(1) == 0 ? "STREAM)" : "DGRAM)");
      case DATAGRAM -> handles(op, "h%d = socket(INET, DGRAM)");
      case BIND -> "bind(" + handle(op, 0) + ", name " + op.arg(1) + ")";
      case BACKLOG -> "listen(" + handle(op, 0) + ", " + op.arg(1) + ")";
      case TO -> "connect(" + handle(op, 0) + ", name " + op.arg(1) + ")";
      case REUSE ->
          "setsockopt("
              + handle(op, 0)
              + (op.arg(1) == 0 ? ", SO_REUSEADDR, " : ", SO_REUSEPORT, ")
              + (op.arg(2) + ")");
      case UNLINK -> "unlink(name " + op.arg(0) + ")";
      case SELF -> "getsockname(" + handle(op, 0) + ")";
      case PEER -> "getpeername(" + handle(op, 0) + ")";
      case SETOPT ->
          "setsockopt("
              + (handle(op, 0) + ", " + Options.name(op.arg(1)))
              + (", " + op.arg(2) + ")");
      case GETOPT -> "getsockopt(" + handle(op, 0) + ", " + Options.name(op.arg(1)) + ")";
      case SENDMSG, RECVMSG ->
          name(op)
              + ("(" + handle(op, 0) + ", " + op.arg(1) + " bytes in " + op.arg(3) + ", ")
              + (bits(op.arg(2), FLAGS) + ")");
      case SENDTO ->
          ("sendto(" + handle(op, 0) + ", " + op.arg(1) + " bytes, ")
              + (bits(op.arg(2), FLAGS) + ", name " + op.arg(3) + ")");
      case DELAY -> "segments take their time";
      case PASS -> op.arg(0) + " ticks pass";
      case SMALL -> handles(op, "h%d, h%d = a TCP connection with small buffers");
      case FLOOD -> "write until full (" + handle(op, 0) + ")";
      case LOAD -> "write until not writable (" + handle(op, 0) + ")";
      case EMPTY -> "read until empty (" + handle(op, 0) + "), sent by " + handle(op, 1);
      default -> throw new IllegalArgumentException("no words for " + op.kind());
    };
  }

  /** A set of events; bits without a name in hexadecimal. */
  static String events(int mask) {
    return bits(mask, EVENTS);
  }

  private static String name(Op op) {
    return op.kind().name().toLowerCase(Locale.ROOT);
  }

  private static String ctlOp(int op) {
    return op >= 0 && op < CTL_OPS.size() ? CTL_OPS.get(op) : Integer.toString(op);
  }

  private static String handle(Op op, int index) {
    return op.arg(index) == Op.NO_HANDLE ? "-1" : "h" + op.arg(index);
  }

  private static String handles(Op op, String format) {
    return op.size() == 1 ? format.formatted(op.arg(0)) : format.formatted(op.arg(0), op.arg(1));
  }

  private static String groups(Op op, boolean select) {
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < op.size(); i += 2) {
      String set = select ? sets(op.arg(i + 1)) : events(op.arg(i + 1));
      groups.add(handle(op, i) + " " + set);
    }
    return String.join(", ", groups);
  }

  /** The sets of select by their initials. */
  static String sets(int sets) {
    return ((sets & 1) != 0 ? "r" : "")
        + ((sets & 2) != 0 ? "w" : "")
        + ((sets & 4) != 0 ? "x" : "");
  }

  private static String bits(int value, List<Bit> names) {
    StringJoiner text = new StringJoiner("|");
    text.setEmptyValue("0");
    int rest = value;
    for (Bit bit : names) {
      if ((rest & bit.value) != 0) {
        text.add(bit.name);
        rest &= ~bit.value;
      }
    }
    if (rest != 0) {
      text.add("0x" + Integer.toHexString(rest));
    }
    return text.toString();
  }
}

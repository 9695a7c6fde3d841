package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;

/** The operations on sockets but for transfers. */
final class SocketSteps {
  private static final int BACKLOG = 128;
  private static final int MAX_DELAY_MILLIS = 100; // a delayed acknowledgement comes after 40
  private static final int DELAY_MICROS = 1_000;

  // linux/tcp.h, net/tcp_states.h: what the library has no use for
  private static final int TCP_DELACK_MAX_US = 46; // since Linux 6.15
  private static final int TCP_FIN_WAIT1 = 4;
  private static final int TCP_CLOSING = 11;

  private final Handles handles;
  private final MemorySegment small;
  private final Outcome outcome;

  SocketSteps(Handles handles, Outcome outcome) {
    this.handles = handles;
    this.small = handles.small;
    this.outcome = outcome;
  }

  int execute(Op op) {
    Sys sys = handles.sys();
    return switch (op.kind()) {
      case SOCKET -> {
        int fd = sys.socket(Linux.AF_INET, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0);
        yield fd < 0 ? fd : connection(op, fd);
      }
      case ACCEPT -> {
        yield accepted(op, sys.accept4(handles.fd(op, 1), 0, 0, Linux.SOCK_NONBLOCK));
      }
      case LISTEN -> listen(op);
      case CONNECT -> {
        long address = address(handles.connectPort(op.arg(1)));
        yield sys.connect(handles.fd(op, 0), address, Linux.SIZEOF_SOCKADDR_IN);
      }
      case DISCONNECT -> {
        long unspecified = address(0);
        small.set(JAVA_SHORT, 0, (short) Linux.AF_UNSPEC);
        yield sys.connect(handles.fd(op, 0), unspecified, Linux.SIZEOF_SOCKADDR_IN);
      }
      case REFUSED ->
          sys.connect(handles.fd(op, 0), address(Handles.UNUSED_PORT), Linux.SIZEOF_SOCKADDR_IN);
      case SHUTDOWN -> {
        int result = sys.shutdown(handles.fd(op, 0), op.arg(1));
        if (op.arg(1) > 0) {
          awaitAcknowledgement(handles.fd(op, 0));
        }
        yield result;
      }
      case LINGER -> {
        small.set(JAVA_INT, 0, 1);
        small.set(JAVA_INT, 4, 0);
        yield sys.setsockopt(
            handles.fd(op, 0),
            Linux.SOL_SOCKET,
            Linux.SO_LINGER,
            small.address(),
            Linux.SIZEOF_LINGER);
      }
      case LOWAT -> option(handles.fd(op, 0), Linux.SOL_SOCKET, Linux.SO_RCVLOWAT, op.arg(1));
      case INLINE -> option(handles.fd(op, 0), Linux.SOL_SOCKET, Linux.SO_OOBINLINE, op.arg(1));
      case UDP -> datagrams(op);
      case PAIR -> unixPair(op, Linux.SOCK_STREAM);
      case DGRAMS -> unixPair(op, Linux.SOCK_DGRAM);
      default -> error(handles.fd(op, 0));
    };
  }

  /** What accept gave becomes a handle. */
  int accepted(Op op, int fd) {
    return fd < 0 ? fd : connection(op, fd);
  }

  /** TCP as programs use it: without Nagle's delay, see {@link Concessions}. */
  private int connection(Op op, int fd) {
    return connection(op, 0, fd);
  }

  /** A connection without Nagle's delay; it becomes the handle that an argument names. */
  int connection(Op op, int index, int fd) {
    option(fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
    option(fd, Linux.IPPROTO_TCP, TCP_DELACK_MAX_US, DELAY_MICROS); // else waits are longer
    int moved = handles.move(fd, op.arg(index));
    handles.port(op.arg(index), Handles.UNUSED_PORT);
    return moved;
  }

  /**
   * Waits until a FIN that was sent is acknowledged, see {@link Concessions}; the model does so at
   * once, and does not know TCP_INFO.
   */
  private void awaitAcknowledgement(int fd) {
    Sys sys = handles.sys();
    if (sys instanceof ModelSys) {
      return;
    }
    for (int millis = 0; millis < MAX_DELAY_MILLIS; millis++) {
      small.set(JAVA_BYTE, 0, (byte) 0);
      small.set(JAVA_INT, 64, 1); // struct tcp_info begins with the state, a byte
      long length = small.address() + 64;
      int result = sys.getsockopt(fd, Linux.IPPROTO_TCP, Linux.TCP_INFO, small.address(), length);
      byte state = small.get(JAVA_BYTE, 0);
      if (result < 0 || (state != TCP_FIN_WAIT1 && state != TCP_CLOSING)) {
        return;
      }
      int _ = handles.sys().poll(0, 0, 1);
    }
  }

  private int listen(Op op) {
    Sys sys = handles.sys();
    int fd = handles.fd(op, 0);
    option(fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
    int bound = sys.bind(fd, address(0), Linux.SIZEOF_SOCKADDR_IN);
    outcome.add(bound);
    int listening = sys.listen(fd, BACKLOG);
    if (listening >= 0) {
      handles.port(op.arg(0), port(fd));
    }
    return listening;
  }

  /** Two sockets that have each other's address; the result of the first call that fails. */
  private int datagrams(Op op) {
    Sys sys = handles.sys();
    int type = Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK;
    int first = sys.socket(Linux.AF_INET, type, 0);
    int second = sys.socket(Linux.AF_INET, type, 0);
    int result = Math.min(first, second);
    for (int fd : new int[] {first, second}) {
      result = Math.min(result, sys.bind(fd, address(0), Linux.SIZEOF_SOCKADDR_IN));
    }
    int port = port(second);
    result = Math.min(result, sys.connect(first, address(port), Linux.SIZEOF_SOCKADDR_IN));
    port = port(first);
    result = Math.min(result, sys.connect(second, address(port), Linux.SIZEOF_SOCKADDR_IN));
    small.set(JAVA_INT, 0, first);
    small.set(JAVA_INT, 4, second);
    int moved = handles.pair(op, 0);
    return Math.min(result, moved);
  }

  /** The port that a socket is bound to; 0 if it is none of the Internet. */
  int port(int fd) {
    Sys sys = handles.sys();
    small.set(JAVA_INT, 64, Linux.SIZEOF_SOCKADDR_STORAGE);
    int result = sys.getsockname(fd, small.address(), small.address() + 64);
    boolean known = result >= 0 && small.get(JAVA_SHORT, 0) == Linux.AF_INET;
    return known ? Short.reverseBytes(small.get(JAVA_SHORT, 2)) & 0xffff : 0;
  }

  int option(int fd, int level, int name, int value) {
    Sys sys = handles.sys();
    small.set(JAVA_INT, 0, value);
    return sys.setsockopt(fd, level, name, small.address(), Integer.BYTES);
  }

  /** The value of an option; negative if it has none. */
  int optionValue(int fd, int level, int name) {
    small.set(JAVA_INT, 4, Integer.BYTES);
    long value = small.address();
    int result = handles.sys().getsockopt(fd, level, name, value, value + 4);
    return result < 0 ? result : small.get(JAVA_INT, 0);
  }

  private int error(int fd) {
    Sys sys = handles.sys();
    small.set(JAVA_INT, 0, 0);
    small.set(JAVA_INT, 4, Integer.BYTES);
    int result =
        sys.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_ERROR, small.address(), small.address() + 4);
    if (result >= 0) {
      outcome.add(small.get(JAVA_INT, 0));
    }
    return result;
  }

  private long address(int port) {
    return handles.address(small, port);
  }

  private int unixPair(Op op, int type) {
    int flags = type | Linux.SOCK_NONBLOCK;
    return handles.pair(op, handles.sys().socketpair(Linux.AF_UNIX, flags, 0, small.address()));
  }
}

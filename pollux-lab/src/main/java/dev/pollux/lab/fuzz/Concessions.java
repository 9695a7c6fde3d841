package dev.pollux.lab.fuzz;

import dev.pollux.sys.Linux;
import org.jspecify.annotations.Nullable;

/**
 * What the fuzzer does not compare, all of it: programs are bent, before either kernel sees an
 * operation, around what is accounting or timing in Linux and no contract.
 *
 * <ol>
 *   <li><b>Windows and receive buffers.</b> Loopback TCP and UDP are never filled: what a socket
 *       sends in its life is bounded by {@value #SOCKET_BYTES} bytes in {@value #SOCKET_WRITES}
 *       writes, which always fit. (Pipes and Unix sockets are filled, and compared to the byte.)
 *   <li><b>When loopback delivers.</b> Nagle's algorithm is off, so that bytes leave at once, and
 *       arrive within the sending call, as a rule; what the two kernels disagree on is run again
 *       with pauses ({@link Lockstep#confirm}), and only what stays is a difference.
 *   <li><b>When a FIN is acknowledged.</b> Linux takes up to 40 ms, unless the peer sends first,
 *       and the acknowledgement is an edge to those who watch the sender. After a shutdown it is
 *       waited for.
 *   <li><b>Urgent data of Unix sockets</b>, a feature of the newest kernels, is not sent.
 *   <li><b>Time.</b> Timers are due long ago or in an hour. The expiry of the former is waited for.
 *   <li><b>Flags under a sleeper.</b> F_SETFL is left out while a thread is in a call: a pipe looks
 *       at O_NONBLOCK again when it is woken, and the fuzzer itself changes it ({@link Threads}).
 *   <li><b>O_LARGEFILE</b> is left out of F_GETFL: it has another value on each architecture.
 * </ol>
 *
 * <p>The order of reported events is compared without exception: the ready list is first in, first
 * out, and of several threads all but one sleep.
 *
 * <p>Bending depends on the program and the oracle's results only, so both kernels get the same
 * calls.
 */
final class Concessions {
  /** Bytes that an Internet socket sends in its life. */
  static final int SOCKET_BYTES = 40_000;

  /** Writes that an Internet socket makes in its life. */
  static final int SOCKET_WRITES = 24;

  /** An open socket. */
  private static final class Description {
    final boolean internet;
    int sentBytes;
    int sends;

    Description(boolean internet) {
      this.internet = internet;
    }
  }

  private final @Nullable Description[] sockets = new Description[Op.HANDLES + 1];

  /** A bit for each thread that is in a call. */
  private int busy;

  /** Whether an operation is executed. */
  boolean allows(Op op) {
    if ((busy >>> op.thread() & 1) != 0 || (busy != 0 && op.kind() == Kind.SETFL)) {
      return false;
    }
    Description socket = sockets[op.arg(0)];
    if (socket == null) {
      return true;
    }
    return switch (op.kind()) {
      case FILL -> !socket.internet;
      case WRITE -> fits(socket, op.arg(1));
      case COUNT -> fits(socket, Long.BYTES);
      case SEND -> fits(socket, op.arg(1)) && (socket.internet || !isUrgent(op));
      case RECV -> socket.internet || !isUrgent(op);
      default -> true;
    };
  }

  /** Takes note that a thread is in a call. */
  void started(int thread) {
    busy |= 1 << thread;
  }

  /** Takes note that a thread's call has ended. */
  void returned(int thread) {
    busy &= ~(1 << thread);
  }

  /** Takes note of an operation that was executed, and its result on the oracle. */
  void record(Op op, int result) {
    if (result < 0) {
      return;
    }
    switch (op.kind()) {
      case PAIR, DGRAMS -> {
        sockets[op.arg(0)] = new Description(false);
        sockets[op.arg(1)] = new Description(false);
      }
      case UDP -> {
        sockets[op.arg(0)] = new Description(true);
        sockets[op.arg(1)] = new Description(true);
      }
      case SOCKET, ACCEPT -> sockets[op.arg(0)] = new Description(true);
      case PIPE -> {
        sockets[op.arg(0)] = null;
        sockets[op.arg(1)] = null;
      }
      case EVENTFD, TIMERFD, EPOLL, NULL, CLOSE -> sockets[op.arg(0)] = null;
      case DUP -> sockets[op.arg(0)] = sockets[op.arg(1)];
      case WRITE, SEND, COUNT -> {
        Description socket = sockets[op.arg(0)];
        if (socket != null) {
          socket.sentBytes += result;
          socket.sends++;
        }
      }
      default -> {}
    }
  }

  /** Whether the operation concerns the network, where the oracle may need a moment. */
  boolean concernsNetwork(Op op) {
    return switch (op.kind()) {
      case CONNECT, REFUSED, DISCONNECT, LISTEN, ACCEPT -> true;
      case WRITE, SEND, COUNT, READ, RECV, DRAIN, SHUTDOWN, CLOSE, DUP -> isInternet(op.arg(0));
      default -> false;
    };
  }

  private boolean isInternet(int handle) {
    Description socket = sockets[handle];
    return socket != null && socket.internet;
  }

  private static boolean fits(Description socket, int size) {
    return !socket.internet
        || (socket.sentBytes + size <= SOCKET_BYTES && socket.sends < SOCKET_WRITES);
  }

  private static boolean isUrgent(Op op) {
    return (op.arg(2) & Linux.MSG_OOB) != 0;
  }
}

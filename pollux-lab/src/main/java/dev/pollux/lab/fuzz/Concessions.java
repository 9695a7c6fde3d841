package dev.pollux.lab.fuzz;

import dev.pollux.sys.Linux;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the fuzzer does not compare, all of it: programs are bent, before either kernel sees an
 * operation, around what is accounting or timing in Linux and no contract.
 *
 * <ol>
 *   <li><b>How much fits a Unix socket.</b> Linux counts the true size of its buffers. A socket is
 *       used up to the quarter of its buffer below which it is surely writable; a write that would
 *       go further becomes "write until refused". Both kernels must then refuse. What is read of a
 *       full socket is read until refused, and how much that was is not compared. (Pipes are
 *       compared to the byte: their pages are modelled.)
 *   <li><b>Windows and receive buffers.</b> Loopback TCP and UDP are never filled: what a socket
 *       sends in its life is bounded by {@value #SOCKET_BYTES} bytes in {@value #SOCKET_WRITES}
 *       writes, which always fit.
 *   <li><b>When loopback delivers.</b> Nagle's algorithm is off, so that bytes leave at once, and
 *       arrive within the sending call, as a rule; what the two kernels disagree on is run again
 *       with pauses ({@link Lockstep#confirm}), and only what stays is a difference.
 *   <li><b>When a FIN is acknowledged.</b> Linux takes up to 40 ms, unless the peer sends first, and the
 *       acknowledgement is an edge to those who watch the sender. After a shutdown it is waited for.
 *   <li><b>Urgent data of Unix sockets</b>, a feature of the newest kernels, is not sent.
 *   <li><b>Time.</b> Timers are due long ago or in an hour. The expiry of the former is waited for.
 * </ol>
 *
 * <p>The order of reported events is compared without exception: the ready list is first in, first
 * out, and one thread makes all calls.
 *
 * <p>Bending depends on the program and the oracle's results only, so both kernels get the same
 * calls.
 */
final class Concessions {
  /** Bytes that an Internet socket sends in its life. */
  static final int SOCKET_BYTES = 40_000;

  /** Writes that an Internet socket makes in its life. */
  static final int SOCKET_WRITES = 24;

  private static final int UNIX_BYTES = 50_000; // below a quarter of wmem_default, 212992
  private static final int UNIX_OVERHEAD_BYTES = 1024; // of one buffer, at most

  private final @Nullable Description[] handles = new Description[Op.HANDLES + 1];

  /** The operation to execute instead, often itself; or null for none. */
  @Nullable Op bend(Op op) {
    Description target = handles[handle(op)];
    if (target == null) {
      return op;
    }
    return switch (op.kind()) {
      case WRITE -> bendWrite(op, target, op.arg(1));
      case COUNT -> bendWrite(op, target, Long.BYTES);
      case SEND -> {
        boolean oob = !target.internet && (op.arg(2) & Linux.MSG_OOB) != 0;
        yield oob ? null : bendWrite(op, target, op.arg(1));
      }
      case FILL -> target.internet ? null : op;
      case RECV -> {
        boolean special = (op.arg(2) & (Linux.MSG_OOB | Linux.MSG_PEEK)) != 0;
        boolean oob = !target.internet && (op.arg(2) & Linux.MSG_OOB) != 0;
        yield oob || (special && isFull(target.in)) ? null : bendRead(op, target);
      }
      case READ -> bendRead(op, target);
      case AVAILABLE -> isFull(target.in) ? null : op;
      default -> op;
    };
  }

  /** Whether two outcomes of a bent operation are the same, as far as it is compared. */
  boolean same(Op op, Outcome oracle, Outcome other) {
    Description target = handles[handle(op)];
    if (op.kind() == Kind.DRAIN && target != null && isFull(target.in)) {
      return oracle.result() == other.result() && oracle.byteCount() > 0 == other.byteCount() > 0;
    }
    if (op.kind() == Kind.FILL && target != null && target.out != null) {
      return oracle.result() == other.result() && oracle.value(0) > 0 == other.value(0) > 0;
    }
    return oracle.matches(other);
  }

  /** Takes note of an operation that was executed, and its result on the oracle. */
  void record(Op op, Outcome oracle) {
    if (oracle.result() < 0 && op.kind() != Kind.FILL && op.kind() != Kind.DRAIN) {
      return;
    }
    switch (op.kind()) {
      case PIPE -> {
        handles[op.arg(0)] = null;
        handles[op.arg(1)] = null;
      }
      case DGRAMS -> {
        handles[op.arg(0)] = null;
        handles[op.arg(1)] = null;
      }
      case PAIR -> {
        Channel there = new Channel();
        Channel back = new Channel();
        handles[op.arg(0)] = new Description(back, there, false);
        handles[op.arg(1)] = new Description(there, back, false);
      }
      case UDP -> {
        handles[op.arg(0)] = new Description(null, null, true);
        handles[op.arg(1)] = new Description(null, null, true);
      }
      case SOCKET, ACCEPT -> handles[op.arg(0)] = new Description(null, null, true);
      case EVENTFD, TIMERFD, EPOLL, NULL, CLOSE -> handles[handle(op)] = null;
      case DUP -> handles[op.arg(0)] = handles[op.arg(1)];
      case WRITE, SEND, COUNT -> wrote(handles[handle(op)], oracle.result());
      case READ -> consumed(handles[handle(op)], oracle.result());
      case RECV -> {
        if ((op.arg(2) & (Linux.MSG_PEEK | Linux.MSG_OOB)) == 0) {
          consumed(handles[handle(op)], oracle.result());
        }
      }
      case FILL -> filled(handles[handle(op)], oracle.result());
      case DRAIN -> drained(handles[handle(op)]);
      default -> {}
    }
  }

  /** Whether the operation concerns the network, where the oracle may need a moment. */
  boolean concernsNetwork(Op op) {
    return switch (op.kind()) {
      case CONNECT, REFUSED, DISCONNECT, LISTEN -> true;
      case DUP -> isInternet(op.arg(0));
      case WAIT, PWAIT, PWAIT2, CTL, CTLNULL, POLL, PPOLL, SELECT, PSELECT, GETFL, SETFL -> false;
      default -> isInternet(op.arg(0)) || op.kind() == Kind.ACCEPT;
    };
  }

  private boolean isInternet(int handle) {
    Description description = handles[handle];
    return description != null && description.internet;
  }

  private static int handle(Op op) {
    return op.size() == 0 ? Op.NO_HANDLE : op.arg(0);
  }

  private static @Nullable Op bendWrite(Op op, Description target, int size) {
    if (target.internet) {
      boolean fits = target.sentBytes + size <= SOCKET_BYTES && target.sends < SOCKET_WRITES;
      return fits ? op : null;
    }
    Channel out = target.out;
    return out == null || out.full || out.fits(size) ? op : Op.of(Kind.FILL, op.arg(0));
  }

  private static Op bendRead(Op op, Description target) {
    return isFull(target.in) ? Op.of(Kind.DRAIN, op.arg(0)) : op;
  }

  private static boolean isFull(@Nullable Channel channel) {
    return channel != null && channel.full;
  }

  private static void wrote(@Nullable Description target, int count) {
    if (target == null) {
      return;
    }
    target.sentBytes += count;
    target.sends++;
    if (target.out != null && count > 0) {
      target.out.add(count);
    }
  }

  private static void consumed(@Nullable Description target, int count) {
    if (target != null && target.in != null) {
      target.in.remove(count);
    }
  }

  private static void filled(@Nullable Description target, int result) {
    if (target != null && target.out != null && Outcome.wouldBlock(result)) {
      target.out.full = true;
    }
  }

  private static void drained(@Nullable Description target) {
    if (target != null && target.in != null) {
      target.in.clear();
    }
  }

  /** An open socket. */
  private static final class Description {
    final @Nullable Channel in;
    final @Nullable Channel out;
    final boolean internet;
    int sentBytes;
    int sends;

    Description(@Nullable Channel in, @Nullable Channel out, boolean internet) {
      this.in = in;
      this.out = out;
      this.internet = internet;
    }
  }

  /** What is on its way in one direction: what each write may occupy until it is all read. */
  private static final class Channel {
    private record Write(int size, int cost) {}

    private final ArrayDeque<Write> writes = new ArrayDeque<>();
    private int cost;
    private boolean full;

    boolean fits(int size) {
      return cost + costOf(size) <= UNIX_BYTES;
    }

    void add(int size) {
      writes.add(new Write(size, costOf(size)));
      cost += costOf(size);
    }

    void remove(int count) {
      int rest = count;
      while (rest > 0 && !writes.isEmpty()) {
        Write first = writes.remove();
        if (first.size > rest) {
          writes.addFirst(new Write(first.size - rest, first.cost));
          return;
        }
        rest -= first.size;
        cost -= first.cost;
      }
    }

    void clear() {
      writes.clear();
      cost = 0;
      full = false;
    }

    private int costOf(int size) {
      return 2 * size + UNIX_OVERHEAD_BYTES;
    }
  }
}

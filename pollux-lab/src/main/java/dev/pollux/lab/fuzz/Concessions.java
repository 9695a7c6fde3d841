package dev.pollux.lab.fuzz;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the fuzzer does not compare, all of it: programs are bent, before either kernel sees an
 * operation, around what is accounting or timing in Linux and no contract.
 *
 * <ol>
 *   <li><b>Windows and receive buffers.</b> Loopback TCP and UDP are not filled by chance: what a
 *       socket sends in its life is bounded by {@value #SOCKET_BYTES} bytes in {@value
 *       #SOCKET_WRITES} writes, which always fit. (Pipes and Unix sockets are filled, and compared
 *       to the byte.) TCP is filled on connections made for it, {@link FullSteps}: it is filled in
 *       one direction at a time; between full and empty they are not read, and written by threads
 *       that will block; what a thread's transfer on one returns is compared as far as its sign.
 *       Midway a delayed acknowledgement makes room, which is an edge, until that is filled too: a
 *       connection is filled while nobody waits for events, an event would show nothing else, and
 *       no epoll watches another, which would be told. Each direction is filled {@value #MAX_FILLS}
 *       times, since the window shrinks, and not towards a peer that has shut it, which would not
 *       wait for the end.
 *   <li><b>When loopback delivers.</b> Nagle's algorithm is off, so that bytes leave at once, and
 *       arrive within the sending call, as a rule; what the two kernels disagree on is run again
 *       with pauses ({@link Lockstep#confirm}), and only what stays is a difference. In programs
 *       that say so the model's segments take their time; they arrive before the next operation,
 *       unless that one ends the socket that has sent them.
 *   <li><b>When a FIN is acknowledged.</b> Linux takes up to 40 ms, unless the peer sends first,
 *       and the acknowledgement is an edge to those who watch the sender. After a shutdown it is
 *       waited for; and while a thread waits for events only listeners are shut down.
 *   <li><b>Urgent data of Unix sockets</b>, a feature of the newest kernels, is not sent.
 *   <li><b>Corks.</b> MSG_MORE goes to Unix sockets only: TCP and UDP would wait for more.
 *   <li><b>Time.</b> Timers are due long ago, in an hour, or between two {@link Ticks}. The expiry
 *       of the first is waited for.
 *   <li><b>Flags under a sleeper.</b> F_SETFL is left out while a thread is in a call: a pipe looks
 *       at O_NONBLOCK again when it is woken, and the fuzzer itself changes it ({@link Threads}).
 *   <li><b>Large numbers under a sleeper.</b> A thread adds at most 3 to an eventfd, and writes no
 *       other bytes to it, or a semaphore could not be read so often that it returns.
 *   <li><b>Two readers of a stream, or of a counter,</b> are woken both, and the faster one gets
 *       what there is: one thread reads a stream socket, one is at an eventfd or timerfd. (Pipes,
 *       datagrams and listeners wake one.)
 *   <li><b>A look beside a transfer.</b> A thread that waits for events and one that transfers are
 *       woken both, and what the first finds depends on whether the other was faster: where that is
 *       the difference, and nothing is left to be found, the program ends ({@link Races}). So it
 *       does where both wait at one epoll, or one waits at it and one polls it; and where one that
 *       slept at a pipe returns together with one at an epoll, for it makes an edge of its own.
 *   <li><b>Whose turn it is.</b> Of two sockets that share a port by SO_REUSEPORT, chance says who
 *       gets what: nothing is sent or connected to such a name.
 *   <li><b>What the model says no to.</b> An option that it names in its list of what it does not
 *       know is not compared; after any other such call the program ends.
 *   <li><b>O_LARGEFILE</b> is left out of F_GETFL: it has another value on each architecture.
 * </ol>
 *
 * <p>The order of reported events is compared: the ready list is first in, first out, and of
 * several threads all but one sleep. The exception are programs with connections that are filled,
 * or with delays: which end has its edge first is accounting; so their waits take all events, in
 * any order.
 *
 * <p>Bending depends on the program and the oracle's results only, so both kernels get the same
 * calls.
 */
final class Concessions {
  /** Bytes that an Internet socket sends in its life. */
  static final int SOCKET_BYTES = 40_000;

  /** Writes that an Internet socket makes in its life. */
  static final int SOCKET_WRITES = 24;

  /** The index of the largest number that a thread may add to an eventfd. */
  private static final int MAX_BLOCKED_COUNT = 3;

  /** How often one direction of a connection is filled. */
  static final int MAX_FILLS = 3;

  /** A write of so many bytes blocks on a full connection, whatever the kernel counts. */
  private static final int BLOCKING_BYTES = 20_000;

  /** How full one direction of a {@link Kind#SMALL} connection is. */
  private enum Fullness {
    /** Everything that was sent has been read, or could be. */
    LOW,
    /** Not writable, but not full. */
    LOADED,
    /** Not a byte more. */
    FULL
  }

  /** An open socket, eventfd or timerfd. */
  private static final class Description {
    final boolean internet;

    /** It is no socket. */
    boolean counts;

    int sentBytes;
    int sends;
    boolean datagrams;
    boolean sharesPort;
    boolean listens;

    /** The other end of a connection that may be filled. */
    @Nullable Description peer;

    /** Whether a poll may find something beside room to write: bytes that are not read, an end. */
    boolean hasNews;

    /** Of what it sends. */
    Fullness fullness = Fullness.LOW;

    /** How often that was filled. */
    int fills;

    /** It was shut for receiving. */
    boolean isDeaf;

    Description(boolean internet) {
      this.internet = internet;
    }

    boolean isRead() {
      return peer == null || peer.fullness == Fullness.LOW;
    }
  }

  private final @Nullable Description[] sockets = new Description[Op.HANDLES + 1];

  /** How many sockets that share their port were bound to each name. */
  private final int[] sharers = new int[Names.COUNT];

  /** The handle on which the last operation has sent something, if it did; else -1. */
  private int lastSender = -1;

  private boolean isDelayed;

  private final Epolls epolls = new Epolls();

  /** Whether the program has a connection that may be filled. */
  private boolean anySmall;

  /** The socket that each thread reads. */
  private final @Nullable Description[] readers = new Description[Op.THREADS + 1];

  /** A bit for each thread that is in a call. */
  private int busy;

  /** Of those, the ones that wait for events. */
  private int waiting;

  /** Whether an operation is executed. */
  boolean allows(Op op) {
    if (op.thread() > 0 && isReadByAnother(op)) {
      return false;
    }
    if ((busy >>> op.thread() & 1) != 0 || (busy != 0 && op.kind() == Kind.SETFL)) {
      return false;
    }
    if (op.thread() > 0 && op.kind() == Kind.COUNT && op.arg(1) > MAX_BLOCKED_COUNT) {
      return false;
    }
    Description socket = socket(op, 0);
    if (op.thread() > 0 && op.kind() == Kind.WRITE && socket != null && socket.counts) {
      return false;
    }
    return switch (op.kind()) {
      case FLOOD -> socket != null && isToBeFilled(socket) && !socket.hasNews && waiting == 0;
      case LOAD -> socket != null && isToBeFilled(socket);
      case EMPTY -> socket != null && socket.peer != null && isSentBy(socket, op.arg(1));
      case WAIT, PWAIT, PWAIT2 -> !isOrderFree() || op.arg(1) <= 0 || op.arg(1) >= Op.HANDLES;
      case TO -> sharers[op.arg(1)] < 2;
      case SENDTO -> sharers[op.arg(3)] < 2 && (socket == null || allows(op, socket));
      default -> socket == null || allows(op, socket);
    };
  }

  private boolean isToBeFilled(Description socket) {
    return socket.peer != null
        && !socket.peer.isDeaf
        && socket.fills < MAX_FILLS
        && socket.isRead()
        && isLow(socket)
        && !epolls.areNested();
  }

  /**
   * Whether another thread reads the same stream, or is at the same counter: the kernel wakes both,
   * and one is faster.
   */
  private boolean isReadByAnother(Op op) {
    Description socket = socket(op, 0);
    return reads(op)
        && socket != null
        && !socket.datagrams
        && Arrays.asList(readers).contains(socket);
  }

  private boolean reads(Op op) {
    return switch (op.kind()) {
      case READ, RECV, RECVMSG -> true;
      case COUNT -> {
        Description socket = socket(op, 0);
        yield socket != null && socket.counts;
      }
      default -> false;
    };
  }

  private boolean allows(Op op, Description socket) {
    return switch (op.kind()) {
      case FILL -> !socket.internet;
      case WRITE -> fits(socket, op);
      case COUNT -> fits(socket, Long.BYTES);
      case SEND, SENDMSG, SENDTO ->
          fits(socket, op) && !has(op, socket.internet ? Linux.MSG_MORE : Linux.MSG_OOB);
      case RECV, RECVMSG -> socket.isRead() && (socket.internet || !has(op, Linux.MSG_OOB));
      case READ, DRAIN, AVAILABLE -> socket.isRead();
      case SHUTDOWN -> socket.isRead() && isLow(socket) && !isWatchedFin(socket, op);
      default -> true;
    };
  }

  /** Whether a handle is the other end of a connection, or that end is closed. */
  private boolean isSentBy(Description receiver, int handle) {
    boolean isClosed = !Arrays.asList(sockets).contains(receiver.peer);
    return sockets[handle] == (isClosed ? null : receiver.peer);
  }

  /** Whether an operation transfers so many bytes as is a kernel's own affair. */
  boolean isCountFree(Op op) {
    Description socket = socket(op, 0);
    boolean transfers =
        switch (op.kind()) {
          case READ, WRITE, RECV, SEND, SENDMSG, RECVMSG, SENDTO -> true;
          default -> false;
        };
    return transfers && op.thread() > 0 && socket != null && socket.peer != null;
  }

  /** Whether the events of a wait come in any order. */
  boolean isOrderFree() {
    return anySmall || isDelayed;
  }

  /** Takes note that a thread is in a call. */
  void started(Op op) {
    busy |= 1 << op.thread();
    readers[op.thread()] = reads(op) ? socket(op, 0) : null;
    if (op.kind().takesTimeout()) {
      waiting |= 1 << op.thread();
    }
  }

  /** Takes note that a thread's call has ended. */
  void returned(int thread) {
    busy &= ~(1 << thread);
    waiting &= ~(1 << thread);
    readers[thread] = null;
  }

  /**
   * Whether an operation ends a socket on which the last one has sent something, so that this may
   * still be on its way.
   */
  boolean isBurst(Op op) {
    boolean ends = op.kind() == Kind.LINGER || op.kind() == Kind.CLOSE;
    return ends && lastSender == op.arg(0);
  }

  private static boolean sends(Op op) {
    return switch (op.kind()) {
      case WRITE, SEND, COUNT, SENDMSG, LINGER -> true;
      default -> false;
    };
  }

  /** Takes note of an operation that was executed, and its result on the oracle. */
  void record(Op op, int result) {
    lastSender = sends(op) ? op.arg(0) : -1;
    if (op.kind() == Kind.FLOOD || op.kind() == Kind.LOAD || op.kind() == Kind.EMPTY) {
      fill(op);
    }
    noteNews(op, result);
    if (result < 0) {
      return;
    }
    epolls.record(op, busy != 0);
    switch (op.kind()) {
      case PAIR, DGRAMS -> {
        sockets[op.arg(0)] = new Description(false);
        sockets[op.arg(1)] = new Description(false);
        sockets[op.arg(0)].datagrams = op.kind() == Kind.DGRAMS;
        sockets[op.arg(1)].datagrams = op.kind() == Kind.DGRAMS;
      }
      case UDP, SMALL -> {
        sockets[op.arg(0)] = new Description(true);
        sockets[op.arg(1)] = new Description(true);
        sockets[op.arg(0)].datagrams = op.kind() == Kind.UDP;
        sockets[op.arg(1)].datagrams = op.kind() == Kind.UDP;
        if (op.kind() == Kind.SMALL) {
          anySmall = true;
          sockets[op.arg(0)].peer = sockets[op.arg(1)];
          sockets[op.arg(1)].peer = sockets[op.arg(0)];
        }
      }
      case SOCKET, DATAGRAM -> {
        sockets[op.arg(0)] = new Description(true);
        sockets[op.arg(0)].datagrams = op.kind() == Kind.DATAGRAM;
      }
      case UNIX -> {
        sockets[op.arg(0)] = new Description(false);
        sockets[op.arg(0)].datagrams = op.arg(1) == 1;
      }
      case ACCEPT -> {
        Description listener = socket(op, 1);
        sockets[op.arg(0)] = new Description(listener == null || listener.internet);
      }
      case PIPE -> {
        sockets[op.arg(0)] = null;
        sockets[op.arg(1)] = null;
      }
      case EVENTFD, TIMERFD -> {
        sockets[op.arg(0)] = new Description(false);
        sockets[op.arg(0)].counts = true;
      }
      case EPOLL, NULL, CLOSE -> sockets[op.arg(0)] = null;
      case DUP -> sockets[op.arg(0)] = sockets[op.arg(1)];
      default -> change(op, result);
    }
  }

  /** As {@link #record}, of an operation that makes no descriptor. */
  private void change(Op op, int result) {
    switch (op.kind()) {
      case DELAY -> isDelayed = true;
      case SHUTDOWN -> {
        Description socket = sockets[op.arg(0)];
        if (socket != null) {
          socket.isDeaf |= op.arg(1) != Linux.SHUT_WR;
        }
      }
      case WRITE, SEND, COUNT, SENDMSG, SENDTO -> {
        Description socket = sockets[op.arg(0)];
        if (socket != null) {
          socket.sentBytes += result;
          socket.sends++;
        }
      }
      case LISTEN, BACKLOG -> {
        Description socket = sockets[op.arg(0)];
        if (socket != null) {
          socket.listens = true;
        }
      }
      case REUSE -> {
        Description socket = sockets[op.arg(0)];
        if (socket != null && op.arg(1) == 1) {
          socket.sharesPort = op.arg(2) != 0;
        }
      }
      case BIND -> {
        Description socket = sockets[op.arg(0)];
        if (socket != null && socket.sharesPort) {
          sharers[op.arg(1)]++;
        }
      }
      default -> {}
    }
  }

  private void fill(Op op) {
    Description socket = socket(op, 0);
    if (socket == null || socket.peer == null) {
      return;
    }
    if (op.kind() != Kind.EMPTY) {
      socket.fullness = op.kind() == Kind.FLOOD ? Fullness.FULL : Fullness.LOADED;
      socket.fills++;
    } else if (busy == 0) { // else a thread may still be writing
      socket.peer.fullness = Fullness.LOW;
    }
  }

  private void noteNews(Op op, int result) {
    Description socket = socket(op, 0);
    if (socket == null || socket.peer == null) {
      return;
    }
    switch (op.kind()) {
      case WRITE, SEND, COUNT, SENDMSG, SENDTO, LOAD, FLOOD -> socket.peer.hasNews = true;
      case SHUTDOWN -> {
        socket.hasNews = true;
        socket.peer.hasNews = true;
      }
      case READ, DRAIN -> socket.hasNews &= result != -Errno.EAGAIN;
      case EMPTY -> socket.hasNews &= result != 0;
      default -> {}
    }
  }

  private @Nullable Description socket(Op op, int index) {
    boolean isHandle = op.size() > index && op.kind().arg(index) != Arg.NUMBER;
    return isHandle ? sockets[op.arg(index)] : null;
  }

  /** Whether the operation concerns the network, where the oracle may need a moment. */
  boolean concernsNetwork(Op op) {
    return switch (op.kind()) {
      case CONNECT, REFUSED, DISCONNECT, LISTEN, ACCEPT, TO, SMALL, FLOOD, LOAD, EMPTY -> true;
      case WRITE, SEND, COUNT, READ, RECV, DRAIN, SHUTDOWN, CLOSE, DUP -> isInternet(op.arg(0));
      case SENDMSG, RECVMSG, SENDTO -> isInternet(op.arg(0));
      default -> false;
    };
  }

  private boolean isInternet(int handle) {
    Description socket = sockets[handle];
    return socket != null && socket.internet;
  }

  /** A shutdown whose acknowledgement, somewhat later, may be an event of its own. */
  private boolean isWatchedFin(Description socket, Op op) {
    return waiting != 0 && socket.internet && !socket.listens && op.arg(1) > 0;
  }

  private static boolean fits(Description socket, Op op) {
    if (isLow(socket)) {
      return fits(socket, op.arg(1));
    }
    boolean blocks = op.thread() > 0 && !(op.kind() != Kind.WRITE && has(op, Linux.MSG_DONTWAIT));
    return socket.fullness == Fullness.FULL && blocks && op.arg(1) >= BLOCKING_BYTES;
  }

  private static boolean fits(Description socket, int size) {
    boolean isLittle = socket.sentBytes + size <= limit(socket) && socket.sends < SOCKET_WRITES;
    return !socket.internet || (isLow(socket) && socket.isRead() && isLittle);
  }

  private static int limit(Description socket) {
    return socket.peer == null ? SOCKET_BYTES : SOCKET_BYTES / 8;
  }

  private static boolean isLow(Description socket) {
    return socket.fullness == Fullness.LOW;
  }

  private static boolean has(Op op, int flag) {
    return (op.arg(2) & flag) != 0;
  }
}

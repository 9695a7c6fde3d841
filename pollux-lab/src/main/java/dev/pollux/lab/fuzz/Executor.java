package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * Executes operations on one kernel; each is the same sequence of calls on every kernel. What the
 * main thread does never blocks.
 *
 * <p>Threads: one. The program's other threads are {@link Threads}.
 */
final class Executor {
  /** The most events that a wait asks for. */
  static final int MAX_EVENTS = 64;

  /** How long the model's segments may be on their way. */
  static final Duration MAX_DELAY = Duration.ofMillis(1);

  /** Longer than all that wait for each other. */
  private static final Duration DELIVERY = Duration.ofMillis(10);

  private static final int FILL_BYTES = 1 << 12;
  private static final int DRAIN_BYTES = 1 << 16;
  private static final int MAX_CALLS = 400; // of one fill or drain: it ends on any kernel
  private static final int EXPIRY_MILLIS = 1_000; // a timer that is due has expired by then

  private static final int LARGE_FILE = 0100000 | 0400000; // of x86-64, of aarch64
  private static final long HOUR_SECONDS = 3_600;

  private static final long[] COUNTS = {0, 1, 2, 3, 1L << 32, -2, -1};

  private static final MemorySegment DEV_NULL = Arena.global().allocateFrom("/dev/null");

  private final Handles handles;
  private final MemorySegment small;
  private final Pattern pattern = new Pattern();
  private final Calls calls;
  private final Outcome outcome;
  private final SocketSteps sockets;
  private final NameSteps names;
  private final Options options;
  private final FullSteps full;
  private final Threads threads;
  private final Ticks ticks;
  private boolean withThreads;
  private boolean isDelayed;
  private int declined;
  private final Set<String> unknown = new TreeSet<>();

  /**
   * An executor whose handles are the descriptors from {@code base} on, a multiple of 8. On the
   * native kernel no other user may have descriptors there.
   */
  Executor(Kernels kernels, int base, Ticks ticks) {
    this.ticks = ticks;
    this.handles = new Handles(kernels, base);
    this.small = handles.small;
    this.calls = new Calls(handles, pattern, Calls.BUFFER_BYTES);
    this.outcome = calls.outcome;
    this.sockets = new SocketSteps(handles, outcome);
    this.names = new NameSteps(handles, handles.names, outcome);
    this.options = new Options(handles, outcome);
    this.full = new FullSteps(handles, sockets, pattern, calls.buffer);
    this.threads = new Threads(handles, sockets, pattern);
  }

  /** The number that {@link Kind#COUNT} writes, by its index. */
  static long count(int index) {
    return COUNTS[Math.floorMod(index, COUNTS.length)];
  }

  /** How many numbers {@link #count} knows. */
  static int countsSize() {
    return COUNTS.length;
  }

  /** Begins a program: on another kernel, if there is one for each. */
  void restart(Kernels.Mode mode) {
    withThreads = mode == Kernels.Mode.REAL_TIME;
    declined = 0;
    handles.restart(mode);
    isDelayed = mode == Kernels.Mode.DELAYED;
    pattern.restart();
  }

  /** Ends a program: closes what is open. */
  void closeAll() {
    if (withThreads) {
      threads.release();
    }
    handles.closeAll();
    if (withThreads) {
      threads.end();
      handles.closeRelease();
    }
  }

  /** Has another thread make a call. It and all others are at rest when this returns. */
  void start(Op op) {
    boolean isTimed = op.kind().takesTimeout() && op.ticks() != Op.FOREVER;
    threads.start(op, isTimed ? ticks.dueNanos(op.ticks()) : Long.MAX_VALUE);
  }

  /** Lets the threads come to rest after an operation; a bit for each that has returned since. */
  int settle(Op op) {
    if (!withThreads) {
      return 0;
    }
    int returned = threads.settle();
    if (op.kind() == Kind.EMPTY && op.thread() == 0) {
      int _ = full.execute(op); // of what threads have written meanwhile
      returned |= threads.settle();
    }
    return returned;
  }

  /**
   * Whether the kernel said, since this was last asked, that it does not know something; the real
   * one never does.
   */
  boolean declined() {
    if (!(handles.sys() instanceof ModelSys model)) {
      return false;
    }
    int count = model.unsupported().size();
    boolean more = count > declined;
    declined = count;
    if (more) {
      unknown.addAll(model.unsupported());
    }
    return more;
  }

  /** Whether an operation is one on a pipe. */
  boolean isPipe(Op op) {
    return handles.isPipe(handles.fd(op, 0));
  }

  /** All that was said so, of all programs. */
  Set<String> unknown() {
    return unknown;
  }

  /** Whether a descriptor is open that this has made: before the first and after the last call. */
  boolean anyOpen() {
    return handles.anyOpen();
  }

  /** What a thread's call gave. The outcome is good until its next one. */
  Outcome outcome(int thread) {
    return threads.outcome(thread);
  }

  /** Executes one operation of the main thread. The outcome is good until the next one. */
  Outcome execute(Op op) {
    Sys sys = handles.sys();
    int fd = handles.fd(op, 0);
    outcome.start();
    outcome.result(
        switch (op.kind()) {
          case PIPE -> handles.pipe(op, sys.pipe2(small.address(), Linux.O_NONBLOCK));
          case EVENTFD ->
              handles.settle(op, sys.eventfd(op.arg(1), Linux.EFD_NONBLOCK | (op.arg(2) & 1)));
          case TIMERFD ->
              handles.settle(op, sys.timerfdCreate(Linux.CLOCK_MONOTONIC, Linux.TFD_NONBLOCK));
          case EPOLL -> handles.settle(op, sys.epollCreate(op.arg(1)));
          case NULL -> handles.settle(op, sys.open(DEV_NULL.address(), Linux.O_RDWR, 0));
          case PAIR, DGRAMS, UDP, SOCKET, LISTEN, CONNECT, REFUSED, DISCONNECT, ACCEPT ->
              sockets.execute(op);
          case SHUTDOWN, LINGER, LOWAT, INLINE, ERROR -> sockets.execute(op);
          case DUP -> handles.duplicate(op);
          case CLOSE -> sys.close(fd);
          case SETTIME -> settime(fd, op);
          case FILL -> fill(fd);
          case DRAIN -> drain(fd);
          case AVAILABLE -> available(fd);
          case GETFL -> withoutLargeFile(sys.fcntl(fd, Linux.F_GETFL, 0));
          case SETFL -> sys.fcntl(fd, Linux.F_SETFL, op.arg(1));
          case CTL -> control(op);
          case CTLNULL -> sys.epollCtl(fd, op.arg(1), handles.fd(op, 2), 0);
          case UNIX, DATAGRAM, BIND, BACKLOG, UNLINK, REUSE, SELF, PEER -> names.execute(op);
          case SETOPT -> options.set(op);
          case GETOPT -> options.get(op);
          case SMALL, FLOOD, LOAD, EMPTY -> full.execute(op);
          case DELAY -> 0;
          case PASS -> pass(op.arg(0));
          case TO, SENDMSG, RECVMSG, SENDTO -> call(op);
          case READ, RECV, WRITE, SEND, COUNT -> transfer(op);
          case WAIT, PWAIT, PWAIT2, POLL, PPOLL, SELECT, PSELECT -> call(op);
        });
    return outcome;
  }

  /**
   * Lets everything arrive that is on its way; a matter of the model's virtual time. The real
   * kernel's loopback delivers within the sending call, as a rule.
   */
  void deliver() {
    if (isDelayed && handles.sys() instanceof ModelSys model) {
      model.advance(DELIVERY.toNanos());
    }
  }

  /** Lets the kernel finish what it does by itself: deliver, acknowledge. */
  void pause(int millis) {
    int _ = handles.sys().poll(0, 0, millis);
  }

  /** Sleeps until the ticks are over; the program's clock is moved by who runs both kernels. */
  private int pass(int count) {
    long left = ticks.afterNanos(count) - handles.sys().nanoTime();
    small.set(JAVA_LONG, 0, 0);
    small.set(JAVA_LONG, 8, Math.max(left, 0));
    return handles.sys().ppoll(0, 0, small.address(), 0);
  }

  private int call(Op op) {
    int result = calls.prepare(op, 0).getAsInt();
    calls.finish(op, result);
    return result;
  }

  private int transfer(Op op) {
    boolean reads = op.kind() == Kind.READ || op.kind() == Kind.RECV;
    int size = op.kind() == Kind.COUNT ? Long.BYTES : op.arg(1);
    return wouldBlock(handles.fd(op, 0), reads, size) ? -Errno.EAGAIN : call(op);
  }

  /**
   * Whether the main thread must keep off a descriptor that is blocking, which is a pipe that
   * another thread has used: it may read what is there, and write what fits into a page.
   */
  private boolean wouldBlock(int fd, boolean reads, int size) {
    if (!withThreads || !handles.isPipe(fd)) {
      return false;
    }
    int flags = handles.sys().fcntl(fd, Linux.F_GETFL, 0);
    if (flags < 0 || (flags & Linux.O_NONBLOCK) != 0) {
      return false;
    }
    WaitCalls.pollfd(small, 0, fd, reads ? Linux.POLLIN : Linux.POLLOUT);
    return (!reads && size > FILL_BYTES) || handles.sys().poll(small.address(), 1, 0) == 0;
  }

  private int control(Op op) {
    small.set(JAVA_INT_UNALIGNED, 0, op.arg(3));
    small.set(JAVA_LONG_UNALIGNED, Abi.CURRENT.epollDataOffset, op.arg(4));
    return handles.sys().epollCtl(handles.fd(op, 0), op.arg(1), handles.fd(op, 2), small.address());
  }

  private int settime(int fd, Op op) {
    Sys sys = handles.sys();
    Deadline deadline = Deadline.of(op.arg(1));
    // struct itimerspec { struct timespec interval; 0  struct timespec value; 16 };
    small.set(JAVA_LONG, 0, 0);
    small.set(JAVA_LONG, 8, 0);
    small.set(
        JAVA_LONG,
        16,
        switch (deadline) {
          case NEVER, PAST -> 0;
          case FAR -> Math.floorDiv(sys.nanoTime(), 1_000_000_000L) + HOUR_SECONDS;
          case SOON, LATER -> due(deadline) / 1_000_000_000L;
          case FAR_RELATIVE, INVALID -> HOUR_SECONDS;
        });
    small.set(
        JAVA_LONG,
        24,
        switch (deadline) {
          case NEVER, FAR, FAR_RELATIVE -> 0;
          case PAST -> 1;
          case SOON, LATER -> due(deadline) % 1_000_000_000L;
          case INVALID -> 1_000_000_000;
        });
    boolean absolute = deadline != Deadline.FAR_RELATIVE;
    int flags = absolute ? Linux.TFD_TIMER_ABSTIME : 0;
    int result = sys.timerfdSettime(fd, flags, small.address(), 0);
    if (result >= 0 && deadline == Deadline.PAST) {
      WaitCalls.pollfd(small, 0, fd, Linux.POLLIN);
      outcome.add(sys.poll(small.address(), 1, EXPIRY_MILLIS));
    }
    return result;
  }

  private long due(Deadline deadline) {
    return ticks.dueNanos(deadline == Deadline.SOON ? 1 : 2);
  }

  private int fill(int fd) {
    Sys sys = handles.sys();
    long source = pattern.next();
    long total = 0;
    int size = FILL_BYTES;
    int n = 0;
    for (int i = 0; i < maxCalls(); i++) {
      n = wouldBlock(fd, false, size) ? -Errno.EAGAIN : sys.write(fd, source, size);
      if (n > 0) {
        total += n;
      } else if (size > 1) {
        size = 1;
      } else {
        break;
      }
    }
    outcome.add(total);
    return Math.min(n, 0);
  }

  /** One, where threads that it wakes would race what comes next. */
  private int maxCalls() {
    return withThreads && threads.areBusy() ? 1 : MAX_CALLS;
  }

  private int drain(int fd) {
    Sys sys = handles.sys();
    int total = 0;
    int n = 0;
    for (int i = 0; i < maxCalls(); i++) {
      int at = total + DRAIN_BYTES <= Calls.BUFFER_BYTES ? total : 0;
      long address = calls.buffer.address() + at;
      n = wouldBlock(fd, true, 0) ? -Errno.EAGAIN : sys.read(fd, address, DRAIN_BYTES);
      if (n <= 0) {
        break;
      }
      total = at + n;
    }
    outcome.bytesRead(total);
    return Math.min(n, 0);
  }

  /** F_GETFL without O_LARGEFILE: on 64 bits it is set by open, and its value differs. */
  private static int withoutLargeFile(int flags) {
    return flags < 0 ? flags : flags & ~LARGE_FILE;
  }

  private int available(int fd) {
    Sys sys = handles.sys();
    small.set(JAVA_INT, 0, -1);
    int result = sys.ioctl(fd, Linux.FIONREAD, small.address());
    if (result >= 0) {
      outcome.add(small.get(JAVA_INT, 0));
    }
    return result;
  }
}

package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Executes operations on one kernel. Nothing blocks, and each operation is the same sequence of
 * calls on every kernel.
 *
 * <p>Threads: one.
 */
final class Executor {
  /** The most events that a wait asks for. */
  static final int MAX_EVENTS = 64;

  /** Room for all that a full pipe or socket holds. */
  private static final int BUFFER_BYTES = 1 << 19; // 512 KiB

  private static final int PATTERN_BYTES = 1 << 17; // 128 KiB
  private static final long PATTERN_SEED = 1;
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
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 64);
  private final MemorySegment pattern = Arena.ofAuto().allocate(PATTERN_BYTES, 64);
  private final Outcome outcome = new Outcome(buffer);
  private final SocketSteps sockets;
  private final WaitSteps waits;
  private int writes;

  /**
   * An executor whose handles are the descriptors from {@code base} on, a multiple of 8. On the
   * native kernel no other user may have descriptors there.
   */
  Executor(Supplier<Sys> kernels, int base) {
    this.handles = new Handles(kernels, base);
    this.small = handles.small;
    this.sockets = new SocketSteps(handles, outcome);
    this.waits = new WaitSteps(handles, buffer, outcome);
    byte[] bytes = new byte[PATTERN_BYTES];
    new Random(PATTERN_SEED).nextBytes(bytes);
    MemorySegment.copy(bytes, 0, pattern, JAVA_BYTE, 0, PATTERN_BYTES);
  }

  /** The number that {@link Kind#COUNT} writes, by its index. */
  static long count(int index) {
    return COUNTS[Math.floorMod(index, COUNTS.length)];
  }

  /** How many numbers {@link #count} knows. */
  static int countsSize() {
    return COUNTS.length;
  }

  /** Begins a program: on another kernel, if the supplier makes one for each. */
  void restart() {
    handles.restart();
    writes = 0;
  }

  /** Ends a program: closes what is open. */
  void closeAll() {
    handles.closeAll();
  }

  /** Executes one operation. The outcome is good until the next one. */
  Outcome execute(Op op) {
    Sys sys = handles.sys();
    int fd = handles.fd(op, 0);
    outcome.start();
    outcome.result(
        switch (op.kind()) {
          case PIPE -> handles.pair(op, sys.pipe2(small.address(), Linux.O_NONBLOCK));
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
          case READ -> received(sys.read(fd, buffer.address(), op.arg(1)));
          case RECV -> received(sys.recv(fd, buffer.address(), op.arg(1), op.arg(2)));
          case WRITE -> sys.write(fd, source(), op.arg(1));
          case SEND -> sys.send(fd, source(), op.arg(1), op.arg(2) | Linux.MSG_NOSIGNAL);
          case COUNT -> {
            small.set(JAVA_LONG, 0, count(op.arg(1)));
            yield sys.write(fd, small.address(), Long.BYTES);
          }
          case FILL -> fill(fd);
          case DRAIN -> drain(fd);
          case AVAILABLE -> available(fd);
          case GETFL -> withoutLargeFile(sys.fcntl(fd, Linux.F_GETFL, 0));
          case SETFL -> sys.fcntl(fd, Linux.F_SETFL, op.arg(1));
          case CTL -> waits.control(op);
          case CTLNULL -> sys.epollCtl(fd, op.arg(1), handles.fd(op, 2), 0);
          case WAIT, PWAIT, PWAIT2 -> waits.await(op);
          case POLL, PPOLL -> waits.poll(op);
          case SELECT, PSELECT -> waits.select(op);
        });
    return outcome;
  }

  /** Lets the kernel finish what it does by itself: deliver, acknowledge. */
  void pause(int millis) {
    int _ = handles.sys().poll(0, 0, millis);
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
          case FAR_RELATIVE, INVALID -> HOUR_SECONDS;
        });
    small.set(
        JAVA_LONG,
        24,
        switch (deadline) {
          case NEVER, FAR, FAR_RELATIVE -> 0;
          case PAST -> 1;
          case INVALID -> 1_000_000_000;
        });
    boolean absolute = deadline == Deadline.PAST || deadline == Deadline.FAR;
    int flags = absolute ? Linux.TFD_TIMER_ABSTIME : 0;
    int result = sys.timerfdSettime(fd, flags, small.address(), 0);
    if (result >= 0 && deadline == Deadline.PAST) {
      waits.pollfd(0, fd, Linux.POLLIN);
      outcome.add(sys.poll(small.address(), 1, EXPIRY_MILLIS));
    }
    return result;
  }

  private int received(int count) {
    outcome.bytesRead(Math.max(count, 0));
    return count;
  }

  /** Where the next bytes to write stand: the same on both kernels, and different each time. */
  private long source() {
    return pattern.address() + 257L * (writes++ & 0xff);
  }

  private int fill(int fd) {
    Sys sys = handles.sys();
    long source = source();
    long total = 0;
    int size = FILL_BYTES;
    int n = 0;
    for (int i = 0; i < MAX_CALLS; i++) {
      n = sys.write(fd, source, size);
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

  private int drain(int fd) {
    Sys sys = handles.sys();
    int total = 0;
    int n = 0;
    for (int i = 0; i < MAX_CALLS; i++) {
      int at = total + DRAIN_BYTES <= BUFFER_BYTES ? total : 0;
      n = sys.read(fd, buffer.address() + at, DRAIN_BYTES);
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

package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.util.function.IntSupplier;

/**
 * epoll_wait, poll, select and their kin, as {@link Calls} has them. One that blocks looks at the
 * {@linkplain Handles#release release} too, which is how the program's end gets it out.
 */
final class WaitCalls {
  /** Where a time stands in the scratch memory, behind descriptors and sets. */
  private static final int TIME = 2048;

  private static final int SETS = 3;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Handles handles;
  private final MemorySegment small;
  private final MemorySegment buffer;
  private final Outcome outcome;

  WaitCalls(Handles handles, MemorySegment small, MemorySegment buffer, Outcome outcome) {
    this.handles = handles;
    this.small = small;
    this.buffer = buffer;
    this.outcome = outcome;
  }

  IntSupplier prepare(Op op, long timeoutNanos) {
    return switch (op.kind()) {
      case POLL, PPOLL -> poll(op, timeoutNanos);
      case SELECT, PSELECT -> select(op, timeoutNanos);
      default -> await(op, timeoutNanos);
    };
  }

  void finish(Op op, int result) {
    switch (op.kind()) {
      case POLL, PPOLL -> polled(op, result);
      case SELECT, PSELECT -> selected(result);
      default -> awaited(result);
    }
  }

  private IntSupplier await(Op op, long timeoutNanos) {
    Sys sys = handles.sys();
    int epfd = handles.fd(op, 0);
    long events = buffer.address();
    int max = op.arg(1);
    int millis = millis(timeoutNanos);
    return switch (op.kind()) {
      case PWAIT -> () -> sys.epollPwait(epfd, events, max, millis, 0);
      case PWAIT2 -> {
        long time = time(timeoutNanos, 1);
        yield () -> sys.epollPwait2(epfd, events, max, time, 0);
      }
      default -> () -> sys.epollWait(epfd, events, max, millis);
    };
  }

  private void awaited(int result) {
    for (int i = 0; i < result; i++) {
      long at = (long) i * Abi.CURRENT.epollEventSize;
      outcome.add(buffer.get(JAVA_INT_UNALIGNED, at));
      outcome.add(buffer.get(JAVA_LONG_UNALIGNED, at + Abi.CURRENT.epollDataOffset));
    }
  }

  private IntSupplier poll(Op op, long timeoutNanos) {
    Sys sys = handles.sys();
    int handleCount = op.size() / 2;
    for (int i = 0; i < handleCount; i++) {
      pollfd(small, i, handles.fd(op, 2 * i), op.arg(2 * i + 1));
    }
    boolean blocks = timeoutNanos != 0;
    if (blocks) {
      pollfd(small, handleCount, handles.release(), Linux.POLLIN);
    }
    int count = handleCount + (blocks ? 1 : 0);
    int millis = millis(timeoutNanos);
    long time = time(timeoutNanos, 1);
    return op.kind() == Kind.POLL
        ? () -> sys.poll(small.address(), count, millis)
        : () -> sys.ppoll(small.address(), count, time, 0);
  }

  private void polled(Op op, int result) {
    for (int i = 0; i < op.size() / 2 && result >= 0; i++) {
      outcome.add(small.get(JAVA_SHORT, (long) i * Linux.SIZEOF_POLLFD + 6) & 0xffff);
    }
  }

  // struct pollfd { int fd; 0  short events; 4  short revents; 6 };
  static void pollfd(MemorySegment memory, int index, int fd, int events) {
    long at = (long) index * Linux.SIZEOF_POLLFD;
    memory.set(JAVA_INT, at, fd);
    memory.set(JAVA_SHORT, at + 4, (short) events);
    memory.set(JAVA_SHORT, at + 6, (short) 0);
  }

  private IntSupplier select(Op op, long timeoutNanos) {
    Sys sys = handles.sys();
    small.asSlice(0, (long) SETS * setBytes()).fill((byte) 0);
    for (int i = 0; i < op.size(); i += 2) {
      for (int set = 0; set < SETS; set++) {
        if (op.arg(i) != Op.NO_HANDLE && (op.arg(i + 1) >>> set & 1) != 0) {
          addTo(set, handles.fd(op, i));
        }
      }
    }
    boolean blocks = timeoutNanos != 0;
    if (blocks) {
      addTo(0, handles.release());
    }
    int limit = blocks ? handles.release() + 1 : handles.base + Op.HANDLES;
    long reads = small.address();
    long writes = reads + setBytes();
    long excepts = writes + setBytes();
    boolean micros = op.kind() == Kind.SELECT;
    long time = time(timeoutNanos, micros ? 1_000 : 1);
    return micros
        ? () -> sys.select(limit, reads, writes, excepts, time)
        : () -> sys.pselect(limit, reads, writes, excepts, time, 0);
  }

  private void selected(int result) {
    for (int set = 0; set < SETS && result >= 0; set++) {
      // The base is a multiple of 8, so the handles start at a byte.
      long at = (long) set * setBytes() + (handles.base >>> 3);
      outcome.add(small.get(JAVA_INT_UNALIGNED, at) & ((1L << Op.HANDLES) - 1));
    }
  }

  private int setBytes() {
    return Math.ceilDiv(handles.base + Handles.RANGE, Long.SIZE) * Long.BYTES;
  }

  private void addTo(int set, int fd) {
    long at = (long) set * setBytes() + (fd >>> 3);
    small.set(JAVA_BYTE, at, (byte) (small.get(JAVA_BYTE, at) | 1 << (fd & 7)));
  }

  private static int millis(long timeoutNanos) {
    return timeoutNanos < 0 ? -1 : Math.toIntExact(Math.ceilDiv(timeoutNanos, NANOS_PER_MILLI));
  }

  /** A timespec or timeval, whose second half counts units of so many nanoseconds; 0: for ever. */
  private long time(long timeoutNanos, long unitNanos) {
    if (timeoutNanos < 0) {
      return 0;
    }
    small.set(JAVA_LONG, TIME, timeoutNanos / NANOS_PER_SECOND);
    small.set(JAVA_LONG, TIME + Long.BYTES, timeoutNanos % NANOS_PER_SECOND / unitNanos);
    return small.address() + TIME;
  }
}

package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Linux;
import java.lang.foreign.MemorySegment;

/** The operations that register and wait. */
final class WaitSteps {
  /** Where a time stands in the scratch memory, behind the descriptors of a poll. */
  private static final int TIME = 2048;

  private final Handles handles;
  private final MemorySegment small;
  private final MemorySegment buffer;
  private final Outcome outcome;

  WaitSteps(Handles handles, MemorySegment buffer, Outcome outcome) {
    this.handles = handles;
    this.small = handles.small;
    this.buffer = buffer;
    this.outcome = outcome;
  }

  int control(Op op) {
    small.set(JAVA_INT_UNALIGNED, 0, op.arg(3));
    small.set(JAVA_LONG_UNALIGNED, Abi.CURRENT.epollDataOffset, op.arg(4));
    return handles.sys().epollCtl(handles.fd(op, 0), op.arg(1), handles.fd(op, 2), small.address());
  }

  int await(Op op) {
    int epfd = handles.fd(op, 0);
    long events = buffer.address();
    int n =
        switch (op.kind()) {
          case PWAIT -> handles.sys().epollPwait(epfd, events, op.arg(1), 0, 0);
          case PWAIT2 -> handles.sys().epollPwait2(epfd, events, op.arg(1), noTime(0), 0);
          default -> handles.sys().epollWait(epfd, events, op.arg(1), 0);
        };
    for (int i = 0; i < n; i++) {
      long at = (long) i * Abi.CURRENT.epollEventSize;
      outcome.add(buffer.get(JAVA_INT_UNALIGNED, at));
      outcome.add(buffer.get(JAVA_LONG_UNALIGNED, at + Abi.CURRENT.epollDataOffset));
    }
    return n;
  }

  int poll(Op op) {
    int count = op.size() / 2;
    for (int i = 0; i < count; i++) {
      pollfd(i, handles.fd(op, 2 * i), op.arg(2 * i + 1));
    }
    int n =
        op.kind() == Kind.POLL
            ? handles.sys().poll(small.address(), count, 0)
            : handles.sys().ppoll(small.address(), count, noTime(TIME), 0);
    for (int i = 0; i < count && n >= 0; i++) {
      outcome.add(small.get(JAVA_SHORT, (long) i * Linux.SIZEOF_POLLFD + 6) & 0xffff);
    }
    return n;
  }

  /** A timespec or timeval of 0. */
  private long noTime(long offset) {
    small.set(JAVA_LONG, offset, 0);
    small.set(JAVA_LONG, offset + Long.BYTES, 0);
    return small.address() + offset;
  }

  void pollfd(int index, int fd, int events) {
    long at = (long) index * Linux.SIZEOF_POLLFD;
    small.set(JAVA_INT, at, fd);
    small.set(JAVA_SHORT, at + 4, (short) events);
    small.set(JAVA_SHORT, at + 6, (short) 0);
  }

  int select(Op op) {
    int setBytes = Math.ceilDiv(handles.base + Op.HANDLES, Long.SIZE) * Long.BYTES;
    small.asSlice(0, 3L * setBytes).fill((byte) 0);
    for (int i = 0; i < op.size(); i += 2) {
      for (int set = 0; set < 3; set++) {
        if (op.arg(i) != Op.NO_HANDLE && (op.arg(i + 1) >>> set & 1) != 0) {
          long at = (long) set * setBytes + (handles.fd(op, i) >>> 3);
          small.set(
              JAVA_BYTE, at, (byte) (small.get(JAVA_BYTE, at) | 1 << (handles.fd(op, i) & 7)));
        }
      }
    }
    long sets = small.address();
    long writes = sets + setBytes;
    long excepts = writes + setBytes;
    long time = noTime(3L * setBytes);
    int n =
        op.kind() == Kind.SELECT
            ? handles.sys().select(handles.base + Op.HANDLES, sets, writes, excepts, time)
            : handles.sys().pselect(handles.base + Op.HANDLES, sets, writes, excepts, time, 0);
    for (int set = 0; set < 3 && n >= 0; set++) {
      // The handles.base is a multiple of 8, so the handles start at a byte.
      long at = (long) set * setBytes + (handles.base >>> 3);
      long low = small.get(JAVA_INT_UNALIGNED, at) & 0xffffffL;
      outcome.add(low);
    }
    return n;
  }
}

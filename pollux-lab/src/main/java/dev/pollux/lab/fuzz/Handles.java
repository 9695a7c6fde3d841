package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * The handles of a program on one kernel: a range of descriptor numbers.
 *
 * <p>What a call creates is moved to its number by {@code dup3} before the program sees it. So the
 * numbers mean the same on both kernels, a handle that is created anew replaces what it was, as
 * {@code dup2} over an open descriptor does, and the number of a closed one is used again by a
 * later operation, not by the JVM.
 *
 * <p>Ownership: the descriptors, until {@link #closeAll}. Threads: one.
 */
final class Handles {
  private static final int SCRATCH_BYTES = 1 << 12;

  /** Scratch memory for the arguments of any call. */
  final MemorySegment small = Arena.ofAuto().allocate(SCRATCH_BYTES, 64);

  /** The number of the first handle. */
  final int base;

  private final Supplier<Sys> kernels;
  private final int[] ports = new int[Op.HANDLES + 1];
  private Sys sys;
  private int used; // a bit for each handle that was created

  Handles(Supplier<Sys> kernels, int base) {
    this.kernels = kernels;
    this.sys = kernels.get();
    this.base = base;
  }

  /** The kernel. */
  Sys sys() {
    return sys;
  }

  /** Goes on with another kernel, if the supplier makes one for each program. */
  void restart() {
    sys = kernels.get();
  }

  /** The port of an Internet stream socket, or of the listener that once had the handle; or 0. */
  int port(int handle) {
    return ports[handle];
  }

  void port(int handle, int port) {
    ports[handle] = port;
  }

  /** Moves a new descriptor to its handle. */
  int settle(Op op, int fd) {
    return fd < 0 ? fd : move(fd, op.arg(0));
  }

  /** Moves two new descriptors that a successful call has written to the scratch memory. */
  int pair(Op op, int result) {
    if (result < 0) {
      return result;
    }
    int first = small.get(JAVA_INT, 0);
    int second = small.get(JAVA_INT, 4);
    int moved = move(first, op.arg(0));
    int movedToo = move(second, op.arg(1));
    return moved < 0 ? moved : movedToo;
  }

  private int move(int fd, int handle) {
    int moved = sys.dup3(fd, base + handle, 0);
    used |= 1 << handle;
    sys.close(fd);
    ports[handle] = 0;
    return Math.min(moved, 0);
  }

  /** dup3 onto a handle. */
  int duplicate(Op op) {
    int moved = sys.dup3(fd(op, 1), fd(op, 0), 0);
    if (moved >= 0) {
      used |= 1 << op.arg(0);
      ports[op.arg(0)] = ports[op.arg(1)];
    }
    return Math.min(moved, 0);
  }

  /** The descriptor of a handle that an operation names. */
  int fd(Op op, int index) {
    int handle = op.arg(index);
    return handle == Op.NO_HANDLE ? -1 : base + handle;
  }

  /** Closes what is open, without leaving connections that linger in TIME_WAIT. */
  void closeAll() {
    small.set(JAVA_INT, 0, 1);
    small.set(JAVA_INT, 4, 0);
    for (int left = used; left != 0; left &= left - 1) {
      int handle = Integer.numberOfTrailingZeros(left);
      // On anything but a socket this fails and does no harm.
      if (ports[handle] != 0) {
        sys.setsockopt(
            base + handle, Linux.SOL_SOCKET, Linux.SO_LINGER, small.address(), Linux.SIZEOF_LINGER);
      }
      sys.close(base + handle);
      ports[handle] = 0;
    }
    used = 0;
  }

  /** Whether a descriptor of the handles is open: before the first and after the last program. */
  boolean anyOpen() {
    for (int handle = 0; handle < Op.HANDLES; handle++) {
      if (sys.fcntl(base + handle, Linux.F_GETFD, 0) != -Errno.EBADF) {
        return true;
      }
    }
    return false;
  }
}

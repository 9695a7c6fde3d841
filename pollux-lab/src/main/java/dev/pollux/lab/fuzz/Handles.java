package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The handles of a program on one kernel: a range of descriptor numbers.
 *
 * <p>What a call creates is moved to its number by {@code dup3} before the program sees it. So the
 * numbers mean the same on both kernels, a handle that is created anew replaces what it was, as
 * {@code dup2} over an open descriptor does, and the number of a closed one is used again by a
 * later operation, not by the JVM.
 *
 * <p>Behind the handles stand descriptors that the program does not see: the release, an eventfd
 * that becomes readable when the program ends, and an anchor for each of its {@link Threads}.
 *
 * <p>Ownership: the descriptors, until {@link #closeAll}. Threads: one.
 */
final class Handles {
  /** So many descriptors from the first handle on are the program's. */
  static final int RANGE = 32;

  /** More than a thread may want to add to an eventfd, and the one added to wake it. */
  private static final int MAX_BLOCKED_COUNT = 8;

  private static final int SCRATCH_BYTES = 1 << 12;
  private static final int LOOPBACK = 0x0100007f; // 127.0.0.1 in network byte order

  /** tcpmux: nobody listens there. */
  static final int UNUSED_PORT = 1;

  /** Scratch memory for the arguments of any call. */
  final MemorySegment small = Arena.ofAuto().allocate(SCRATCH_BYTES, 64);

  /** The number of the first handle. */
  final int base;

  /** The names of the program's sockets. */
  final Names names;

  private final Kernels kernels;
  private final int[] ports = new int[Op.HANDLES + 1];
  private Sys sys;
  private int used; // a bit for each handle that was created
  private int pipes; // a bit for each handle that is a pipe

  Handles(Kernels kernels, int base) {
    this.kernels = kernels;
    this.sys = kernels.open(Kernels.Mode.PLAIN);
    this.base = base;
    this.names = new Names(this);
  }

  /** The kernel. */
  Sys sys() {
    return sys;
  }

  /** Goes on with another kernel, if there is one for each program. */
  void restart(Kernels.Mode mode) {
    sys = kernels.open(mode);
    names.mount(sys);
    widen();
    if (mode == Kernels.Mode.REAL_TIME) {
      int fd = sys.eventfd(0, Linux.EFD_NONBLOCK);
      sys.dup3(fd, release(), 0);
      sys.close(fd);
    }
  }

  /** Opens the last number once: select ignores those beyond the table, which does not shrink. */
  private void widen() {
    int fd = sys.eventfd(0, Linux.EFD_NONBLOCK);
    sys.dup3(fd, base + RANGE - 1, 0);
    sys.close(base + RANGE - 1);
    sys.close(fd);
  }

  /** The descriptor that becomes readable when a program with threads ends. */
  int release() {
    return base + Op.HANDLES + 1;
  }

  /** Where a thread's anchor stands. */
  int anchor(int thread) {
    return release() + thread;
  }

  /** Adds the release to what may be an epoll instance. */
  void watchRelease(int epfd) {
    small.set(JAVA_INT_UNALIGNED, 0, Linux.EPOLLIN);
    sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, release(), small.address());
  }

  /**
   * Does whatever ends a call that blocks on a file of any kind.
   *
   * @param gives whether to give an eventfd what its reader may wait for, else room to its writer:
   *     not both at once, which would take the reader's number before that has run
   */
  void disturb(int fd, boolean gives) {
    sys.shutdown(fd, Linux.SHUT_RDWR);
    sys.fcntl(fd, Linux.F_SETFL, Linux.O_NONBLOCK);
    small.set(JAVA_LONG, 0, 1);
    if (gives) {
      sys.write(fd, small.address(), Long.BYTES);
    }
    for (int i = 0; !gives && i < MAX_BLOCKED_COUNT; i++) {
      sys.read(fd, small.address(), Long.BYTES); // maybe a semaphore
    }
    small.asSlice(0, Linux.SIZEOF_ITIMERSPEC).fill((byte) 0);
    small.set(JAVA_LONG, 24, 1);
    sys.timerfdSettime(fd, 0, small.address(), 0);
  }

  /** The port of a handle to connect to; where it has none, one that refuses. */
  int connectPort(int handle) {
    return Math.max(ports[handle], UNUSED_PORT);
  }

  // struct sockaddr_in { sa_family_t family; 0  in_port_t port; 2  struct in_addr addr; 4 };
  /** Writes the address of a port on loopback to the beginning of some memory. */
  long address(MemorySegment memory, int port) {
    memory.set(JAVA_LONG, 8, 0);
    memory.set(JAVA_SHORT, 0, (short) Linux.AF_INET);
    memory.set(JAVA_SHORT, 2, Short.reverseBytes((short) port));
    memory.set(JAVA_INT, 4, LOOPBACK);
    return memory.address();
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

  /** Moves one descriptor to a handle. */
  int move(int fd, int handle) {
    int moved = sys.dup3(fd, base + handle, 0);
    used |= 1 << handle;
    pipes &= ~(1 << handle);
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
      markPipe(op.arg(0), isPipe(fd(op, 1)));
    }
    return Math.min(moved, 0);
  }

  /** Two ends of a pipe, as {@link #pair}. */
  int pipe(Op op, int result) {
    int moved = pair(op, result);
    markPipe(op.arg(0), true);
    markPipe(op.arg(1), true);
    return moved;
  }

  /** Whether a handle's descriptor was last made as one of a pipe. */
  boolean isPipe(int fd) {
    int handle = fd - base;
    return handle >= 0 && handle < Op.HANDLES && (pipes >>> handle & 1) != 0;
  }

  private void markPipe(int handle, boolean isPipe) {
    pipes = isPipe ? pipes | 1 << handle : pipes & ~(1 << handle);
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
    pipes = 0;
    names.restart();
  }

  /** Closes what the program did not see, after {@link #closeAll}. */
  void closeRelease() {
    sys.close(release());
  }

  /** Whether a descriptor of the handles is open: before the first and after the last program. */
  boolean anyOpen() {
    for (int handle = 0; handle < RANGE; handle++) {
      if (sys.fcntl(base + handle, Linux.F_GETFD, 0) != -Errno.EBADF) {
        return true;
      }
    }
    return false;
  }
}

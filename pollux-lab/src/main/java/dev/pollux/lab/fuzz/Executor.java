package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
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
 * <p>A handle is a fixed descriptor number: what a call creates is moved there by {@code dup3}
 * before the program sees it. So the numbers mean the same on both kernels, a handle that is
 * created anew replaces what it was, as {@code dup2} over an open descriptor does, and the number
 * of a closed one is used again by a later operation, not by the JVM.
 *
 * <p>Ownership: the descriptors of the handles, until {@link #closeAll}.
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
  private static final int SMALL_BYTES = 1 << 12;
  private static final int FILL_BYTES = 1 << 12;
  private static final int DRAIN_BYTES = 1 << 16;
  private static final int MAX_CALLS = 400; // of one fill or drain: it ends on any kernel
  private static final int EXPIRY_MILLIS = 1_000; // a timer that is due has expired by then
  private static final int LOOPBACK = 0x0100007f; // 127.0.0.1 in network byte order
  private static final int UNUSED_PORT = 1; // tcpmux: nobody listens there
  private static final int BACKLOG = 128;
  private static final int MAX_DELAY_MILLIS = 100; // a delayed acknowledgement comes after 40

  // netinet/tcp.h, linux/tcp.h; what the library has no use for
  private static final int TCP_INFO = 11;
  private static final int TCP_DELACK_MAX_US = 46;
  private static final int TCP_FIN_WAIT1 = 4;
  private static final int TCP_CLOSING = 11;

  private static final int LARGE_FILE = 0100000 | 0400000; // of x86-64, of aarch64
  private static final long HOUR_SECONDS = 3_600;

  private static final long[] COUNTS = {0, 1, 2, 3, 1L << 32, -2, -1};

  private static final MemorySegment DEV_NULL = Arena.global().allocateFrom("/dev/null");

  private final Supplier<Sys> kernels;
  private final int base;
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 64);
  private final MemorySegment pattern = Arena.ofAuto().allocate(PATTERN_BYTES, 64);
  private final MemorySegment small = Arena.ofAuto().allocate(SMALL_BYTES, 64);
  private final Outcome outcome = new Outcome(buffer);
  private final int[] ports = new int[Op.HANDLES + 1];
  private Sys sys;
  private int writes;
  private int used; // a bit for each handle that was created

  /**
   * An executor whose handles are the descriptors from {@code base} on, a multiple of 8. On the
   * native kernel no other user may have descriptors there.
   */
  Executor(Supplier<Sys> kernels, int base) {
    this.kernels = kernels;
    this.sys = kernels.get();
    this.base = base;
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

  /** Goes on with another kernel, if the supplier makes one for each program. */
  void restart() {
    sys = kernels.get();
  }

  /** Executes one operation. The outcome is good until the next one. */
  Outcome execute(Op op) {
    outcome.start();
    outcome.result(
        switch (op.kind()) {
          case PIPE -> pair(op, sys.pipe2(small.address(), Linux.O_NONBLOCK));
          case PAIR -> unixPair(op, Linux.SOCK_STREAM);
          case DGRAMS -> unixPair(op, Linux.SOCK_DGRAM);
          case EVENTFD ->
              settle(op, sys.eventfd(op.arg(1), Linux.EFD_NONBLOCK | (op.arg(2) & 1)));
          case TIMERFD ->
              settle(op, sys.timerfdCreate(Linux.CLOCK_MONOTONIC, Linux.TFD_NONBLOCK));
          case EPOLL -> settle(op, sys.epollCreate(op.arg(1)));
          case NULL -> settle(op, sys.open(DEV_NULL.address(), Linux.O_RDWR, 0));
          case UDP -> datagrams(op);
          case SOCKET, LISTEN, CONNECT, REFUSED, DISCONNECT, ACCEPT, SHUTDOWN, LINGER, LOWAT, INLINE, ERROR ->
              socket(op);
          case DUP -> duplicate(op);
          case CLOSE -> sys.close(fd(op, 0));
          case SETTIME -> settime(op);
          case READ -> received(sys.read(fd(op, 0), buffer.address(), op.arg(1)));
          case RECV ->
              received(sys.recv(fd(op, 0), buffer.address(), op.arg(1), op.arg(2)));
          case WRITE -> sys.write(fd(op, 0), source(), op.arg(1));
          case SEND ->
              sys.send(fd(op, 0), source(), op.arg(1), op.arg(2) | Linux.MSG_NOSIGNAL);
          case COUNT -> {
            small.set(JAVA_LONG, 0, count(op.arg(1)));
            yield sys.write(fd(op, 0), small.address(), Long.BYTES);
          }
          case FILL -> fill(fd(op, 0));
          case DRAIN -> drain(fd(op, 0));
          case AVAILABLE -> available(fd(op, 0));
          case GETFL -> withoutLargeFile(sys.fcntl(fd(op, 0), Linux.F_GETFL, 0));
          case SETFL -> sys.fcntl(fd(op, 0), Linux.F_SETFL, op.arg(1));
          case CTL -> control(op);
          case CTLNULL -> sys.epollCtl(fd(op, 0), op.arg(1), fd(op, 2), 0);
          case WAIT, PWAIT, PWAIT2 -> await(op);
          case POLL, PPOLL -> poll(op);
          case SELECT, PSELECT -> select(op);
        });
    return outcome;
  }

  /** Lets the kernel finish what it does by itself: deliver, acknowledge. */
  void pause(int millis) {
    sys.poll(0, 0, millis);
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
    writes = 0;
  }

  private int fd(Op op, int index) {
    int handle = op.arg(index);
    return handle == Op.NO_HANDLE ? -1 : base + handle;
  }

  /** Moves a new descriptor to its handle. */
  private int settle(Op op, int fd) {
    return fd < 0 ? fd : move(fd, op.arg(0));
  }

  private int unixPair(Op op, int type) {
    int flags = type | Linux.SOCK_NONBLOCK;
    return pair(op, sys.socketpair(Linux.AF_UNIX, flags, 0, small.address()));
  }

  private int pair(Op op, int result) {
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

  private int duplicate(Op op) {
    int moved = sys.dup3(fd(op, 1), fd(op, 0), 0);
    if (moved >= 0) {
      used |= 1 << op.arg(0);
      ports[op.arg(0)] = ports[op.arg(1)];
    }
    return Math.min(moved, 0);
  }

  private int socket(Op op) {
    return switch (op.kind()) {
      case SOCKET -> {
        int fd = sys.socket(Linux.AF_INET, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0);
        yield fd < 0 ? fd : connection(op, fd);
      }
      case ACCEPT -> {
        int fd = sys.accept4(fd(op, 1), 0, 0, Linux.SOCK_NONBLOCK);
        yield fd < 0 ? fd : connection(op, fd);
      }
      case LISTEN -> listen(op);
      case CONNECT -> {
        int port = ports[op.arg(1)] > 1 ? ports[op.arg(1)] : UNUSED_PORT;
        yield sys.connect(fd(op, 0), address(port), Linux.SIZEOF_SOCKADDR_IN);
      }
      case DISCONNECT -> {
        long unspecified = address(0);
        small.set(JAVA_SHORT, 0, (short) Linux.AF_UNSPEC);
        yield sys.connect(fd(op, 0), unspecified, Linux.SIZEOF_SOCKADDR_IN);
      }
      case REFUSED -> sys.connect(fd(op, 0), address(UNUSED_PORT), Linux.SIZEOF_SOCKADDR_IN);
      case SHUTDOWN -> {
        int result = sys.shutdown(fd(op, 0), op.arg(1));
        if (op.arg(1) > 0) {
          awaitAcknowledgement(fd(op, 0));
        }
        yield result;
      }
      case LINGER -> {
        small.set(JAVA_INT, 0, 1);
        small.set(JAVA_INT, 4, 0);
        yield sys.setsockopt(
            fd(op, 0), Linux.SOL_SOCKET, Linux.SO_LINGER, small.address(), Linux.SIZEOF_LINGER);
      }
      case LOWAT -> option(fd(op, 0), Linux.SOL_SOCKET, Linux.SO_RCVLOWAT, op.arg(1));
      case INLINE -> option(fd(op, 0), Linux.SOL_SOCKET, Linux.SO_OOBINLINE, op.arg(1));
      default -> error(fd(op, 0));
    };
  }

  /** TCP as programs use it: without Nagle's delay, see {@link Concessions}. */
  private int connection(Op op, int fd) {
    option(fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
    option(fd, Linux.IPPROTO_TCP, TCP_DELACK_MAX_US, 1_000); // Linux 6.15; else waits are longer
    int moved = settle(op, fd);
    ports[op.arg(0)] = UNUSED_PORT;
    return moved;
  }

  /** Waits until a FIN that was sent is acknowledged, see {@link Concessions}. */
  private void awaitAcknowledgement(int fd) {
    for (int millis = 0; millis < MAX_DELAY_MILLIS; millis++) {
      small.set(JAVA_BYTE, 0, (byte) 0);
      small.set(JAVA_INT, 64, 1); // struct tcp_info begins with the state, a byte
      long length = small.address() + 64;
      int result = sys.getsockopt(fd, Linux.IPPROTO_TCP, TCP_INFO, small.address(), length);
      byte state = small.get(JAVA_BYTE, 0);
      if (result < 0 || (state != TCP_FIN_WAIT1 && state != TCP_CLOSING)) {
        return;
      }
      pause(1);
    }
  }

  private int listen(Op op) {
    int fd = fd(op, 0);
    option(fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
    int bound = sys.bind(fd, address(0), Linux.SIZEOF_SOCKADDR_IN);
    outcome.add(bound);
    int listening = sys.listen(fd, BACKLOG);
    if (listening >= 0) {
      ports[op.arg(0)] = port(fd);
    }
    return listening;
  }

  /** Two sockets that have each other's address; the result of the first call that fails. */
  private int datagrams(Op op) {
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
    int moved = pair(op, 0);
    return Math.min(result, moved);
  }

  /** The port that a socket is bound to; 0 if it is none of the Internet. */
  private int port(int fd) {
    small.set(JAVA_INT, 64, Linux.SIZEOF_SOCKADDR_STORAGE);
    int result = sys.getsockname(fd, small.address(), small.address() + 64);
    boolean known = result >= 0 && small.get(JAVA_SHORT, 0) == Linux.AF_INET;
    return known ? Short.reverseBytes(small.get(JAVA_SHORT, 2)) & 0xffff : 0;
  }

  private int option(int fd, int level, int name, int value) {
    small.set(JAVA_INT, 0, value);
    return sys.setsockopt(fd, level, name, small.address(), Integer.BYTES);
  }

  private int error(int fd) {
    small.set(JAVA_INT, 0, 0);
    small.set(JAVA_INT, 4, Integer.BYTES);
    int result =
        sys.getsockopt(
            fd, Linux.SOL_SOCKET, Linux.SO_ERROR, small.address(), small.address() + 4);
    if (result >= 0) {
      outcome.add(small.get(JAVA_INT, 0));
    }
    return result;
  }

  // struct sockaddr_in { sa_family_t family; 0  in_port_t port; 2  struct in_addr addr; 4 };
  private long address(int port) {
    small.set(JAVA_LONG, 8, 0);
    small.set(JAVA_SHORT, 0, (short) Linux.AF_INET);
    small.set(JAVA_SHORT, 2, Short.reverseBytes((short) port));
    small.set(JAVA_INT, 4, LOOPBACK);
    return small.address();
  }

  private int settime(Op op) {
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
    int result = sys.timerfdSettime(fd(op, 0), flags, small.address(), 0);
    if (result >= 0 && deadline == Deadline.PAST) {
      pollfd(0, fd(op, 0), Linux.POLLIN);
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
    small.set(JAVA_INT, 0, -1);
    int result = sys.ioctl(fd, Linux.FIONREAD, small.address());
    if (result >= 0) {
      outcome.add(small.get(JAVA_INT, 0));
    }
    return result;
  }

  private int control(Op op) {
    small.set(JAVA_INT_UNALIGNED, 0, op.arg(3));
    small.set(JAVA_LONG_UNALIGNED, Abi.CURRENT.epollDataOffset, op.arg(4));
    return sys.epollCtl(fd(op, 0), op.arg(1), fd(op, 2), small.address());
  }

  private int await(Op op) {
    int epfd = fd(op, 0);
    long events = buffer.address();
    int n =
        switch (op.kind()) {
          case PWAIT -> sys.epollPwait(epfd, events, op.arg(1), 0, 0);
          case PWAIT2 -> sys.epollPwait2(epfd, events, op.arg(1), noTime(0), 0);
          default -> sys.epollWait(epfd, events, op.arg(1), 0);
        };
    for (int i = 0; i < n; i++) {
      long at = (long) i * Abi.CURRENT.epollEventSize;
      outcome.add(buffer.get(JAVA_INT_UNALIGNED, at));
      outcome.add(buffer.get(JAVA_LONG_UNALIGNED, at + Abi.CURRENT.epollDataOffset));
    }
    return n;
  }

  private int poll(Op op) {
    int count = op.size() / 2;
    for (int i = 0; i < count; i++) {
      pollfd(i, fd(op, 2 * i), op.arg(2 * i + 1));
    }
    int n =
        op.kind() == Kind.POLL
            ? sys.poll(small.address(), count, 0)
            : sys.ppoll(small.address(), count, noTime(SMALL_BYTES / 2), 0);
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

  private void pollfd(int index, int fd, int events) {
    long at = (long) index * Linux.SIZEOF_POLLFD;
    small.set(JAVA_INT, at, fd);
    small.set(JAVA_SHORT, at + 4, (short) events);
    small.set(JAVA_SHORT, at + 6, (short) 0);
  }

  private int select(Op op) {
    int setBytes = Math.ceilDiv(base + Op.HANDLES, Long.SIZE) * Long.BYTES;
    small.asSlice(0, 3L * setBytes).fill((byte) 0);
    for (int i = 0; i < op.size(); i += 2) {
      for (int set = 0; set < 3; set++) {
        if (op.arg(i) != Op.NO_HANDLE && (op.arg(i + 1) >>> set & 1) != 0) {
          long at = (long) set * setBytes + (fd(op, i) >>> 3);
          small.set(JAVA_BYTE, at, (byte) (small.get(JAVA_BYTE, at) | 1 << (fd(op, i) & 7)));
        }
      }
    }
    long sets = small.address();
    long writes = sets + setBytes;
    long excepts = writes + setBytes;
    long time = noTime(3L * setBytes);
    int n =
        op.kind() == Kind.SELECT
            ? sys.select(base + Op.HANDLES, sets, writes, excepts, time)
            : sys.pselect(base + Op.HANDLES, sets, writes, excepts, time, 0);
    for (int set = 0; set < 3 && n >= 0; set++) {
      // The base is a multiple of 8, so the handles start at a byte.
      long at = (long) set * setBytes + (base >>> 3);
      long low = small.get(JAVA_INT_UNALIGNED, at) & 0xffffffL;
      outcome.add(low);
    }
    return n;
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

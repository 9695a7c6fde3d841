package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Future;

/**
 * System calls for tests, with Java values in and out; closes at the end whatever it opened.
 *
 * <p>Threads: one each. Two threads that share descriptors have two boxes on one kernel.
 */
final class Box implements AutoCloseable {

  /** Everything poll can report. */
  static final int ALL = 0x3fdf & ~Linux.POLLNVAL;

  private static final int SIOCOUTQNSD = 0x894B; // linux/sockios.h

  private static final int HIGH_FD = 500; // above what the tests and the virtual machine open
  private static final int BUFFER = 1 << 20;

  final Sys sys;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER, 8);
  private final MemorySegment small = arena.allocate(256, 8);
  private final EpollEvents events = EpollEvents.allocate(64);
  private final TreeSet<Integer> open = new TreeSet<>();
  private int names;

  Box(Sys sys) {
    this.sys = sys;
  }

  /** A result that is a descriptor: kept, and closed at the end. */
  int keep(int fd) {
    assertTrue(fd >= 0, () -> Errno.name(-fd));
    open.add(fd);
    return fd;
  }

  int ok(int result) {
    assertTrue(result >= 0, () -> Errno.name(-result));
    return result;
  }

  /** The name of an errno, or the result as text. */
  static String say(int result) {
    return result < 0 ? Errno.name(-result) : Integer.toString(result);
  }

  int close(int fd) {
    open.remove(fd);
    return sys.close(fd);
  }

  @Override
  public void close() {
    open.forEach(sys::close);
    open.clear();
    arena.close();
  }

  /**
   * Gives a thread that enters a call the time to block in it. The model can be asked whether it
   * does; of the running kernel the time is all.
   */
  void letBlock(Thread thread, Future<?> call, int graceMillis) {
    int _ = sys.poll(small.address(), 0, graceMillis);
    long deadline = sys.nanoTime() + 5_000_000_000L;
    while (sys instanceof ModelSys model
        && !call.isDone()
        && !model.isBlocked(thread)
        && sys.nanoTime() - deadline < 0) {
      int _ = sys.poll(small.address(), 0, 1);
    }
  }

  // ---- making

  int[] pipe() {
    ok(sys.pipe2(small.address(), Linux.O_NONBLOCK | Linux.O_CLOEXEC));
    return two();
  }

  int[] unixPair() {
    return pair(Linux.SOCK_STREAM);
  }

  int[] pair(int type) {
    ok(
        sys.socketpair(
            Linux.AF_UNIX, type | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0, small.address()));
    return two();
  }

  private int[] two() {
    return new int[] {keep(small.get(JAVA_INT, 0)), keep(small.get(JAVA_INT, 4))};
  }

  int tcp() {
    return keep(
        sys.socket(Linux.AF_INET, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0));
  }

  int udp() {
    return keep(
        sys.socket(Linux.AF_INET, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0));
  }

  int unix() {
    return keep(
        sys.socket(Linux.AF_UNIX, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0));
  }

  int listener(int backlog) {
    int fd = tcp();
    ok(bind(fd, loopback(0)));
    ok(sys.listen(fd, backlog));
    return fd;
  }

  /** A new abstract name. */
  UnixAddress name() {
    return UnixAddress.abstractName(
        "pollux-"
            + ProcessHandle.current().pid()
            + "-"
            + System.identityHashCode(this)
            + "-"
            + names++);
  }

  /** Client and accepted socket. */
  int[] tcpPair() {
    int listener = listener(8);
    int client = tcp();
    int result = connect(client, localAddress(listener));
    assertTrue(result == -Errno.EINPROGRESS, () -> say(result));
    int server = keep(sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC));
    close(listener);
    return new int[] {client, server};
  }

  /** Client and accepted socket, where accept may fail and the handshake take time. */
  int[] tcpPairUnderFaults() {
    int listener = listener(8);
    int client = tcp();
    int result = connect(client, localAddress(listener));
    assertTrue(result == -Errno.EINPROGRESS, () -> say(result));
    int server = -Errno.EAGAIN;
    while (server == -Errno.EAGAIN) {
      poll(listener, Linux.POLLIN, 1);
      server = sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK);
    }
    keep(server);
    close(listener);
    return new int[] {client, server};
  }

  /**
   * The same file under a number that stays free once it is closed, whatever the virtual machine
   * opens meanwhile: it gets the lowest free one.
   */
  int high(int fd) {
    int high = keep(sys.fcntl(fd, Linux.F_DUPFD_CLOEXEC, HIGH_FD));
    close(fd);
    return high;
  }

  int eventfd(int value) {
    return keep(sys.eventfd(value, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC));
  }

  int epoll() {
    return keep(sys.epollCreate1(Linux.EPOLL_CLOEXEC));
  }

  // ---- names

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  int bind(int fd, SocketAddress address) {
    return sys.bind(fd, buffer.address(), SockAddr.encode(address, buffer));
  }

  int connect(int fd, SocketAddress address) {
    return sys.connect(fd, buffer.address(), SockAddr.encode(address, buffer));
  }

  SocketAddress localAddress(int fd) {
    small.set(JAVA_INT, 0, SockAddr.MAX_BYTES);
    ok(sys.getsockname(fd, buffer.address(), small.address()));
    return SockAddr.decode(buffer, small.get(JAVA_INT, 0));
  }

  int sendTo(int fd, String text, SocketAddress to) {
    MemorySegment name = small;
    int length = SockAddr.encode(to, name);
    byte[] bytes = text.getBytes(ISO_8859_1);
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    return sys.sendto(fd, buffer.address(), bytes.length, 0, name.address(), length);
  }

  // ---- transfers

  int write(int fd, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    return sys.write(fd, buffer.address(), bytes.length);
  }

  int write(int fd, int count) {
    return sys.write(fd, buffer.address(), count);
  }

  int writeLong(int fd, long value) {
    buffer.set(JAVA_LONG, 0, value);
    return sys.write(fd, buffer.address(), Long.BYTES);
  }

  int send(int fd, String text, int flags) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    return sys.send(fd, buffer.address(), bytes.length, flags | Linux.MSG_NOSIGNAL);
  }

  /** What was read, or the name of the errno. */
  String read(int fd, int count) {
    return text(sys.read(fd, buffer.address(), count));
  }

  String recv(int fd, int count, int flags) {
    return text(sys.recv(fd, buffer.address(), count, flags));
  }

  private String text(int result) {
    if (result < 0) {
      return Errno.name(-result);
    }
    return "'" + new String(buffer.asSlice(0, result).toArray(JAVA_BYTE), ISO_8859_1) + "'";
  }

  int readSome(int fd, int count) {
    return sys.read(fd, buffer.address(), count);
  }

  String readLong(int fd) {
    int result = sys.read(fd, buffer.address(), Long.BYTES);
    return result < 0 ? Errno.name(-result) : Long.toUnsignedString(buffer.get(JAVA_LONG, 0));
  }

  /** Writes until EAGAIN; how many bytes went. */
  long fill(int fd, int chunk) {
    long total = 0;
    int result = write(fd, chunk);
    while (result > 0) {
      total += result;
      result = write(fd, chunk);
    }
    int last = result;
    assertTrue(last == -Errno.EAGAIN, () -> say(last));
    return total;
  }

  /** Reads until EAGAIN or the end; how many bytes came. */
  long drain(int fd) {
    long total = 0;
    int result = readSome(fd, BUFFER);
    while (result > 0) {
      total += result;
      result = readSome(fd, BUFFER);
    }
    return total;
  }

  // ---- options

  int option(int fd, int level, int name) {
    small.set(JAVA_INT, 0, 0);
    small.set(JAVA_INT, 4, Integer.BYTES);
    int result = sys.getsockopt(fd, level, name, small.address(), small.address() + 4);
    return result < 0 ? result : small.get(JAVA_INT, 0);
  }

  String error(int fd) {
    int errno = option(fd, Linux.SOL_SOCKET, Linux.SO_ERROR);
    return errno == 0 ? "0" : Errno.name(errno);
  }

  int set(int fd, int level, int name, int value) {
    small.set(JAVA_INT, 0, value);
    return sys.setsockopt(fd, level, name, small.address(), Integer.BYTES);
  }

  int lingerZero(int fd) {
    small.set(JAVA_INT, 0, 1);
    small.set(JAVA_INT, 4, 0);
    return sys.setsockopt(
        fd, Linux.SOL_SOCKET, Linux.SO_LINGER, small.address(), Linux.SIZEOF_LINGER);
  }

  int available(int fd) {
    int result = sys.ioctl(fd, Linux.FIONREAD, small.address());
    return result < 0 ? result : small.get(JAVA_INT, 0);
  }

  /** Waits until so many bytes can be read: on the real kernel TCP takes a moment. */
  void awaitAvailable(int fd, int count) {
    long deadline = sys.nanoTime() + 5_000_000_000L;
    while (available(fd) < count && sys.nanoTime() - deadline < 0) {
      sys.poll(small.address(), 0, 1);
    }
    int found = available(fd);
    assertTrue(found >= count, () -> "only " + found + " bytes came");
  }

  int unacknowledged(int fd) {
    int result = sys.ioctl(fd, Linux.TIOCOUTQ, small.address());
    return result < 0 ? result : small.get(JAVA_INT, 0);
  }

  int unsent(int fd) {
    int result = sys.ioctl(fd, SIOCOUTQNSD, small.address());
    return result < 0 ? result : small.get(JAVA_INT, 0);
  }

  // ---- readiness

  /** All bits that poll reports now. */
  int mask(int fd) {
    return poll(fd, ALL, 0);
  }

  /** The bits that poll reports of those asked for; waits at most so long. */
  int poll(int fd, int wanted, int timeoutMillis) {
    small.set(JAVA_INT, 0, fd);
    small.set(JAVA_SHORT, 4, (short) wanted);
    small.set(JAVA_SHORT, 6, (short) 0);
    int result = sys.poll(small.address(), 1, timeoutMillis);
    return result < 0 ? result : small.get(JAVA_SHORT, 6) & 0xffff;
  }

  /** Waits until poll reports all these bits: on the real kernel TCP takes a moment. */
  int awaitMask(int fd, int expected) {
    long deadline = sys.nanoTime() + 5_000_000_000L;
    int mask = mask(fd);
    while ((mask & expected) != expected && sys.nanoTime() - deadline < 0) {
      sys.poll(small.address(), 0, 1); // a millisecond on the kernel's clock
      mask = mask(fd);
    }
    return mask;
  }

  int control(int epfd, int op, int fd, int mask, long data) {
    events.set(0, mask, data);
    return sys.epollCtl(epfd, op, fd, events.address());
  }

  /** Registers; the user data is the descriptor. */
  int add(int epfd, int fd, int mask) {
    return control(epfd, Linux.EPOLL_CTL_ADD, fd, mask, fd);
  }

  int modify(int epfd, int fd, int mask) {
    return control(epfd, Linux.EPOLL_CTL_MOD, fd, mask, fd);
  }

  int delete(int epfd, int fd) {
    return sys.epollCtl(epfd, Linux.EPOLL_CTL_DEL, fd, 0);
  }

  /** The events of a wait without blocking: {@code data:mask}, in the order they came. */
  List<String> events(int epfd) {
    return events(epfd, events.capacity(), 0);
  }

  List<String> events(int epfd, int maxEvents, int timeoutMillis) {
    int count = sys.epollWait(epfd, events.address(), maxEvents, timeoutMillis);
    List<String> found = new ArrayList<>();
    if (count < 0) {
      found.add(Errno.name(-count));
    }
    for (int i = 0; i < count; i++) {
      found.add(events.data(i) + ":" + maskText(events.events(i)));
    }
    return found;
  }

  /** Only how many. */
  int wait(int epfd, int maxEvents, int timeoutMillis) {
    return sys.epollWait(epfd, events.address(), maxEvents, timeoutMillis);
  }

  int wait2(int epfd, int maxEvents, long nanos) {
    small.set(JAVA_LONG, 0, nanos / 1_000_000_000);
    small.set(JAVA_LONG, 8, nanos % 1_000_000_000);
    return sys.epollPwait2(epfd, events.address(), maxEvents, small.address(), 0);
  }

  long eventsAddress() {
    return events.address();
  }

  MemorySegment memory() {
    return small;
  }

  /** A set of so many descriptors for select, empty. */
  MemorySegment sets(int count) {
    return arena.allocate(count / Byte.SIZE, Long.BYTES);
  }

  /** {@code IN|OUT|RDHUP}; the bits that only repeat these are left out. */
  static String maskText(int mask) {
    StringBuilder text = new StringBuilder();
    for (Bit bit : Bit.values()) {
      if ((mask & bit.value) != 0) {
        text.append(text.isEmpty() ? "" : "|").append(bit);
      }
    }
    return text.isEmpty() ? "0" : text.toString();
  }

  private enum Bit {
    IN(Linux.EPOLLIN),
    PRI(Linux.EPOLLPRI),
    OUT(Linux.EPOLLOUT),
    ERR(Linux.EPOLLERR),
    HUP(Linux.EPOLLHUP),
    NVAL(Linux.POLLNVAL),
    RDHUP(Linux.EPOLLRDHUP);

    final int value;

    Bit(int value) {
      this.value = value;
    }
  }
}

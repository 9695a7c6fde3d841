package dev.pollux.poll;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.TreeSet;

/**
 * The I/O of a test, by system calls alone, so that it runs on any kernel. Everything opened here
 * is closed by {@link #close}. Threads: one.
 */
final class Io implements AutoCloseable {

  /** More than any pipe or socket buffer takes in one call. */
  private static final int BUFFER_BYTES = 1 << 16; // 64 KiB

  private static final int HIGH_FD = 500; // above what the tests and the virtual machine open

  private static final int SIOCOUTQNSD = 0x894B; // linux/sockios.h: not sent yet

  private static final int NON_BLOCKING = Linux.O_NONBLOCK | Linux.O_CLOEXEC;

  private final Sys sys;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
  private final MemorySegment pollfd = arena.allocate(Linux.SIZEOF_POLLFD, 8);
  private final Set<Integer> owned = new TreeSet<>();

  Io(Sys sys) {
    this.sys = sys;
  }

  Sys sys() {
    return sys;
  }

  /** Takes a descriptor over, to be closed at the end. */
  int own(int fd) {
    if (fd < 0) {
      throw new AssertionError("not opened: " + Errno.name(-fd));
    }
    owned.add(fd);
    return fd;
  }

  private int[] own(int[] fds) {
    for (int fd : fds) {
      own(fd);
    }
    return fds;
  }

  void close(int fd) {
    if (!owned.remove(fd)) {
      throw new AssertionError("fd " + fd + " is not this test's");
    }
    sys.close(fd);
  }

  /**
   * The same file under a number that stays free once it is closed, whatever the virtual machine
   * opens meanwhile: it gets the lowest free one.
   */
  int high(int fd) {
    int high = own(sys.fcntl(fd, Linux.F_DUPFD_CLOEXEC, HIGH_FD));
    close(fd);
    return high;
  }

  int[] pipe() throws SysException {
    return own(Sockets.pipe(sys, NON_BLOCKING));
  }

  int[] unixPair() throws SysException {
    return own(Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM));
  }

  int eventfd(int initialValue) {
    return own(sys.eventfd(initialValue, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC));
  }

  int timerfd() {
    return own(sys.timerfdCreate(Linux.CLOCK_MONOTONIC, Linux.TFD_NONBLOCK | Linux.TFD_CLOEXEC));
  }

  int dup(int fd) {
    return own(sys.dup(fd));
  }

  /** Opens what a path names; readable and writable unless it is a directory. */
  int open(String path, int flags) {
    try (Arena memory = Arena.ofConfined()) {
      return own(sys.open(memory.allocateFrom(path).address(), flags | NON_BLOCKING, 0));
    }
  }

  int listener() throws SysException {
    return own(Sockets.tcpListener(sys, loopback(0), 64));
  }

  /** A connection to a listener, perhaps still in progress. */
  int connect(int listener) throws SysException {
    return own(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
  }

  /** Accepts one; the connection must have been started. */
  int accept(int listener) {
    awaitMask(listener, Linux.POLLIN);
    return own(Sockets.accept(sys, listener));
  }

  /** Accepts until EAGAIN, and closes what it accepted. */
  int acceptAll(int listener) {
    int count = 0;
    for (int fd = Sockets.accept(sys, listener); fd >= 0; fd = Sockets.accept(sys, listener)) {
      sys.close(fd);
      count++;
    }
    return count;
  }

  /** Two ends of a TCP connection over the loopback. */
  int[] tcpPair() throws SysException {
    int listener = listener();
    int client = connect(listener);
    int server = accept(listener);
    awaitMask(client, Linux.POLLOUT);
    close(listener);
    return new int[] {client, server};
  }

  /** Two UDP sockets; what is written to the second arrives at the first. */
  int[] udpPair() throws SysException {
    int receiver = own(Sockets.datagram(sys, loopback(0)));
    int sender = own(Sockets.datagram(sys, loopback(0)));
    Sockets.connect(sys, sender, Sockets.localAddress(sys, receiver));
    return new int[] {receiver, sender};
  }

  /** A port of the loopback where nobody listens. */
  InetSocketAddress refusedAddress() throws SysException {
    int fd = own(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    Sockets.bind(sys, fd, loopback(0)); // bound and not listening: taken, so nobody else gets it
    return (InetSocketAddress) Sockets.localAddress(sys, fd);
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /** Writes so many bytes in one call. */
  int write(int fd, int bytes) {
    return sys.write(fd, buffer.address(), bytes);
  }

  /** Reads up to so many bytes in one call. */
  int read(int fd, int bytes) {
    return sys.read(fd, buffer.address(), bytes);
  }

  /** Reads to EAGAIN or the end; how many bytes. */
  long readAll(int fd) {
    long total = 0;
    for (int n = read(fd, BUFFER_BYTES); n > 0; n = read(fd, BUFFER_BYTES)) {
      total += n;
    }
    return total;
  }

  /** Writes to EAGAIN; how many bytes. */
  long writeAll(int fd) {
    long total = 0;
    for (int n = write(fd, BUFFER_BYTES); n > 0; n = write(fd, BUFFER_BYTES)) {
      total += n;
    }
    return total;
  }

  /** Sends one urgent byte. */
  int sendUrgent(int fd) {
    return sys.send(fd, buffer.address(), 1, Linux.MSG_OOB);
  }

  /** Receives the urgent byte. */
  int receiveUrgent(int fd) {
    return sys.recv(fd, buffer.address(), 1, Linux.MSG_OOB);
  }

  /** Writes one 64-bit number. */
  int writeNumber(int fd, long number) {
    buffer.set(JAVA_LONG, 0, number);
    return sys.write(fd, buffer.address(), Long.BYTES);
  }

  /** Sets a timer to expire once, so many nanoseconds from now. */
  void setTimer(int fd, long nanos) {
    buffer.asSlice(0, Linux.SIZEOF_ITIMERSPEC).fill((byte) 0);
    buffer.set(JAVA_LONG, Linux.SIZEOF_TIMESPEC, nanos / 1_000_000_000);
    buffer.set(JAVA_LONG, Linux.SIZEOF_TIMESPEC + Long.BYTES, nanos % 1_000_000_000);
    int result = sys.timerfdSettime(fd, 0, buffer.address(), 0);
    assert result == 0 : Errno.name(-result);
  }

  /** What poll(2) says of one descriptor now: the oracle. */
  int mask(int fd) {
    return poll(fd, Linux.POLLIN | Linux.POLLOUT | Linux.POLLPRI | Linux.POLLRDHUP, 0);
  }

  /**
   * Whether a TCP socket has data on its way that the peer did not acknowledge: the
   * acknowledgement, which may take its time, will make room. What waits behind a closed window
   * does not count.
   */
  boolean isUnderWay(int fd) {
    int unacknowledged = queued(fd, Linux.TIOCOUTQ);
    int unsent = queued(fd, SIOCOUTQNSD);
    return unsent >= 0 && unacknowledged > 0 && unacknowledged != unsent;
  }

  /** How many bytes, or -errno: a kernel that cannot tell delivers at once. */
  private int queued(int fd, int request) {
    int result = sys.ioctl(fd, request, buffer.address());
    return result < 0 ? result : buffer.get(JAVA_INT, 0);
  }

  /** Returns when poll(2) reports all these bits, or fails: for what the kernel does by itself. */
  void awaitMask(int fd, int bits) {
    Deadline deadline = Deadline.forThe("mask " + bits + " of fd " + fd);
    while ((poll(fd, bits, 50) & bits) != bits) {
      if (deadline.isOver()) {
        throw deadline.missed(", it has " + mask(fd));
      }
    }
  }

  private int poll(int fd, int bits, int timeoutMillis) {
    // struct pollfd { int fd; short events; short revents; };
    pollfd.set(JAVA_INT, 0, fd);
    pollfd.set(JAVA_SHORT, 4, (short) bits);
    pollfd.set(JAVA_SHORT, 6, (short) 0);
    int result = sys.poll(pollfd.address(), 1, timeoutMillis);
    return result > 0 ? pollfd.get(JAVA_SHORT, 6) & 0xffff : 0;
  }

  @Override
  public void close() {
    owned.forEach(sys::close);
    owned.clear();
    arena.close();
  }
}

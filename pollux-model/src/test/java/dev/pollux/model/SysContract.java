package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What descriptors, pipes, counters, timers, poll and select do, on any kernel. */
abstract class SysContract {

  final Box box = new Box(sys());

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
  }

  static void assertMask(String expected, int mask) {
    assertEquals(expected, Box.maskText(mask));
  }

  // ---- pipes

  @Test
  void pipe_emptyThenWritten_isReadable() {
    int[] p = box.pipe();
    assertMask("0", box.mask(p[0]));
    assertMask("OUT", box.mask(p[1]));
    assertEquals("EAGAIN", box.read(p[0], 10));
    assertEquals(3, box.write(p[1], "abc"));
    assertMask("IN", box.mask(p[0]));
    assertEquals(3, box.available(p[0]));
    assertEquals("'ab'", box.read(p[0], 2));
    assertEquals("'c'", box.read(p[0], 2));
    assertMask("0", box.mask(p[0]));
  }

  @Test
  void pipe_writtenUntilFull_takes64KiBAndIsWritableAfterAPage() {
    int[] p = box.pipe();
    assertEquals(65_536, box.fill(p[1], 65_536));
    assertMask("0", box.mask(p[1]));
    assertEquals(4_095, box.readSome(p[0], 4_095));
    assertMask("0", box.mask(p[1]));
    assertEquals(1, box.readSome(p[0], 1));
    assertMask("OUT", box.mask(p[1]));
  }

  @Test
  void pipe_writesOfOddSizes_fillItByPages() {
    int[] p = box.pipe();
    assertEquals(54_096, box.fill(p[1], 5_000));
    assertEquals("EAGAIN", Box.say(box.write(p[1], 4_096)));
    assertEquals(4_096, box.readSome(p[0], 4_096));
    assertMask("OUT", box.mask(p[1]));
    assertEquals(4_096, box.write(p[1], 4_096));
  }

  @Test
  void pipe_oneByteWrites_shareAPage() {
    int[] p = box.pipe();
    assertEquals(65_536, box.fill(p[1], 1));
  }

  @Test
  void pipe_writerGone_hangsUpThenEnds() {
    int[] p = box.pipe();
    box.write(p[1], "x");
    box.close(p[1]);
    assertMask("IN|HUP", box.mask(p[0]));
    assertEquals("'x'", box.read(p[0], 9));
    assertMask("HUP", box.mask(p[0]));
    assertEquals("''", box.read(p[0], 9));
  }

  @Test
  void pipe_readerGone_isErrorAndEpipe() {
    int[] p = box.pipe();
    box.close(p[0]);
    assertMask("OUT|ERR", box.mask(p[1]));
    assertEquals("EPIPE", Box.say(box.write(p[1], "x")));
  }

  @Test
  void pipe_wrongEnd_isBadDescriptor() {
    int[] p = box.pipe();
    assertEquals("EBADF", box.read(p[1], 1));
    assertEquals("EBADF", Box.say(box.write(p[0], "x")));
  }

  // ---- descriptors

  @Test
  void close_ofADuplicate_keepsTheFileOpen() {
    int[] p = box.pipe();
    int copy = box.keep(box.sys.dup(p[1]));
    box.close(p[1]);
    assertMask("0", box.mask(p[0]));
    box.close(copy);
    assertMask("HUP", box.mask(p[0]));
  }

  @Test
  void open_afterClose_takesTheLowestNumber() {
    int a = box.eventfd(0);
    int b = box.eventfd(0);
    box.close(a);
    assertEquals(a, box.eventfd(0));
    assertTrue(b > a);
  }

  @Test
  void fcntl_flags_belongToDescriptorAndDescription() {
    int[] p = box.pipe();
    int copy = box.keep(box.sys.dup(p[0]));
    assertEquals(Linux.FD_CLOEXEC, box.sys.fcntl(p[0], Linux.F_GETFD, 0));
    assertEquals(0, box.sys.fcntl(copy, Linux.F_GETFD, 0));
    assertEquals(0, box.sys.fcntl(copy, Linux.F_SETFL, 0));
    assertEquals(Linux.O_RDONLY, box.sys.fcntl(p[0], Linux.F_GETFL, 0));
    assertEquals(Linux.O_WRONLY | Linux.O_NONBLOCK, box.sys.fcntl(p[1], Linux.F_GETFL, 0));
    int high = box.keep(box.sys.fcntl(p[0], Linux.F_DUPFD_CLOEXEC, 100));
    assertTrue(high >= 100);
    assertEquals(Linux.FD_CLOEXEC, box.sys.fcntl(high, Linux.F_GETFD, 0));
    assertEquals("EBADF", Box.say(box.sys.fcntl(9_999, Linux.F_GETFD, 0)));
  }

  @Test
  void dup3_ontoAnOpenNumber_closesWhatWasThere() {
    int[] p = box.pipe();
    int[] q = box.pipe();
    assertEquals(q[1], box.sys.dup3(p[1], q[1], Linux.O_CLOEXEC));
    assertMask("HUP", box.mask(q[0]));
    box.write(q[1], "x");
    assertMask("IN", box.mask(p[0]));
    assertEquals("EINVAL", Box.say(box.sys.dup3(p[1], p[1], 0)));
    assertEquals("EBADF", Box.say(box.sys.dup3(9_999, p[1], 0)));
    assertEquals("EBADF", Box.say(box.sys.dup3(p[1], -1, 0)));
  }

  @Test
  void close_twice_isBadDescriptor() {
    int fd = box.high(box.eventfd(0));
    assertEquals(0, box.close(fd));
    assertEquals("EBADF", Box.say(box.sys.close(fd)));
  }

  @Test
  void readv_andWritev_moveThroughTheVectors() {
    int[] p = box.pipe();
    MemorySegment m = box.memory();
    m.setString(64, "abcdefgh");
    m.set(JAVA_LONG, 0, m.address() + 64);
    m.set(JAVA_LONG, 8, 3);
    m.set(JAVA_LONG, 16, m.address() + 68);
    m.set(JAVA_LONG, 24, 2);
    assertEquals(5, box.sys.writev(p[1], m.address(), 2));
    assertEquals(5, box.available(p[0]));
    MemorySegment n = box.memory();
    n.set(JAVA_LONG, 0, n.address() + 128);
    n.set(JAVA_LONG, 16, n.address() + 140);
    n.set(JAVA_LONG, 24, 9);
    assertEquals(5, box.sys.readv(p[0], n.address(), 2));
    assertEquals("abc", n.getString(128).substring(0, 3));
    assertEquals("ef", n.getString(140).substring(0, 2));
    assertEquals("EINVAL", Box.say(box.sys.readv(p[0], n.address(), -1)));
  }

  @Test
  void read_intoNothing_isFault() {
    int[] p = box.pipe();
    box.write(p[1], "x");
    assertEquals("EFAULT", Box.say(box.sys.read(p[0], 0, 1)));
    assertEquals("EFAULT", Box.say(box.sys.pipe2(0, 0)));
    assertEquals("EINVAL", Box.say(box.sys.pipe2(box.memory().address(), 1)));
  }

  @Test
  void rlimit_lowered_limitsDescriptors() {
    MemorySegment m = box.memory();
    box.ok(box.sys.getrlimit(Linux.RLIMIT_NOFILE, m.address()));
    long soft = m.get(JAVA_LONG, 0);
    long hard = m.get(JAVA_LONG, 8);
    assertTrue(soft > 0 && soft <= hard);
    int highest = box.eventfd(0);
    // At the limit the virtual machine cannot open class files: all calls are made once before.
    box.ok(box.close(box.keep(box.sys.fcntl(highest, Linux.F_DUPFD, 0))));
    assertEquals("EBADF", Box.say(box.sys.dup3(highest, -1, 0)));
    box.ok(box.sys.setrlimit(Linux.RLIMIT_NOFILE, m.address()));
    try {
      m.set(JAVA_LONG, 0, highest + 1L);
      box.ok(box.sys.setrlimit(Linux.RLIMIT_NOFILE, m.address()));
      assertEquals("EINVAL", Box.say(box.sys.fcntl(highest, Linux.F_DUPFD, highest + 1)));
      assertEquals("EBADF", Box.say(box.sys.dup3(highest, highest + 1, 0)));
    } finally {
      m.set(JAVA_LONG, 0, soft);
      box.ok(box.sys.setrlimit(Linux.RLIMIT_NOFILE, m.address()));
    }
  }

  // ---- eventfd and timerfd

  @Test
  void eventfd_countsAndIsReadableUnlessZero() {
    int fd = box.eventfd(2);
    assertMask("IN|OUT", box.mask(fd));
    box.writeLong(fd, 5);
    assertEquals("7", box.readLong(fd));
    assertEquals("EAGAIN", box.readLong(fd));
    assertMask("OUT", box.mask(fd));
    assertEquals("EINVAL", Box.say(box.writeLong(fd, -1)));
    assertEquals(8, box.writeLong(fd, -2));
    assertMask("IN", box.mask(fd));
    assertEquals("EAGAIN", Box.say(box.writeLong(fd, 1)));
    assertEquals("18446744073709551614", box.readLong(fd));
    assertEquals("EINVAL", box.read(fd, 7));
    assertEquals("EINVAL", Box.say(box.write(fd, 7)));
    assertEquals("EINVAL", Box.say(box.sys.eventfd(0, 2)));
  }

  @Test
  void eventfd_asSemaphore_givesOneEachTime() {
    int fd = box.keep(box.sys.eventfd(2, Linux.EFD_SEMAPHORE | Linux.EFD_NONBLOCK));
    assertEquals("1", box.readLong(fd));
    assertEquals("1", box.readLong(fd));
    assertEquals("EAGAIN", box.readLong(fd));
  }

  int timer(long firstNanos, long everyNanos) {
    int fd = box.keep(box.sys.timerfdCreate(Linux.CLOCK_MONOTONIC, Linux.TFD_NONBLOCK));
    settime(fd, firstNanos, everyNanos, 0);
    return fd;
  }

  void settime(int fd, long firstNanos, long everyNanos, int flags) {
    MemorySegment m = box.memory();
    m.set(JAVA_LONG, 0, everyNanos / 1_000_000_000);
    m.set(JAVA_LONG, 8, everyNanos % 1_000_000_000);
    m.set(JAVA_LONG, 16, firstNanos / 1_000_000_000);
    m.set(JAVA_LONG, 24, firstNanos % 1_000_000_000);
    box.ok(box.sys.timerfdSettime(fd, flags, m.address(), 0));
  }

  @Test
  void timerfd_afterItsTime_isReadableOnce() {
    int fd = timer(200_000_000, 0); // long enough for what comes before it on a busy machine
    assertMask("0", box.mask(fd));
    assertEquals("EAGAIN", box.readLong(fd));
    long start = box.sys.nanoTime();
    assertMask("IN", box.poll(fd, Linux.POLLIN, 5_000));
    assertTrue(box.sys.nanoTime() - start >= 1_000_000);
    assertEquals("1", box.readLong(fd));
    assertMask("0", box.mask(fd));
  }

  @Test
  void timerfd_periodic_countsWhatWasMissed() {
    int fd = timer(1_000_000, 1_000_000);
    box.sys.poll(box.memory().address(), 0, 6);
    assertTrue(Integer.parseInt(box.readLong(fd)) >= 5);
    box.ok(box.sys.timerfdGettime(fd, box.memory().address()));
    assertEquals(1_000_000, box.memory().get(JAVA_LONG, 8));
    long left = box.memory().get(JAVA_LONG, 24);
    assertTrue(left > 0 && left <= 1_000_000, () -> "" + left);
    settime(fd, 0, 0, 0);
    assertMask("0", box.mask(fd));
  }

  @Test
  void timerfd_absoluteInThePast_expiresAtOnce() {
    int fd = timer(0, 0);
    settime(fd, 1, 0, Linux.TFD_TIMER_ABSTIME);
    assertMask("IN", box.poll(fd, Linux.POLLIN, 1_000));
    assertEquals("EINVAL", Box.say(box.writeLong(fd, 1)));
    assertEquals("EINVAL", Box.say(box.sys.timerfdGettime(box.eventfd(0), box.memory().address())));
  }

  // ---- poll and select

  @Test
  void poll_onClosedAndNegativeNumbers_reportsAndSkips() {
    MemorySegment m = box.memory();
    m.set(JAVA_INT, 0, 9_999);
    m.set(JAVA_INT, 4, Linux.POLLIN);
    m.set(JAVA_INT, 8, -1);
    m.set(JAVA_INT, 12, Linux.POLLIN | 0x7f0000);
    assertEquals(1, box.sys.poll(m.address(), 2, -1));
    assertEquals(Linux.POLLNVAL, m.get(JAVA_INT, 4) >>> 16);
    assertEquals(0, m.get(JAVA_INT, 12) >>> 16);
    assertEquals("EFAULT", Box.say(box.sys.poll(0, 1, 0)));
    assertEquals("EINVAL", Box.say(box.sys.poll(m.address(), Integer.MAX_VALUE, 0)));
  }

  @Test
  void poll_withNothingAsked_reportsHangupAndErrorOnly() {
    int[] p = box.pipe();
    assertMask("0", box.poll(p[1], 0, 0));
    box.close(p[0]);
    assertMask("ERR", box.poll(p[1], 0, 0));
  }

  @Test
  void poll_timesOut_neverEarly() {
    int[] p = box.pipe();
    long start = box.sys.nanoTime();
    assertMask("0", box.poll(p[0], Linux.POLLIN, 3));
    assertTrue(box.sys.nanoTime() - start >= 3_000_000);
    MemorySegment m = box.memory();
    m.set(JAVA_LONG, 64, 0);
    m.set(JAVA_LONG, 72, 1_500_000);
    start = box.sys.nanoTime();
    assertEquals(0, box.sys.ppoll(m.address(), 1, m.address() + 64, 0));
    assertTrue(box.sys.nanoTime() - start >= 1_500_000);
    m.set(JAVA_LONG, 72, 1_000_000_000);
    assertEquals("EINVAL", Box.say(box.sys.ppoll(m.address(), 1, m.address() + 64, 0)));
  }

  private int select(int nfds, int read, int write, int except, long micros) {
    MemorySegment m = box.memory();
    m.asSlice(0, 192).fill((byte) 0);
    int[] fds = {read, write, except};
    for (int i = 0; i < fds.length; i++) {
      if (fds[i] >= 0) {
        m.set(JAVA_LONG, i * 48 + fds[i] / 64 * 8, 1L << fds[i]);
      }
    }
    m.set(JAVA_LONG, 144, 0);
    m.set(JAVA_LONG, 152, micros);
    return box.sys.select(nfds, m.address(), m.address() + 48, m.address() + 96, m.address() + 144);
  }

  private boolean isSet(int set, int fd) {
    return (box.memory().get(JAVA_LONG, set * 48 + fd / 64 * 8) & 1L << fd) != 0;
  }

  @Test
  void select_overThreeSets_countsAndOverwrites() {
    int[] p = box.unixPair();
    assertEquals(1, select(p[1] + 1, p[0], p[1], p[0], 0));
    assertTrue(!isSet(0, p[0]) && isSet(1, p[1]) && !isSet(2, p[0]));
    box.write(p[1], "x");
    assertEquals(2, select(p[1] + 1, p[0], p[0], -1, 0));
    // A number that was open once: of those beyond its table of descriptors Linux says nothing.
    int gone = box.high(box.eventfd(0));
    box.close(gone);
    assertEquals("EBADF", Box.say(select(gone + 1, gone, -1, -1, 0)));
    assertEquals("EINVAL", Box.say(select(-1, -1, -1, -1, 0)));
    box.close(p[1]);
    assertEquals(2, select(p[0] + 1, p[0], p[0], p[0], 0));
  }

  @Test
  void select_timesOut_andTellsTheTimeLeft() {
    int[] p = box.pipe();
    long start = box.sys.nanoTime();
    assertEquals(0, select(p[0] + 1, p[0], -1, -1, 2_000));
    assertTrue(box.sys.nanoTime() - start >= 2_000_000);
    assertEquals(0, box.memory().get(JAVA_LONG, 152));
    box.write(p[1], "x");
    assertEquals(1, select(p[0] + 1, p[0], -1, -1, 900_000));
    assertTrue(box.memory().get(JAVA_LONG, 152) > 0);
  }

  @Test
  void tcp_arrivedData_isAcknowledged() {
    int listener = box.listener(1);
    assertEquals("EINVAL", Box.say(box.unacknowledged(listener)));
    int[] t = box.tcpPair();
    assertEquals(0, box.unacknowledged(t[0]));
    assertEquals(3, box.write(t[0], "abc"));
    box.ok(box.sys.shutdown(t[0], Linux.SHUT_WR));
    box.awaitMask(t[1], Linux.POLLRDHUP);
    for (int i = 0; i < 1_000_000 && box.unacknowledged(t[0]) != 0; i++) {
      // The other end has it; the acknowledgement is on its way.
    }
    assertEquals(0, box.unacknowledged(t[0]));
    box.fill(t[1], 1 << 16);
    assertTrue(box.unacknowledged(t[1]) > 0, "the receiver's buffer is full");
  }

  /** What waits behind a full receiver has not been sent: after a moment, all that is left. */
  @Test
  void tcp_behindAFullReceiver_isNotSentYet() {
    assertEquals("EINVAL", Box.say(box.unsent(box.listener(1))));
    assertEquals("ENOTTY", Box.say(box.unsent(box.pipe()[0])));
    int[] t = box.tcpPair();
    assertEquals(0, box.unsent(t[0]));
    long start = box.sys.nanoTime();
    do {
      box.fill(t[0], 1 << 16);
      assertTrue(box.sys.nanoTime() - start < 5_000_000_000L, "no rest after 5 s");
    } while (box.unsent(t[0]) != box.unacknowledged(t[0]));
    assertTrue(box.unsent(t[0]) > 0);
    box.drain(t[1]);
    assertTrue(box.awaitMask(t[0], Linux.POLLOUT) != 0);
  }
}

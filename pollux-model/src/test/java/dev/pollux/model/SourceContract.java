package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.SignalSet;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What signals, processes and clocks do as descriptors, on any kernel. */
abstract class SourceContract {

  private static final int REAL_TIME = 40; // a signal that nobody uses

  final Box box = new Box(sys());

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
  }

  // ---- signals

  private int signalfd(int... signals) {
    return box.keep(
        box.sys.signalfd(
            -1, SignalSet.of(signals).address(), Linux.SFD_NONBLOCK | Linux.SFD_CLOEXEC));
  }

  private String mask(int how, int... signals) {
    return Box.say(box.sys.pthreadSigmask(how, SignalSet.of(signals).address(), 0));
  }

  /** The numbers of the signals that a read takes, and how each came. */
  private String take(int fd, int most) {
    MemorySegment m = box.memory();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < most; i++) {
      int result = box.sys.read(fd, m.address(), Linux.SIZEOF_SIGNALFD_SIGINFO);
      if (result < 0) {
        return text + Box.say(result);
      }
      text.append(m.get(JAVA_INT, Offsets.SIGNALFD_SIGINFO__SSI_SIGNO))
          .append('/')
          .append(m.get(JAVA_INT, Offsets.SIGNALFD_SIGINFO__SSI_CODE))
          .append(' ');
    }
    return text.toString();
  }

  @Test
  void signal_thatIsBlocked_isReadInTheOrderOfNumbers() {
    int both = signalfd(Linux.SIGUSR1, Linux.SIGALRM, REAL_TIME);
    int other = signalfd(Linux.SIGALRM);
    int epoll = box.epoll();
    box.ok(box.add(epoll, both, Linux.EPOLLIN));
    assertEquals("0", mask(Linux.SIG_BLOCK, Linux.SIGUSR1, Linux.SIGALRM, REAL_TIME));
    try {
      assertEquals("EAGAIN", take(both, 1));
      assertEquals(0, box.sys.raise(0));
      assertEquals(0, box.sys.raise(Linux.SIGALRM));
      assertEquals(0, box.sys.raise(REAL_TIME));
      assertEquals(0, box.sys.raise(REAL_TIME)); // these queue
      assertEquals(0, box.sys.raise(Linux.SIGUSR1));
      assertEquals(0, box.sys.raise(Linux.SIGUSR1)); // these do not
      assertEquals("IN", Box.maskText(box.mask(both)));
      assertEquals("IN", Box.maskText(box.mask(other)));
      assertEquals(List.of(both + ":IN"), box.events(epoll));
      assertEquals("10/-6 14/-6 40/-6 40/-6 EAGAIN", take(both, 9));
      assertEquals("EAGAIN", take(other, 1));
      assertEquals(List.of(), box.events(epoll));
    } finally {
      assertEquals("0", mask(Linux.SIG_UNBLOCK, Linux.SIGUSR1, Linux.SIGALRM, REAL_TIME));
    }
  }

  @Test
  void signalfd_read_takesAsManyAsFit() {
    int fd = signalfd(REAL_TIME);
    assertEquals("0", mask(Linux.SIG_BLOCK, REAL_TIME));
    try {
      assertEquals("EINVAL", box.read(fd, 127));
      assertEquals("EINVAL", Box.say(box.write(fd, "x")));
      assertEquals("ENOTTY", Box.say(box.available(fd)));
      for (int i = 0; i < 3; i++) {
        box.ok(box.sys.raise(REAL_TIME));
      }
      assertEquals(256, box.readSome(fd, 383));
      assertEquals(128, box.readSome(fd, 999));
      assertEquals("EAGAIN", box.read(fd, 128));
    } finally {
      assertEquals("0", mask(Linux.SIG_UNBLOCK, REAL_TIME));
    }
  }

  @Test
  void signalfd_readOfABadRangeBehindAGoodOne_losesTheSecondSignal() {
    int fd = signalfd(REAL_TIME);
    assertEquals("0", mask(Linux.SIG_BLOCK, REAL_TIME));
    try {
      box.ok(box.sys.raise(REAL_TIME));
      box.ok(box.sys.raise(REAL_TIME));
      MemorySegment m = box.memory();
      m.set(JAVA_LONG, 0, m.address() + 32);
      m.set(JAVA_LONG, 8, 128);
      m.set(JAVA_LONG, 16, 64); // where no memory is
      m.set(JAVA_LONG, 24, 128);
      assertEquals("128", Box.say(box.sys.readv(fd, m.address(), 2)));
      assertEquals("EAGAIN", box.read(fd, 128));
    } finally {
      assertEquals("0", mask(Linux.SIG_UNBLOCK, REAL_TIME));
    }
  }

  @Test
  void signalfd_givenAnotherSet_takesThoseFromThenOn() {
    int fd = signalfd(Linux.SIGUSR1);
    int epoll = box.epoll();
    assertEquals("0", mask(Linux.SIG_BLOCK, Linux.SIGALRM));
    try {
      box.ok(box.sys.raise(Linux.SIGALRM));
      box.ok(box.add(epoll, fd, Linux.EPOLLIN | Linux.EPOLLET));
      assertEquals(List.of(), box.events(epoll));
      SignalSet alarm = SignalSet.of(Linux.SIGALRM);
      assertEquals(fd, box.sys.signalfd(fd, alarm.address(), 0));
      assertEquals(List.of(fd + ":IN"), box.events(epoll));
      assertEquals("14/-6 ", take(fd, 1));
    } finally {
      assertEquals("0", mask(Linux.SIG_UNBLOCK, Linux.SIGALRM));
    }
  }

  @Test
  void signalCalls_wrongArguments_areErrors() {
    long set = SignalSet.of(Linux.SIGUSR1).address();
    assertEquals("EINVAL", Box.say(box.sys.signalfd(-1, set, 1)));
    assertEquals("EINVAL", Box.say(box.sys.signalfd(box.eventfd(0), set, 0)));
    assertEquals("EBADF", Box.say(box.sys.signalfd(9_999, set, 0)));
    assertEquals("EFAULT", Box.say(box.sys.signalfd(-1, 64, 1)));
    assertEquals("EINVAL", Box.say(box.sys.pthreadSigmask(9, set, 0)));
    assertEquals("0", Box.say(box.sys.pthreadSigmask(9, 0, 0)));
    assertEquals("EINVAL", Box.say(box.sys.raise(65)));
    assertEquals("EINVAL", Box.say(box.sys.raise(-1)));
    MemorySegment m = box.memory();
    long before = blocked();
    assertEquals("0", mask(Linux.SIG_BLOCK, Linux.SIGKILL, Linux.SIGSTOP, 32, 33));
    assertEquals(before, blocked());
    assertEquals("0", mask(Linux.SIG_BLOCK, Linux.SIGUSR1));
    assertEquals(before | 1L << (Linux.SIGUSR1 - 1), blocked());
    m.set(JAVA_LONG, 0, before);
    assertEquals(0, box.sys.pthreadSigmask(Linux.SIG_SETMASK, m.address(), 0));
    assertEquals(before, blocked());
    assertEquals(0, box.sys.raise(Linux.SIGWINCH)); // nobody minds
  }

  private long blocked() {
    MemorySegment m = box.memory();
    box.ok(box.sys.pthreadSigmask(Linux.SIG_BLOCK, 0, m.address() + 128));
    return m.get(JAVA_LONG, 128);
  }

  // ---- processes

  /** A process that does nothing. */
  abstract int startProcess() throws IOException;

  /** Ends it, and has its parent take note. */
  abstract void endProcess(int pid) throws InterruptedException;

  @Test
  void pidfd_whenTheProcessEnds_isReadable() throws Exception {
    int pid = startProcess();
    int fd = box.keep(box.sys.pidfdOpen(pid, Linux.O_NONBLOCK));
    int epoll = box.epoll();
    box.ok(box.add(epoll, fd, Linux.EPOLLIN));
    assertEquals("0", Box.maskText(box.mask(fd)));
    assertEquals(List.of(), box.events(epoll));
    assertEquals(Linux.FD_CLOEXEC, box.sys.fcntl(fd, Linux.F_GETFD, 0));
    assertEquals("EINVAL", box.read(fd, 9));
    assertEquals("EINVAL", Box.say(box.write(fd, "x")));
    endProcess(pid);
    assertEquals("IN|HUP", Box.maskText(box.awaitMask(fd, Linux.POLLIN | Linux.POLLHUP)));
    assertEquals(List.of(fd + ":IN|HUP"), box.events(epoll));
    assertEquals("ESRCH", Box.say(box.sys.pidfdOpen(pid, 0)));
  }

  @Test
  void pidfd_wrongArguments_areErrors() {
    assertEquals("EINVAL", Box.say(box.sys.pidfdOpen(0, 0)));
    assertEquals("EINVAL", Box.say(box.sys.pidfdOpen(-1, 0)));
    assertEquals("EINVAL", Box.say(box.sys.pidfdOpen(1, 1)));
    assertEquals("ESRCH", Box.say(box.sys.pidfdOpen(Integer.MAX_VALUE, 0)));
    int fd = box.keep(box.sys.pidfdOpen(1, 0));
    assertEquals("0", Box.maskText(box.mask(fd)));
  }

  // ---- clocks

  private int timer(int clock) {
    return box.keep(box.sys.timerfdCreate(clock, Linux.TFD_NONBLOCK | Linux.TFD_CLOEXEC));
  }

  private int settime(int fd, int flags, long seconds, long nanos, long oldAddress) {
    MemorySegment m = box.memory();
    m.asSlice(0, 32).fill((byte) 0);
    m.set(JAVA_LONG, 16, seconds);
    m.set(JAVA_LONG, 24, nanos);
    return box.sys.timerfdSettime(fd, flags, m.address(), oldAddress);
  }

  @Test
  void timerfd_ofAnyClock_expires() {
    for (int clock :
        new int[] {Linux.CLOCK_REALTIME, Linux.CLOCK_MONOTONIC, Linux.CLOCK_BOOTTIME}) {
      int fd = timer(clock);
      box.ok(settime(fd, 0, 0, 1_000_000, 0));
      assertEquals("IN", Box.maskText(box.poll(fd, Linux.POLLIN, 5_000)));
      assertEquals("1", box.readLong(fd));
      box.ok(settime(fd, Linux.TFD_TIMER_ABSTIME, 1, 0, 0)); // long ago on all of them
      assertEquals("IN", Box.maskText(box.poll(fd, Linux.POLLIN, 5_000)));
    }
    for (int clock : new int[] {2, 3, 4, 5, 6, 99, -1}) {
      assertEquals("EINVAL", Box.say(box.sys.timerfdCreate(clock, 0)));
    }
  }

  @Test
  void timerfd_absoluteOnTheRealTimeClock_meansSecondsSince1970() {
    int fd = timer(Linux.CLOCK_REALTIME);
    MemorySegment m = box.memory();
    long later = 4_000_000_000L; // in 2096
    box.ok(settime(fd, Linux.TFD_TIMER_ABSTIME, later, 0, 0));
    box.ok(box.sys.timerfdGettime(fd, m.address()));
    long left = m.get(JAVA_LONG, 16);
    assertTrue(left > 1_000_000_000L && left < later - 1_700_000_000L, "left: " + left);
  }

  @Test
  void timerfd_settimeWithABadPlaceForTheOld_isArmedAllTheSame() {
    int fd = timer(Linux.CLOCK_MONOTONIC);
    assertEquals("EFAULT", Box.say(settime(fd, 0, 100, 0, 64)));
    MemorySegment m = box.memory();
    box.ok(box.sys.timerfdGettime(fd, m.address()));
    assertTrue(m.get(JAVA_LONG, 16) >= 90);
    assertEquals(0, settime(fd, 0, 200, 0, m.address() + 64));
    assertTrue(m.get(JAVA_LONG, 80) >= 90, "the old one");
    assertEquals("EFAULT", Box.say(box.sys.timerfdSettime(fd, -1, 64, 0)));
    assertEquals("EINVAL", Box.say(settime(fd, -1, 1, 0, 64)));
    assertEquals("EBADF", Box.say(settime(9_999, 0, 1, 0, 64)));
    assertEquals("EINVAL", Box.say(settime(box.eventfd(0), 0, 1, 0, 64)));
    assertEquals("EFAULT", Box.say(box.sys.timerfdGettime(fd, 64)));
  }

  // ---- pipes and ioctl

  @Test
  void pipe_resized_hasRoomForSoManyPages() {
    int[] p = box.pipe();
    assertEquals(4_096, box.sys.fcntl(p[0], Linux.F_SETPIPE_SZ, 1));
    assertEquals(4_096, box.sys.fcntl(p[1], Linux.F_GETPIPE_SZ, 0));
    assertEquals(4_096, box.fill(p[1], 4_096));
    int epoll = box.epoll();
    box.ok(box.add(epoll, p[1], Linux.EPOLLOUT | Linux.EPOLLET));
    assertEquals(List.of(), box.events(epoll));
    assertEquals(16_384, box.sys.fcntl(p[0], Linux.F_SETPIPE_SZ, 8_193));
    assertEquals(List.of(p[1] + ":OUT"), box.events(epoll));
    assertEquals(12_288, box.fill(p[1], 4_096));
    assertEquals("EBUSY", Box.say(box.sys.fcntl(p[0], Linux.F_SETPIPE_SZ, 8_192)));
    assertEquals(8_192, box.readSome(p[0], 8_192));
    assertEquals(8_192, box.sys.fcntl(p[0], Linux.F_SETPIPE_SZ, 8_192));
    assertEquals("EAGAIN", Box.say(box.write(p[1], 1)));
    assertEquals(8_192, box.drain(p[0]));
    assertEquals(4_096, box.sys.fcntl(p[0], Linux.F_SETPIPE_SZ, 0));
    assertEquals("EINVAL", Box.say(box.sys.fcntl(p[0], Linux.F_SETPIPE_SZ, -1)));
    assertEquals(1 << 20, box.sys.fcntl(p[0], Linux.F_SETPIPE_SZ, 1 << 20));
    int most = box.sys.fcntl(p[0], Linux.F_SETPIPE_SZ, 1 << 21);
    assertTrue(most == -Errno.EPERM || most == 1 << 21, "who is allowed more: " + Box.say(most));
    assertEquals("EBADF", Box.say(box.sys.fcntl(box.eventfd(0), Linux.F_SETPIPE_SZ, 1)));
  }

  @Test
  void epoll_askedByIoctl_isInvalid() {
    int epoll = box.epoll();
    assertEquals("EINVAL", Box.say(box.unacknowledged(epoll)));
    assertEquals("EINVAL", Box.say(box.available(epoll)));
    assertEquals("ENOTTY", Box.say(box.unacknowledged(box.eventfd(0))));
    assertEquals("ENOTTY", Box.say(box.unacknowledged(box.pipe()[0])));
  }

  // ---- select

  @Test
  void select_ofMoreNumbersThanThereAre_looksAtTheTableOnly() {
    int[] p = box.pipe();
    box.write(p[1], "x");
    MemorySegment m = box.sets(1 << 20);
    m.set(JAVA_LONG, p[0] / 64 * 8L, 1L << p[0]);
    m.set(JAVA_LONG, (1 << 17) - 8, -1L);
    assertEquals(1, box.sys.select(1 << 20, m.address(), 0, 0, zero()));
    assertEquals(-1L, m.get(JAVA_LONG, (1 << 17) - 8));
    assertEquals(1, box.sys.select(Integer.MAX_VALUE, m.address(), 0, 0, zero()));
    assertEquals(1L << p[0], m.get(JAVA_LONG, p[0] / 64 * 8L));
  }

  private long zero() {
    MemorySegment m = box.memory();
    m.set(JAVA_LONG, 128, 0);
    m.set(JAVA_LONG, 136, 0);
    return m.address() + 128;
  }
}

package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Every call of {@link SourceCalls} on the running kernel; epoll watches what they make. */
@ExtendWith(FdLeakCheck.class)
class SourceCallsTest {

  private static final int BOUND_MILLIS = 10_000;

  private final Workspace work = new Workspace();
  private final Sys sys = work.sys;
  private final EpollEvents events = EpollEvents.allocate(4);
  private Epoll epoll;

  @BeforeEach
  void open() throws SysException {
    epoll = Epoll.create(sys);
  }

  @AfterEach
  void close() {
    epoll.close();
    work.close();
  }

  private void expectReadable(int fd) throws SysException {
    epoll.add(fd, Linux.EPOLLIN, fd);
    assertEquals(1, epoll.await(events, BOUND_MILLIS));
    assertEquals(Linux.EPOLLIN, events.events(0) & Linux.EPOLLIN);
    assertEquals(fd, events.data(0));
  }

  private long readLong(int fd) {
    MemorySegment value = work.memory(8);
    assertEquals(8, sys.read(fd, value.address(), 8));
    return value.get(JAVA_LONG, 0);
  }

  @Test
  void eventfd_counts() throws SysException {
    int fd = work.eventfd(3);
    expectReadable(fd);
    assertEquals(3, readLong(fd));
    assertEquals(-Errno.EAGAIN, sys.read(fd, work.memory(8).address(), 8));
    int semaphore = work.own(sys.eventfd(2, Linux.EFD_SEMAPHORE | Linux.EFD_CLOEXEC));
    assertEquals(1, readLong(semaphore));
    assertEquals(-Errno.EINVAL, sys.eventfd(0, -1));
  }

  @Test
  void timerfd_expires_andTellsWhatIsLeft() throws SysException {
    int fd =
        work.own(sys.timerfdCreate(Linux.CLOCK_MONOTONIC, Linux.TFD_NONBLOCK | Linux.TFD_CLOEXEC));
    // struct itimerspec { struct timespec it_interval; struct timespec it_value; };
    MemorySegment spec = work.memory(Linux.SIZEOF_ITIMERSPEC);
    spec.set(JAVA_LONG, 16, 3600);
    assertEquals(0, sys.timerfdSettime(fd, 0, spec.address(), 0));
    MemorySegment left = work.memory(Linux.SIZEOF_ITIMERSPEC);
    assertEquals(0, sys.timerfdGettime(fd, left.address()));
    assertTrue(left.get(JAVA_LONG, 16) >= 3590, "an hour is left, more or less");
    assertEquals(-Errno.EAGAIN, sys.read(fd, left.address(), 8));
    spec.set(JAVA_LONG, 16, 0);
    spec.set(JAVA_LONG, 24, 1);
    assertEquals(0, sys.timerfdSettime(fd, 0, spec.address(), left.address()));
    assertTrue(left.get(JAVA_LONG, 16) >= 3590, "the old setting");
    expectReadable(fd);
    assertEquals(1, readLong(fd));
    assertEquals(-Errno.EINVAL, sys.timerfdCreate(9999, 0));
    assertEquals(-Errno.EINVAL, sys.timerfdGettime(epoll.fd(), left.address()));
  }

  @Test
  void signalfd_blockedSignal_isRead() throws SysException {
    SignalSet set = SignalSet.of(Linux.SIGUSR1);
    int fd = work.own(sys.signalfd(-1, set.address(), Linux.SFD_NONBLOCK | Linux.SFD_CLOEXEC));
    MemorySegment old = work.memory(Linux.SIZEOF_SIGSET);
    assertEquals(0, sys.pthreadSigmask(Linux.SIG_BLOCK, set.address(), old.address()));
    try {
      assertEquals(0, sys.raise(Linux.SIGUSR1));
      expectReadable(fd);
      MemorySegment info = work.memory(Linux.SIZEOF_SIGNALFD_SIGINFO);
      assertEquals(Linux.SIZEOF_SIGNALFD_SIGINFO, sys.read(fd, info.address(), 128));
      assertEquals(Linux.SIGUSR1, info.get(JAVA_INT, 0)); // ssi_signo
      assertEquals(ProcessHandle.current().pid(), info.get(JAVA_INT, 12)); // ssi_pid
      assertEquals(-Errno.EAGAIN, sys.read(fd, info.address(), 128));
      SignalSet other = SignalSet.of(Linux.SIGUSR2);
      assertEquals(fd, sys.signalfd(fd, other.address(), 0), "the mask is replaced");
    } finally {
      assertEquals(0, sys.pthreadSigmask(Linux.SIG_SETMASK, old.address(), 0));
    }
    assertEquals(-Errno.EINVAL, sys.pthreadSigmask(9, set.address(), 0));
    assertEquals(-Errno.EINVAL, sys.raise(9999));
    assertEquals(-Errno.EINVAL, sys.signalfd(epoll.fd(), set.address(), 0));
  }

  /** As on a glibc before 2.32, where no such function is found. */
  @Test
  void sigmask_withoutPthreadSigmask_isThisThreadsAllTheSame() throws Exception {
    long none = 0;
    SignalSet set = SignalSet.of(Linux.SIGUSR1);
    MemorySegment old = work.memory(Linux.SIZEOF_SIGSET);
    MemorySegment now = work.memory(Linux.SIZEOF_SIGSET);
    MemorySegment others = work.memory(Linux.SIZEOF_SIGSET);
    long usr1 = 1L << (Linux.SIGUSR1 - 1);
    ExecutorService other = Executors.newSingleThreadExecutor();
    other.submit(() -> {}).get(); // it is there, and inherits nothing of what follows
    assertEquals(0, LinuxSys.sigmask(none, Linux.SIG_BLOCK, set.address(), old.address()));
    try {
      assertEquals(0, sys.pthreadSigmask(Linux.SIG_BLOCK, 0, now.address()));
      assertEquals(old.get(JAVA_LONG, 0) | usr1, now.get(JAVA_LONG, 0));
      long address = others.address();
      other.submit(() -> sys.pthreadSigmask(Linux.SIG_BLOCK, 0, address)).get();
      assertEquals(0, others.get(JAVA_LONG, 0) & usr1);
    } finally {
      assertEquals(0, LinuxSys.sigmask(none, Linux.SIG_SETMASK, old.address(), 0));
      other.shutdown();
    }
    assertEquals(0, sys.pthreadSigmask(Linux.SIG_BLOCK, 0, now.address()));
    assertEquals(old.get(JAVA_LONG, 0), now.get(JAVA_LONG, 0));
    assertEquals(-Errno.EINVAL, LinuxSys.sigmask(none, 9, set.address(), 0));
  }

  @Test
  void inotify_newFile_isReported(@TempDir Path dir) throws IOException {
    int fd = work.own(sys.inotifyInit1(Linux.IN_NONBLOCK | Linux.IN_CLOEXEC));
    int watch = sys.inotifyAddWatch(fd, work.string(dir), Linux.IN_CREATE);
    assertTrue(watch > 0);
    MemorySegment event = work.memory(256);
    assertEquals(-Errno.EAGAIN, sys.read(fd, event.address(), 256));
    Files.createFile(dir.resolve("made"));
    expectReadable(fd);
    // struct inotify_event { int wd; uint32_t mask; uint32_t cookie; uint32_t len; char name[]; };
    assertTrue(sys.read(fd, event.address(), 256) > Linux.SIZEOF_INOTIFY_EVENT);
    assertEquals(watch, event.get(JAVA_INT, 0));
    assertEquals(Linux.IN_CREATE, event.get(JAVA_INT, 4));
    assertEquals("made", event.getString(Linux.SIZEOF_INOTIFY_EVENT));
    assertEquals(0, sys.inotifyRmWatch(fd, watch));
    assertEquals(Linux.SIZEOF_INOTIFY_EVENT, sys.read(fd, event.address(), 256));
    assertEquals(Linux.IN_IGNORED, event.get(JAVA_INT, 4));
    assertEquals(-Errno.EINVAL, sys.inotifyRmWatch(fd, watch));
    assertEquals(
        -Errno.ENOENT, sys.inotifyAddWatch(fd, work.string(dir.resolve("no")), Linux.IN_CREATE));
    assertEquals(-Errno.EINVAL, sys.inotifyInit1(1));
  }

  @Test
  void pidfd_processEnds_isReadable() throws Exception {
    File none = new File("/dev/null");
    Process process =
        new ProcessBuilder("sleep", "60")
            .redirectInput(none)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    try {
      int fd = work.own(sys.pidfdOpen((int) process.pid(), 0));
      epoll.add(fd, Linux.EPOLLIN, 1);
      assertEquals(0, epoll.await(events, 0), "it still runs");
      process.destroyForcibly();
      assertEquals(1, epoll.await(events, BOUND_MILLIS));
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertEquals(-Errno.EINVAL, sys.pidfdOpen(0, 0));
    assertEquals(-Errno.EINVAL, sys.pidfdOpen(1, -1));
  }

  /** A filter of a container's, or ptrace_scope, may forbid both: of this process they do not. */
  @Test
  void pidfdGetfdAndKcmp_ofThisProcess() throws Exception {
    int pid = (int) ProcessHandle.current().pid();
    int event = work.own(sys.eventfd(0, Linux.O_NONBLOCK));
    int pidfd = work.own(sys.pidfdOpen(pid, 0));
    int copy = work.own(sys.pidfdGetfd(pidfd, event, 0));
    assertTrue(copy > event);
    assertEquals(0, sys.kcmp(pid, pid, 0, event, copy)); // KCMP_FILE
    assertTrue(sys.kcmp(pid, pid, 0, event, pidfd) > 0);
    assertEquals(-Errno.EBADF, sys.pidfdGetfd(pidfd, 1 << 20, 0));
    assertEquals(-Errno.EINVAL, sys.pidfdGetfd(pidfd, event, 1));
    assertEquals(-Errno.EINVAL, sys.kcmp(pid, pid, 99, 0, 0));
  }

  @Test
  void nanoTime_neverGoesBack() {
    long last = sys.nanoTime();
    for (int i = 0; i < 1000; i++) {
      long now = sys.nanoTime();
      assertTrue(now - last >= 0);
      last = now;
    }
  }
}

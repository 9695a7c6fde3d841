package dev.pollux.poll;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.SignalSet;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What all sources have in common: how they are opened, closed, and fail to open. */
class SourceFactoriesTest {

  private final Sys sys = NativeSys.open();
  private final OpenDescriptors descriptors = new OpenDescriptors();

  @AfterEach
  void check() {
    descriptors.assertUnchanged();
  }

  /** One of the {@code open} methods. */
  interface Factory {
    EventSource open(Sys sys) throws Exception;
  }

  static Stream<Arguments> factories() {
    return Stream.of(
        factory("EventFd", EventFd::open),
        factory("EventFd semaphore", EventFd::openSemaphore),
        factory("TimerFd", TimerFd::open),
        factory("TimerFd realtime", TimerFd::openRealtime),
        factory("SignalFd", sys -> SignalFd.open(sys, Linux.SIGURG)),
        factory("ProcessFd", sys -> ProcessFd.open(sys, ProcessHandle.current().pid())),
        factory("Inotify", Inotify::open),
        factory("Pipe", Pipe::open));
  }

  private static Arguments factory(String name, Factory factory) {
    return argumentSet(name, factory);
  }

  @ParameterizedTest
  @MethodSource("factories")
  void source_opened_isNonBlockingAndCloseOnExec(Factory factory) throws Exception {
    OwnThread.run(() -> {
      EventSource source = factory.open(sys);
      try (AutoCloseable _ = (AutoCloseable) source) {
        assertEquals(Linux.FD_CLOEXEC, sys.fcntl(source.fd(), Linux.F_GETFD, 0));
        if (!(source instanceof ProcessFd)) { // cannot be read at all
          int flags = sys.fcntl(source.fd(), Linux.F_GETFL, 0);
          assertEquals(Linux.O_NONBLOCK, flags & Linux.O_NONBLOCK);
        }
      }
      return null;
    });
  }

  @ParameterizedTest
  @MethodSource("factories")
  void source_closedTwice_leavesTheNumbersNextOwnerAlone(Factory factory) throws Exception {
    OwnThread.run(() -> {
      EventSource source = factory.open(sys);
      AutoCloseable closeable = (AutoCloseable) source;
      int fd = source.fd();
      closeable.close();
      assertTrue(sys.fcntl(fd, Linux.F_GETFD, 0) < 0, "still open");
      try (EventFd successor = EventFd.open(sys)) {
        assertEquals(fd, successor.fd());
        closeable.close();
        assertTrue(sys.fcntl(fd, Linux.F_GETFD, 0) >= 0, "closed the next owner's");
        IllegalStateException e = assertThrows(IllegalStateException.class, source::fd);
        assertTrue(e.getMessage().contains("[closed]"), e.getMessage());
      }
      return null;
    });
  }

  @ParameterizedTest
  @MethodSource("factories")
  void factory_outOfDescriptors_failsAndLeaksNothing(Factory factory) throws Exception {
    OwnThread.run(() -> {
      // Once in vain before, so that all classes are loaded: that takes descriptors as well.
      failsWith(Errno.EMFILE, factory);
      failsWith(Errno.EMFILE, factory);
      return null;
    });
  }

  private void failsWith(int errno, Factory factory) throws Exception {
    failsWith(errno, factory, 0);
  }

  private void failsWith(int errno, Factory factory, int left) throws Exception {
    ((AutoCloseable) factory.open(sys)).close();
    SysException.of("warm up", -errno);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment before = arena.allocate(Linux.SIZEOF_RLIMIT, 8);
      MemorySegment limit = arena.allocate(Linux.SIZEOF_RLIMIT, 8);
      assertEquals(0, sys.getrlimit(Linux.RLIMIT_NOFILE, before.address()));
      limit.copyFrom(before);
      int lowestFree = sys.eventfd(0, 0);
      sys.close(lowestFree);
      Exception failure = null;
      limit.set(JAVA_LONG, 0, lowestFree + left);
      sys.setrlimit(Linux.RLIMIT_NOFILE, limit.address());
      try {
        factory.open(sys);
      } catch (SysException e) {
        failure = e;
      } finally {
        sys.setrlimit(Linux.RLIMIT_NOFILE, before.address());
      }
      assertTrue(failure instanceof SysException e && e.errno() == errno, "failed: " + failure);
    }
  }

  @Test
  void pipe_oneDescriptorLeft_takesNeither() throws Exception {
    // pipe2 takes both or none; the limit leaves room for one.
    failsWith(Errno.EMFILE, Pipe::open, 1);
  }

  @Test
  void standardDescriptors_haveTheirNumbers() {
    assertEquals(0, EventSource.standardInput().fd());
    assertEquals(1, EventSource.standardOutput().fd());
    assertEquals(EventSource.of(7), EventSource.of(7));
    assertThrows(IllegalArgumentException.class, () -> EventSource.of(-1));
  }

  @Test
  void signalFd_cannotBeOpened_leavesTheMaskAlone() throws Exception {
    OwnThread.run(() -> {
      String before = blocked();
      Sys faulty = FaultyKernel.without("signalfd", Errno.ENOMEM);
      SysException e = assertThrows(SysException.class, () -> SignalFd.open(faulty, Linux.SIGURG));
      assertEquals(Errno.ENOMEM, e.errno());
      assertEquals(before, blocked());
      SignalFd.open(sys, Linux.SIGURG).close();
      assertFalse(before.equals(blocked()), "the signal is blocked");
      return null;
    });
  }

  @Test
  void signalFd_endsInAnError_leavesTheMaskAlone() throws Exception {
    OwnThread.run(() -> {
      String before = blocked();
      SysProbe faulty = new SysProbe(sys);
      faulty.inject((call, _) -> {
        if (call.equals("signalfd")) {
          throw new OutOfMemoryError("by the test");
        }
        return null;
      });
      assertThrows(OutOfMemoryError.class, () -> SignalFd.open(faulty.sys(), Linux.SIGURG));
      assertEquals(before, blocked());
      return null;
    });
  }

  /** The calling thread's signal mask, in hexadecimal. */
  private static String blocked() throws Exception {
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith("SigBlk:"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void signalFd_signalThatTheMachineNeeds_isRefused() throws Exception {
    for (int signal :
        new int[] {
          0,
          -1,
          SignalSet.MAX_SIGNAL + 1,
          Linux.SIGKILL,
          Linux.SIGSTOP,
          Linux.SIGSEGV,
          Linux.SIGBUS,
          Linux.SIGFPE,
          Linux.SIGILL,
          Linux.SIGTRAP
        }) {
      String before = blocked();
      assertThrows(IllegalArgumentException.class, () -> SignalFd.open(sys, Linux.SIGURG, signal));
      assertEquals(before, blocked());
    }
    assertThrows(IllegalArgumentException.class, () -> SignalFd.open(sys));
  }

  @Test
  void signalFd_onAVirtualThread_isRefused() throws Exception {
    List<Throwable> failures = new ArrayList<>();
    Thread.ofVirtual()
        .start(() ->
            failures.add(
                assertThrows(IllegalStateException.class, () -> SignalFd.open(sys, Linux.SIGURG))))
        .join();
    assertEquals(1, failures.size());
  }

  @Test
  void processFd_kernelWithoutIt_saysWhatToDo() throws Exception {
    Sys old = FaultyKernel.without("pidfdOpen", Errno.ENOSYS);
    SysException e = assertThrows(SysException.class, () -> ProcessFd.open(old, 1));
    assertEquals(Errno.ENOSYS, e.errno());
    assertTrue(e.getMessage().contains("Linux 5.3"), e.getMessage());
    assertTrue(e.getMessage().contains("onExit"), e.getMessage());
  }

  @Test
  void processFd_noSuchProcess_fails() {
    SysException e = assertThrows(SysException.class, () -> ProcessFd.open(sys, Integer.MAX_VALUE));
    assertEquals(Errno.ESRCH, e.errno());
    assertThrows(IllegalArgumentException.class, () -> ProcessFd.open(sys, 0));
    assertThrows(IllegalArgumentException.class, () -> ProcessFd.open(sys, 1L << 32));
  }

  @Test
  void processFd_childThatHasEnded_isReadableAtOnce() throws Exception {
    Process child = new ProcessBuilder("true").start();
    assertEquals(0, ProcessStreams.closeAfter(child));
    try (ProcessFd source = ProcessFd.open(sys, child);
        SourceWatch watch = new SourceWatch(sys, Backend.EPOLL)) {
      assertEquals(child.pid(), source.pid());
      watch.expectReadable(watch.add(source, Trigger.LEVEL));
    }
  }

  @Test
  void processFd_numberOfAnEndedChildReused_isReadableAllTheSame() throws Exception {
    try (ProcessFd source = ProcessFd.open(sys, new EndedChild());
        SourceWatch watch = new SourceWatch(sys, Backend.EPOLL)) {
      assertEquals(Linux.FD_CLOEXEC, sys.fcntl(source.fd(), Linux.F_GETFD, 0));
      watch.expectReadable(watch.add(source, Trigger.LEVEL));
    }
  }

  /** A child that has ended, and whose number is another process's by now: this one's. */
  private static final class EndedChild extends Process {
    @Override
    public long pid() {
      return ProcessHandle.current().pid();
    }

    @Override
    public boolean isAlive() {
      return false;
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public int waitFor() {
      return 0;
    }

    @Override
    public int exitValue() {
      return 0;
    }

    @Override
    public void destroy() {}
  }
}

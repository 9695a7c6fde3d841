package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.BufferedReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sources by themselves, without a poller. */
class SourcesTest {

  private static final long SECOND = 1_000_000_000;

  private final Sys sys = NativeSys.open();
  private final OpenDescriptors descriptors = new OpenDescriptors();

  @AfterEach
  void check() {
    descriptors.assertUnchanged();
  }

  @Test
  void eventFd_counter_isTakenWhole() throws Exception {
    try (EventFd source = EventFd.open()) {
      assertEquals(0, source.take());
      assertTrue(source.add(3));
      source.signal();
      assertEquals(4, source.take());
      assertEquals(0, source.take());
    }
  }

  @Test
  void eventFd_semaphore_isTakenOneByOne() throws Exception {
    try (EventFd source = EventFd.openSemaphore()) {
      source.add(2);
      assertEquals(1, source.take());
      assertEquals(1, source.take());
      assertEquals(0, source.take());
    }
  }

  @Test
  void eventFd_atItsMaximum_addsNoMore() throws Exception {
    try (EventFd source = EventFd.open(sys)) {
      assertTrue(source.add(Long.MAX_VALUE));
      assertTrue(source.add(Long.MAX_VALUE));
      assertFalse(source.add(1));
      source.signal();
      assertEquals("18446744073709551614", Long.toUnsignedString(source.take())); // 2^64 - 2
      assertThrows(IllegalArgumentException.class, () -> source.add(0));
      assertThrows(IllegalArgumentException.class, () -> source.add(-1));
    }
  }

  @Test
  void eventFd_afterClose_fails() throws Exception {
    EventFd source = EventFd.open(sys);
    source.close();
    assertThrows(IllegalStateException.class, source::signal);
    assertThrows(IllegalStateException.class, source::take);
  }

  @Test
  void timer_remaining_isWithinWhatWasArmed() throws Exception {
    try (TimerFd source = TimerFd.open()) {
      assertEquals(0, source.remainingNanos());
      source.arm(1000 * SECOND + 5);
      long remaining = source.remainingNanos();
      assertTrue(remaining > 0 && remaining <= 1000 * SECOND + 5, "remaining " + remaining);
      assertTrue(source.remainingNanos() <= remaining);
      source.armAt(sys.nanoTime() + 2000 * SECOND);
      assertTrue(source.remainingNanos() > 1000 * SECOND + 5);
      source.armEvery(3000 * SECOND, SECOND);
      assertTrue(source.remainingNanos() > 2000 * SECOND);
      source.disarm();
      assertEquals(0, source.remainingNanos());
      source.disarm();
    }
  }

  /** The origin of nanoTime is no promise. */
  @Test
  void timer_deadlineOfAClockWithAnotherOrigin_isAsFarAway() throws Exception {
    SysProbe shifted = new SysProbe(sys);
    for (long origin : new long[] {1_000_000 * SECOND, -1_000_000 * SECOND}) {
      shifted.inject(
          (call, _) -> call.equals("nanoTime") ? (Object) (sys.nanoTime() - origin) : null);
      try (TimerFd source = TimerFd.open(shifted.sys())) {
        source.armAt(shifted.sys().nanoTime() + 1000 * SECOND);
        long remaining = source.remainingNanos();
        assertTrue(remaining > 0 && remaining <= 1000 * SECOND, "remaining " + remaining);
      }
    }
  }

  @Test
  void timer_interval_mustBePositive() throws Exception {
    try (TimerFd source = TimerFd.open(sys)) {
      assertThrows(IllegalArgumentException.class, () -> source.armEvery(0, 0));
      source.arm(Long.MAX_VALUE); // 292 years
      assertTrue(source.remainingNanos() > Long.MAX_VALUE / 2);
    }
  }

  @Test
  void timer_armedAgain_forgetsWhatExpired() throws Exception {
    try (TimerFd source = TimerFd.open(sys);
        SourceWatch watch = new SourceWatch(sys, Backend.EPOLL)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      source.arm(0);
      watch.expectReadable(registration);
      source.arm(1000 * SECOND);
      watch.expectNothing();
      assertEquals(0, source.takeExpirations());
    }
  }

  @Test
  void timer_realtime_followsTheWallClock() throws Exception {
    try (TimerFd source = TimerFd.openRealtime();
        SourceWatch watch = new SourceWatch(sys, Backend.EPOLL)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      long deadline = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) + SECOND / 100;
      source.armAt(deadline);
      watch.expectReadable(registration);
      assertTrue(ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) >= deadline, "early");
      assertEquals(1, source.takeExpirations());
      source.armAt(0); // 1970
      watch.expectReadable(registration);
      source.arm(0);
      watch.expectReadable(registration);
    }
  }

  @Test
  void inotify_renaming_isPairedByACookie(@TempDir Path dir) throws Exception {
    Files.createFile(dir.resolve("a"));
    try (Inotify source = Inotify.open()) {
      source.watch(dir, Linux.IN_MOVED_FROM | Linux.IN_MOVED_TO);
      Files.move(dir.resolve("a"), dir.resolve("b"));
      FileEvent from = source.take();
      FileEvent to = source.take();
      assertNotNull(from);
      assertNotNull(to);
      assertTrue(from.is(Linux.IN_MOVED_FROM) && to.is(Linux.IN_MOVED_TO));
      assertTrue(from.is(Linux.IN_MOVED_FROM | Linux.IN_CREATE), "one of several");
      assertEquals("a", from.name());
      assertEquals("b", to.name());
      assertNotEquals(0, from.cookie());
      assertEquals(from.cookie(), to.cookie());
      assertNull(source.take());
    }
  }

  @Test
  void inotify_longNamesBeyondTheBuffer_allTaken(@TempDir Path dir) throws Exception {
    try (Inotify source = Inotify.open(sys)) {
      int watch = source.watch(dir, Linux.IN_CREATE);
      for (int i = 100; i < 200; i++) { // 100 * 272 bytes: more than one read
        Files.createDirectory(dir.resolve(i + "x".repeat(252)));
      }
      for (int i = 100; i < 200; i++) {
        FileEvent event = source.take();
        assertNotNull(event);
        assertEquals(i + "x".repeat(252), event.name());
        assertEquals(watch, event.watch());
        assertTrue(event.isDirectory());
      }
      assertNull(source.take());
    }
  }

  @Test
  void inotify_unwatched_saysSoAndIsSilent(@TempDir Path dir) throws Exception {
    try (Inotify source = Inotify.open(sys)) {
      int first = source.watch(dir, Linux.IN_CREATE);
      assertEquals(first, source.watch(dir, Linux.IN_CREATE | Linux.IN_DELETE));
      source.unwatch(first);
      source.unwatch(first);
      Files.createFile(dir.resolve("file"));
      FileEvent event = source.take();
      assertNotNull(event);
      assertTrue(event.isIgnored());
      assertEquals("", event.name());
      assertNull(source.take());
    }
  }

  @Test
  void inotify_queueFull_reportsTheOverflow(@TempDir Path dir) throws Exception {
    Path file = Files.createFile(dir.resolve("file"));
    int max;
    // Not Files.readString, which reads one byte of such a file and is told that this was all.
    try (BufferedReader limit =
        Files.newBufferedReader(Path.of("/proc/sys/fs/inotify/max_queued_events"))) {
      max = Integer.parseInt(limit.readLine());
    }
    try (Inotify source = Inotify.open(sys);
        Arena arena = Arena.ofConfined()) {
      source.watch(file, Linux.IN_OPEN | Linux.IN_CLOSE_NOWRITE);
      MemorySegment path = arena.allocateFrom(file.toString());
      for (int i = 0; i <= max / 2; i++) { // two events each, which differ and do not merge
        sys.close(SysException.check("open", sys.open(path.address(), Linux.O_RDONLY, 0)));
      }
      FileEvent last = null;
      int count = 0;
      for (FileEvent event = source.take(); event != null; event = source.take()) {
        assertFalse(last != null && last.isOverflow(), "the overflow is the last");
        last = event;
        count++;
      }
      assertEquals(max + 1, count);
      assertNotNull(last);
      assertTrue(last.isOverflow(), last.toString());
      assertEquals(-1, last.watch());
    }
  }

  @Test
  void inotify_wrongPathOrMask_fails(@TempDir Path dir) throws Exception {
    try (Inotify source = Inotify.open(sys)) {
      Path missing = dir.resolve("missing");
      SysException e =
          assertThrows(SysException.class, () -> source.watch(missing, Linux.IN_CREATE));
      assertEquals(Errno.ENOENT, e.errno());
      assertTrue(e.getMessage().contains(missing.toString()), e.getMessage());
      assertEquals(
          Errno.EINVAL, assertThrows(SysException.class, () -> source.watch(dir, 0)).errno());
      assertTrue(source.watch(Path.of(""), Linux.IN_CREATE) > 0, "the working directory");
    }
  }

  @Test
  void inotify_pathOfAnotherFileSystem_isRefused() throws Exception {
    try (Inotify source = Inotify.open(sys)) {
      Path module = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/");
      assertThrows(IllegalArgumentException.class, () -> source.watch(module, Linux.IN_CREATE));
    }
  }

  @Test
  void inotify_pathBeyondAscii_isWatched(@TempDir Path dir) throws Exception {
    Path folder = Files.createDirectory(dir.resolve("näme"));
    try (Inotify source = Inotify.open(sys)) {
      assertTrue(source.watch(folder, Linux.IN_CREATE) > 0);
    }
  }

  @Test
  void inotify_atALimit_namesIt(@TempDir Path dir) throws Exception {
    Sys full = FaultyKernel.without("inotifyInit1", Errno.EMFILE);
    SysException e = assertThrows(SysException.class, () -> Inotify.open(full));
    assertTrue(e.getMessage().contains("max_user_instances"), e.getMessage());
    try (Inotify source = Inotify.open(FaultyKernel.without("inotifyAddWatch", Errno.ENOSPC))) {
      e = assertThrows(SysException.class, () -> source.watch(dir, Linux.IN_CREATE));
      assertTrue(e.getMessage().contains("max_user_watches"), e.getMessage());
    }
  }

  @Test
  void inotify_afterClose_failsWithEventsInTheBuffer(@TempDir Path dir) throws Exception {
    Inotify source = Inotify.open(sys);
    source.watch(dir, Linux.IN_CREATE);
    Files.createFile(dir.resolve("a"));
    Files.createFile(dir.resolve("b"));
    assertNotNull(source.take());
    source.close();
    assertThrows(IllegalStateException.class, source::take);
    assertThrows(IllegalStateException.class, () -> source.watch(dir, Linux.IN_CREATE));
  }

  @Test
  void pipe_readEndClosed_writeMeetsIt() throws Exception {
    IoBuffer buffer = IoBuffer.allocate(1);
    try (Pipe source = Pipe.open()) {
      source.closeRead();
      source.closeRead();
      assertThrows(IllegalStateException.class, source::fd);
      assertEquals(-Errno.EPIPE, buffer.write(sys, source.writeFd()));
      source.closeWrite();
      assertThrows(IllegalStateException.class, source::writeFd);
    }
  }
}

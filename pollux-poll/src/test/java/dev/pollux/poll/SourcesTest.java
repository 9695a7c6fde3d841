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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sources by themselves, without a poller. */
class SourcesTest {

  private final Sys sys = NativeSys.open();
  private final OpenDescriptors descriptors = new OpenDescriptors();

  @AfterEach
  void check() {
    descriptors.assertUnchanged();
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
      int enough = max / 2 + 100; // two events each; two of a kind in a row would merge
      for (int i = 0; i < enough; i++) {
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

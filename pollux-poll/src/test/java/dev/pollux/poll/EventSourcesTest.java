package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.kqueue.KqueueSys;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each source becomes readable for its reason, on every backend. */
@ParameterizedClass(name = "[{0}/{1}]")
@MethodSource("machines")
class EventSourcesTest {

  private static final long MILLI = 1_000_000;

  /** Where kqueue is all there is: the sources are made of it. */
  private static final String KQUEUE_ALONE = "kqueue alone";

  private final Sys sys;
  private final Backend backend;
  private final boolean isLinux;
  private OpenDescriptors descriptors;
  private SourceWatch watch;

  EventSourcesTest(Backend backend, String kernel) {
    this.backend = backend;
    this.isLinux = !kernel.equals(KQUEUE_ALONE);
    this.sys = isLinux ? NativeSys.open() : KqueueSys.over(NativeSys.open());
  }

  static Stream<Arguments> machines() {
    return Stream.concat(
        Stream.of(Backend.values()).map(backend -> Arguments.of(backend, "native")),
        Stream.of(Backend.KQUEUE, Backend.POLL)
            .map(backend -> Arguments.of(backend, KQUEUE_ALONE)));
  }

  /** What Linux alone has, and nothing stands in for. */
  private boolean hasInotify() throws SysException {
    if (!isLinux) {
      SysException e = assertThrows(SysException.class, () -> Inotify.open(sys));
      assertEquals(Errno.ENOSYS, e.errno());
    }
    return isLinux;
  }

  @BeforeEach
  void open() throws SysException {
    descriptors = new OpenDescriptors();
    watch = new SourceWatch(sys, backend);
  }

  @AfterEach
  void close() {
    watch.close();
    descriptors.assertUnchanged();
  }

  @Test
  void eventFd_levelTrigger_readableUntilTaken() throws Exception {
    try (EventFd source = EventFd.open(sys)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      watch.expectNothing();
      source.signal();
      watch.expectReadable(registration);
      watch.expectReadable(registration);
      assertEquals(1, source.take());
      watch.expectNothing();
    }
  }

  @Test
  void eventFd_edgeTrigger_everySignalIsAnEdgeWhereArrivalsAre() throws Exception {
    try (EventFd source = EventFd.open(sys)) {
      Registration registration = watch.add(source, Trigger.EDGE);
      source.signal();
      watch.expectReadable(registration);
      watch.expectNothing();
      source.signal();
      if (watch.poller.supports(Capability.EDGE_PER_ARRIVAL)) {
        watch.expectReadable(registration);
      }
      watch.expectNothing();
      assertEquals(2, source.take());
      watch.drained(registration);
      watch.expectNothing();
      source.signal();
      watch.expectReadable(registration);
    }
  }

  @Test
  void eventFd_oneshot_silentUntilModified() throws Exception {
    try (EventFd source = EventFd.openSemaphore(sys)) {
      Registration registration = watch.add(source, Trigger.ONESHOT);
      source.add(2);
      watch.expectReadable(registration);
      source.signal();
      watch.expectNothing();
      registration.modify(Interest.READABLE);
      watch.expectReadable(registration);
      watch.expectNothing();
    }
  }

  @Test
  void eventFd_signalledByAnotherThread_endsAWait() throws Exception {
    try (EventFd source = EventFd.open(sys)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      Thread other = Thread.ofPlatform().start(() -> signal(source));
      watch.expectReadable(registration);
      other.join();
    }
  }

  private static void signal(EventFd source) {
    try {
      source.signal();
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void timer_delay_neverEarly() throws Exception {
    try (TimerFd source = TimerFd.open(sys)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      for (int i = 0; i < 20; i++) {
        long start = sys.nanoTime();
        source.arm(2 * MILLI + i);
        watch.expectReadable(registration);
        assertTrue(sys.nanoTime() - start >= 2 * MILLI + i, "expired early");
        assertEquals(1, source.takeExpirations());
        watch.expectNothing();
      }
    }
  }

  @Test
  void timer_deadline_neverEarly() throws Exception {
    try (TimerFd source = TimerFd.open(sys)) {
      Registration registration = watch.add(source, Trigger.EDGE);
      for (int i = 0; i < 20; i++) {
        long deadline = sys.nanoTime() + 2 * MILLI;
        source.armAt(deadline);
        watch.expectReadable(registration);
        assertTrue(sys.nanoTime() - deadline >= 0, "expired early");
        assertEquals(1, source.takeExpirations());
        watch.drained(registration);
      }
    }
  }

  @Test
  void timer_zeroOrPast_firesAtOnce() throws Exception {
    try (TimerFd source = TimerFd.open(sys)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      source.arm(0);
      watch.expectReadable(registration);
      source.armAt(sys.nanoTime() - MILLI);
      watch.expectReadable(registration);
      source.armEvery(0, 1_000_000 * MILLI);
      watch.expectReadable(registration);
      assertEquals(1, source.takeExpirations());
    }
  }

  @Test
  void timer_periodic_countsExpirations() throws Exception {
    try (TimerFd source = TimerFd.open(sys)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      long start = sys.nanoTime();
      source.armEvery(MILLI, MILLI);
      long count = 0;
      while (count < 10) {
        watch.expectReadable(registration);
        count += source.takeExpirations();
        assertTrue(sys.nanoTime() - start >= count * MILLI, "more expirations than time");
      }
    }
  }

  @Test
  void timer_periodicOnAnEdge_reportedOnceUntilTaken() throws Exception {
    try (TimerFd source = TimerFd.open(sys)) {
      Registration registration = watch.add(source, Trigger.EDGE);
      source.armEvery(0, MILLI);
      watch.expectReadable(registration);
      watch.expectNothingFor(5 * MILLI);
      assertTrue(source.takeExpirations() >= 5);
      watch.drained(registration);
      watch.expectReadable(registration);
    }
  }

  @Test
  void timer_disarmed_silent() throws Exception {
    try (TimerFd source = TimerFd.open(sys)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      source.arm(0);
      watch.expectReadable(registration);
      source.disarm();
      watch.expectNothing();
      assertEquals(0, source.takeExpirations());
    }
  }

  @Test
  void signal_raised_readableUntilTaken() throws Exception {
    OwnThread.run(() -> {
      try (SignalFd source = SignalFd.open(sys, Linux.SIGURG, Linux.SIGWINCH)) {
        Registration registration = watch.add(source, Trigger.EDGE);
        watch.expectNothing();
        for (int signal : new int[] {Linux.SIGURG, Linux.SIGWINCH}) {
          sys.raise(signal);
          watch.expectReadable(registration);
          SignalInfo info = source.take();
          assertNotNull(info);
          assertEquals(signal, info.signal());
          assertEquals(isLinux ? ProcessHandle.current().pid() : 0, info.pid());
          assertEquals(isLinux ? -6 : 0, info.code()); // SI_TKILL
          assertNull(source.take());
          watch.drained(registration);
          watch.expectNothing();
        }
      }
      return null;
    });
  }

  @Test
  void process_ended_readableFromThenOn() throws Exception {
    Process child =
        new ProcessBuilder("cat").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try (ProcessFd source = ProcessFd.open(sys, child);
        ProcessFd byNumber = ProcessFd.open(sys, child.pid())) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      watch.expectNothing();
      child.getOutputStream().close(); // the end of cat
      watch.expectReadable(registration);
      watch.expectReadable(registration);
      registration.remove();
      Registration once = watch.add(byNumber, Trigger.ONESHOT);
      watch.expectReadable(once);
      watch.expectNothing();
    } finally {
      ProcessStreams.closeAfter(child);
    }
  }

  /** A name is bytes; these are no text in any encoding of many bytes. */
  @Test
  void inotify_nameThatIsNoText_isWatchedAndToldByItsBytes(@TempDir Path dir) throws Exception {
    if (!hasInotify()) {
      return;
    }
    Path folder = Files.createDirectory(dir.resolve(PathBytes.name(new byte[] {'d', (byte) 0xfe})));
    Path name = PathBytes.name(new byte[] {'n', (byte) 0xff});
    try (Inotify source = Inotify.open(sys)) {
      int _ = source.watch(folder, Linux.IN_CREATE);
      Files.createFile(folder.resolve(name));
      FileEvent event = source.take();
      assertEquals(name, event.path());
      assertEquals("n\ufffd", event.name());
      assertTrue(Files.exists(folder.resolve(event.path())));
    }
  }

  @Test
  void inotify_fileCreatedModifiedDeleted_reportedInOrder(@TempDir Path dir) throws Exception {
    if (!hasInotify()) {
      return;
    }
    try (Inotify source = Inotify.open(sys)) {
      int id = source.watch(dir, Linux.IN_CREATE | Linux.IN_MODIFY | Linux.IN_DELETE);
      Registration registration = watch.add(source, Trigger.EDGE);
      watch.expectNothing();
      Path file = dir.resolve("näme");
      Files.createFile(file);
      watch.expectReadable(registration);
      assertEquals(List.of(new FileEvent(id, Linux.IN_CREATE, 0, "näme")), takeAll(source));
      watch.drained(registration);
      Files.writeString(file, "text");
      watch.expectReadable(registration);
      assertEquals(List.of(new FileEvent(id, Linux.IN_MODIFY, 0, "näme")), takeAll(source));
      watch.drained(registration);
      Files.delete(file);
      watch.expectReadable(registration);
      assertEquals(List.of(new FileEvent(id, Linux.IN_DELETE, 0, "näme")), takeAll(source));
      watch.drained(registration);
      watch.expectNothing();
    }
  }

  private static List<FileEvent> takeAll(Inotify source) throws SysException {
    List<FileEvent> all = new ArrayList<>();
    for (FileEvent event = source.take(); event != null; event = source.take()) {
      all.add(event);
    }
    return all;
  }

  @Test
  void pipe_writtenThenClosed_readableForBoth() throws Exception {
    IoBuffer buffer = IoBuffer.allocate(16);
    try (Pipe source = Pipe.open(sys)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      watch.expectNothing();
      buffer.buffer().put("abc".getBytes(StandardCharsets.US_ASCII)).flip();
      assertEquals(3, buffer.write(sys, source.writeFd()));
      watch.expectReadable(registration);
      buffer.buffer().clear();
      assertEquals(3, buffer.read(sys, source.readFd()));
      assertEquals(-Errno.EAGAIN, buffer.read(sys, source.fd()));
      watch.expectNothing();
      source.closeWrite();
      watch.expectReadable(registration);
      assertEquals(0, buffer.read(sys, source.readFd()));
    }
  }

  @Test
  void fileAndNullDevice_always_ready(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "text");
    for (String path : List.of(file.toString(), "/dev/null")) {
      int fd;
      try (Arena arena = Arena.ofConfined()) {
        int flags = Linux.O_RDWR | Linux.O_CLOEXEC;
        fd = SysException.check(path, sys.open(arena.allocateFrom(path).address(), flags, 0));
      }
      Registration registration = watch.add(EventSource.of(fd), Trigger.LEVEL);
      watch.expectReadable(registration);
      watch.expectReadable(registration);
      registration.modify(Interest.READABLE, Trigger.EDGE);
      watch.expectReadable(registration);
      watch.expectNothing();
      registration.modify(Interest.READABLE, Trigger.ONESHOT);
      watch.expectReadable(registration);
      watch.expectNothing();
      registration.remove();
      sys.close(fd);
    }
  }

  @Test
  void sources_readyTogether_eachReportedAsItself(@TempDir Path dir) throws Exception {
    if (!hasInotify()) {
      return;
    }
    try (EventFd event = EventFd.open(sys);
        TimerFd timer = TimerFd.open(sys);
        Inotify files = Inotify.open(sys);
        Pipe pipe = Pipe.open(sys)) {
      Set<EventSource> expected = Set.of(event, timer, files, pipe);
      for (EventSource source : expected) {
        watch.add(source, Trigger.ONESHOT);
      }
      event.signal();
      timer.arm(0);
      files.watch(dir, Linux.IN_CREATE);
      Files.createFile(dir.resolve("file"));
      pipe.closeWrite();
      Set<Object> seen = new HashSet<>();
      while (seen.size() < expected.size()) {
        assertTrue(watch.poller.await(watch.events, 20_000 * MILLI) > 0);
        while (watch.events.next()) {
          assertTrue(watch.events.isReadable());
          assertTrue(seen.add(watch.events.attachment()), "reported twice");
        }
      }
      assertEquals(expected, seen);
    }
  }

  @Test
  void source_closedAfterRemove_othersGoOnAndTheNumberIsNew() throws Exception {
    try (EventFd other = EventFd.open(sys)) {
      Registration stays = watch.add(other, Trigger.LEVEL);
      TimerFd timer = TimerFd.open(sys);
      int fd = timer.fd();
      Registration gone = watch.add(timer, Trigger.LEVEL);
      timer.arm(0);
      watch.expectReadable(gone);
      gone.remove();
      timer.close();
      watch.expectNothing();
      try (EventFd successor = EventFd.open(sys)) {
        assertEquals(fd, successor.fd());
        Registration fresh = watch.add(successor, Trigger.LEVEL);
        watch.expectNothing();
        timer.close(); // the number is another's now
        successor.signal();
        watch.expectReadable(fresh);
        fresh.remove();
      }
      watch.expectNothing();
      other.signal();
      watch.expectReadable(stays);
    }
  }
}

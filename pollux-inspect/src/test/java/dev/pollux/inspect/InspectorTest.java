package dev.pollux.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.BlockedLoop;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.loop.WatchdogListener;
import dev.pollux.sys.Epoll;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at this process, and at what cannot be looked at. */
class InspectorTest {

  private static final InspectOptions OPTIONS =
      InspectOptions.DEFAULT.withPause(Duration.ofMillis(10));

  private final Sys sys = NativeSys.open();
  private final long own = ProcessHandle.current().pid();

  private ProcessView look(boolean isDeep) throws Exception {
    try (Inspector inspector = Inspector.open(sys, own, OPTIONS.withDeep(isDeep))) {
      return inspector.look();
    }
  }

  /** Leaves an item without a descriptor in a set, while something is done. */
  private interface Work {
    void with(Epoll epoll, int fd) throws Exception;
  }

  private void withOrphan(Work work) throws Exception {
    try (Epoll epoll = Epoll.create(sys)) {
      int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      epoll.add(pair[0], Linux.EPOLLIN, 7);
      int copy = sys.fcntl(pair[0], Linux.F_DUPFD_CLOEXEC, 0);
      int _ = sys.close(pair[0]);
      try {
        work.with(epoll, pair[0]);
      } finally {
        int _ = sys.close(copy);
        int _ = sys.close(pair[1]);
      }
    }
  }

  @Test
  void look_showsItemsAsTheyWereAdded() throws Exception {
    try (Epoll epoll = Epoll.create(sys);
        Epoll outer = Epoll.create(sys)) {
      int event = sys.eventfd(5, Linux.O_NONBLOCK);
      int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      epoll.add(event, Linux.EPOLLIN | Linux.EPOLLET, 0x1234_5678_9abcL);
      epoll.add(pair[0], Linux.EPOLLIN | Linux.EPOLLRDHUP | Linux.EPOLLONESHOT, -1);
      outer.add(epoll.fd(), Linux.EPOLLIN, 0);
      ProcessView view = look(true);
      EpollSet set = view.epoll(epoll.fd());
      assertNotNull(set);
      assertTrue(Boolean.TRUE.equals(set.hasReady()), "the counter");
      EpollItem first = set.items().stream().filter(i -> i.fd() == event).findFirst().orElseThrow();
      assertEquals("IN edge", first.text());
      assertEquals(0x1234_5678_9abcL, first.data());
      Descriptor target = view.target(first);
      assertNotNull(target);
      assertEquals("eventfd count 5", target.text());
      EpollItem second =
          set.items().stream().filter(i -> i.fd() == pair[0]).findFirst().orElseThrow();
      assertEquals("IN|RDHUP one-shot", second.text());
      EpollSet above = view.epoll(outer.fd());
      assertNotNull(above);
      Descriptor nested = view.target(above.items().getFirst());
      assertNotNull(nested);
      assertEquals(FileKind.EPOLL, nested.kind());
      for (int fd : new int[] {event, pair[0], pair[1]}) {
        assertEquals(0, sys.close(fd));
      }
    }
  }

  @Test
  void look_takesNothingAway_andKeepsNothingOpen() throws Exception {
    try (Epoll epoll = Epoll.create(sys)) {
      int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      epoll.add(pair[0], Linux.EPOLLOUT | Linux.EPOLLET | Linux.EPOLLONESHOT, 3);
      int before = look(true).descriptors().size();
      assertEquals(before, look(true).descriptors().size());
      var events = dev.pollux.sys.EpollEvents.allocate(1);
      assertEquals(1, epoll.await(events, 0)); // its edge is still there
      assertEquals(3, events.data(0));
      assertEquals(0, sys.close(pair[0]));
      assertEquals(0, sys.close(pair[1]));
    }
  }

  @Test
  void look_atAnInstanceByTwoNumbers_showsItOnce() throws Exception {
    try (Epoll epoll = Epoll.create(sys)) {
      int event = sys.eventfd(0, Linux.O_NONBLOCK);
      epoll.add(event, Linux.EPOLLIN, 0);
      int copy = sys.fcntl(epoll.fd(), Linux.F_DUPFD_CLOEXEC, 0);
      List<Integer> seen = look(true).epolls().stream().map(EpollSet::fd).toList();
      assertTrue(seen.contains(epoll.fd()) && !seen.contains(copy), seen::toString);
      assertEquals(0, sys.close(copy));
      assertEquals(0, sys.close(event));
    }
  }

  @Test
  void look_atAPathWithBlanks_showsAllOfIt(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("a b  c");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      var _ = listener.bind(UnixDomainSocketAddress.of(path));
      List<String> texts = look(false).all().stream().map(Descriptor::text).toList();
      assertTrue(
          texts.stream().anyMatch(text -> text.startsWith("unix " + path + " listening")),
          texts::toString);
    }
  }

  /** It may be of any protocol. */
  @Test
  void look_atASocketInNoTable_doesNotSayWhatItIs() throws Exception {
    int fd = sys.socket(Linux.AF_INET, Linux.SOCK_DGRAM, 0);
    Descriptor socket = look(false).descriptor(fd);
    assertEquals(0, sys.close(fd));
    assertNotNull(socket);
    assertEquals("socket in no table", socket.text());
  }

  @Test
  void open_whatIsNoProcess_saysSo() {
    InspectException none =
        assertThrows(InspectException.class, () -> Inspector.open(sys, 999_999_999, OPTIONS));
    assertEquals("there is no process 999999999", none.getMessage());
  }

  @Test
  void look_atAProcessThatHasEnded_saysSo() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    try (Inspector inspector = Inspector.open(sys, process.pid(), OPTIONS)) {
      assertFalse(inspector.look().threads().isEmpty());
      process.destroyForcibly().waitFor();
      InspectException ended = assertThrows(InspectException.class, inspector::look);
      assertEquals("process " + process.pid() + " has ended", ended.getMessage());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Its other threads sleep in places of their own, or compile for a while. */
  @Test
  void diagnose_ofAProgramInJava_namesItsThread() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        List.of(
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            SickJava.class.getName());
    try (Zoo.Animal sick = new Zoo.Animal(command);
        Inspector inspector = Inspector.open(sys, sick.pid(), OPTIONS.withDeep(true))) {
      int epfd = sick.fact("epfd");
      long end = sys.nanoTime() + 10_000_000_000L;
      Report report = inspector.diagnose();
      while (!isLikely(report) && sys.nanoTime() < end) { // the JVM compiles at first
        report = inspector.diagnose();
      }
      Finding found = report.findings().getFirst();
      assertEquals(Disease.LOST_EDGE, found.disease());
      assertEquals(Confidence.LIKELY, found.confidence(), found::toString);
      assertEquals(List.of(sick.fact("fd")), found.fds());
      assertTrue(
          report.view().threads().stream()
              .anyMatch(each -> each.name().equals("loop-1") && each.waitsOn(epfd)));
    }
  }

  private static boolean isLikely(Report report) {
    return report.worst().filter(each -> each == Confidence.LIKELY).isPresent();
  }

  @Test
  void diagnose_ofAPipe_saysWhoHasTheOtherEnd() throws Exception {
    int[] pipe = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
    try (Epoll epoll = Epoll.create(sys);
        Inspector inspector = Inspector.open(sys, own, OPTIONS)) {
      epoll.add(pipe[0], Linux.EPOLLIN, 0);
      Descriptor read = inspector.diagnose().view().descriptor(pipe[0]);
      assertNotNull(read);
      String other = "the other is fd " + pipe[1] + " of process " + own;
      assertTrue(read.text().contains("read end, " + other), read::text);
      assertEquals(0, sys.close(pipe[1]));
      Descriptor alone = inspector.diagnose().view().descriptor(pipe[0]);
      assertNotNull(alone);
      assertTrue(alone.text().endsWith("nobody that may be seen has the other"), alone::text);
    }
    assertEquals(0, sys.close(pipe[0]));
  }

  /** As in a container; where this user may not make one, nothing is asserted but that. */
  @Test
  void look_intoANamespaceOfProcesses_saysItsOwnNumber() throws Exception {
    Process process =
        new ProcessBuilder("unshare", "-f", "-p", "--kill-child", "sleep", "60")
            .redirectErrorStream(true)
            .start();
    try {
      ProcessHandle child = awaitChild(process);
      if (child == null) {
        assertFalse(process.isAlive(), "it may not be made here, and unshare says so");
        return;
      }
      try (Inspector inspector = Inspector.open(sys, child.pid(), OPTIONS)) {
        List<String> unseen = inspector.look().unseen();
        assertTrue(
            unseen.contains("It has process numbers of its own: there it is 1."), unseen::toString);
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private @Nullable ProcessHandle awaitChild(Process process) {
    long end = sys.nanoTime() + 10_000_000_000L;
    while (process.isAlive() && sys.nanoTime() < end) {
      ProcessHandle child = process.children().findFirst().orElse(null);
      if (child != null) {
        return child;
      }
    }
    return null;
  }

  @Test
  void look_atAStoppedProcess_saysSo() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    try (Inspector inspector = Inspector.open(sys, process.pid(), OPTIONS)) {
      Process stop = new ProcessBuilder("kill", "-STOP", "" + process.pid()).start();
      assertEquals(0, stop.waitFor());
      long end = sys.nanoTime() + 10_000_000_000L;
      ProcessView view = inspector.look();
      while (!view.isStopped() && sys.nanoTime() < end) {
        view = inspector.look();
      }
      assertTrue(view.isStopped());
      assertTrue(view.unseen().getLast().startsWith("It is stopped"), view.unseen()::toString);
      assertEquals(List.of(), inspector.diagnose().findings());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void look_atTooManyItems_saysSo() throws Exception {
    List<Integer> open = new ArrayList<>();
    List<Epoll> epolls = new ArrayList<>();
    try {
      int event = sys.eventfd(0, 0);
      open.add(event);
      for (int i = 0; i < 2_000; i++) {
        open.add(sys.fcntl(event, Linux.F_DUPFD_CLOEXEC, 0));
      }
      while (epolls.size() * open.size() <= Inspector.MOST_ITEMS) {
        Epoll epoll = Epoll.create(sys);
        epolls.add(epoll);
        for (int fd : open) {
          epoll.add(fd, Linux.EPOLLIN, 0);
        }
      }
      InspectException many = assertThrows(InspectException.class, () -> look(false));
      assertTrue(many.getMessage().contains("more than 100000 items"), many::getMessage);
    } finally {
      epolls.forEach(Epoll::close);
      open.forEach(sys::close);
    }
  }

  @Test
  void listener_ofAWatchdog_hearsWhatTheKernelHolds() throws Exception {
    withOrphan((_, fd) -> {
      List<Finding> found = new ArrayList<>();
      WatchdogListener logging = WatchdogListener.logging();
      InspectingListener listener = new InspectingListener(logging, sys, found::add);
      try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT)) {
        listener.blocked(new BlockedLoop(loop, "a handler", fd, 1, "main", List.of()));
      }
      boolean isFound =
          found.stream()
              .anyMatch(each -> each.disease() == Disease.ORPHAN && each.fds().contains(fd));
      assertTrue(isFound, found::toString);
    });
  }

  @Test
  void diagnose_whileARecordingRuns_isAnEventForEachFinding(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("recording.jfr");
    withOrphan((_, fd) -> {
      try (Recording recording = new Recording();
          Inspector inspector = Inspector.open(sys, own, OPTIONS)) {
        recording.enable("dev.pollux.Finding");
        recording.start();
        assertFalse(inspector.diagnose().findings().isEmpty());
        recording.stop();
        recording.dump(file);
      }
      boolean isThere =
          RecordingFile.readAllEvents(file).stream()
              .anyMatch(event ->
                  event.getString("disease").equals("orphan")
                      && event.getString("subject").startsWith("fd " + fd + " "));
      assertTrue(isThere);
      assertTrue(Files.size(file) > 0);
    });
  }
}

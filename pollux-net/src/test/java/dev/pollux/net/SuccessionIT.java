package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.guide.RestartableChild;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.SuccessorChild.Letter;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener that goes from one process to the next, and descriptors given at the start. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SuccessionIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300); // for what cannot come
  private static final int CLIENTS = 3;
  private static final int ENOUGH = 200;

  @TempDir Path directory;

  private static UnixAddress place(String name) {
    return UnixAddress.abstractName("pollux-heir-" + name + ProcessHandle.current().pid());
  }

  private static ServerOptions anywhere() {
    return ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Peers that come one after the other, as fast as they can, and what became of them. */
  private static final class Load implements AutoCloseable {
    final AtomicInteger first = new AtomicInteger();
    final AtomicInteger second = new AtomicInteger();
    final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Load(InetSocketAddress target) {
      for (int i = 0; i < CLIENTS; i++) {
        threads.add(Thread.ofPlatform().daemon().start(() -> run(target)));
      }
    }

    private void run(InetSocketAddress target) {
      while (!over.get()) {
        try (Socket socket = new Socket(target.getAddress(), target.getPort())) {
          int letter = socket.getInputStream().read();
          AtomicInteger count = letter == 'A' ? first : letter == 'B' ? second : null;
          if (count == null || socket.getInputStream().read() >= 0) {
            failures.add("read " + letter);
          } else {
            count.incrementAndGet();
          }
        } catch (IOException e) {
          failures.add(e.toString());
        }
      }
    }

    /** Nobody comes any more. */
    void stop() {
      over.set(true);
      for (Thread each : threads) {
        Deadline.forThe("end of a client").await(() -> !each.isAlive());
      }
    }

    @Override
    public void close() {
      stop();
    }
  }

  @Test
  void listener_handedToAnotherProcessUnderLoad_refusesAndLosesNobody() throws Exception {
    UnixAddress at = place("load");
    AtomicBoolean succeeded = new AtomicBoolean();
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        Server server = Server.start(loops, anywhere(), _ -> new Letter("A"));
        Succession offered =
            Succession.offer(
                loops.loops().getFirst(), at, List.of(server), () -> succeeded.set(true));
        Load load = new Load((InetSocketAddress) server.address())) {
      assertNotNull(offered);
      Deadline.forThe("load on the first").await(() -> load.first.get() > ENOUGH);
      Process child = ChildJvm.start(SuccessorChild.class, at.name());
      try (var output = child.inputReader()) {
        assertEquals("ready at " + server.address(), output.readLine());
        Deadline.forThe("load on the second").await(() -> load.second.get() > ENOUGH);
        assertTrue(succeeded.get());
        Deadline.forThe("end of the first").await(server::isFinished);
        int whole = load.first.get();
        int reached = load.second.get() + ENOUGH;
        Deadline.forThe("more load").await(() -> load.second.get() > reached);
        assertEquals(whole, load.first.get());
        load.stop();
        assertEquals(List.of(), List.copyOf(load.failures));
        child.getOutputStream().close();
        assertTrue(child.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, child.exitValue());
      } finally {
        child.destroyForcibly();
      }
    }
  }

  /** The program of the guide, twice. */
  @Test
  void predecessorsProcess_ends() throws Exception {
    String at = place("guide").name();
    Process first = ChildJvm.start(RestartableChild.class, at);
    try (var told = first.inputReader()) {
      String serving = told.readLine();
      assertTrue(serving.startsWith("serving at "), serving);
      Process second = ChildJvm.start(RestartableChild.class, at);
      try (var toldToo = second.inputReader()) {
        assertEquals(serving, toldToo.readLine());
        assertEquals("over", told.readLine());
        assertTrue(first.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, first.exitValue());
        assertTrue(second.isAlive());
      } finally {
        second.destroyForcibly();
      }
    } finally {
      first.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void successors_oneAfterTheOther_takeThePlace_andClaimsThatFailChangeNothing(String kernel)
      throws Exception {
    UnixAddress at = place("chain-" + kernel);
    try (NetBox box = NetBox.on(kernel)) {
      assertNull(Inheritance.claim(box.sys, at, PATIENCE));
      Server[] server = {Server.start(box.group, anywhere(), _ -> new Letter("A"))};
      for (int i = 0; i < 3; i++) {
        Server now = server[0];
        AtomicBoolean succeeded = new AtomicBoolean();
        Succession offered =
            Succession.offer(box.loop, at, List.of(now), () -> succeeded.set(true));
        try (Inheritance gaveUp = Inheritance.claim(box.sys, at, PATIENCE)) {
          assertNotNull(gaveUp);
        }
        try (Inheritance given = claimAgain(box.sys, at)) {
          server[0] =
              Server.start(
                  box.group,
                  ServerOptions.on(given.descriptors().getFirst()),
                  _ -> new Letter("A"));
          assertEquals(now.address(), server[0].address());
          assertTrue(given.ready(List.of(server[0])));
        }
        NetBox.until("stopped", now::isFinished);
        assertTrue(succeeded.get());
        offered.close();
        now.close();
      }
      server[0].close();
    }
  }

  /** The place is for one at a time: who gave up is there until the loop has seen it go. */
  private static Inheritance claimAgain(Sys sys, UnixAddress at) {
    Inheritance[] given = new Inheritance[1];
    NetBox.until(
        "claimed",
        () -> {
          try {
            given[0] = Inheritance.claim(sys, at, PATIENCE);
            return given[0] != null;
          } catch (SysException e) {
            return false;
          }
        });
    return given[0];
  }

  @Test
  void pathOfAServerThatWasHandedOver_staysTheSuccessors() throws Exception {
    try (NetBox box = NetBox.on("model")) {
      UnixAddress path = UnixAddress.path("/served");
      Server first = Server.start(box.group, ServerOptions.at(path), _ -> new Letter("A"));
      Succession offered = Succession.offer(box.loop, place("path"), List.of(first), () -> {});
      Inheritance given = Inheritance.claim(box.sys, place("path"), PATIENCE);
      assertNotNull(given);
      Server second =
          Server.start(
              box.group, ServerOptions.on(given.descriptors().getFirst()), _ -> new Letter("B"));
      assertTrue(given.ready(List.of(second)));
      given.close();
      first.close();
      offered.close();
      int fd = Sockets.connecting(box.sys, path);
      assertEquals(path, second.address());
      assertEquals(0, box.sys.close(fd));
      second.close();
    }
  }

  // ---- what does not come about, and what does

  /** Holds a loop until the latch opens. */
  private static void block(EventLoop loop, CountDownLatch go) {
    CountDownLatch held = new CountDownLatch(1);
    loop.execute(() -> {
      held.countDown();
      await(go);
    });
    await(held);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Inheritance claim(NetBox box, UnixAddress at, Duration atMost)
      throws SysException {
    return Objects.requireNonNull(Inheritance.claim(box.sys, at, atMost));
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void successionThatFailed_leavesThePredecessorAsItWas(String kernel) throws Exception {
    UnixAddress at = place("late-" + kernel);
    AtomicBoolean succeeded = new AtomicBoolean();
    try (NetBox box = NetBox.on(kernel);
        Server server = Server.start(box.group, anywhere(), _ -> new Letter("A"));
        Succession _ = Succession.offer(box.loop, at, List.of(server), () -> succeeded.set(true))) {
      CountDownLatch go = new CountDownLatch(1);
      try (Inheritance given = claim(box, at, SHORT)) {
        block(box.loop, go);
        SysException late = assertThrows(SysException.class, () -> given.ready(List.of()));
        assertEquals(Errno.ETIMEDOUT, late.errno());
      }
      go.countDown();
      try (Inheritance next = claimAgain(box.sys, at)) {
        assertFalse(succeeded.get());
        assertFalse(server.stopped().isDone());
        assertTrue(next.ready(List.of()));
      }
      NetBox.until("stopped", server::isFinished);
      assertTrue(succeeded.get());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void claimantThatHangs_makesWay_butNotOnceItWasAgreedWith(String kernel) throws Exception {
    UnixAddress at = place("hangs-" + kernel);
    try (NetBox box = NetBox.on(kernel);
        Server server = Server.start(box.group, anywhere(), _ -> new Letter("A"))) {
      Succession offered = Succession.offer(box.loop, at, List.of(server), () -> {});
      try (Inheritance hangs = claim(box, at, PATIENCE);
          Inheritance second = claim(box, at, PATIENCE)) {
        assertThrows(SysException.class, () -> hangs.ready(List.of()));
        assertEquals(1, second.descriptors().size());
      }
      Raw raw = new Raw(box.sys, Sockets.connecting(box.sys, at));
      raw.write(new String(new char[] {(char) Succession.READY}));
      NetBox.until("agreed", () -> raw.read().text().endsWith("" + (char) Succession.AGREED));
      SysException busy =
          assertThrows(SysException.class, () -> Inheritance.claim(box.sys, at, PATIENCE));
      assertEquals(Errno.EBUSY, busy.errno());
      offered.close();
      NetBox.until("turned away", () -> raw.read().isOver());
      raw.close();
      assertFalse(server.stopped().isDone());
      assertNull(Inheritance.claim(box.sys, at, PATIENCE));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void ready_saysWhetherEveryLoopHasStoppedToAccept(String kernel) throws Exception {
    UnixAddress at = place("deaf-" + kernel);
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel);
        LoopGroup others = LoopGroup.start(box.sys, 2, LoopOptions.DEFAULT);
        Server server = Server.start(others, anywhere(), _ -> new Letter("A"));
        Succession _ = Succession.offer(box.loop, at, List.of(server), () -> {})) {
      try (Inheritance given = claim(box, at, SHORT)) {
        block(others.loops().get(1), go);
        assertFalse(given.ready(List.of()), "one of its loops has not heard of it");
      } finally {
        go.countDown();
      }
      NetBox.until("stopped", server::isFinished);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void pathThatWasInherited_isRemovedByItsLastServer(String kernel) throws Exception {
    UnixAddress at = place("last-" + kernel);
    try (NetBox box = NetBox.on(kernel)) {
      UnixAddress path =
          UnixAddress.path(kernel.equals("model") ? "/last" : directory.resolve("last").toString());
      Server server = Server.start(box.group, ServerOptions.at(path), _ -> new Letter("A"));
      for (int i = 0; i < 3; i++) {
        Server before = server;
        Succession offered = Succession.offer(box.loop, at, List.of(before), () -> {});
        try (Inheritance unready = claim(box, at, PATIENCE)) { // one that gives up leaves the path
          Server.start(box.group, on(unready), _ -> new Letter("B")).close();
        }
        try (Inheritance given = claim(box, at, PATIENCE)) {
          server = Server.start(box.group, on(given), _ -> new Letter("B"));
          assertTrue(given.ready(List.of(server)));
        }
        before.close();
        offered.close();
        assertEquals(0, box.sys.close(Sockets.connecting(box.sys, path)));
      }
      server.close();
      Server.start(box.group, ServerOptions.at(path), _ -> new Letter("C")).close();
    }
  }

  private static ServerOptions on(Inheritance given) {
    return ServerOptions.on(given.descriptors().getFirst());
  }

  @Test
  void serverWithAListenerForEachLoop_isNotHandedOver() throws Exception {
    try (LoopGroup loops = LoopGroup.start(2, LoopOptions.DEFAULT);
        Server server =
            Server.start(
                loops, anywhere().withAcceptMode(AcceptMode.REUSEPORT), _ -> new Letter("A"))) {
      List<Server> both = List.of(server);
      assertThrows(
          UnsupportedOperationException.class,
          () -> Succession.offer(loops.loops().getFirst(), place("many"), both, () -> {}));
    }
  }

  // ---- descriptors given at the start

  private static List<ListenFds> given(Sys sys, String pid, String count, String names)
      throws SysException {
    return ListenFds.of(
        sys, Map.of("LISTEN_PID", pid, "LISTEN_FDS", count, "LISTEN_FDNAMES", names), 77);
  }

  @Test
  void listenFds_areThoseOfThisProcess_withTheirNames() throws Exception {
    SysProbe probe = new SysProbe(NativeSys.open());
    List<String> calls = new ArrayList<>();
    probe.inject((call, arguments) -> {
      calls.add(call + " " + List.of(arguments));
      return 0;
    });
    Sys sys = probe.sys();
    assertEquals(
        List.of(new ListenFds(3, "web"), new ListenFds(4, "unknown"), new ListenFds(5, "unknown")),
        given(sys, "77", "3", "web:"));
    String cloexec = Linux.F_SETFD + ", " + Linux.FD_CLOEXEC;
    assertEquals(
        List.of(
            "fcntl [3, " + cloexec + "]",
            "fcntl [4, " + cloexec + "]",
            "fcntl [5, " + cloexec + "]"),
        calls);
    assertEquals(List.of(), given(sys, "78", "3", "web")); // another process's
    assertEquals(List.of(), ListenFds.of(sys, Map.of()));
    assertEquals(List.of(), given(sys, "77", "0", ""));
    for (String wrong : List.of("many", "-1", "99999", "")) {
      assertThrows(IllegalArgumentException.class, () -> given(sys, "77", wrong, ""));
    }
    probe.inject((_, _) -> -Errno.EBADF);
    SysException shut = assertThrows(SysException.class, () -> given(sys, "77", "1", ""));
    assertEquals(Errno.EBADF, shut.errno());
  }
}

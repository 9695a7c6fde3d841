package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener that goes from one process to the next, and descriptors given at the start. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SuccessionIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CLIENTS = 3;
  private static final int ENOUGH = 200;

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
      Process child = successor(at);
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

  private static Process successor(UnixAddress at) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            SuccessorChild.class.getName(),
            at.name())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
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
          given.ready();
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
      given.ready();
      given.close();
      first.close();
      offered.close();
      int fd = Sockets.connecting(box.sys, path);
      assertEquals(path, second.address());
      assertEquals(0, box.sys.close(fd));
      second.close();
    }
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

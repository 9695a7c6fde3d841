package dev.pollux.http;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.loop.LoopStats;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionObserver;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

/**
 * A server on a loop that the test turns by hand, on a kernel or the model of one, by each backend,
 * and clients by system calls alone. The clock is the test's, and stands still but for {@link
 * #pass}. At the end: no descriptor, timer or connection is left.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class HostCase {

  static final long MILLI = 1_000_000; // nanoseconds
  static final long SECOND = 1_000_000_000; // nanoseconds
  static final String PING = "GET /ping HTTP/1.1¶Host: a¶¶";

  static final Fault NO_FAULT = (_, _) -> null;

  private static final long STEP = 200 * MILLI;
  private static final long LOOK_AGAIN_NANOS = 20_000; // 0.02 ms
  private static final long DEADLINE_NANOS =
      Integer.getInteger("pollux.tests.deadline", 10) * SECOND;
  private static final int QUIET_TURNS = 4;
  private static final int PINGS = 4;

  /** What one run of the cases runs on. */
  record Setup(boolean model, Backend backend, Trigger trigger) {

    /** Each backend on the kernel, in both ways; and the model. */
    static Stream<Setup> all() {
      Setup ofModel = new Setup(true, Backend.EPOLL, Trigger.LEVEL);
      return Stream.concat(natives(), Stream.of(ofModel));
    }

    /** The model, by each backend. */
    static Stream<Setup> models() {
      return Arrays.stream(Backend.values())
          .map(backend -> new Setup(true, backend, Trigger.LEVEL));
    }

    private static Stream<Setup> natives() {
      return Arrays.stream(Backend.values())
          .flatMap(backend ->
              Stream.of(Trigger.LEVEL, Trigger.EDGE)
                  .map(trigger -> new Setup(false, backend, trigger)));
    }

    @Override
    public String toString() {
      String kernel = model ? "model" : "native";
      return trigger.name().toLowerCase(Locale.ROOT) + ", " + backend.label() + "/" + kernel;
    }
  }

  /** Answers a call in the kernel's place, or returns null to pass it on. */
  interface Fault {
    @Nullable Object answer(String call, Object[] arguments);
  }

  @Parameter Setup setup;

  Sys sys; // the tests', without faults
  Sys servers; // the server's
  EventLoop loop;
  Server server;
  ServerOptions options;
  Fault fault = NO_FAULT;
  final List<String> reported = new ArrayList<>();
  final List<CloseCause> causes = new ArrayList<>(); // of connections that are over
  private final Map<String, Integer> calls = new HashMap<>();
  private final List<HostPeer> peers = new ArrayList<>();
  @Nullable ModelSys model;
  private Map<Integer, String> openBefore;
  private @Nullable HostPeer other;
  private long now;

  @BeforeEach
  void openLoop() throws SysException {
    model = setup.model() ? ModelSys.virtual(1, Faults.none()) : null;
    sys = model == null ? NativeSys.open() : model;
    openBefore = openDescriptors();
    now = sys.nanoTime();
    servers =
        (Sys)
            Proxy.newProxyInstance(
                Sys.class.getClassLoader(),
                new Class<?>[] {Sys.class},
                (_, method, arguments) -> call(method, arguments));
    LoopOptions like =
        LoopOptions.DEFAULT
            .withBackend(setup.backend())
            .withErrorHandler((_, what, thrown) -> reported.add(what + ": " + thrown));
    loop = EventLoop.open(servers, like);
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    ConnectionObserver noting =
        new ConnectionObserver() {
          @Override
          public void closed(Connection connection, CloseCause cause) {
            causes.add(cause);
          }
        };
    options =
        ServerOptions.at(any)
            .withConnection(
                ConnectionOptions.DEFAULT.withTrigger(setup.trigger()).withObserver(noting));
  }

  private Object call(Method method, Object @Nullable [] arguments) throws Throwable {
    String name = method.getName();
    int _ = calls.merge(name, 1, Integer::sum);
    Object answer = name.equals("nanoTime") ? (Object) now : fault.answer(name, arguments);
    try {
      return answer == null ? method.invoke(sys, arguments) : answer;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @AfterEach
  void checkNothingIsLeft() throws SysException {
    fault = NO_FAULT;
    peers.forEach(HostPeer::close);
    if (server != null) {
      server.close();
    }
    turn();
    turn();
    assertEquals(0, loop.timerCount(), "timers");
    loop.close();
    assertEquals(openBefore, openDescriptors(), "open descriptors");
  }

  private Map<Integer, String> openDescriptors() {
    return model == null ? descriptorsOfProcess() : model.openDescriptors();
  }

  /** Sockets, pipes, events; files are the virtual machine's affair. */
  private static Map<Integer, String> descriptorsOfProcess() {
    Map<Integer, String> open = new TreeMap<>();
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : fds) {
        try {
          String target = Files.readSymbolicLink(fd).toString();
          if (!target.startsWith("/")) {
            open.put(Integer.valueOf(fd.getFileName().toString()), target);
          }
        } catch (NoSuchFileException _) {
          // the descriptor of the listing itself
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open;
  }

  // ---- what tests make

  void serve(HttpHandler handler) throws SysException {
    server = HttpServer.open(loop, options, handler).server();
  }

  /** A client that asks to be connected. */
  HostPeer peer() throws SysException {
    HostPeer peer = new HostPeer(this, server.address());
    peers.add(peer);
    return peer;
  }

  /** A client whose connection is accepted. */
  HostPeer accepted() throws SysException {
    List<Connection> before = server.connections(loop);
    HostPeer peer = peer();
    until("a connection", () -> server.connections(loop).size() > before.size());
    List<Connection> all = new ArrayList<>(server.connections(loop));
    all.removeAll(before);
    peer.connection = all.getFirst();
    return peer;
  }

  /** How often the server made a call. */
  int count(String call) {
    return calls.getOrDefault(call, 0);
  }

  // ---- turning the loop

  void turn() throws SysException {
    int _ = loop.runOnce(0);
  }

  /** For what the kernel does beside us. */
  private void waitALittle() {
    if (model == null) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  /** Turns until it is so; no time passes. */
  void until(String what, BooleanSupplier condition) throws SysException {
    for (long end = System.nanoTime() + DEADLINE_NANOS; !condition.getAsBoolean(); ) {
      turn();
      waitALittle();
      assertTrue(System.nanoTime() < end, () -> "deadline missed: " + what);
    }
  }

  /** Turns until nothing happens any more for a while; no time passes. */
  void quiet() throws SysException {
    long end = System.nanoTime() + DEADLINE_NANOS;
    for (int empty = 0; empty < QUIET_TURNS; ) {
      empty = loop.runOnce(0) == 0 ? empty + 1 : 0;
      waitALittle();
      assertTrue(System.nanoTime() < end, "deadline missed: quiet");
    }
  }

  /** Time passes. */
  void pass(long nanos) throws SysException {
    for (long end = now + nanos; now < end; ) {
      now += Math.min(STEP, end - now);
      turn();
      turn();
    }
    quiet();
  }

  /** Time passes, until the connection is over; that is how long it may take. */
  void passUntilOver(Connection connection, long atMostNanos) throws SysException {
    for (long end = now + atMostNanos; now < end && !connection.isClosed(); ) {
      turn();
      waitALittle();
      now += STEP;
      turn();
    }
    quiet();
  }

  /** Waits until the kernel has something to say of the server's end of a connection. */
  void awaitSeen(Connection connection, int bits) {
    long end = System.nanoTime() + DEADLINE_NANOS;
    // struct pollfd { int fd; short events; short revents; };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pollfd = arena.allocate(Linux.SIZEOF_POLLFD, 8);
      int seen = 0;
      while ((seen & bits) == 0) {
        assertTrue(System.nanoTime() < end, "deadline missed: " + connection);
        pollfd.set(JAVA_INT, 0, connection.fd());
        pollfd.set(JAVA_SHORT, 4, (short) bits);
        seen = sys.poll(pollfd.address(), 1, 0) > 0 ? pollfd.get(JAVA_SHORT, 6) : 0;
        waitALittle();
      }
    }
  }

  /**
   * The loop rests: it has turns without an event, nothing to do at once, and with the requests of
   * somebody else about as many events as there are of these.
   */
  void assertRests() throws SysException {
    HostPeer other = other();
    quiet();
    assertTrue(loop.nextDueNanos() > now, "something is to be done at once");
    LoopStats before = loop.stats();
    for (int i = 0; i < PINGS; i++) {
      other.ask(PING);
    }
    quiet();
    LoopStats since = loop.stats().since(before);
    assertTrue(since.events() < 2 * PINGS, () -> since.events() + " events of " + PINGS);
    assertEquals(0, since.timers(), "timers, as no time passes");
  }

  /** A client beside those of the test. */
  private HostPeer other() throws SysException {
    HostPeer known = other;
    if (known == null) {
      known = accepted();
      other = known;
    }
    return known;
  }
}

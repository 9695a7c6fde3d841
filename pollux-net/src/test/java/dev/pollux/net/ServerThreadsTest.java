package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.poll.Backend;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers on several loops with threads of their own, on the kernel of this machine. */
class ServerThreadsTest {

  private static final int LOOPS = 3;
  private static final int CLIENTS = 60;

  private final Sys sys = NativeSys.open();
  private final Set<String> threads = ConcurrentHashMap.newKeySet();
  private final Set<String> strays = ConcurrentHashMap.newKeySet();
  private final List<Raw> clients = new ArrayList<>();
  private Map<Integer, String> openBefore;

  /** Echoes, and notes who calls it. */
  private final class Echo implements ConnectionHandler {
    private final Thread thread = Thread.currentThread();

    @Override
    public void opened(Connection connection) {
      threads.add(thread.getName());
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      if (!thread.equals(Thread.currentThread())) {
        strays.add(thread + " and " + Thread.currentThread());
      }
      WriteResult _ = connection.write(data);
    }
  }

  @BeforeEach
  void look() {
    openBefore = Inside.openDescriptors();
  }

  @AfterEach
  void nothingIsLeft() {
    clients.forEach(Raw::close);
    assertEquals(Set.of(), strays);
    assertEquals(openBefore, Inside.openDescriptors());
  }

  private static ServerOptions options(AcceptMode mode) {
    return ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
        .withAcceptMode(mode);
  }

  private LoopGroup group() throws SysException {
    return LoopGroup.start(sys, LOOPS, LoopOptions.DEFAULT.withName("server"));
  }

  private Raw connect(Server server) throws SysException {
    Raw client = new Raw(sys, Sockets.connecting(sys, server.address()));
    clients.add(client);
    Deadline deadline = Deadline.forThe("connection");
    deadline.await(() -> Inside.poll(sys, client.fd(), Linux.POLLOUT));
    return client;
  }

  private static void assertEchoes(Raw client, String text) {
    client.write(text);
    int size = client.size() + text.length();
    Deadline.forThe("echo").await(() -> client.read().size() == size);
  }

  @ParameterizedTest(name = "[{0}, epoll/native] {displayName}")
  @EnumSource(AcceptMode.class)
  void connections_areSpread_andStayOnTheirLoops(AcceptMode mode) throws Exception {
    try (LoopGroup group = group();
        Server server = Server.start(group, options(mode), _ -> new Echo())) {
      for (int i = 0; i < CLIENTS; i++) {
        assertEchoes(connect(server), "hello");
      }
      for (Raw client : clients) {
        assertEchoes(client, "again");
      }
      assertEquals(CLIENTS, server.connectionCount());
      if (mode != AcceptMode.EXCLUSIVE) { // where the kernel is free to prefer one
        assertEquals(LOOPS, threads.size(), threads.toString());
      }
      server.stop();
      Deadline.forThe("end of the server").await(server::isFinished);
      for (Raw client : clients) {
        Deadline.forThe("end at a client").await(() -> client.read().isOver());
        assertTrue(client.isEnded());
        assertEquals("helloagain", client.text());
      }
    }
  }

  @ParameterizedTest(name = "[{0}, epoll/native] {displayName}")
  @EnumSource(AcceptMode.class)
  void stop_withRequestsUnderWay_answersThem(AcceptMode mode) throws Exception {
    try (LoopGroup group = group();
        Server server = Server.start(group, options(mode), _ -> new Echo())) {
      for (int i = 0; i < CLIENTS; i++) {
        connect(server).write("request");
      }
      server.stop();
      for (Raw client : clients) {
        Deadline.forThe("answer").await(() -> client.read().isOver());
        assertEquals("request", client.text());
        assertTrue(client.isEnded());
      }
      Deadline.forThe("end of the server").await(server::isFinished);
    }
  }

  @ParameterizedTest(name = "[{0}, epoll/native] {displayName}")
  @EnumSource(AcceptMode.class)
  void groupClosedFirst_thenTheServer_leavesNothing(AcceptMode mode) throws Exception {
    LoopGroup group = group();
    Server server = Server.start(group, options(mode), _ -> new Echo());
    assertEchoes(connect(server), "hello");
    group.close();
    server.stop();
    server.close();
    server.close();
    assertEquals(0, server.connectionCount());
  }

  @ParameterizedTest(name = "[{0}, epoll/native] {displayName}")
  @EnumSource(AcceptMode.class)
  void addressInUse_fails_andLeavesNothing(AcceptMode mode) throws Exception {
    try (LoopGroup group = group();
        Server server = Server.start(group, options(AcceptMode.ACCEPTOR), _ -> new Echo())) {
      int before = Inside.openDescriptors().size();
      ServerOptions taken = options(mode).withAddress(server.address());
      SysException failed =
          assertThrows(SysException.class, () -> Server.start(group, taken, _ -> new Echo()));
      assertEquals(Errno.EADDRINUSE, failed.errno());
      assertEquals(before, Inside.openDescriptors().size());
    }
  }

  @Test
  void exclusive_withoutTheCapability_isRefusedInWords() throws Exception {
    LoopOptions poll = LoopOptions.DEFAULT.withBackend(Backend.POLL);
    try (LoopGroup group = LoopGroup.start(sys, 2, poll)) {
      UnsupportedOperationException refused =
          assertThrows(
              UnsupportedOperationException.class,
              () -> Server.start(group, options(AcceptMode.EXCLUSIVE), _ -> new Echo()));
      assertTrue(refused.getMessage().contains("use epoll"), refused.getMessage());
    }
  }

  @Test
  void reuseport_ofUnixSockets_isRefusedInWords() throws Exception {
    UnixAddress name = UnixAddress.abstractName("pollux-r-" + ProcessHandle.current().pid());
    try (LoopGroup group = group()) {
      assertThrows(
          UnsupportedOperationException.class,
          () ->
              Server.start(
                  group, options(AcceptMode.REUSEPORT).withAddress(name), _ -> new Echo()));
    }
  }

  @Test
  void start_onAClosedGroup_isRefused() throws Exception {
    LoopGroup group = group();
    group.close();
    for (AcceptMode mode : AcceptMode.values()) {
      assertThrows(
          IllegalStateException.class, () -> Server.start(group, options(mode), _ -> new Echo()));
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void close_afterTheLoopsThreadHasEnded_closes() throws Exception {
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      Server server = Server.open(loop, options(AcceptMode.ACCEPTOR), _ -> new Echo());
      Thread thread = Thread.ofPlatform().unstarted(loop);
      loop.handTo(thread);
      thread.start();
      loop.stop();
      thread.join();
      server.close();
      assertTrue(server.isFinished());
    }
  }

  /** A server on a loop whose thread leaves run() and lives on, until it is told to go on. */
  private final class Away implements AutoCloseable {
    final EventLoop loop;
    final Server server;
    private final CountDownLatch left = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Thread thread;

    Away(LoopOptions like) throws SysException {
      loop = EventLoop.open(sys, like);
      server = Server.open(loop, options(AcceptMode.ACCEPTOR), _ -> new Echo());
      thread = Thread.ofPlatform().unstarted(this::live);
      loop.handTo(thread);
      thread.start();
    }

    private void live() {
      loop.run();
      left.countDown();
      try {
        assertTrue(goOn.await(60, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError("by nobody", e);
      }
      loop.close();
    }

    void leave() throws InterruptedException {
      loop.stop();
      left.await();
    }

    @Override
    public void close() {
      goOn.countDown();
      Deadline.forThe("the end of the thread").await(() -> !thread.isAlive());
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void close_whenRunHasReturned_doesNotHang() throws Exception {
    Away away = new Away(LoopOptions.DEFAULT);
    try (away) {
      assertEchoes(connect(away.server), "hello");
      away.leave();
      away.server.close();
      assertEquals(1, away.server.connectionCount()); // the loop's, and nobody runs it
    }
    assertEquals(0, away.server.connectionCount());
    assertTrue(away.server.isFinished());
    Raw client = clients.getFirst();
    Deadline.forThe("end at the client").await(() -> client.read().isOver());
  }

  /** There is not even room for a task that would close it later; the loop's own end does. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void stopAndClose_whenRunHasReturnedAndTheQueueIsFull_doNotHang() throws Exception {
    Away away = new Away(LoopOptions.DEFAULT.withTaskCapacity(2));
    try (away) {
      assertEchoes(connect(away.server), "hello");
      away.leave();
      for (int i = 0; i < 2; i++) {
        boolean _ = away.loop.offer(() -> {}); // as many as there is room for
      }
      away.server.stop();
      assertFalse(away.server.isFinished());
      away.server.close();
    }
    assertEquals(0, away.server.connectionCount());
    assertTrue(away.server.isFinished());
  }

  /** Whoever steps a loop is not in it all the time, but comes back. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void close_ofALoopThatIsStepped_isDoneWhenItReturns() throws Exception {
    EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
    Server server = Server.open(loop, options(AcceptMode.ACCEPTOR), _ -> new Echo());
    AtomicBoolean closed = new AtomicBoolean();
    Thread closing =
        Thread.ofPlatform()
            .start(() -> {
              server.close();
              closed.set(true);
            });
    Deadline deadline = Deadline.forThe("the close");
    while (!closed.get()) {
      assertFalse(deadline.isOver());
      int _ = loop.runOnce(1_000_000);
    }
    closing.join();
    assertTrue(server.isFinished());
    loop.close();
  }

  /** Its share of the peers would wait for ever. */
  @ParameterizedTest(name = "[{0}, epoll/native] {displayName}")
  @EnumSource(names = {"REUSEPORT", "EXCLUSIVE"})
  void loopThatEnds_closesItsListener_andTheOthersServe(AcceptMode mode) throws Exception {
    try (LoopGroup group = group();
        Server server = Server.start(group, options(mode), _ -> new Echo())) {
      EventLoop gone = group.loops().getFirst();
      gone.stop();
      Deadline.forThe("the end of the loop").await(() -> !gone.isOwned());
      for (int i = 0; i < CLIENTS; i++) {
        assertEchoes(connect(server), "hello");
      }
      server.stop();
      Deadline.forThe("end of the server").await(server::isFinished);
    }
  }

  /** A program ends with its last thread: one that has stopped a server need not close it. */
  @Test
  void threadOfTheAcceptor_endsWithTheStop() throws Exception {
    LoopOptions like = LoopOptions.DEFAULT.withName("mortal");
    try (LoopGroup group = LoopGroup.start(sys, 2, like);
        Server server =
            Server.start(group, ServerOptions.at(NetCase.loopback(0)), _ -> new Recorder())) {
      List<Thread> threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(each -> each.getName().matches("mortal.*acceptor.*"))
              .toList();
      assertEquals(1, threads.size());
      server.stop();
      server.stopped().join();
      Deadline.forThe("end of the acceptor").await(() -> !threads.getFirst().isAlive());
      server.stop(Duration.ZERO);
    }
  }

  @Test
  void acceptor_withoutALoopLeft_shedsAndCounts() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    ServerListener listener =
        new ServerListener() {
          @Override
          public void shed(Limit limit) {
            told.add("shed " + limit);
          }
        };
    try (LoopGroup group = group();
        Server server =
            Server.start(group, options(AcceptMode.ACCEPTOR), _ -> new Echo(), listener)) {
      group.stop();
      for (EventLoop loop : group.loops()) {
        Deadline.forThe("the end of a loop").await(() -> !loop.isOwned());
      }
      Raw client = connect(server);
      Deadline.forThe("end at the client").await(() -> client.read().isOver());
      Deadline.forThe("the listener").await(() -> !told.isEmpty()); // the peer may know first
      assertEquals(List.of("shed LOOP_TASKS"), told);
      assertEquals(new ServerStats(0, 0, 0, 1, 0), server.stats());
      long counted = 0;
      for (EventLoop loop : group.loops()) {
        counted += NetStats.of(loop).refused(Limit.LOOP_TASKS);
      }
      assertEquals(1, counted);
    }
  }

  @Test
  void acceptor_withALoopThatHasEnded_dealsOutToTheOthers() throws Exception {
    try (LoopGroup group = group();
        Server server = Server.start(group, options(AcceptMode.ACCEPTOR), _ -> new Echo())) {
      EventLoop gone = group.loops().getFirst();
      gone.stop();
      Deadline.forThe("the end of the loop").await(gone::isClosed);
      for (int i = 0; i < 2 * LOOPS; i++) {
        Raw client = new Raw(sys, Sockets.connecting(sys, server.address()));
        clients.add(client);
      }
      Deadline.forThe("connections").await(() -> server.connectionCount() == 2 * LOOPS);
    }
  }

  /** Whose task was queued, but nobody told the loop of it. */
  @Test
  void acceptor_thatCannotWakeTheTaker_closesTheConnection() throws Exception {
    SysProbe probe = new SysProbe(sys);
    AtomicBoolean armed = new AtomicBoolean();
    Set<String> sleepers = ConcurrentHashMap.newKeySet();
    probe.inject((call, _) -> {
      if (SysProbe.WAITS.contains(call)) {
        sleepers.add(Thread.currentThread().getName());
      }
      if (call.equals("write")
          && Thread.currentThread().getName().contains("acceptor")
          && armed.getAndSet(false)) {
        throw new OutOfMemoryError("by the test, of a wake-up");
      }
      return null;
    });
    LoopOptions quiet = LoopOptions.DEFAULT.withErrorHandler((_, _, _) -> {});
    try (LoopGroup group = LoopGroup.start(probe.sys(), LOOPS, quiet);
        Server server = Server.start(group, options(AcceptMode.ACCEPTOR), _ -> new Echo())) {
      Deadline.forThe("loops to sleep")
          .await(() ->
              group.loops().stream().allMatch(loop -> sleepers.contains(loop.options().name())));
      armed.set(true);
      Raw unlucky = new Raw(sys, Sockets.connecting(sys, server.address()));
      clients.add(unlucky);
      Deadline.forThe("the end of a connection").await(() -> unlucky.read().isOver());
      Raw client = new Raw(sys, Sockets.connecting(sys, server.address()));
      clients.add(client);
      assertEchoes(client, "after that");
      assertEquals(1, server.connectionCount());
    }
  }
}

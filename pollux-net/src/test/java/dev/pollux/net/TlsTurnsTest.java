package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Trigger;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes beside others: in turns of the loop, and in an executor. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsTurnsTest {

  private static final int STORM = 30;
  private static final int STEPS_UNTIL_A_CLIENT_IS_DONE = 2; // TLS 1.3, or a session resumed
  private static final int MUCH = 1 << 20; // more than a connection may leave unread

  record Setup(boolean model, Trigger trigger, String protocol) {
    @Override
    public String toString() {
      return trigger.name().toLowerCase(java.util.Locale.ROOT)
          + ", epoll/"
          + (model ? "model" : "native")
          + ", "
          + protocol;
    }
  }

  @Parameter Setup setup;
  private TlsBox box;
  private int engines;
  private final ArrayDeque<Runnable> given = new ArrayDeque<>();
  private final TlsNote server = TlsNote.echo();
  private final TlsNote client = new TlsNote();

  static Stream<Setup> setups() {
    return Stream.of(
        new Setup(true, Trigger.LEVEL, "TLSv1.3"),
        new Setup(true, Trigger.EDGE, "TLSv1.2"),
        new Setup(false, Trigger.EDGE, "TLSv1.3"),
        new Setup(false, Trigger.LEVEL, "TLSv1.2"));
  }

  @BeforeEach
  void open() {
    box = new TlsBox(setup.model());
    box.options = box.options.withTrigger(setup.trigger());
  }

  @AfterEach
  void close() {
    box.close();
  }

  private Tls serving() {
    Tls tls =
        Tls.server(TlsKeys.localhost().identity())
            .withProtocols(setup.protocol())
            .withParameters(_ -> engines++);
    engines = 0;
    return tls;
  }

  private static Tls asking() {
    return Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
        .withHandshakeStepsPerTurn(1_000);
  }

  /** A peer of our server that is nobody's load, and counts. */
  private List<TlsNote> storm(InetSocketAddress address) throws SysException {
    List<TlsNote> clients = new ArrayList<>();
    for (int i = 0; i < STORM; i++) {
      TlsNote note = new TlsNote();
      Connection _ = box.connect(address, asking(), note);
      clients.add(note);
    }
    return clients;
  }

  private void untilOpen(List<TlsNote> clients) throws SysException {
    box.until("all are open", () -> clients.stream().allMatch(note -> note.handshaken));
  }

  private void end(List<TlsNote> clients) throws SysException {
    for (TlsNote note : clients) {
      note.connection().close();
    }
    box.untilClosed(clients.toArray(TlsNote[]::new));
    box.quiet();
  }

  @Test
  void storm_isDoneAStepATurn_andOthersAreServedInBetween() throws Exception {
    TlsNote good = new TlsNote();
    Tls serving = serving();
    InetSocketAddress address = box.serve(serving, (HandlerFactory) _ -> TlsNote.echo());
    good.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("x"));
        };
    good.onReceived =
        (connection, data) -> {
          good.take(data.duplicate(), data.remaining());
          WriteResult _ = connection.write(data);
        };
    Connection _ = box.connect(address, asking(), good);
    box.until("echo", () -> good.bytes.size() > 0);
    engines = 0;
    List<TlsNote> clients = storm(address);
    int before = good.bytes.size();
    int turns = 0;
    int most = 0;
    while (!clients.stream().allMatch(note -> note.handshaken)) {
      int had = engines;
      box.turns(1);
      turns++;
      most = Math.max(most, engines - had);
    }
    assertEquals(1, most, "engines in one turn");
    assertEquals(STORM, engines);
    assertTrue(turns >= STEPS_UNTIL_A_CLIENT_IS_DONE * STORM, turns + " turns");
    int echoes = good.bytes.size() - before;
    assertTrue(echoes >= turns / 4, echoes + " echoes in " + turns + " turns");
    clients.add(good);
    end(clients);
    box.until("nobody waits", () -> TlsTurns.of(box.loop).waitingCount() == 0);
  }

  @Test
  void steps_asManyAsAreSaid_areDoneInATurn() throws Exception {
    Tls serving = serving().withHandshakeStepsPerTurn(7);
    engines = 0;
    InetSocketAddress address = box.serve(serving, (HandlerFactory) _ -> TlsNote.echo());
    List<TlsNote> clients = storm(address);
    int most = 0;
    while (!clients.stream().allMatch(note -> note.handshaken)) {
      int had = engines;
      box.turns(1);
      most = Math.max(most, engines - had);
    }
    assertTrue(most > 1 && most <= 7, most + " engines in one turn");
    end(clients);
  }

  @Test
  void connection_thatTheFactoryRefuses_costsNoEngine() throws Exception {
    InetSocketAddress address =
        box.serve(
            serving(),
            connection -> {
              connection.reset();
              return server;
            });
    Connection _ = box.connect(address, asking(), client);
    box.untilClosed(client, server);
    assertEquals(0, engines);
  }

  @Test
  void connections_thatLeaveWhileTheyWait_costNothingMore() throws Exception {
    InetSocketAddress address = box.serve(serving(), (HandlerFactory) _ -> new TlsNote());
    List<Connection> peers = new ArrayList<>();
    for (int i = 0; i < STORM; i++) {
      peers.add(box.connect(address, null, new Silent()));
    }
    box.turns(3);
    assertTrue(TlsTurns.of(box.loop).waitingCount() > 0, "somebody waits");
    peers.forEach(Connection::reset);
    box.until("all are gone", () -> box.server().connectionCount() == 0);
    assertEquals(0, TlsTurns.of(box.loop).waitingCount());
    assertTrue(engines <= STORM, engines + " engines");
    List<TlsNote> clients = new ArrayList<>(List.of(new TlsNote()));
    Connection _ = box.connect(address, asking(), clients.getFirst());
    untilOpen(clients);
    end(clients);
  }

  /** A plain peer that says nothing. */
  private static final class Silent implements ConnectionHandler {
    @Override
    public void received(Connection connection, ByteBuffer data) {
      var _ = data.position(data.limit());
    }
  }

  /** In TLS 1.3, and with a session of 1.2, the client is done first. */
  @Test
  void peer_thatSendsMuchBeforeItsHandshakeHasItsTurn_isNotCutOff() throws Exception {
    byte[] much = TlsBox.random(MUCH);
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.wrap(much));
        };
    List<TlsNote> servers = new ArrayList<>();
    HandlerFactory factory =
        _ -> {
          TlsNote note = new TlsNote();
          servers.add(note);
          return note;
        };
    InetSocketAddress address = box.serve(serving(), factory);
    List<TlsNote> clients = storm(address);
    Connection _ = box.connect(address, asking(), client);
    box.until("all of it", () -> servers.size() > STORM && servers.getLast().bytes.size() == MUCH);
    clients.add(client);
    untilOpen(clients);
    end(clients);
  }

  private void runGiven() throws Exception {
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              for (Runnable next = given.poll(); next != null; next = given.poll()) {
                next.run();
              }
            });
    other.join();
  }

  private void echoOnce(Tls serving, Tls asking) throws Exception {
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("hello"));
        };
    Connection _ = box.connect(box.serve(serving, server), asking, client);
    box.until("echo", () -> client.text().equals("hello"));
    client.connection().close();
    box.untilClosed(client, server);
  }

  @Test
  void executor_ofThreads_computes() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<String> by = new ArrayList<>();
      Executor noting =
          task ->
              threads.execute(() -> {
                synchronized (by) {
                  by.add(Thread.currentThread().getName());
                }
                task.run();
              });
      Duration endless = Duration.ZERO; // the model's time does not wait for threads
      echoOnce(
          serving().withHandshakeExecutor(noting).withHandshakeTime(endless),
          asking().withHandshakeExecutor(noting).withHandshakeTime(endless));
      synchronized (by) {
        assertTrue(by.size() >= 4, by::toString);
      }
    }
    assertEquals(0, NetStats.of(box.loop).refused(Limit.TLS_EXECUTOR));
  }

  @Test
  void executor_thatRefuses_isStoodInForByTheLoop() throws Exception {
    Executor full =
        _ -> {
          throw new RejectedExecutionException("full");
        };
    long before = NetStats.of(box.loop).refused(Limit.TLS_EXECUTOR);
    echoOnce(serving().withHandshakeExecutor(full), asking());
    assertTrue(NetStats.of(box.loop).refused(Limit.TLS_EXECUTOR) >= before + 2);
  }

  @Test
  void executor_thatFails_isReportedAndStoodInFor() throws Exception {
    Executor broken =
        _ -> {
          throw new IllegalStateException("broken");
        };
    echoOnce(serving().withHandshakeExecutor(broken), asking());
    assertTrue(box.reported.size() >= 2, box.reported::toString);
    assertTrue(box.reported.getFirst().contains("executor"), box.reported::toString);
    box.reported.clear();
  }

  @Test
  void executor_thatRunsTasksInItsCaller_isTheLoop() throws Exception {
    echoOnce(
        serving().withHandshakeExecutor(Runnable::run),
        asking().withHandshakeExecutor(Runnable::run));
  }

  /** A loop is an executor as well, and may be the connection's own: later, on the same thread. */
  @Test
  void executor_thatIsTheLoopItself_goesOnThere() throws Exception {
    echoOnce(serving().withHandshakeExecutor(box.loop), asking().withHandshakeExecutor(box.loop));
  }

  @Test
  void executor_thatRunsTasksTwiceAndThenFails_doesThemOnce() throws Exception {
    Executor odd =
        task -> {
          task.run();
          task.run();
          throw new RejectedExecutionException("late");
        };
    echoOnce(serving().withHandshakeExecutor(odd), asking());
    assertEquals(0, NetStats.of(box.loop).refused(Limit.TLS_EXECUTOR));
  }

  private void connectAndHold(Tls serving) throws Exception {
    Connection _ = box.connect(box.serve(serving, server), asking(), client);
    box.until("a task is away", () -> !given.isEmpty());
    box.quiet();
  }

  private Connection held() {
    return box.server().connections(box.loop).getFirst();
  }

  @Test
  void connection_thatIsResetWhileItsTaskIsAway_isOverAtOnce() throws Exception {
    connectAndHold(serving().withHandshakeExecutor(given::add));
    held().reset();
    box.untilClosed(server, client);
    assertEquals(CloseReason.CUT_OFF, server.reason());
    runGiven();
    box.quiet();
    assertFalse(server.handshaken);
  }

  @Test
  void connection_thatIsClosedWhileItsTaskIsAway_endsInOrderWithoutAnAlert() throws Exception {
    connectAndHold(serving().withHandshakeExecutor(given::add));
    WriteResult _ = held().write(bytes("never sent"));
    held().close();
    box.untilClosed(server, client);
    assertEquals(CloseReason.CUT_OFF, server.reason());
    assertEquals(CloseReason.PROTOCOL, client.reason());
    assertTrue(client.message().contains("ended the stream"), client::message);
    runGiven();
    box.quiet();
  }

  @Test
  void task_thatIsNeverRun_isAHandshakeThatTakesTooLong() throws Exception {
    Duration brief = Duration.ofMillis(50);
    connectAndHold(serving().withHandshakeExecutor(given::add).withHandshakeTime(brief));
    box.untilClosed(server, client);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(server.message().contains("50 ms"), server::message);
    runGiven();
  }

  @Test
  void loop_thatIsClosedWhileATaskIsAway_closesTheConnection() throws Exception {
    connectAndHold(serving().withHandshakeExecutor(given::add));
    box.close();
    assertTrue(server.isClosed());
    runGiven(); // and it is not waited for
    open();
  }

  @Test
  void certificate_thatIsNotTrusted_isToldFromTheExecutorToo() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Tls wary =
          Tls.client(TlsKeys.trustOnly(TlsKeys.other()), "localhost", 443)
              .withHandshakeExecutor(threads)
              .withHandshakeTime(Duration.ZERO);
      Tls patient = serving().withHandshakeTime(Duration.ZERO);
      Connection _ = box.connect(box.serve(patient, server), wary, client);
      box.untilClosed(client, server);
      assertEquals(CloseReason.PROTOCOL, client.reason());
      assertTrue(client.message().contains("certification path"), client::message);
      assertTrue(server.message().contains("alert"), server::message);
    }
  }
}

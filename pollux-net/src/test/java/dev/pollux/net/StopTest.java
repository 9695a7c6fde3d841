package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that stops: what has arrived is answered, what is worked on is waited for. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class StopTest extends NetCase {

  private static final Framing LINES = Framing.lines(100);
  private static final int SLOW_STEPS = 80;
  private static final int SLOW_BYTES = 1 << 16; // 64 KiB

  private final List<Recorder> accepted = new ArrayList<>();
  private Server server;

  private void open(HandlerFactory factory) throws SysException {
    ServerOptions like = ServerOptions.at(loopback(0)).withConnection(options);
    server = track(Server.open(loop, like, factory));
  }

  private void open() throws SysException {
    open(_ -> {
      Recorder handler = track(Recorder.echo());
      accepted.add(handler);
      return handler;
    });
  }

  /** A client whose connection is open, and so old that a stop waits for no first words of it. */
  private Raw client() throws SysException {
    int before = server.connectionCount();
    Raw client = connectRaw(server.address());
    until("accepted", () -> server.connectionCount() > before);
    probe.leap(1 * SECOND);
    return client;
  }

  private void untilFinished() throws SysException {
    until("finished", server::isFinished);
  }

  /** Each answer is more than the queue may hold, so each request but the first waits unread. */
  @Test
  void pipelined_allAnswered() throws Exception {
    int requests = 50;
    int answer = 5_000;
    options =
        options.withLowWaterBytes(1_000).withHighWaterBytes(4_000).withMaxQueuedBytes(1 << 20);
    List<CloseCause> causes = new ArrayList<>();
    open(_ ->
        LINES.handler(
            new FrameHandler() {
              @Override
              public void frame(Connection connection, ByteBuffer line) {
                server.stop(); // what has arrived is to be answered
                if (!connection.write(ByteBuffer.allocate(answer)).goesOn()) {
                  connection.pauseReading();
                }
              }

              @Override
              public void writable(Connection connection) {
                connection.resumeReading();
              }

              @Override
              public void closed(Connection connection, CloseCause cause) {
                causes.add(cause);
              }
            }));
    Raw client = client();
    probe.inject(
        (call, arguments) -> // a kernel with little room at a time
        call.equals("send") && (long) arguments[2] > 1_000
                ? sys.send((int) arguments[0], (long) arguments[1], 1_000, (int) arguments[3])
                : null);
    client.write("request\n".repeat(requests));
    untilPeerIsOver(client);
    assertTrue(client.isEnded(), "errno " + client.errno());
    assertEquals(requests * answer, client.size());
    untilFinished();
    assertEquals(List.of(CloseCause.CLOSED), causes);
  }

  /** The stage of a stop: done when the last handler has heard of its end, and not before. */
  @Test
  void stopped_isCompleted_whenAllIsOver() throws Exception {
    open();
    Raw client = client();
    Connection held = server.connections(loop).getFirst();
    held.hold();
    List<String> seen = new ArrayList<>();
    CompletableFuture<Void> cancelled = server.stopped();
    assertTrue(cancelled.cancel(false), "the caller's own");
    var _ =
        server
            .stopped()
            .thenRun(() -> {
              int listed = server.connections(loop).size();
              seen.add(accepted.getFirst().isClosed() + ", " + listed);
              throw new IllegalStateException("the caller's affair");
            });
    server.stop();
    turn();
    turn();
    assertFalse(server.stopped().isDone());
    held.release();
    untilPeerIsOver(client);
    until("stopped", () -> server.stopped().isDone());
    assertTrue(server.isFinished());
    assertEquals(List.of("true, 0"), seen);
  }

  /** Linux lets one more wait than was said, and an inherited listener has a backlog of its own. */
  @Test
  void stop_acceptsAllThatHaveCome_whateverTheBacklogIsSaidToBe() throws Exception {
    int count = 10;
    Raw inherited = raw(Sockets.tcpListener(sys, loopback(0), count));
    ServerOptions like = ServerOptions.on(inherited.fd()).withBacklog(1).withConnection(options);
    server = track(Server.open(loop, like, _ -> track(Recorder.echo())));
    List<Raw> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Raw client = connectRaw(server.address());
      awaitReady(client.fd(), Linux.POLLOUT);
      client.write("x");
      clients.add(client);
    }
    server.stop();
    for (Raw client : clients) {
      untilPeerIsOver(client);
      assertTrue(client.isEnded(), "errno " + client.errno());
      assertEquals("x", client.text());
    }
    untilFinished();
  }

  /** What accepts for the last time ends with the descriptor: its number may be another's. */
  @Test
  void lastAccepts_endWhereTheServerIsClosed() throws Exception {
    int[] late = {0};
    boolean[] closed = {false};
    open(_ -> {
      Recorder handler = track(new Recorder());
      handler.onOpened =
          _ -> {
            server.close();
            closed[0] = true;
          };
      return handler;
    });
    Raw _ = connectRaw(server.address());
    Raw _ = connectRaw(server.address());
    probe.inject((call, _) -> {
      late[0] += call.startsWith("accept") && closed[0] ? 1 : 0;
      return null;
    });
    server.stop();
    untilFinished();
    assertTrue(closed[0]);
    assertEquals(0, late[0]);
  }

  /** What a listener throws is the loop's to report, and stops no stop. */
  @Test
  void lastAccepts_whoseListenerThrows_areAllMade() throws Exception {
    int[] shed = {0};
    ServerListener throwing =
        new ServerListener() {
          @Override
          public void shed(Limit limit) {
            shed[0]++;
            throw new IllegalStateException("the listener's");
          }
        };
    ServerOptions like =
        ServerOptions.at(loopback(0)).withMaxConnections(1).withConnection(options);
    server = track(Server.open(loop, like, _ -> track(Recorder.echo()), throwing));
    Raw client = client();
    List<Raw> late = List.of(connectRaw(server.address()), connectRaw(server.address()));
    for (Raw each : late) {
      awaitReady(each.fd(), Linux.POLLOUT);
    }
    client.write("x");
    server.stop();
    assertEquals(2, shed[0]);
    assertEquals(2, reported.size());
    untilPeerIsOver(client);
    assertEquals("x", client.text());
    untilFinished();
  }

  @Test
  void stopped_isCompletedByAClose() throws Exception {
    open();
    Raw _ = client();
    assertFalse(server.stopped().isDone());
    server.close();
    until("stopped", () -> server.stopped().isDone());
  }

  /** It takes eight times as long as an end may take without progress; and there is progress. */
  @Test
  void stop_slowReader_getsAll() throws Exception {
    Duration grace = Duration.ofSeconds(model != null ? 1 : 20);
    options = options.withMaxQueuedBytes(1 << 25).withCloseGrace(grace).withWriteStall(grace);
    open();
    Raw client = client();
    accepted.getFirst().onFinishing =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.allocate(SLOW_STEPS * SLOW_BYTES));
        };
    server.stop();
    until("a queue", () -> accepted.getFirst().count("finishing") == 1);
    until(
        "the end",
        () -> {
          if (model != null) {
            model.advance(100 * MILLI);
          }
          int _ = client.read(SLOW_BYTES);
          return client.isOver();
        });
    assertEquals(SLOW_STEPS * SLOW_BYTES, client.size());
    assertTrue(client.isEnded(), "errno " + client.errno());
    untilFinished();
    assertEquals(CloseReason.CLOSED, accepted.getFirst().cause.reason());
  }

  @Test
  void redelivery_isDue() throws Exception {
    options = options.withReadBytes(64).withReadsPerTurn(1);
    open();
    Raw client = client();
    Recorder handler = accepted.getFirst();
    handler.onReceived =
        (connection, data) -> {
          handler.take(data, 1);
          connection.pauseReading();
        };
    handler.onReadComplete = Connection::resumeReading;
    client.write("one by one, though the server stops");
    server.stop();
    untilFinished();
    assertEquals("one by one, though the server stops", handler.text());
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
  }

  @Test
  void finishing_isToldOnce_beforeWhatHasArrived_andCanSayGoodbye() throws Exception {
    open();
    Raw client = client();
    Recorder handler = accepted.getFirst();
    handler.onFinishing =
        connection -> {
          WriteResult _ = connection.write(ascii("goodbye after "));
        };
    client.write("this");
    server.stop();
    server.stop();
    untilPeerIsOver(client);
    assertEquals("goodbye after this", client.text());
    assertTrue(client.isEnded());
    untilFinished();
    assertEquals(List.of("opened", "finishing", "received", "readComplete", "closed"), handler.log);
  }

  @Test
  void finishing_isToldToFrameHandlersAsWell() throws Exception {
    List<String> log = new ArrayList<>();
    open(_ ->
        LINES.handler(
            new FrameHandler() {
              @Override
              public void frame(Connection connection, ByteBuffer line) {
                log.add("frame");
              }

              @Override
              public void finishing(Connection connection) {
                log.add("finishing");
              }
            }));
    Raw client = client();
    client.write("one\n");
    server.stop();
    untilFinished();
    assertEquals(List.of("finishing", "frame"), log);
  }

  @Test
  void finishing_ofANewHandler_isToldToThatToo() throws Exception {
    open();
    Raw client = client();
    Recorder old = accepted.getFirst();
    Recorder next = track(new Recorder());
    old.onFinishing = connection -> connection.setHandler(next);
    server.stop();
    untilFinished();
    assertEquals(List.of("attached", "finishing", "closed"), next.log);
    untilPeerIsOver(client);
    old.closed(anyClosed(), next.cause); // which it was not told
  }

  private Connection anyClosed() throws SysException {
    Pair pair = pair(new Recorder());
    pair.connection().reset();
    turn();
    return pair.connection();
  }

  @Test
  void held_isWaitedFor() throws Exception {
    open();
    Raw client = client();
    Connection connection = server.connections(loop).getFirst();
    accepted.getFirst().onFinishing = Connection::hold;
    connection.hold();
    server.stop();
    quiet();
    assertTrue(connection.isOpen());
    connection.release();
    quiet();
    assertTrue(connection.isOpen(), "held twice, and released once");
    WriteResult _ = connection.write(ascii("at last"));
    connection.release();
    untilPeerIsOver(client);
    assertEquals("at last", client.text());
    assertTrue(client.isEnded());
    untilFinished();
    assertEquals(CloseReason.CLOSED, accepted.getFirst().cause.reason());
  }

  @Test
  void release_withoutAHold_isRefused() throws Exception {
    Pair pair = pair(new Recorder());
    assertThrows(IllegalStateException.class, pair.connection()::release);
    pair.connection().hold();
    pair.connection().release();
    assertThrows(IllegalStateException.class, pair.connection()::release);
    assertTrue(pair.connection().isOpen());
  }

  /** Whoever still works when it is over says so, and nothing comes of it. */
  @Test
  void held_closed_isOver_andReleasedLater() throws Exception {
    Pair pair = pair(new Recorder());
    pair.connection().hold();
    pair.connection().hold();
    pair.connection().close();
    untilClosed(pair);
    pair.connection().release();
    quiet();
    pair.connection().release();
    assertEquals(List.of("opened", "closed"), pair.handler().log);
  }

  @Test
  void stop_withATime_resetsWhatIsNotOverByThen() throws Exception {
    open();
    Raw held = client();
    server.connections(loop).getFirst().hold();
    Raw idle = client();
    server.stop(Duration.ofMillis(200));
    untilPeerIsOver(idle);
    assertTrue(idle.isEnded(), "in order, and at once");
    assertFalse(accepted.getFirst().isClosed());
    untilPeerIsOver(held);
    assertEquals(Errno.ECONNRESET, held.errno());
    untilFinished();
    assertEquals(CloseReason.CUT_OFF, accepted.getFirst().cause.reason());
    assertEquals(CloseReason.CLOSED, accepted.getLast().cause.reason());
  }

  @Test
  void stop_withATime_thatAllKeep_leavesNoTimer() throws Exception {
    open();
    Raw client = client();
    client.write("last");
    server.stop(Duration.ofHours(1));
    untilPeerIsOver(client);
    assertEquals("last", client.text());
    untilFinished();
    assertEquals(0, Inside.timerCount(loop));
    server.stop(Duration.ofHours(1));
    quiet();
    assertEquals(0, Inside.timerCount(loop));
  }

  @Test
  void stop_thenWithATime_isBoundedByTheShortest() throws Exception {
    open();
    Raw client = client();
    server.connections(loop).getFirst().hold();
    server.stop();
    until("told", () -> accepted.getFirst().count("finishing") == 1);
    server.stop(Duration.ofHours(1));
    server.stop(Duration.ofMillis(10));
    server.stop(Duration.ofHours(2));
    untilFinished();
    untilPeerIsOver(client);
    assertEquals(1, accepted.getFirst().count("finishing"));
    assertEquals(CloseReason.CUT_OFF, accepted.getFirst().cause.reason());
  }

  @Test
  void stop_withNoTime_closesWhatHasNothingDue_andResetsTheRest() throws Exception {
    open();
    Raw held = client();
    server.connections(loop).getFirst().hold();
    Raw idle = client();
    server.stop(Duration.ZERO);
    untilFinished();
    untilPeerIsOver(held);
    untilPeerIsOver(idle);
    assertEquals(Errno.ECONNRESET, held.errno());
    assertTrue(idle.isEnded());
    assertThrows(IllegalArgumentException.class, () -> server.stop(Duration.ofMillis(-1)));
  }

  /** Who goes on in writable is told that there is room, and nobody takes a part for the whole. */
  @Test
  void finish_ofAnAnswerThatIsBeingProduced_waitsForIt() throws Exception {
    int[] left = {10_000_000};
    Recorder handler = new Recorder();
    handler.onReceived =
        (connection, data) -> {
          handler.take(data);
          produce(connection, left);
        };
    handler.onWritable = connection -> produce(connection, left);
    Pair pair = pair(handler);
    pair.peer().write("all of it");
    until("full", () -> handler.text().equals("all of it") && !pair.connection().isWritable());
    pair.connection().finish();
    until("the end", () -> pair.peer().read().isOver());
    assertEquals(10_000_000, pair.peer().size());
    assertTrue(pair.peer().isEnded());
    untilClosed(pair);
  }

  private static void produce(Connection connection, int[] left) {
    WriteResult result = WriteResult.SENT;
    while (left[0] > 0 && result.goesOn()) {
      int n = Math.min(left[0], 50_000);
      result = connection.write(ByteBuffer.allocate(n));
      left[0] -= n;
    }
  }
}

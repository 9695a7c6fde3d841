package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong on one connection stays with it, and costs no byte that could be had. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class ConnectionFaultTest extends NetCase {

  private static final Set<String> TRANSFERS = Set.of("recv", "send", "writev");

  private void assertEchoesWhole(Pair pair, int count) throws Exception {
    byte[] sent = random(count);
    int[] at = {0};
    until(
        "echo",
        () -> {
          at[0] += Math.max(0, pair.peer().write(sent, at[0], sent.length - at[0]));
          return pair.peer().read().size() == sent.length;
        });
    assertArrayEquals(sent, pair.peer().bytes());
  }

  @Test
  void everyOtherTransfer_isInterrupted_echoIsWhole() throws Exception {
    int[] calls = {0};
    probe.inject(
        (call, _) -> TRANSFERS.contains(call) && calls[0]++ % 2 == 0 ? -Errno.EINTR : null);
    assertEchoesWhole(pair(Recorder.echo()), 300_000);
  }

  @Test
  void transfers_ofOneByte_echoIsWhole() throws Exception {
    probe.inject((call, arguments) ->
        switch (call) {
          case "recv" -> sys.recv((int) arguments[0], (long) arguments[1], 1, (int) arguments[3]);
          case "send" -> sys.send((int) arguments[0], (long) arguments[1], 1, (int) arguments[3]);
          default -> null;
        });
    assertEchoesWhole(pair(Recorder.echo()), 1_000);
  }

  /** The loop goes on, and so do its other connections. */
  @Test
  void outOfMemory_forWhatIsLeftUnread_isNotTheHandlersFault() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived = (_, _) -> {};
    Pair pair = pair(handler);
    Pair other = pair(Recorder.echo());
    LoopNet.of(loop)
        .pool()
        .takeFrom((_, _) -> {
          throw new OutOfMemoryError("made up");
        });
    pair.peer().write("left");
    untilClosed(pair);
    assertEquals(CloseReason.LIMIT, handler.cause.reason());
    assertTrue(handler.cause.message().contains("no native memory"), handler.cause.toString());
    assertEquals(List.of(), reported);
    assertEquals(1, NetStats.of(loop).refused(Limit.MEMORY));
    untilPeerIsOver(pair.peer());
    assertEquals(Errno.ECONNRESET, pair.peer().errno());
    LoopNet.of(loop).pool().takeFrom(Slab::new);
    other.peer().write("lives");
    until("echo", () -> other.peer().read().text().equals("lives"));
  }

  @Test
  void reads_refusedThoughReady_loseNothing() throws Exception {
    int[] calls = {0};
    if (setup.trigger().isEdge()) {
      assertTruthAfterNewArrival();
      return;
    }
    probe.inject((call, _) -> call.equals("recv") && calls[0]++ % 2 == 0 ? -Errno.EAGAIN : null);
    assertEchoesWhole(pair(Recorder.echo()), 50_000);
  }

  /** With an edge, a refusal is the truth until the next arrival. */
  private void assertTruthAfterNewArrival() throws Exception {
    boolean[] refuse = {true};
    probe.inject((call, _) -> call.equals("recv") && refuse[0] ? -Errno.EAGAIN : null);
    Pair pair = pair(Recorder.echo());
    pair.peer().write("first ");
    turn();
    turn();
    refuse[0] = false;
    pair.peer().write("second");
    until("echo", () -> pair.peer().read().size() == 12);
    assertEquals("first second", pair.peer().text());
  }

  @Test
  void sendFails_whileInputIsUnread_theInputIsReceivedFirst() throws Exception {
    for (int errno : new int[] {Errno.EPIPE, Errno.ECONNRESET}) {
      Recorder handler = new Recorder();
      handler.onReceived = (connection, data) -> handler.take(data);
      Pair pair = pair(handler, options.withReadBytes(4).withReadsPerTurn(1));
      quiet();
      pair.peer().write("last words of the peer");
      probe.inject((call, _) -> call.equals("send") ? -errno : null);
      WriteResult _ = pair.connection().write(ascii("into the void"));
      turn();
      probe.inject((_, _) -> null);
      assertFalse(pair.connection().write(ascii("more")).goesOn());
      pair.peer().close();
      untilClosed(pair);
      assertEquals("last words of the peer", handler.text());
      assertEquals(CloseReason.RESET, handler.cause.reason());
      assertEquals(errno, handler.cause.errno());
      assertEquals(17, handler.lostBytes); // what was dropped after the failure as well
    }
  }

  @Test
  void peerResets_withItsDataUnread_dataIsReceivedThoughASendFailed() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pair(handler);
    pair.connection().pauseReading();
    pair.peer().write("said before");
    quiet();
    pair.peer().reset();
    pair.connection().resumeReading();
    WriteResult _ = pair.connection().write(ascii("x"));
    untilClosed(pair);
    assertEquals("said before", handler.text());
    assertEquals(CloseReason.RESET, handler.cause.reason());
  }

  @Test
  void end_afterThePeerReset_stillReceives() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pair(handler);
    pair.connection().pauseReading();
    pair.peer().write("said before");
    quiet();
    pair.peer().reset();
    pair.connection().resumeReading();
    pair.connection().end();
    untilClosed(pair);
    assertEquals("said before", handler.text());
  }

  @Test
  void sendFails_forAReasonOfOurs_closesAtOnce() throws Exception {
    Pair pair = pair(new Recorder());
    probe.inject((call, _) -> call.equals("send") ? -Errno.EIO : null);
    WriteResult _ = pair.connection().write(ascii("x"));
    turn();
    assertEquals(CloseReason.ERROR, pair.handler().cause.reason());
    assertEquals(Errno.EIO, pair.handler().cause.errno());
  }

  @Test
  void recvFails_closesWithThatErrno() throws Exception {
    Pair pair = pair(new Recorder());
    Pair other = pair(Recorder.echo());
    int fd = pair.connection().fd();
    probe.inject((call, arguments) ->
        call.equals("recv") && arguments[0].equals(fd) ? -Errno.ETIMEDOUT : null);
    pair.peer().write("x");
    other.peer().write("y");
    untilClosed(pair);
    assertEquals(Errno.ETIMEDOUT, pair.handler().cause.errno());
    until("echo", () -> other.peer().read().size() == 1);
  }

  @Test
  void epollCtl_outOfMemory_endsThatConnectionOnly() throws Exception {
    Pair pair =
        pair(
            new Recorder(),
            options.withLowWaterBytes(1).withHighWaterBytes(2).withMaxQueuedBytes(1 << 25));
    Pair other = pair(Recorder.echo());
    quiet();
    probe.inject((call, _) -> call.equals("epollCtl") ? -Errno.ENOMEM : null);
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(1 << 23));
    turn();
    turn();
    probe.inject((_, _) -> null);
    if (pair.handler().isClosed()) {
      assertEquals(CloseReason.ERROR, pair.handler().cause.reason());
    } else { // no such call was made: an edge, or no epoll
      pair.connection().reset();
    }
    other.peer().write("y");
    until("echo", () -> other.peer().read().size() == 1);
  }

  private void assertOnlyThisFails(Consumer<Recorder> mine, Consumer<Pair> cause) throws Exception {
    Recorder handler = new Recorder();
    mine.accept(handler);
    Pair other = pair(Recorder.echo());
    Pair pair =
        pair(
            handler,
            options
                .withLowWaterBytes(1)
                .withHighWaterBytes(2)
                .withMaxQueuedBytes(1000)
                .withHeartbeat(Duration.ofMillis(1))
                .withCloseGrace(Duration.ofSeconds(1)));
    cause.accept(pair);
    other.peer().write("y");
    untilClosed(pair);
    assertEquals(CloseReason.HANDLER_FAILED, handler.cause.reason());
    assertEquals("made to fail", handler.cause.message());
    until("echo", () -> other.peer().read().size() == 1);
    assertEquals(1, reported.size(), reported.toString());
    assertTrue(reported.getFirst().startsWith("the handler of connection"), reported.toString());
    assertTrue(reported.getFirst().contains("made to fail"), reported.toString());
  }

  private static void fail(Object first) {
    throw new IllegalStateException("made to fail");
  }

  @Test
  void opened_throws_endsThisConnectionOnly() throws Exception {
    assertOnlyThisFails(handler -> handler.onOpened = ConnectionFaultTest::fail, _ -> {});
  }

  @Test
  void received_throws_endsThisConnectionOnly() throws Exception {
    assertOnlyThisFails(
        handler -> handler.onReceived = (_, data) -> fail(data), pair -> pair.peer().write("x"));
  }

  @Test
  void readComplete_throws_endsThisConnectionOnly() throws Exception {
    assertOnlyThisFails(
        handler -> handler.onReadComplete = ConnectionFaultTest::fail,
        pair -> pair.peer().write("x"));
  }

  @Test
  void readClosed_throws_endsThisConnectionOnly() throws Exception {
    assertOnlyThisFails(
        handler -> handler.onReadClosed = ConnectionFaultTest::fail,
        pair -> pair.peer().shutdown());
  }

  @Test
  void writable_throws_endsThisConnectionOnly() throws Exception {
    assertOnlyThisFails(
        handler -> handler.onWritable = ConnectionFaultTest::fail,
        pair -> {
          probe.inject((call, _) -> call.equals("send") ? -Errno.EAGAIN : null);
          assertEquals(WriteResult.FULL, pair.connection().write(ascii("enough")));
          probe.inject((_, _) -> null);
          pair.connection().link().output.becameReady();
          pair.connection().link().kick();
        });
  }

  @Test
  void heartbeat_throws_endsThisConnectionOnly() throws Exception {
    assertOnlyThisFails(handler -> handler.onHeartbeat = ConnectionFaultTest::fail, _ -> {});
  }

  @Test
  void closed_throws_isReported_andOthersGoOn() throws Exception {
    Recorder handler = new Recorder();
    handler.onClosed = ConnectionFaultTest::fail;
    Pair other = pair(Recorder.echo());
    Pair pair = pair(handler);
    pair.connection().reset();
    turn();
    assertTrue(handler.isClosed());
    assertEquals(1, reported.size(), reported.toString());
    other.peer().write("y");
    until("echo", () -> other.peer().read().size() == 1);
  }

  @Test
  void observer_seesTheLifeOfAConnection_whateverItsHandlerDoes() throws Exception {
    List<String> seen = new ArrayList<>();
    ConnectionObserver observer =
        new ConnectionObserver() {
          @Override
          public void opened(Connection connection) {
            seen.add("opened");
          }

          @Override
          public void closed(Connection connection, CloseCause cause) {
            seen.add("closed " + cause.reason());
          }

          @Override
          public void failed(Connection connection, String what, Throwable thrown) {
            seen.add("failed " + what + ": " + thrown.getMessage());
          }
        };
    Recorder handler = new Recorder();
    handler.onReceived = (_, data) -> fail(data);
    Pair pair = pair(handler, options.withObserver(observer));
    pair.peer().write("x");
    untilClosed(pair);
    quiet();
    assertEquals(
        List.of("opened", "failed the handler: made to fail", "closed HANDLER_FAILED"), seen);
    assertEquals(List.of(), reported);
  }

  @Test
  void observer_thatThrows_changesNothing_andIsReported() throws Exception {
    ConnectionObserver rude =
        new ConnectionObserver() {
          @Override
          public void opened(Connection connection) {
            fail(connection);
          }

          @Override
          public void closed(Connection connection, CloseCause cause) {
            fail(connection);
          }
        };
    Pair pair = pair(Recorder.echo(), options.withObserver(rude));
    pair.peer().write("y");
    until("echo", () -> pair.peer().read().size() == 1);
    pair.connection().close();
    untilClosed(pair);
    quiet();
    assertEquals(2, reported.size(), reported.toString());
  }
}

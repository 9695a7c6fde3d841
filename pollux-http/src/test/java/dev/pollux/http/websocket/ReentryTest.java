package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpWire;
import dev.pollux.net.CloseReason;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs do within the calls they get. */
class ReentryTest {

  private static final WebSocketOptions QUIET =
      WebSocketOptions.DEFAULT.withPingInterval(Duration.ZERO);
  private static final ConnectionOptions FEW =
      ConnectionOptions.DEFAULT.withHighWaterBytes(10_000).withMaxQueuedBytes(20_000);

  /** Does something in one of the calls. */
  private static class Acting extends SocketWire.Echo {
    final String where;

    Acting(String where) {
      this.where = where;
    }

    void act(WebSocket socket) throws Exception {
      throw new IllegalStateException("in " + where + " of " + socket);
    }

    private void in(String what, WebSocket socket) throws Exception {
      if (what.equals(where)) {
        act(socket);
      }
    }

    @Override
    public void opened(WebSocket opened) {
      super.opened(opened);
      sneaky(() -> in("opened", opened));
    }

    @Override
    public void message(WebSocket from, boolean isText, ByteBuffer data) {
      super.message(from, isText, data);
      sneaky(() -> in("message", from));
    }

    @Override
    public void pong(WebSocket from, ByteBuffer data) {
      super.pong(from, data);
      sneaky(() -> in("pong", from));
    }

    @Override
    public void writable(WebSocket socket) throws Exception {
      seen.add("writable");
      in("writable", socket);
    }

    @Override
    public void closed(WebSocket closed, WebSocketEnd why) {
      super.closed(closed, why);
      sneaky(() -> in("closed", closed));
    }

    private interface Step {
      void run() throws Exception;
    }

    private static void sneaky(Step step) {
      try {
        step.run();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    long closings() {
      return seen.stream().filter(each -> each.startsWith("closed")).count();
    }
  }

  /** Has all calls made, if nothing comes between. */
  private static String exercise(SocketWire wire, Acting program) {
    WebSocket socket = Objects.requireNonNull(program.socket);
    String all = "";
    if (wire.http.connection.isOpen()) {
      wire.send(frames().pong("").text("a").text("b"));
    }
    if (program.where.equals("writable")) {
      while (socket.send(ByteBuffer.allocate(4_000)).isTaken()) {}
    }
    for (String more = wire.read(); !more.isEmpty(); more = wire.read()) {
      all += more + " ";
    }
    if (program.where.equals("closed")) {
      wire.send(frames().close(1000, ""));
      all += wire.read() + " ";
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"opened", "message", "pong", "writable"})
  void failure_inACall_endsThisOne_andIsToldOnce(String where) {
    Acting program = new Acting(where);
    try (SocketWire wire = SocketWire.open(QUIET, FEW, "", program)) {
      String answer = Frames.show(wire.ahead) + " " + exercise(wire, program);
      assertTrue(answer.endsWith("close(1011) "), answer);
      assertTrue(wire.isEnded());
      assertEquals(1, wire.http.reported.size(), wire.http.reported.toString());
    }
    assertEquals(1, program.closings());
    WebSocketEnd end = Objects.requireNonNull(program.end);
    assertEquals(CloseReason.HANDLER_FAILED, end.cause().reason());
    assertEquals(1011, end.code());
    assertFalse(end.isClean());
  }

  @Test
  void failure_inClosed_isToldOnce() {
    Acting program = new Acting("closed");
    try (SocketWire wire = SocketWire.open(QUIET, FEW, "", program)) {
      assertTrue(exercise(wire, program).endsWith("close(1000) "));
      assertTrue(wire.isEnded());
      assertEquals(1, wire.http.reported.size(), wire.http.reported.toString());
    }
    assertEquals(1, program.closings());
  }

  /** What comes behind, in the same turn too, is dropped; what was sent before is sent. */
  @ParameterizedTest
  @ValueSource(strings = {"opened", "message", "pong", "writable"})
  void close_inACall_isTheLastThatIsSaid(String where) {
    Acting program =
        new Acting(where) {
          @Override
          void act(WebSocket socket) {
            var _ = socket.send("last");
            socket.close();
            socket.close(4000, "again");
            assertEquals(WriteResult.CLOSED, socket.send("behind"));
            assertEquals(WriteResult.CLOSED, socket.ping(ByteBuffer.allocate(1)));
            assertFalse(socket.isOpen());
            assertFalse(socket.isWritable());
          }
        };
    try (SocketWire wire = SocketWire.open(QUIET, FEW, "", program)) {
      String answer = Frames.show(wire.ahead) + " " + exercise(wire, program);
      assertTrue(answer.endsWith("text(last) close(1000) "), answer);
      assertFalse(wire.isEnded());
      wire.send(frames().text("unheard").ping("unheard").close(1000, "").text("behind"));
      assertEquals("", wire.read());
      assertTrue(wire.isEnded());
      assertEquals(List.of(), wire.http.reported);
    }
    long texts = program.seen.stream().filter(each -> each.equals("text")).count();
    assertEquals(where.equals("message") ? 1 : where.equals("writable") ? 2 : 0, texts);
    assertTrue(Objects.requireNonNull(program.end).isClean());
    assertEquals(1, program.closings());
  }

  @ParameterizedTest
  @ValueSource(strings = {"message", "pong"})
  void reset_inACall_isTheEnd(String where) {
    Acting program =
        new Acting(where) {
          @Override
          void act(WebSocket socket) {
            socket.reset();
            socket.close();
            socket.pauseReading();
            socket.resumeReading();
            assertEquals(WriteResult.CLOSED, socket.send("behind"));
          }
        };
    try (SocketWire wire = SocketWire.open(QUIET, FEW, "", program)) {
      var _ = exercise(wire, program);
      assertTrue(wire.http.isReset());
      assertEquals(List.of(), wire.http.reported);
    }
    assertEquals(1, program.closings());
  }

  @Test
  void calls_inClosed_doNothing() {
    List<WriteResult> results = new ArrayList<>();
    Acting program =
        new Acting("closed") {
          @Override
          void act(WebSocket socket) {
            results.add(socket.send("a"));
            results.add(socket.send(WebSocketMessage.text("a")));
            results.add(socket.sendPart(true, ByteBuffer.allocate(1), false));
            results.add(socket.ping(ByteBuffer.allocate(1)));
            WebSocketGroup group = WebSocketGroup.over(List.of(socket.loop()));
            group.add(socket);
            assertEquals(0, group.size());
            group.remove(socket);
            socket.close();
            socket.reset();
            socket.pauseReading();
            socket.resumeReading();
          }
        };
    try (SocketWire wire = SocketWire.open(QUIET, FEW, "", program)) {
      assertTrue(exercise(wire, program).endsWith("close(1000) "));
      assertEquals(List.of(), wire.http.reported);
    }
    assertEquals(java.util.Collections.nCopies(4, WriteResult.CLOSED), results);
  }

  /** Each message may pause, and the next call may come from a task. */
  @Test
  void pauses_inMessages_loseNothing() {
    Acting program =
        new Acting("message") {
          @Override
          void act(WebSocket socket) {
            socket.pauseReading();
            socket.execute(socket::resumeReading);
          }
        };
    try (SocketWire wire = SocketWire.open(QUIET, program)) {
      Frames all = frames();
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        all.text("m" + i);
        expected.append(i == 0 ? "" : " ").append("text(m").append(i).append(')');
      }
      wire.send(all);
      assertEquals(expected.toString(), wire.read());
    }
  }

  /** It is new, and a stop has begun. */
  @Test
  void finish_beforeItIsOpen_isToldBehindThat() {
    SocketWire.Echo echo = new SocketWire.Echo();
    try (HttpWire wire = HttpWire.to(WebSocketEndpoint.of(_ -> echo))) {
      wire.write(HttpWire.bytes(SocketWire.ASK + SocketWire.KEY + "¶"));
      wire.connection.finish();
      String answer = wire.turn().read();
      assertTrue(answer.endsWith("¶¶\u0088\u0002\u0003\u00e9"), answer);
      wire.write(frames().close(1001, "").bytes()).turn();
      assertTrue(wire.isEnded());
    }
    assertEquals(List.of("opened", "closed 1001"), echo.seen);
  }
}

package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.CloseReason;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a WebSocket ends, waits, and is left alone. */
class ConversationTest {

  private static final WebSocketOptions QUIET =
      WebSocketOptions.DEFAULT.withPingInterval(Duration.ZERO);

  private final SocketWire.Echo echo = new SocketWire.Echo();

  private WebSocket socket() {
    return java.util.Objects.requireNonNull(echo.socket);
  }

  private WebSocketEnd end() {
    return java.util.Objects.requireNonNull(echo.end);
  }

  // ---- the end

  @Test
  void close_waitsForThePeers() {
    try (SocketWire wire = SocketWire.open(echo)) {
      socket().close(4001, "enough");
      assertEquals("close(4001)", wire.read());
      assertFalse(socket().isOpen());
      assertEquals(WriteResult.CLOSED, socket().send("more"));
      socket().close();
      wire.send(frames().text("dropped").ping("unanswered"));
      assertEquals("", wire.read());
      assertFalse(wire.isEnded());
      wire.send(frames().close(4001, "so be it"));
      assertTrue(wire.isEnded());
    }
    assertEquals(List.of("opened", "closed 4001"), echo.seen);
    assertEquals("so be it", end().reason());
    assertTrue(end().isClean());
  }

  @Test
  void close_notAnswered_endsInTime() {
    try (SocketWire wire = SocketWire.open(echo)) {
      socket().close();
      wire.pass(Duration.ofMillis(4_900));
      assertFalse(wire.isEnded());
      wire.pass(Duration.ofMillis(200));
      assertTrue(wire.isEnded());
    }
    assertEquals(List.of("opened", "closed 1006"), echo.seen);
    assertFalse(end().isClean());
  }

  /** What comes in the place of a Close puts nothing off. */
  @Test
  void close_answeredByOtherThings_endsInTime() {
    try (SocketWire wire = SocketWire.open(echo)) {
      socket().close();
      for (int i = 0; i < 4; i++) {
        wire.pass(Duration.ofSeconds(1)).send(frames().text("more"));
      }
      assertFalse(wire.isEnded());
      wire.pass(Duration.ofMillis(1_100));
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void close_ofTheProgramWhileItPauses_isAnswered() {
    try (SocketWire wire = SocketWire.open(echo)) {
      socket().pauseReading();
      wire.send(frames().text("unseen").close(1000, ""));
      assertEquals(List.of("opened"), echo.seen);
      socket().close();
      wire.http.turn();
      assertEquals("close(1000)", wire.read());
      assertTrue(wire.isEnded());
    }
    assertEquals(List.of("opened", "closed 1000"), echo.seen);
  }

  @Test
  void peer_endsWithoutAWord_isAbnormal() {
    try (SocketWire wire = SocketWire.open(echo)) {
      wire.http.end();
      assertTrue(wire.isEnded());
    }
    assertEquals(1006, end().code());
    assertEquals(CloseReason.END_OF_STREAM, end().cause().reason());
  }

  @Test
  void peer_endsBehindMessagesThatWait_hasThemAnswered() {
    try (SocketWire wire = SocketWire.open(echo)) {
      socket().pauseReading();
      wire.send(frames().text("a").text("b"));
      wire.http.end();
      wire.pass(Duration.ofSeconds(2));
      assertFalse(echo.seen.contains("closed 1006"));
      socket().resumeReading();
      wire.http.turn();
      assertEquals("text(a) text(b)", wire.read());
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void finish_saysGoingAway() {
    try (SocketWire wire = SocketWire.open(echo)) {
      wire.http.connection.finish();
      assertEquals("close(1001)", wire.read());
      assertFalse(wire.isEnded());
      wire.send(frames().close(1001, ""));
      assertTrue(wire.isEnded());
    }
    assertEquals(1001, end().code());
    assertTrue(end().isClean());
  }

  @Test
  void handler_thatThrows_endsThisOne() {
    SocketWire.Echo failing =
        new SocketWire.Echo() {
          @Override
          public void message(WebSocket from, boolean isText, ByteBuffer data) {
            throw new IllegalStateException("secret");
          }
        };
    try (SocketWire wire = SocketWire.open(failing)) {
      wire.send(frames().text("a").text("b"));
      assertEquals("close(1011)", wire.read());
      assertTrue(wire.isEnded());
      assertEquals(1, wire.http.reported.size());
      assertTrue(wire.http.reported.getFirst().contains("secret"));
    }
    WebSocketEnd end = java.util.Objects.requireNonNull(failing.end);
    assertEquals(CloseReason.HANDLER_FAILED, end.cause().reason());
  }

  @Test
  void handler_thatTakesNoText_saysSo() {
    try (SocketWire wire = SocketWire.open(new WebSocketHandler() {})) {
      wire.send(frames().text("a"));
      assertEquals("close(1003)", wire.read());
    }
  }

  @Test
  void reset_isHeardAsItIs() {
    try (SocketWire wire = SocketWire.open(echo)) {
      socket().reset();
      wire.http.turn();
      assertTrue(wire.http.isReset());
    }
    assertEquals(1006, end().code());
  }

  @Test
  void calls_withWhatCannotBe_areRefused() {
    try (SocketWire wire = SocketWire.open(echo)) {
      WebSocket socket = socket();
      assertThrows(IllegalArgumentException.class, () -> socket.close(1005, ""));
      assertThrows(IllegalArgumentException.class, () -> socket.close(1000, "é".repeat(62)));
      assertThrows(IllegalArgumentException.class, () -> socket.ping(ByteBuffer.allocate(126)));
      socket.close(1000, "é".repeat(61));
      assertEquals("close(1000)", wire.read());
    }
  }

  // ---- silence

  @Test
  void silence_isPinged_andAnAnswerIsEnough() {
    try (SocketWire wire = SocketWire.open(echo)) {
      wire.pass(Duration.ofSeconds(31));
      assertEquals("ping()", wire.read());
      wire.send(frames().pong(""));
      wire.pass(Duration.ofSeconds(31));
      assertEquals("ping()", wire.read());
      wire.send(frames().text("a")); // as good as a pong
      assertEquals("text(a)", wire.read());
      wire.pass(Duration.ofSeconds(20));
      assertTrue(socket().isOpen());
    }
  }

  @Test
  void silence_afterAPing_isTheEnd() {
    try (SocketWire wire = SocketWire.open(echo)) {
      wire.pass(Duration.ofSeconds(44));
      assertTrue(socket().isOpen());
      wire.pass(Duration.ofSeconds(2));
      assertEquals("ping()", wire.read());
      assertTrue(wire.http.isReset());
    }
    assertEquals(CloseReason.STALLED, end().cause().reason());
  }

  @Test
  void silence_whileNothingIsRead_isOurOwn() {
    try (SocketWire wire = SocketWire.open(echo)) {
      socket().pauseReading();
      wire.pass(Duration.ofMinutes(10));
      assertTrue(socket().isOpen());
      socket().resumeReading();
      wire.pass(Duration.ofMinutes(1));
      assertFalse(socket().isOpen());
    }
  }

  @Test
  void pings_off_leaveItAlone() {
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      wire.pass(Duration.ofHours(1));
      assertTrue(socket().isOpen());
      assertEquals("", wire.read());
    }
  }

  // ---- limits and back-pressure

  @Test
  void message_atTheLimit_isTaken_andOneByteMoreIsNot() {
    WebSocketOptions small = QUIET.withMaxMessageBytes(1000);
    try (SocketWire wire = SocketWire.open(small, echo)) {
      wire.send(frames().textOf(1000).frame(Frames.TEXT, "*".repeat(999)));
      wire.send(frames().frame(Frames.FIN, "*"));
      assertEquals("text(1000 bytes) text(1000 bytes)", wire.read());
      wire.send(frames().textOf(1001));
      assertEquals("close(1009)", wire.read());
    }
    assertEquals(1009, end().code());
    try (SocketWire wire = SocketWire.open(small, echo)) {
      wire.send(frames().frame(Frames.TEXT, "*".repeat(999)).frame(Frames.FIN, "**"));
      assertEquals("close(1009)", wire.read());
    }
  }

  @Test
  void peer_thatDoesNotRead_isNotReadEither() {
    ConnectionOptions few =
        ConnectionOptions.DEFAULT.withHighWaterBytes(10_000).withMaxQueuedBytes(100_000);
    try (SocketWire wire = SocketWire.open(QUIET, few, "", echo)) {
      byte[] message = frames().binary(5_000).bytes();
      int most = 0;
      for (int i = 0; i < 2_000 && !wire.http.connection.isReadingPaused(); i++) {
        wire.send(message);
        most = Math.max(most, wire.http.connection.queuedBytes());
      }
      assertTrue(wire.http.connection.isReadingPaused());
      assertTrue(most < 30_000, "queued: " + most);
      long seen = echo.seen.size();
      int got = 0;
      while (got < 5_004L * (seen - 1)) {
        got += wire.http.receive(1 << 20);
      }
      assertFalse(wire.http.connection.isReadingPaused());
      assertTrue(socket().isOpen());
      for (int i = 0; i < 2_000 && !wire.http.connection.isReadingPaused(); i++) {
        wire.send(message); // who was read once more is not read for ever
        assertTrue(wire.http.connection.queuedBytes() < 30_000 + (1 << 16));
      }
      assertTrue(wire.http.connection.isReadingPaused());
    }
  }

  /** A peer that pings and does not read has one answer waiting, and not one for each. */
  @Test
  void pings_whileFull_areAnsweredByTheLast() {
    ConnectionOptions few =
        ConnectionOptions.DEFAULT.withHighWaterBytes(10_000).withMaxQueuedBytes(100_000);
    WebSocketHandler filling =
        new WebSocketHandler() {
          @Override
          public void text(WebSocket from, String text) {
            while (from.isWritable()) {
              var _ = from.send("*".repeat(1000));
            }
          }
        };
    try (SocketWire wire = SocketWire.open(QUIET, few, "", filling)) {
      wire.send(frames().text("fill").ping("1").ping("2").ping("3"));
      String all = "";
      for (String more = wire.read(); !more.isEmpty(); more = wire.read()) {
        all += more + " ";
      }
      assertTrue(all.endsWith("pong(1) pong(2) pong(3) ") || all.endsWith("pong(3) "), all);
    }
  }

  @Test
  void send_refused_isToldAndGoesOnLater() {
    ConnectionOptions few =
        ConnectionOptions.DEFAULT.withHighWaterBytes(10_000).withMaxQueuedBytes(20_000);
    int[] writable = {0};
    WebSocketHandler filling =
        new SocketWire.Echo() {
          @Override
          public void writable(WebSocket from) {
            writable[0]++;
          }
        };
    try (SocketWire wire = SocketWire.open(QUIET, few, "", filling)) {
      WebSocket open = java.util.Objects.requireNonNull(((SocketWire.Echo) filling).socket);
      ByteBuffer data = ByteBuffer.allocate(5_000);
      WriteResult result = open.send(data);
      while (result != WriteResult.REFUSED) {
        result = open.send(data.rewind());
      }
      assertEquals(5_000, data.remaining());
      while (wire.http.receive(1 << 20) > 0) {}
      assertEquals(1, writable[0]);
      assertTrue(open.send(data).isTaken());
      assertNotNull(open.connection());
    }
  }

  @Test
  void parts_areOneMessage() {
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      WebSocket socket = socket();
      var _ = socket.sendPart(true, ByteBuffer.wrap(new byte[] {'a'}), false);
      assertThrows(IllegalStateException.class, () -> socket.send("between"));
      var _ = socket.ping(ByteBuffer.allocate(0));
      var _ = socket.sendPart(true, ByteBuffer.wrap(new byte[] {'b'}), true);
      var _ = socket.send("c");
      wire.http.turn();
      assertEquals("text(a)- ping() more(b) text(c)", wire.read());
    }
  }

  /** What a peer sent before it went is heard, whether it is answered or not. */
  @Test
  void peer_thatIsGone_hasItsMessagesHeard() {
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      Frames much = frames();
      for (int i = 0; i < 100; i++) {
        much.binary(1_000);
      }
      wire.http.write(much.bytes()).cut().turn();
      assertEquals(100, java.util.Collections.frequency(echo.seen, "binary"));
      assertEquals(1006, end().code());
    }
  }

  /** An answer that there was no room for is not lost. */
  @Test
  void pong_refused_isSentLater() {
    ConnectionOptions few =
        ConnectionOptions.DEFAULT.withHighWaterBytes(10_000).withMaxQueuedBytes(10_000);
    WebSocketHandler filling =
        new SocketWire.Echo() {
          @Override
          public void binary(WebSocket from, ByteBuffer data) {}
        };
    try (SocketWire wire = SocketWire.open(QUIET, few, "", filling)) {
      WebSocket open = java.util.Objects.requireNonNull(((SocketWire.Echo) filling).socket);
      while (open.connection().queuedBytes() == 0) {
        var _ = open.send(ByteBuffer.allocate(4_000));
        wire.http.turn();
      }
      int room = 10_000 - open.connection().queuedBytes();
      var _ = open.send(ByteBuffer.allocate(room - 4 - 50));
      assertTrue(open.isWritable());
      wire.send(frames().ping("*".repeat(100)));
      String all = "";
      for (String more = wire.read(); !more.isEmpty(); more = wire.read()) {
        all += more + " ";
      }
      assertTrue(all.endsWith("pong(100 bytes) "), all);
    }
  }

  /** Who fills the queue whenever there is room hears the peer all the same. */
  @Test
  void close_toWhoAlwaysSends_isHeard() {
    SocketWire.Echo pouring =
        new SocketWire.Echo() {
          @Override
          public void message(WebSocket from, boolean isText, ByteBuffer data) {
            seen.add("message");
            writable(from);
          }

          @Override
          public void writable(WebSocket from) {
            while (from.isWritable()) {
              var _ = from.send("*".repeat(1000));
            }
          }
        };
    try (SocketWire wire = SocketWire.open(QUIET, pouring)) {
      wire.send(frames().text("begin"));
      wire.send(frames().ping("too").close(1000, ""));
      WebSocket socket = java.util.Objects.requireNonNull(pouring.socket);
      for (int i = 0; i < 100 && socket.isOpen(); i++) {
        int _ = wire.http.receive(1 << 16);
      }
      assertFalse(socket.isOpen());
      assertTrue(wire.isEnded());
    }
    assertEquals(List.of("opened", "message", "closed 1000"), pouring.seen);
  }

  /** What was refused has begun nothing, and ended nothing. */
  @Test
  void part_refused_changesNothing() {
    ConnectionOptions few =
        ConnectionOptions.DEFAULT.withHighWaterBytes(10_000).withMaxQueuedBytes(20_000);
    try (SocketWire wire = SocketWire.open(QUIET, few, "", echo)) {
      WebSocket socket = socket();
      while (socket.send(ByteBuffer.allocate(5_000)).isTaken()) {
        wire.http.turn();
      }
      ByteBuffer part = ByteBuffer.allocate(15_000);
      assertEquals(WriteResult.REFUSED, socket.sendPart(false, part, false));
      assertEquals(15_000, part.remaining());
      assertTrue(socket.send("x").isTaken());
      assertTrue(socket.sendPart(true, ByteBuffer.wrap(new byte[] {'a'}), false).isTaken());
      assertEquals(WriteResult.REFUSED, socket.sendPart(true, part, true));
      assertThrows(IllegalStateException.class, () -> socket.send("between"));
      assertTrue(socket.sendPart(true, ByteBuffer.wrap(new byte[] {'b'}), true).isTaken());
      String all = "";
      for (String more = wire.read(); !more.isEmpty(); more = wire.read()) {
        all += more + " ";
      }
      assertTrue(all.endsWith("text(x) text(a)- more(b) "), all);
    }
  }
}

package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.ConnectionOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Who is given up for silence, and who is not. */
class SilencesTest {

  private static final ConnectionOptions ROOMY =
      ConnectionOptions.DEFAULT.withMaxQueuedBytes(1 << 26);

  private final SocketWire.Echo echo = new SocketWire.Echo();

  private WebSocket socket() {
    return Objects.requireNonNull(echo.socket);
  }

  /** A ping would be behind all that; what does not move at all is ended by writeStall. */
  @Test
  void silence_whileThePeerReadsWhatItWasSent_isNotTheEnd() {
    try (SocketWire wire = SocketWire.open(WebSocketOptions.DEFAULT, ROOMY, "", echo)) {
      var _ = socket().send(ByteBuffer.allocate(1 << 25));
      for (int i = 0; i < 100; i++) {
        wire.pass(Duration.ofSeconds(1));
        assertTrue(socket().isOpen(), "after " + i + " s: " + wire.http.cause);
        int _ = wire.http.receive(1 << 17);
      }
    }
  }

  /** Pings keep a way open: they do not wait for the time that an answer may take. */
  @Test
  void pings_whereAnswersMayTakeLonger_keepTheirInterval() {
    WebSocketOptions options =
        WebSocketOptions.DEFAULT
            .withPingInterval(Duration.ofSeconds(10))
            .withPongTime(Duration.ofSeconds(60));
    try (SocketWire wire = SocketWire.open(options, echo)) {
      for (int i = 0; i < 5; i++) {
        wire.pass(Duration.ofMillis(10_100));
        assertEquals("ping()", wire.read(), "ping " + i);
        wire.send(frames().pong(""));
      }
      wire.pass(Duration.ofMillis(10_100));
      assertEquals("ping()", wire.read());
      wire.pass(Duration.ofSeconds(59));
      assertTrue(socket().isOpen());
      assertEquals("", wire.read()); // one for each silence
      wire.pass(Duration.ofSeconds(2));
      assertFalse(socket().isOpen());
    }
  }

  @Test
  void pings_withoutATimeForAnswers_goOn() {
    WebSocketOptions options = WebSocketOptions.DEFAULT.withPongTime(Duration.ZERO);
    try (SocketWire wire = SocketWire.open(options, echo)) {
      wire.pass(Duration.ofSeconds(95));
      assertEquals("ping() ping() ping()", wire.read());
      assertTrue(socket().isOpen());
    }
  }

  /** What has come in the meantime lies there, and timers run first. */
  @Test
  void silence_ofALoopThatWasHeld_isItsOwn() {
    ConnectionOptions untimed = ConnectionOptions.DEFAULT.withWriteStall(Duration.ZERO);
    try (SocketWire wire = SocketWire.open(WebSocketOptions.DEFAULT, untimed, "", echo)) {
      wire.pass(Duration.ofSeconds(31));
      assertEquals("ping()", wire.read());
      wire.http.write(frames().pong("").bytes()).hold(Duration.ofSeconds(60)).turn();
      assertTrue(socket().isOpen());
      wire.pass(Duration.ofSeconds(31));
      assertEquals("ping()", wire.read());
    }
  }

  @Test
  void silence_whileAnotherPauses_isOurOwn() {
    try (SocketWire wire = SocketWire.open(echo)) {
      wire.http.connection.pauseReading();
      wire.pass(Duration.ofMinutes(5));
      assertTrue(socket().isOpen());
    }
  }

  @Test
  void pause_afterAPing_doesNotCount() {
    try (SocketWire wire = SocketWire.open(echo)) {
      wire.pass(Duration.ofSeconds(31));
      assertEquals("ping()", wire.read());
      socket().pauseReading();
      wire.pass(Duration.ofSeconds(13));
      socket().resumeReading();
      wire.pass(Duration.ofSeconds(5));
      assertTrue(socket().isOpen());
      wire.send(frames().pong(""));
      wire.pass(Duration.ofSeconds(29));
      assertEquals("", wire.read());
    }
  }
}

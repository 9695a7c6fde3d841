package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.CloseReason;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.NetStats;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that flood, stall, and leave at any time. */
class HostilePeerTest {

  private static final WebSocketOptions QUIET =
      WebSocketOptions.DEFAULT.withPingInterval(Duration.ZERO);
  private static final ConnectionOptions FEW =
      ConnectionOptions.DEFAULT.withHighWaterBytes(10_000).withMaxQueuedBytes(20_000);

  private final SocketWire.Echo echo = new SocketWire.Echo();

  private WebSocket socket() {
    return Objects.requireNonNull(echo.socket);
  }

  private WebSocketEnd end() {
    return Objects.requireNonNull(echo.end);
  }

  @Test
  void pings_ofWhoDoesNotRead_stopBeingRead() {
    try (SocketWire wire = SocketWire.open(QUIET, FEW, "", echo)) {
      byte[] pings = frames().ping("*".repeat(125)).ping("*".repeat(125)).bytes();
      int most = 0;
      for (int i = 0; i < 20_000 && !wire.http.connection.isReadingPaused(); i++) {
        wire.http.write(pings).turn();
        most = Math.max(most, wire.http.connection.queuedBytes());
      }
      assertTrue(wire.http.connection.isReadingPaused());
      assertTrue(most <= 20_000, "queued: " + most);
      while (wire.http.receive(1 << 20) > 0) {}
      assertTrue(socket().isOpen());
      assertFalse(wire.http.connection.isReadingPaused());
    }
  }

  /** Both ends are full, and neither reads: that has a time, and is said. */
  @Test
  void bothEndsFull_isEndedByWriteStall() {
    try (SocketWire wire = SocketWire.open(QUIET, FEW, "", echo)) {
      byte[] message = frames().binary(5_000).bytes();
      while (!wire.http.connection.isReadingPaused()) {
        wire.http.write(message).turn();
      }
      wire.pass(Duration.ofSeconds(50));
      assertTrue(socket().isOpen());
      wire.pass(Duration.ofSeconds(60));
      assertFalse(socket().isOpen());
    }
    assertEquals(CloseReason.STALLED, end().cause().reason());
    assertEquals(1, echo.seen.stream().filter(each -> each.startsWith("closed")).count());
  }

  @Test
  void close_floods_areAnsweredOnce() {
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      Frames all = frames();
      for (int i = 0; i < 1_000; i++) {
        all.close(1000 + i % 4, "");
      }
      wire.send(all);
      assertEquals("close(1000)", wire.read());
      assertTrue(wire.isEnded());
    }
    assertEquals(List.of("opened", "closed 1000"), echo.seen);
  }

  /** The end of the stream, at every byte of what leads to a clean end. */
  @Test
  void end_atAnyByte_isToldOnce() {
    byte[] all =
        frames().text("a").frame(Frames.TEXT, "b").ping("p").frame(Frames.FIN, "c").bytes();
    byte[] closing = frames().close(1000, "bye").bytes();
    byte[] both = Arrays.copyOf(all, all.length + closing.length);
    System.arraycopy(closing, 0, both, all.length, closing.length);
    for (boolean isOurs : new boolean[] {false, true}) {
      for (boolean isCut : new boolean[] {false, true}) {
        for (int at = 0; at <= both.length; at++) {
          endAt(Arrays.copyOf(both, at), at == both.length, isOurs, isCut);
        }
      }
    }
  }

  private static void endAt(byte[] sent, boolean isClean, boolean isOurs, boolean isCut) {
    String what = sent.length + (isOurs ? " behind our Close" : "") + (isCut ? ", cut" : "");
    SocketWire.Echo echo = new SocketWire.Echo();
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      if (isOurs) {
        Objects.requireNonNull(echo.socket).close();
      }
      wire.http.write(sent);
      if (isCut) {
        wire.http.cut().turn();
      } else {
        wire.http.end();
        assertTrue(wire.isEnded(), what);
      }
      assertTrue(wire.http.connection.isClosed(), what);
      assertEquals(List.of(), wire.http.reported, what);
    }
    assertEquals(1, echo.seen.stream().filter(each -> each.startsWith("closed")).count(), what);
    assertEquals(isClean, Objects.requireNonNull(echo.end).isClean(), what);
  }

  /** The reason may be longer than what there is room for; what was sent before is lost then. */
  @Test
  void close_withoutRoom_isAReset() {
    try (SocketWire wire = SocketWire.open(QUIET, FEW, "", echo)) {
      int size = 4_000;
      while (size > 16) {
        boolean isTaken = socket().send(ByteBuffer.allocate(size)).isTaken();
        wire.http.turn();
        size = isTaken ? size : size / 2;
      }
      socket().close(4000, "*".repeat(123));
      wire.http.turn();
      assertTrue(wire.http.connection.isClosed());
    }
    assertEquals(CloseReason.LIMIT, end().cause().reason());
    assertEquals(1006, end().code());
  }

  @Test
  void closeTime_ofZero_doesNotWait() {
    try (SocketWire wire = SocketWire.open(QUIET.withCloseTime(Duration.ZERO), echo)) {
      socket().close();
      wire.http.turn();
      assertEquals("close(1000)", wire.read());
      assertTrue(wire.isEnded());
    }
    assertFalse(end().isClean());
  }

  /** A peer that goes on and on does not put the end off. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void close_ofAPeerThatGoesOn_endsInTime(boolean isPaused) {
    try (SocketWire wire = SocketWire.open(echo)) {
      if (isPaused) {
        socket().pauseReading();
      }
      socket().close();
      for (int i = 0; i < 49; i++) {
        wire.pass(Duration.ofMillis(100));
        wire.send(frames().textOf(1_000));
        assertFalse(wire.http.connection.isClosed(), "after " + i);
      }
      wire.pass(Duration.ofMillis(200));
      assertEquals("close(1000)", wire.read());
      assertTrue(wire.isEnded());
    }
    assertEquals(List.of("opened", "closed 1006"), echo.seen);
  }

  /** A message of which there is a byte in each second is heard, and takes what has come. */
  @Test
  void message_thatComesSlowly_takesWhatHasCome() {
    try (SocketWire wire = SocketWire.open(echo)) {
      long before = NetStats.of(wire.http.loop).memoryBytes();
      byte[] frame = frames().textOf(300).bytes();
      for (byte octet : frame) {
        wire.send(new byte[] {octet});
        wire.pass(Duration.ofSeconds(1));
      }
      assertEquals("text(300 bytes)", wire.read());
      assertTrue(NetStats.of(wire.http.loop).memoryBytes() - before < 1 << 16);
    }
  }
}

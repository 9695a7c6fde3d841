package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.NetStats;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sending the same to many. */
class GroupTest {

  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate¶";
  private static final WebSocketOptions QUIET =
      WebSocketOptions.DEFAULT.withPingInterval(Duration.ZERO);

  private final SocketWire.Echo echo = new SocketWire.Echo();

  private WebSocket socket() {
    return Objects.requireNonNull(echo.socket);
  }

  private WebSocketGroup group(SocketWire wire) {
    WebSocketGroup group = WebSocketGroup.over(List.of(wire.http.loop));
    group.add(socket());
    return group;
  }

  @Test
  void broadcast_reachesMembers() {
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      WebSocketGroup group = group(wire);
      assertEquals(1, group.size());
      assertTrue(group.broadcast(WebSocketMessage.text("news")));
      assertTrue(group.broadcast(WebSocketMessage.binary(ByteBuffer.wrap(new byte[] {'b'}))));
      assertTrue(group.broadcast(WebSocketMessage.text("not for you"), socket()));
      assertEquals("text(news) binary(b)", wire.read());
      group.remove(socket());
      group.broadcast(WebSocketMessage.text("behind"));
      assertEquals("", wire.read());
    }
  }

  /** Nothing follows a Close. */
  @Test
  void member_thatIsClosed_isToldNothingMore() {
    WebSocketMessage news = WebSocketMessage.text("news");
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      WebSocketGroup group = group(wire);
      socket().close();
      group.broadcast(news);
      assertEquals("close(1000)", wire.read());
      group.add(socket());
      assertEquals(0, group.size());
    }
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      WebSocketGroup group = group(wire);
      wire.send(frames().close(1000, ""));
      group.broadcast(news);
      assertEquals("close(1000)", wire.read());
    }
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      WebSocketGroup group = group(wire);
      wire.send(frames().frame(Frames.FIN | 3, ""));
      group.broadcast(news);
      assertEquals("close(1002)", wire.read());
    }
  }

  @Test
  void member_thatCompresses_isSentTheSameCompressed() {
    WebSocketMessage news = WebSocketMessage.text("news ".repeat(100));
    for (boolean keeps : List.of(false, true)) {
      WebSocketOptions options = QUIET.withCompression(true).withContextTakeover(keeps);
      try (SocketWire wire = SocketWire.open(options, ConnectionOptions.DEFAULT, OFFER, echo)) {
        WebSocketGroup group = group(wire);
        group.broadcast(news);
        var _ = socket().send(news);
        String[] sent = wire.read().split("(?<=\\)z?) ", -1);
        assertEquals(2, sent.length);
        assertEquals(keeps, sent[0].equals("text(500 bytes)"), sent[0]);
        assertTrue(sent[1].endsWith("z"), sent[1]);
      }
    }
  }

  @Test
  void parts_andGroups_excludeEachOther() {
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      WebSocketGroup group = group(wire);
      ByteBuffer data = ByteBuffer.allocate(1);
      assertThrows(IllegalStateException.class, () -> socket().sendPart(true, data, true));
      group.remove(socket());
      assertTrue(socket().sendPart(true, data, false).isTaken());
      assertThrows(IllegalStateException.class, () -> group.add(socket()));
      assertEquals(0, group.size());
    }
  }

  /** A member that does not read has no copy of what is sent to all. */
  @Test
  void broadcast_toWhoDoesNotRead_takesNoMemoryForEach() {
    WebSocketMessage big = WebSocketMessage.binary(ByteBuffer.allocate(1 << 20));
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      WebSocketGroup group = group(wire);
      long before = NetStats.of(wire.http.loop).memoryBytes();
      for (int i = 0; i < 10; i++) {
        group.broadcast(big);
      }
      wire.http.turn();
      assertTrue(wire.http.connection.queuedBytes() > 5 << 20);
      assertTrue(NetStats.of(wire.http.loop).memoryBytes() - before < 1 << 18);
      assertFalse(wire.http.connection.isClosed());
    }
  }

  @Test
  void add_toAGroupOfOtherLoops_changesNothing() throws Exception {
    try (SocketWire wire = SocketWire.open(QUIET, echo);
        EventLoop other = EventLoop.open()) {
      assertEquals("", wire.read());
      WebSocketGroup group = WebSocketGroup.over(List.of(other));
      assertThrows(IllegalArgumentException.class, () -> group.add(socket()));
      assertTrue(socket().sendPart(true, ByteBuffer.allocate(1), true).isTaken());
      assertEquals("text(\0)", wire.read());
    }
  }

  @Test
  void add_onAnotherThread_changesNothing() throws Exception {
    try (SocketWire wire = SocketWire.open(QUIET, echo)) {
      WebSocketGroup group = WebSocketGroup.over(List.of(wire.http.loop));
      Thread elsewhere =
          new Thread(() -> assertThrows(IllegalStateException.class, () -> group.add(socket())));
      elsewhere.start();
      elsewhere.join();
      assertEquals(0, group.size());
      assertTrue(socket().sendPart(true, ByteBuffer.allocate(1), true).isTaken());
    }
  }

  /** What would not become shorter goes as it is. */
  @Test
  void message_thatIsShort_isNotCompressed() {
    WebSocketOptions options = QUIET.withCompression(true);
    try (SocketWire wire = SocketWire.open(options, ConnectionOptions.DEFAULT, OFFER, echo)) {
      WebSocketGroup group = group(wire);
      group.broadcast(WebSocketMessage.text("a"));
      var _ = socket().send(WebSocketMessage.text("b"));
      var _ = socket().send(WebSocketMessage.text("*".repeat(255)));
      var _ = socket().send(WebSocketMessage.text("*".repeat(256)));
      assertTrue(wire.read().matches("text\\(a\\) text\\(b\\) text\\(255 bytes\\) text\\(.*\\)z"));
    }
  }
}

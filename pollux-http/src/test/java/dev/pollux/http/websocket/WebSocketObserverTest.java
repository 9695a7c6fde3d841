package dev.pollux.http.websocket;

import static dev.pollux.http.websocket.Frames.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What an observer of WebSockets is told. */
class WebSocketObserverTest {

  private final List<String> told = new ArrayList<>();
  private final SocketWire.Echo echo = new SocketWire.Echo();
  private final WebSocketObserver noting =
      new WebSocketObserver() {
        @Override
        public void opened(WebSocket socket) {
          told.add("opened");
        }

        @Override
        public void received(WebSocket socket, boolean isText, int sizeBytes) {
          told.add("received " + isText + " " + sizeBytes);
        }

        @Override
        public void sent(WebSocket socket, boolean isText, long sizeBytes) {
          told.add("sent " + isText + " " + sizeBytes);
        }

        @Override
        public void closed(WebSocket socket, WebSocketEnd end) {
          told.add("closed " + end.code());
        }
      };

  private WebSocket socket() {
    return Objects.requireNonNull(echo.socket);
  }

  @Test
  void messages_ofBothWays_areTold() {
    WebSocketOptions options = WebSocketOptions.DEFAULT.withObserver(noting);
    try (SocketWire wire = SocketWire.open(options, echo)) {
      wire.send(frames().text("hello").ping("unseen"));
      var _ = socket().send(WebSocketMessage.text("abc"));
      var _ = socket().sendPart(false, ByteBuffer.allocate(2), false);
      var _ = socket().sendPart(false, ByteBuffer.allocate(5), true);
      wire.send(frames().close(1000, ""));
      var _ = socket().send("too late");
    }
    assertEquals(
        List.of(
            "opened",
            "received true 5",
            "sent true 5",
            "sent true 3",
            "sent false 7",
            "closed 1000"),
        told);
  }

  @Test
  void observer_thatThrows_isReported_andChangesNothing() {
    WebSocketObserver failing =
        new WebSocketObserver() {
          @Override
          public void opened(WebSocket socket) {
            throw new IllegalStateException("planted");
          }

          @Override
          public void received(WebSocket socket, boolean isText, int sizeBytes) {
            throw new IllegalStateException("planted");
          }

          @Override
          public void sent(WebSocket socket, boolean isText, long sizeBytes) {
            throw new IllegalStateException("planted");
          }

          @Override
          public void closed(WebSocket socket, WebSocketEnd end) {
            throw new IllegalStateException("planted");
          }
        };
    WebSocketOptions options = WebSocketOptions.DEFAULT.withObserver(failing);
    try (SocketWire wire = SocketWire.open(options, echo)) {
      wire.send(frames().text("hello"));
      assertEquals("text(hello)", wire.read());
      wire.send(frames().close(1000, ""));
      assertEquals("close(1000)", wire.read());
      wire.http.turn();
      assertEquals(4, wire.http.reported.size(), wire.http.reported.toString());
    }
  }
}

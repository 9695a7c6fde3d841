package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * What a program makes of a {@link WebSocket}.
 *
 * <p>Order: {@link #opened} first; then the others as they come; {@link #closed} last, once,
 * whatever happens. Messages are whole, in their order, and were checked: a text is UTF-8.
 *
 * <p>Threads: the loop's, one call at a time; none may block. Errors: what a method throws ends
 * this WebSocket, with {@link CloseCodes#INTERNAL_ERROR}, and is told to the connection's observer.
 */
public interface WebSocketHandler {

  /** It is open. */
  default void opened(WebSocket socket) throws Exception {}

  /** A text came. */
  default void text(WebSocket socket, String text) throws Exception {
    socket.close(CloseCodes.UNSUPPORTED_DATA, "no text is taken");
  }

  /**
   * Bytes came.
   *
   * @param data lent until this returns
   */
  default void binary(WebSocket socket, ByteBuffer data) throws Exception {
    socket.close(CloseCodes.UNSUPPORTED_DATA, "no binary data is taken");
  }

  /**
   * A message came: calls {@link #text} or {@link #binary}. Who overrides this sees texts as they
   * came, and makes no String of them.
   *
   * @param data lent until this returns; a text in UTF-8
   */
  default void message(WebSocket socket, boolean isText, ByteBuffer data) throws Exception {
    if (isText) {
      byte[] bytes = new byte[data.remaining()];
      var _ = data.get(bytes);
      text(socket, new String(bytes, UTF_8));
    } else {
      binary(socket, data);
    }
  }

  /**
   * The peer has answered a ping, or has sent this by itself.
   *
   * @param data lent until this returns
   */
  default void pong(WebSocket socket, ByteBuffer data) throws Exception {}

  /** There is room again, after a send that answered FULL or REFUSED. */
  default void writable(WebSocket socket) throws Exception {}

  /** It is over; nothing can be sent any more. */
  default void closed(WebSocket socket, WebSocketEnd end) throws Exception {}
}

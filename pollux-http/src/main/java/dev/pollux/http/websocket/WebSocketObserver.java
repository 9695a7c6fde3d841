package dev.pollux.http.websocket;

/**
 * Told of WebSockets that have these {@link WebSocketOptions#observer options}, whatever their
 * handlers do: for logs and figures. It sees, and changes nothing.
 *
 * <p>What a {@link WebSocketGroup} sends to its members is not told; each broadcast is the
 * program's own call.
 *
 * <p>Threads: the loop's; one observer may have WebSockets on many. What it throws is reported, and
 * changes nothing.
 */
public interface WebSocketObserver {

  /** It is open, and its handler is about to be told. */
  default void opened(WebSocket socket) {}

  /** A message has come, and its handler is about to be given it. */
  default void received(WebSocket socket, boolean isText, int sizeBytes) {}

  /** A message was taken, whole or its last part, to be sent; of so many bytes in all its parts. */
  default void sent(WebSocket socket, boolean isText, long sizeBytes) {}

  /** It is over, and its handler was told. Once for each that was opened. */
  default void closed(WebSocket socket, WebSocketEnd end) {}
}

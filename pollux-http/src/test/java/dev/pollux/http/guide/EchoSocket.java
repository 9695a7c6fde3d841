package dev.pollux.http.guide;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.Router;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketHandler;

/** Sends every text back. */
final class EchoSocket implements WebSocketHandler {

  static final HttpHandler SERVICE =
      new Router().get("/echo", WebSocketEndpoint.of(_ -> new EchoSocket()));

  @Override
  public void text(WebSocket socket, String text) {
    var _ = socket.send(text);
  }
}

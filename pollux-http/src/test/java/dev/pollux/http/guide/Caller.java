package dev.pollux.http.guide;

import dev.pollux.http.client.HttpClient;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketClient;
import dev.pollux.http.websocket.WebSocketEnd;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.loop.EventLoop;
import java.util.function.Consumer;

/** Says something to a WebSocket server, gives what that says, and ends. */
final class Caller implements WebSocketHandler {

  private final String text;
  private final Consumer<String> told;

  private Caller(String text, Consumer<String> told) {
    this.text = text;
    this.told = told;
  }

  static void call(EventLoop loop, String uri, String text, Consumer<String> told) {
    var _ =
        WebSocketClient.of(HttpClient.of(loop))
            .connect(
                uri, new Caller(text, told), why -> told.accept("failed: " + why.getMessage()));
  }

  @Override
  public void opened(WebSocket socket) {
    var _ = socket.send(text);
  }

  @Override
  public void text(WebSocket socket, String answer) {
    told.accept(answer);
    socket.close();
  }

  @Override
  public void closed(WebSocket socket, WebSocketEnd end) {
    told.accept("the end: " + end.code());
  }
}

package dev.pollux.examples.web;

import dev.pollux.http.HttpContent;
import dev.pollux.http.Router;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEnd;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketGroup;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.http.websocket.WebSocketMessage;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Sends what somebody says to everybody, and has a page to say it with. */
public final class ChatOverWebSocket {

  private final WebSocketGroup members;

  private ChatOverWebSocket(EventLoop loop) {
    members = WebSocketGroup.over(List.of(loop));
  }

  private void say(String text) {
    var _ = members.broadcast(WebSocketMessage.text(text));
  }

  private WebSocketHandler member(String name) {
    return new WebSocketHandler() {
      @Override
      public void opened(WebSocket socket) {
        members.add(socket);
        say(name + " is here");
      }

      @Override
      public void text(WebSocket socket, String text) {
        say(name + ": " + text);
      }

      @Override
      public void closed(WebSocket socket, WebSocketEnd end) {
        say(name + " has left");
      }
    };
  }

  /** Takes a port. */
  public static void main(String[] args) throws IOException {
    try (EventLoop loop = EventLoop.open();
        InputStream page = ChatOverWebSocket.class.getResourceAsStream("chat.html")) {
      var chat = new ChatOverWebSocket(loop);
      var html = HttpContent.of("text/html", page.readAllBytes());
      Router routes = new Router().get("/", (_, response) -> response.send(html));
      routes.get("/chat/{name}", WebSocketEndpoint.of(r -> chat.member(r.parameter("name"))));
      Web.serve(loop, args, routes);
    }
  }
}

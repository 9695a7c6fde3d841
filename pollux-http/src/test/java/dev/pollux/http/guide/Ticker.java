package dev.pollux.http.guide;

import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEnd;
import dev.pollux.http.websocket.WebSocketHandler;

/** Sends numbers for as long as somebody reads them, and no faster than that. */
final class Ticker implements WebSocketHandler {

  private long next;

  @Override
  public void opened(WebSocket socket) {
    pour(socket);
  }

  @Override
  public void writable(WebSocket socket) {
    pour(socket);
  }

  private void pour(WebSocket socket) {
    while (socket.isWritable()) {
      if (!socket.send(String.valueOf(next)).isTaken()) {
        return;
      }
      next++;
    }
  }

  @Override
  public void closed(WebSocket socket, WebSocketEnd end) {
    System.out.println(next + " were sent; the end: " + end.code());
  }
}

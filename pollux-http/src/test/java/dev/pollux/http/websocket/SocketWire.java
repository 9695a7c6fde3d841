package dev.pollux.http.websocket;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpWire;
import dev.pollux.net.ConnectionOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One WebSocket of a server, on the model kernel under virtual time, and its client, whose frames
 * the test writes and reads. Closing it checks that nothing is left.
 */
final class SocketWire implements AutoCloseable {

  static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==¶";
  static final String ASK =
      "GET /chat HTTP/1.1¶Host: a.example¶Connection: keep-alive, Upgrade¶Upgrade: WebSocket¶"
          + "Sec-WebSocket-Version: 13¶";

  final HttpWire http;
  final String answer;

  /** What came with the answer. */
  final byte[] ahead;

  private SocketWire(HttpWire http, String fields) {
    this.http = http;
    String all = http.send(ASK + KEY + fields + "¶").readRaw();
    int end = all.indexOf("¶¶");
    this.answer = all.substring(0, Math.max(0, end));
    this.ahead = all.substring(end + 2).getBytes(StandardCharsets.ISO_8859_1);
  }

  static SocketWire open(WebSocketHandler handler) {
    return open(WebSocketOptions.DEFAULT, handler);
  }

  static SocketWire open(WebSocketOptions options, WebSocketHandler handler) {
    return open(options, ConnectionOptions.DEFAULT, "", handler);
  }

  static SocketWire open(
      WebSocketOptions options, ConnectionOptions like, String fields, WebSocketHandler handler) {
    HttpHandler endpoint = WebSocketEndpoint.of(options, _ -> handler);
    SocketWire wire = new SocketWire(HttpWire.to(HttpWire.OPTIONS, like, endpoint), fields);
    if (!wire.answer.startsWith("HTTP/1.1 101 ")) {
      throw new AssertionError(wire.answer);
    }
    return wire;
  }

  SocketWire send(Frames frames) {
    http.write(frames.bytes()).turn();
    return this;
  }

  SocketWire send(byte[] bytes) {
    http.write(bytes).turn();
    return this;
  }

  /** What the server has sent since, in words. */
  String read() {
    return Frames.show(http.readBytes());
  }

  SocketWire pass(Duration time) {
    http.pass(time);
    return this;
  }

  boolean isEnded() {
    return http.isEnded();
  }

  @Override
  public void close() {
    http.close();
  }

  /** Sends every message back, and notes what happens. */
  static class Echo implements WebSocketHandler {

    final List<String> seen = new ArrayList<>();
    @org.jspecify.annotations.Nullable WebSocket socket;
    @org.jspecify.annotations.Nullable WebSocketEnd end;

    @Override
    public void opened(WebSocket opened) {
      socket = opened;
      seen.add("opened");
    }

    @Override
    public void message(WebSocket from, boolean isText, ByteBuffer data) {
      seen.add(isText ? "text" : "binary");
      var _ = from.send(isText, data);
    }

    @Override
    public void pong(WebSocket from, ByteBuffer data) {
      seen.add("pong");
    }

    @Override
    public void closed(WebSocket closed, WebSocketEnd why) {
      end = why;
      seen.add("closed " + why.code());
    }
  }
}

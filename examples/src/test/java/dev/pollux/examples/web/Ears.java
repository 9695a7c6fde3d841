package dev.pollux.examples.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.examples.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Somebody who talks and listens over a WebSocket, by the client of the JDK. */
final class Ears implements WebSocket.Listener, AutoCloseable {

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final StringBuilder begun = new StringBuilder();
  private final WebSocket socket;

  Ears(HttpClient http, Program program, String path) {
    URI uri = URI.create("ws://127.0.0.1:" + program.port() + path);
    socket = http.newWebSocketBuilder().connectTimeout(WebIT.LIMIT).buildAsync(uri, this).join();
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    begun.append(data);
    if (last) {
      heard.add(begun.toString());
      begun.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    heard.add("closed " + code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    heard.add("error");
  }

  void say(String text) {
    socket.sendText(text, true).join();
  }

  /** The next that comes. */
  String next() throws InterruptedException {
    String next = heard.poll(WebIT.LIMIT.toSeconds(), TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  /** The next that comes within so many milliseconds; empty if nothing does. */
  String nextWithin(long millis) throws InterruptedException {
    String next = heard.poll(millis, TimeUnit.MILLISECONDS);
    return next == null ? "" : next;
  }

  void assertHears(String... lines) throws InterruptedException {
    for (String line : lines) {
      assertEquals(line, next());
    }
  }

  /** Hears what comes until this. */
  void awaitLine(String line) throws InterruptedException {
    String next = next();
    while (!next.equals(line)) {
      if (next.equals("nothing")) {
        throw new AssertionError("not heard: " + line);
      }
      next = next();
    }
  }

  /** Hears what comes until the end, which nobody said. */
  void awaitEnd() throws InterruptedException {
    String next = next();
    while (!next.equals("error") && !next.equals("closed 1006")) {
      if (next.equals("nothing")) {
        throw new AssertionError("no end was heard");
      }
      next = next();
    }
  }

  @Override
  public void close() {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
  }
}

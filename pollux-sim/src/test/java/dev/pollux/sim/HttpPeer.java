package dev.pollux.sim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A client of HTTP/1.1 that sends requests ahead of their answers, in pieces, and reads the answers
 * by a parser of its own, the plainest there is: all that came, from the beginning.
 */
final class HttpPeer implements ConnectionHandler {

  /** A request, and the content that is to be its answer. */
  record Ask(String request, String answer) {}

  private final List<Ask> asks;
  private final Random random;
  private final int ahead; // so many requests without their answers
  private final StringBuilder received = new StringBuilder();
  private int sent;
  int answered;
  int failed; // of those that were answered
  boolean isProxied; // then there are answers that say that there is none
  boolean isOver;
  boolean isLast; // the server said so
  @Nullable String wrong;

  HttpPeer(List<Ask> asks, int ahead, Random random) {
    this.asks = asks;
    this.ahead = ahead;
    this.random = random;
  }

  boolean isDone() {
    return answered == asks.size();
  }

  @Override
  public void opened(Connection connection) {
    send(connection);
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    received.append(ISO_8859_1.decode(data));
    while (take()) {}
    if (isDone()) {
      connection.close();
    } else {
      send(connection);
    }
  }

  private void send(Connection connection) {
    while (sent < asks.size() && sent - answered < ahead && !isLast) {
      String text = asks.get(sent).request();
      int cut = random.nextInt(text.length() + 1);
      sent++;
      boolean isTaken =
          connection.write(text.substring(0, cut)).isTaken()
              && connection.write(text.substring(cut)).isTaken();
      if (!isTaken) {
        return; // it is over
      }
    }
  }

  /** Takes an answer that is whole. */
  private boolean take() {
    String all = received.toString();
    int head = all.indexOf("\r\n\r\n");
    if (head < 0 || wrong != null) {
      return false;
    }
    String lines = all.substring(0, head + 2);
    int from = head + 4;
    if (lines.startsWith("HTTP/1.1 100 ")) {
      received.delete(0, from);
      return true;
    }
    int length = lines.indexOf("Content-Length: ");
    StringBuilder content = new StringBuilder();
    int end;
    if (length >= 0) {
      int digits = length + "Content-Length: ".length();
      end = from + Integer.parseInt(lines.substring(digits, lines.indexOf('\r', digits)));
      if (all.length() >= end) {
        content.append(all, from, end);
      }
    } else {
      end = chunks(all, from, content);
    }
    if (end < 0 || all.length() < end) {
      return false;
    }
    received.delete(0, end);
    isLast |= lines.contains("\r\nConnection: close\r\n");
    check(lines, content.toString());
    return true;
  }

  /** Where chunks end; -1 if they do not yet. */
  private static int chunks(String all, int from, StringBuilder content) {
    int at = from;
    while (true) {
      int line = all.indexOf("\r\n", at);
      if (line < 0) {
        return -1;
      }
      int size = Integer.parseInt(all.substring(at, line), 16);
      int end = line + 2 + size + 2;
      if (all.length() < end) {
        return -1;
      }
      content.append(all, line + 2, line + 2 + size);
      if (size == 0) {
        return end;
      }
      at = end;
    }
  }

  private void check(String lines, String content) {
    if (lines.startsWith("HTTP/1.1 408 ") && isLast) {
      isOver = true; // it came too slowly, over a link like this
      return;
    }
    boolean isFailure = isProxied && lines.matches("(?s)HTTP/1\\.1 50[234] .*");
    failed += isFailure ? 1 : 0;
    if (isDone() || isOver) {
      wrong = "an answer nobody asked for: " + lines;
    } else if (!isFailure && !isRight(lines, content)) {
      wrong = "to " + asks.get(answered) + " came " + lines + content;
    }
    answered++;
  }

  private boolean isRight(String lines, String content) {
    return lines.startsWith("HTTP/1.1 200 ") && content.equals(asks.get(answered).answer());
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    isOver = true;
  }
}

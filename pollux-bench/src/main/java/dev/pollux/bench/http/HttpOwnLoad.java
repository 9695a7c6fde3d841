package dev.pollux.bench.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * A load of HTTP requests for machines that have no better one, as a process.
 *
 * <p>The arguments are PORT CONNECTIONS DEPTH BODY SECONDS RATE: on each connection in turn DEPTH
 * requests are sent, with BODY bytes behind each head; then the answers are read, in the same
 * order, by blocking reads of one thread. With a RATE other than 0 such a sweep begins when it is
 * due, so many requests a second. At its end it prints {@code result REQUESTS NANOS P50 P99 ERRORS}
 * as {@code http_load.lua} does; latencies count from the sending.
 */
public final class HttpOwnLoad {

  private static final int ANSWER_BYTES = 4096; // more than any answer has
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: ([0-9]+)\r\n");

  private final List<SocketChannel> connections = new ArrayList<>();
  private final Histogram latencies = new Histogram(3);
  private final ByteBuffer requests;
  private final ByteBuffer answers;
  private final int depth;

  private HttpOwnLoad(int port, int count, int depth, int body) throws IOException {
    this.depth = depth;
    String request =
        (body == 0 ? "GET / HTTP/1.1\r\n" : "POST / HTTP/1.1\r\nContent-Length: " + body + "\r\n")
            + "Host: localhost\r\n\r\n"
            + "x".repeat(body);
    requests = direct(request.repeat(depth));
    for (int i = 0; i < count; i++) {
      SocketChannel connection =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
      connections.add(connection);
    }
    answers = ByteBuffer.allocateDirect(depth * answerBytes(connections.getFirst(), request));
  }

  private static ByteBuffer direct(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** How long an answer is: all are alike. */
  private static int answerBytes(SocketChannel connection, String request) throws IOException {
    send(connection, direct(request));
    ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
    while (true) {
      readMore(connection, answer);
      String text = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
      int head = text.indexOf("\r\n\r\n") + 4;
      Matcher length = LENGTH.matcher(text);
      if (head > 4 && length.find()) {
        int size = head + Integer.parseInt(length.group(1));
        if (answer.position() == size) {
          return size;
        }
      }
    }
  }

  /** Loads a server and prints what came of it. */
  public static void main(String[] args) throws IOException {
    HttpOwnLoad load =
        new HttpOwnLoad(number(args[0]), number(args[1]), number(args[2]), number(args[3]));
    load.run(TimeUnit.SECONDS.toNanos(number(args[4])), number(args[5]));
  }

  private static int number(String text) {
    return Integer.parseInt(text);
  }

  private void run(long nanos, int rate) throws IOException {
    long[] sent = new long[connections.size()];
    long start = System.nanoTime();
    long sweeps = 0;
    long all = 0;
    long now = start;
    while (now - start < nanos) {
      if (rate > 0) {
        long due = start + (long) (sweeps * 1e9 * connections.size() * depth / rate);
        LockSupport.parkNanos(due - now);
      }
      for (int i = 0; i < sent.length; i++) {
        sent[i] = System.nanoTime();
        send(connections.get(i), requests.rewind());
      }
      for (int i = 0; i < sent.length; i++) {
        read(connections.get(i));
        latencies.recordValueWithCount(System.nanoTime() - sent[i], depth);
      }
      sweeps++;
      all += (long) depth * sent.length;
      now = System.nanoTime();
    }
    System.out.printf(
        "result %d %d %d %d 0%n",
        all, now - start, latencies.getValueAtPercentile(50), latencies.getValueAtPercentile(99));
    for (SocketChannel connection : connections) {
      connection.close();
    }
  }

  private static void send(SocketChannel connection, ByteBuffer what) throws IOException {
    while (what.hasRemaining()) {
      int _ = connection.write(what);
    }
  }

  private void read(SocketChannel connection) throws IOException {
    answers.clear();
    while (answers.hasRemaining()) {
      readMore(connection, answers);
    }
    if (answers.get(9) != '2') { // behind "HTTP/1.1 "
      throw new IOException("an answer is not one of success");
    }
  }

  private static void readMore(SocketChannel connection, ByteBuffer into) throws IOException {
    if (connection.read(into) < 0) {
      throw new IOException("closed by the server");
    }
  }
}

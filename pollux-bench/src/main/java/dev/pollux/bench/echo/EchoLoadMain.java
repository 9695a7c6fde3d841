package dev.pollux.bench.echo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The load of the echo benchmark for a machine without a C compiler: the commands and answers of
 * {@code echo_load.c}, which describes them, on a {@link Selector}.
 */
public final class EchoLoadMain {

  private static final int GREETED_AT_ONCE = 128;

  private final Selector selector = Selector.open();
  private final boolean spinning;
  private final List<LoadConnection> connections = new ArrayList<>();
  private int active;
  private int open;
  private int messageBytes = 1;

  private EchoLoadMain(boolean spinning) throws IOException {
    this.spinning = spinning;
  }

  /** Answers commands until standard input ends; the argument is {@code spin} or {@code block}. */
  public static void main(String[] args) throws IOException {
    EchoLoadMain load = new EchoLoadMain(args.length == 1 && args[0].equals("spin"));
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        System.out.println(load.answer(line.split(" ", -1)));
      }
    } catch (IOException | RuntimeException e) {
      System.out.println("error " + e.getMessage());
    }
  }

  private String answer(String[] words) throws IOException {
    long[] n = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
    return switch (words[0] + " " + n.length) {
      case "connect 4" -> connect((int) n[0], (int) n[1], (int) n[2], (int) n[3]);
      case "run 5" -> run(new LoadWindow(n[0], n[2], (int) n[1], n[3], n[4]));
      case "churn 7" ->
          churn((int) n[1], (int) n[2], n[3], new LoadWindow(n[0], n[4], 1, n[5], n[6]));
      case "disconnect 0" -> disconnect();
      default -> throw new IOException("not understood: " + String.join(" ", words));
    };
  }

  private String connect(int port, int count, int size, int idle) throws IOException {
    String _ = disconnect();
    messageBytes = size;
    active = count;
    while (connections.size() < count + idle) {
      int first = connections.size();
      int last = Math.min(count + idle, first + GREETED_AT_ONCE);
      for (int i = first; i < last; i++) {
        LoadConnection connection = LoadConnection.open(i, port, selector);
        connections.add(connection);
        connection.allowMore(LoadConnection.GREETING_BYTES);
      }
      List<LoadConnection> greeted = connections.subList(first, last);
      long deadline = System.nanoTime() + LoadWindow.PATIENCE_NANOS;
      while (!areAnswered(greeted)) {
        if (System.nanoTime() > deadline) {
          throw new IOException("no answer to the greeting");
        }
        await(LoadWindow.PATIENCE_NANOS, EchoLoadMain::greeted);
      }
    }
    return "ok";
  }

  private static void greeted(LoadConnection connection) throws IOException {
    if (!connection.receive()) {
      throw new IOException("connection " + connection.number() + ": closed by the server");
    }
  }

  private String run(LoadWindow window) throws IOException {
    List<LoadConnection> loaded = connections.subList(0, active);
    long burstBytes = (long) window.depth() * messageBytes;
    for (LoadConnection connection : loaded) {
      connection.begin();
      if (window.isClosedLoop()) {
        connection.allow(burstBytes);
      }
    }
    long issued = 0;
    while (true) {
      long now = System.nanoTime();
      long quiet = window.advance(now);
      if (!window.isClosedLoop()) {
        for (; window.isDue(issued, now); issued++) {
          loaded.get((int) (issued % active)).allowMore(burstBytes);
        }
        quiet = window.isDraining() ? quiet : Math.min(quiet, window.dueAt(issued) - now);
      }
      if (window.isDraining() && areAnswered(loaded)) {
        return window.answer();
      }
      await(quiet, connection -> echoed(window, connection));
    }
  }

  /** Counts what has come back, and in a closed loop sends as much again. */
  private void echoed(LoadWindow window, LoadConnection connection) throws IOException {
    long before = connection.messages(messageBytes);
    if (!connection.receive()) {
      throw new IOException("connection " + connection.number() + ": closed by the server");
    }
    long after = connection.messages(messageBytes);
    window.answered(after - before);
    if (window.isClosedLoop()) {
      if (!window.isDraining() && after > before) {
        connection.allow((after + window.depth()) * messageBytes);
      }
      return;
    }
    long now = System.nanoTime();
    for (long i = before; i < after; i++) {
      window.answeredAfter(window.dueAt(connection.number() + i / window.depth() * active), now);
    }
  }

  private String churn(int port, int slots, long size, LoadWindow window) throws IOException {
    String _ = disconnect();
    open = 0;
    long issued = 0;
    while (true) {
      long now = System.nanoTime();
      long quiet = window.advance(now);
      while (open < slots
          && (window.isClosedLoop() ? !window.isDraining() : window.isDue(issued, now))) {
        LoadConnection connection = LoadConnection.open(issued, port, selector);
        connection.dueAt(window.isClosedLoop() ? now : window.dueAt(issued));
        connection.allow(size);
        issued++;
        open++;
      }
      if (window.isDraining() && open == 0) {
        return window.answer();
      }
      if (!window.isClosedLoop() && !window.isDraining() && open < slots) {
        quiet = Math.min(quiet, window.dueAt(issued) - now);
      }
      await(quiet, connection -> churned(window, connection, size));
    }
  }

  /** Connect, echo, shut down, wait for the end, close. */
  private void churned(LoadWindow window, LoadConnection connection, long size) throws IOException {
    if (connection.receive()) {
      if (connection.receivedBytes() == size && !connection.hasEnded()) {
        connection.end();
      }
      return;
    }
    if (!connection.hasEnded()) {
      throw new IOException("a connection was closed before its echo was complete");
    }
    connection.close();
    open--;
    window.answered(1);
    if (!window.isClosedLoop()) {
      window.answeredAfter(connection.due(), System.nanoTime());
    }
  }

  /** What is done with a connection that has something to read. */
  @FunctionalInterface
  private interface Reader {
    void readable(LoadConnection connection) throws IOException;
  }

  /** Waits for events, at most so long unless it never sleeps, and handles them. */
  private void await(long nanos, Reader reader) throws IOException {
    Consumer<SelectionKey> handler = key -> ready(key, reader);
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    int _ =
        spinning || millis == 0 ? selector.selectNow(handler) : selector.select(handler, millis);
  }

  private static void ready(SelectionKey key, Reader reader) {
    LoadConnection connection = (LoadConnection) key.attachment();
    try {
      if (key.isConnectable() || key.isWritable()) {
        connection.writable();
      }
      if (key.isReadable()) {
        reader.readable(connection);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean areAnswered(List<LoadConnection> connections) {
    for (LoadConnection connection : connections) {
      if (!connection.isAnswered()) {
        return false;
      }
    }
    return true;
  }

  private String disconnect() throws IOException {
    for (LoadConnection connection : connections) {
      connection.close();
    }
    connections.clear();
    int _ = selector.selectNow(); // forgets the closed ones
    return "ok";
  }
}

package dev.pollux.cli.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** A {@code pollux serve} that has said where it serves; without a terminal. */
final class Serving implements AutoCloseable {

  static final int LIMIT_MILLIS = 20_000;

  private static final long PATIENCE_NANOS = 30_000_000_000L; // 30 s

  /** However this test was started: a job in the background may ignore signals. */
  private static final String[] ALONE = {"setsid", "env", "--default-signal=HUP,INT,TERM"};

  final Command command;
  final List<String> lines = new ArrayList<>();

  Serving(String... options) throws IOException {
    this(List.of(), options);
  }

  /** Started by another program. */
  Serving(List<String> launcher, String... options) throws IOException {
    List<String> before = new ArrayList<>(List.of(ALONE));
    before.addAll(launcher);
    List<String> all = new ArrayList<>(List.of("serve"));
    all.addAll(List.of(options));
    command = Command.under(before.toArray(new String[0]), all.toArray(new String[0]));
    do {
      lines.add(command.line());
    } while (!lines.getLast().startsWith("serving "));
  }

  int port() {
    return port("serving ");
  }

  int figuresPort() {
    return port("figures on ");
  }

  int port(String start) {
    String line = lines.stream().filter(each -> each.startsWith(start)).findFirst().orElseThrow();
    return Integer.parseInt(line.replaceAll(".*:(\\d+)/.*", "$1"));
  }

  static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  static void ask(Socket socket, String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
  }

  /** The whole answer; the connection ends with it. */
  static String get(int port, String path) throws IOException {
    try (Socket socket = connect(port)) {
      ask(socket, path);
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  static void assertStatus(int status, String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
  }

  static void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.call()) {
      assertTrue(System.nanoTime() - deadline < 0, what);
      LockSupport.parkNanos(5_000_000);
    }
  }

  void awaitSaid(String text, int times) throws Exception {
    await(text, () -> command.errors().split(text, -1).length - 1 >= times);
  }

  void stop() throws Exception {
    command.signal("TERM");
    assertEquals(0, command.exitCode(), command.errors());
  }

  @Override
  public void close() throws IOException {
    command.close();
  }
}

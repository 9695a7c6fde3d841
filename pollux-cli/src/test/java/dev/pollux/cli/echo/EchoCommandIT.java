package dev.pollux.cli.echo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pollux echo} as a process. */
public class EchoCommandIT {

  @ParameterizedTest
  @CsvSource({"epoll, level", "epoll, edge", "poll, edge", "select, level"})
  void echo_plainSocket_isServedAndLogged(String backend, String trigger) throws Exception {
    try (Command server =
        new Command("echo", "--port", "0", "--backend", backend, "--trigger", trigger)) {
      String line = server.line();
      assertTrue(line.endsWith(" (" + backend + ", " + trigger + ")"), line);
      int port = Integer.parseInt(line.split(":", -1)[1].split(" ", -1)[0]);
      String fd;
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write("hello".getBytes(ISO_8859_1));
        assertEquals("hello", new String(socket.getInputStream().readNBytes(5), ISO_8859_1));
        String connected = server.line();
        fd = connected.substring(0, connected.indexOf(':'));
        assertEquals(fd + ": connected from 127.0.0.1:" + socket.getLocalPort(), connected);
        socket.shutdownOutput();
        assertEquals(-1, socket.getInputStream().read());
      }
      server.awaitLine(fd + ": read 5 bytes");
      server.awaitLine(fd + ": wrote 5 bytes");
      server.awaitLine(fd + ": closed: end of stream");
      server.signal("TERM");
      assertEquals(0, server.exitCode());
      assertEquals("", server.errors());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void signal_pendingOutput_isDeliveredAndExitsWith0(String signal) throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--buffer", "65536");
        Socket socket = slowReader(server.listeningPort())) {
      byte[] expected = fill(server, socket);
      server.signal(signal);
      assertArrayEquals(expected, socket.getInputStream().readAllBytes());
      socket.shutdownOutput();
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void signal_second_endsAtOnce() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--buffer", "65536")) {
      int port = server.listeningPort();
      try (Socket socket = slowReader(port)) {
        fill(server, socket);
        server.signal("TERM");
        awaitRefusal(port);
        server.signal("INT");
        assertEquals(128 + 2, server.exitCode());
      }
    }
  }

  private static Socket slowReader(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1 << 12);
    socket.setSoTimeout(20_000); // where SIGINT is ignored, as in a background job, none comes
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  /** Sends without reading until the server keeps output back; returns what it was sent. */
  private static byte[] fill(Command server, Socket socket) throws IOException {
    byte[] message = EchoFixture.pattern(EchoOptions.PAUSE_BYTES / 2);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    int read = 0;
    int wrote = 0;
    while (sent.size() - wrote < message.length || sent.size() == 0) {
      socket.getOutputStream().write(message);
      sent.writeBytes(message);
      while (read < sent.size()) {
        String line = server.line();
        read += line.contains(": read ") ? bytes(line) : 0;
        wrote += line.contains(": wrote ") ? bytes(line) : 0;
      }
    }
    return sent.toByteArray();
  }

  /** Until the signal has taken effect: the listener is closed. */
  private static void awaitRefusal(int port) throws IOException {
    boolean refused = false;
    while (!refused) {
      try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
        refused = !probe.isConnected();
      } catch (SocketException _) { // refused, or reset because the listener closed just then
        refused = true;
      }
    }
  }

  @Test
  void reply_anyInput_answersTheLine() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--reply", "grüezi", "--quiet");
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.listeningPort())) {
      socket.getOutputStream().write("x".getBytes(ISO_8859_1));
      socket.shutdownOutput();
      assertEquals("grüezi\n", new String(socket.getInputStream().readAllBytes(), UTF_8));
    }
  }

  @Test
  void port_inUse_saysSoInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Command server = new Command("echo", "--port", "" + taken.getLocalPort())) {
      assertEquals(1, server.exitCode());
      assertOneLine(server, "127.0.0.1:" + taken.getLocalPort(), "EADDRINUSE", "--port");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "echo --prot 1, did you mean --port?",
    "echo --prot=1, did you mean --port?",
    "echo --tigger edge, did you mean --trigger?",
    "lab lsit, did you mean list?",
    "doctr, did you mean doctor?",
    "doctor --colour, did you mean --color?",
    "help doctr, did you mean doctor?",
    "conect localhost:1, did you mean connect?",
    "echo --color sometimes, auto",
    "echo --color, --color",
    "echo --port x, --port",
    "echo --port 65536, 65535",
    "echo --port, --port",
    "echo --trigger oneshot, level or edge",
    "echo --backend devpoll, kqueue",
    "echo --buffer 0, --buffer",
    "echo --backlog 0, --backlog",
    "echo 8080, 8080",
    "echo --host=, --host",
    "echo --loops 0, --loops",
    "echo --accept reuseport, --loops",
    "echo --loops 2 --accept exclusive --backend poll, epoll",
    "echo --unix /tmp/x --port 1, --port",
    "echo --unix /tmp/x --loops 2 --accept reuseport, --unix",
    "echo --udp --unix /tmp/x, --udp",
    "echo --udp --loops 2, --loops",
    "echo --workers 0, --workers",
    "echo --workers 1025, 1 to 1024",
    "echo --workers many, virtual",
    "echo --udp --workers 2, --workers",
    "echo --tls a, --tls",
    "echo --udp --tls a b, --tls",
    "echo --idle-timeout 10, --idle-timeout",
    "echo --max-connections 0, --max-connections",
    "connect, HOST:PORT",
    "connect localhost, HOST:PORT",
    "connect ::1:80, brackets",
    "connect localhost:0, HOST:PORT",
    "connect localhost:1 --timeout 0, --timeout",
    "ecko, did you mean echo?",
    "frobnicate, frobnicate' (see",
    "--verbose, --verbose",
  })
  void usage_wrong_exitsWith2AndOneLine(String arguments, String what) throws Exception {
    try (Command command = new Command(arguments.split(" ", -1))) {
      assertEquals(2, command.exitCode());
      assertOneLine(command, what, "--help");
    }
  }

  @Test
  void usage_noCommand_listsTheCommands() throws Exception {
    for (String[] alone : new String[][] {{}, {"lab"}, {"chat"}}) {
      try (Command command = new Command(alone);
          Command help =
              alone.length == 0 ? new Command("--help") : new Command(alone[0], "--help")) {
        assertEquals(help.rest(), command.rest());
        assertEquals(0, command.exitCode());
      }
    }
  }

  @Test
  void host_unknown_saysSoInOneLine() throws Exception {
    try (Command command = new Command("echo", "--host", "192.0.2.1", "--port", "0")) {
      assertEquals(1, command.exitCode());
      assertOneLine(command, "192.0.2.1:0", "EADDRNOTAVAIL", "--host");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "echo --help", "connect --help", "doctor --help", "--version"})
  void help_goesToStandardOutput(String arguments) throws Exception {
    try (Command command = new Command(arguments.split(" ", -1))) {
      String text = command.rest();
      assertEquals(0, command.exitCode());
      assertTrue(text.contains("pollux"), text);
      assertTrue(Arrays.stream(text.split("\n", -1)).allMatch(line -> line.length() <= 80), text);
      assertEquals("", command.errors());
    }
  }

  @Test
  void help_listsTheCommandsButNotTheHidden() throws Exception {
    try (Command command = new Command("--help")) {
      String text = command.rest();
      for (String name : new String[] {"echo", "connect", "doctor", "bench"}) {
        assertTrue(text.contains("\n  " + name + " "), text);
      }
      assertTrue(!text.contains("warmup"), text);
    }
  }

  @Test
  void bench_isAProgramOfItsOwn_andSaysWhere() throws Exception {
    try (Command command = new Command("bench")) {
      assertEquals(1, command.exitCode());
      assertOneLine(command, "run ./pollux bench in the source tree");
    }
  }

  @Test
  void doctor_thisMachine_passes() throws Exception {
    try (Command command = new Command("doctor")) {
      String text = command.rest();
      assertEquals(0, command.exitCode(), text);
      for (String word : new String[] {"JDK", "kernel", "epoll", "poll", "select", "pass"}) {
        assertTrue(text.contains(word), text);
      }
      assertTrue(text.lines().count() <= 40 && !text.contains("FAIL"), text);
    }
  }

  @Test
  void warmup_printsNothing() throws Exception {
    try (Command command = new Command("warmup")) {
      assertEquals("", command.rest());
      assertEquals(0, command.exitCode());
      assertEquals("", command.errors());
    }
  }

  private static int bytes(String line) {
    String[] words = line.split(" ", -1);
    return Integer.parseInt(words[words.length - 2]);
  }

  public static void assertOneLine(Command command, String... parts) throws Exception {
    String errors = command.errors();
    assertEquals("", command.rest());
    assertTrue(errors.endsWith("\n") && errors.indexOf('\n') == errors.length() - 1, errors);
    for (String part : parts) {
      assertTrue(errors.contains(part), errors);
    }
  }
}

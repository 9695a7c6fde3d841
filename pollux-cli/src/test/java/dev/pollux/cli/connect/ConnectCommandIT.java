package dev.pollux.cli.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import dev.pollux.cli.echo.EchoCommandIT;
import dev.pollux.cli.echo.EchoFixture;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pollux connect} as a process, against plain sockets. */
class ConnectCommandIT {

  private static final int LARGE_BYTES = 3 << 20;

  private static final InetAddress SECOND = InetAddress.ofLiteral("127.0.0.2");

  /** What an accept may take until the test has failed. */
  private static final int ACCEPT_MILLIS = 20_000;

  private static final long PATIENCE_NANOS = 30_000_000_000L; // 30 s
  private static final long LOOK_NANOS = 5_000_000; // 5 ms

  private final InetAddress loopback = InetAddress.getLoopbackAddress();

  private Command connect(ServerSocket server) throws IOException {
    return new Command("connect", "127.0.0.1:" + server.getLocalPort());
  }

  @Test
  void typed_lineByLine_isSentWhileWhatArrivesIsPrinted() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Command client = connect(listener);
        Socket peer = listener.accept()) {
      peer.getOutputStream().write("welcome\n".getBytes(ISO_8859_1));
      assertEquals("welcome", client.line());
      client.input("hello\n");
      assertEquals("hello\n", new String(peer.getInputStream().readNBytes(6), ISO_8859_1));
      peer.getOutputStream().write("again\n".getBytes(ISO_8859_1));
      assertEquals("again", client.line());
      client.input().close();
      assertEquals(-1, peer.getInputStream().read());
      peer.shutdownOutput();
      assertEquals(0, client.exitCode());
    }
  }

  @Test
  void pipedInput_lineQ_isSentAsAnyOther() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Command client = connect(listener);
        Socket peer = listener.accept()) {
      client.input("a\nq\nQ\nb\n");
      client.input().close();
      assertEquals("a\nq\nQ\nb\n", new String(peer.getInputStream().readAllBytes(), ISO_8859_1));
      peer.shutdownOutput();
      assertEquals(0, client.exitCode());
    }
  }

  @Test
  void server_halfClosed_isSentWhatIsTypedLater() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Command client = connect(listener);
        Socket peer = listener.accept()) {
      peer.shutdownOutput();
      awaitError(client, "says no more");
      client.input("later\n");
      assertEquals("later\n", new String(peer.getInputStream().readNBytes(6), ISO_8859_1));
      client.input().close();
      assertEquals(-1, peer.getInputStream().read());
      assertEquals(0, client.exitCode());
    }
  }

  @Test
  void pipedInput_atItsEnd_halfClosesAndPrintsOn() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Command client = connect(listener);
        Socket peer = listener.accept()) {
      client.input("question");
      client.input().close();
      assertEquals("question", new String(peer.getInputStream().readAllBytes(), ISO_8859_1));
      peer.getOutputStream().write("answer after the end".getBytes(ISO_8859_1));
      peer.shutdownOutput();
      assertEquals("answer after the end", client.rest());
      assertEquals(0, client.exitCode());
      assertEquals("", client.errors());
    }
  }

  @Test
  void regularFile_largerThanAllBuffers_comesBackWhole(@TempDir Path folder) throws Exception {
    byte[] large = EchoFixture.pattern(LARGE_BYTES);
    Path file = Files.write(folder.resolve("input"), large);
    try (Command server = new Command("echo", "--port", "0", "--quiet", "--trigger", "edge");
        Command client =
            new Command(
                Redirect.from(file.toFile()), "connect", "127.0.0.1:" + server.listeningPort())) {
      // Read slowly at first, so that the pipe between fills up.
      byte[] text = client.rest().getBytes(ISO_8859_1);
      assertArrayEquals(large, text);
      assertEquals(0, client.exitCode());
    }
  }

  @Test
  void server_halfCloses_isStillSentTheWholeInput(@TempDir Path folder) throws Exception {
    byte[] large = EchoFixture.pattern(LARGE_BYTES);
    Path file = Files.write(folder.resolve("input"), large);
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Command client =
            new Command(
                Redirect.from(file.toFile()), "connect", "127.0.0.1:" + listener.getLocalPort());
        Socket peer = listener.accept()) {
      peer.shutdownOutput();
      assertArrayEquals(large, peer.getInputStream().readAllBytes());
      assertEquals(0, client.exitCode(), client.errors());
    }
  }

  @Test
  void standardInput_unreadable_saysSoInOneLine() throws Exception {
    String[] fromDirectory = {"sh", "-c", "exec \"$@\" </", "sh"};
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Command client =
            Command.under(fromDirectory, "connect", "127.0.0.1:" + listener.getLocalPort());
        Socket _ = listener.accept()) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "standard input", "EISDIR");
    }
  }

  @Test
  void devNull_asInput_endsWithTheServer() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Command client =
            new Command(
                Redirect.from(new File("/dev/null")),
                "connect",
                "127.0.0.1:" + listener.getLocalPort());
        Socket peer = listener.accept()) {
      assertEquals(-1, peer.getInputStream().read());
      peer.getOutputStream().write("x".getBytes(ISO_8859_1));
      peer.shutdownOutput();
      assertEquals("x", client.rest());
      assertEquals(0, client.exitCode());
    }
  }

  @Test
  void server_closesFirst_exitsWith0AndSaysSo() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Command client = connect(listener)) {
      listener.accept().close();
      awaitError(client, "says no more");
      client.input().close();
      assertEquals(0, client.exitCode());
      assertEquals(1, client.errors().lines().count(), client.errors());
    }
  }

  @Test
  void server_resets_exitsWith1AndOneLine() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Command client = connect(listener)) {
      Socket peer = listener.accept();
      peer.setSoLinger(true, 0);
      peer.close();
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "127.0.0.1:" + listener.getLocalPort(), "ECONNRESET");
    }
  }

  @Test
  void connect_refused_saysSoInOneLine() throws Exception {
    int port;
    try (ServerSocket listener = new ServerSocket(0, 1, loopback)) {
      port = listener.getLocalPort();
    }
    try (Command client = new Command("connect", "127.0.0.1:" + port)) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "127.0.0.1:" + port, "ECONNREFUSED");
    }
  }

  @Test
  void connect_unresolvable_saysSoInOneLine() throws Exception {
    try (Command client = new Command("connect", "no-such-host.invalid:80")) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "no-such-host.invalid", "check the name");
    }
  }

  @Test
  void connect_noAnswer_givesUpAfterTheTimeout() throws Exception {
    // A full backlog drops the handshake of further connections.
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Socket _ = new Socket(loopback, listener.getLocalPort());
        Socket _ = new Socket(loopback, listener.getLocalPort());
        Command client =
            new Command("connect", "127.0.0.1:" + listener.getLocalPort(), "--timeout", "1")) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "--timeout");
    }
  }

  @Test
  void session_breaks_isNotContinuedAtTheNextAddress(@TempDir Path folder) throws Exception {
    try (ServerSocket first = new ServerSocket(0, 1, loopback);
        ServerSocket second = new ServerSocket(first.getLocalPort(), 1, SECOND);
        Command client = connectToBoth(folder, first.getLocalPort(), 10)) {
      client.input("secret\n");
      Socket peer = first.accept();
      assertEquals("secret\n", new String(peer.getInputStream().readNBytes(7), ISO_8859_1));
      peer.setSoLinger(true, 0);
      peer.close();
      second.setSoTimeout(1000); // what an accept in vain may take; it fails by succeeding
      assertThrows(SocketTimeoutException.class, () -> second.accept().close());
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "127.0.0.1:" + first.getLocalPort(), "ECONNRESET");
    }
  }

  @Test
  void connect_firstAddressRefuses_goesOnToTheNext(@TempDir Path folder) throws Exception {
    try (ServerSocket second = new ServerSocket(0, 1, SECOND);
        Command client = connectToBoth(folder, second.getLocalPort(), 10)) {
      second.setSoTimeout(ACCEPT_MILLIS);
      try (Socket peer = second.accept()) {
        client.input().close();
        assertEquals(-1, peer.getInputStream().read());
      }
      assertEquals(0, client.exitCode());
    }
  }

  @Test
  void connect_firstAddressIsSilent_leavesTheNextItsShareOfTheTime(@TempDir Path folder)
      throws Exception {
    // A full backlog drops the handshake of further connections.
    try (ServerSocket first = new ServerSocket(0, 1, loopback);
        Socket _ = new Socket(loopback, first.getLocalPort());
        Socket _ = new Socket(loopback, first.getLocalPort());
        ServerSocket second = new ServerSocket(first.getLocalPort(), 1, SECOND);
        Command client = connectToBoth(folder, first.getLocalPort(), 4)) {
      second.setSoTimeout(ACCEPT_MILLIS);
      try (Socket peer = second.accept()) {
        client.input().close();
        assertEquals(-1, peer.getInputStream().read());
      }
      assertEquals(0, client.exitCode());
    }
  }

  /** A client of a name with two addresses, 127.0.0.1 and 127.0.0.2. */
  private static Command connectToBoth(Path folder, int port, int timeoutSeconds)
      throws IOException {
    Path hosts =
        Files.writeString(folder.resolve("hosts"), "127.0.0.1 two.test\n127.0.0.2 two.test\n");
    return Command.withJvm(
        new String[] {"-Djdk.net.hosts.file=" + hosts},
        "connect",
        "two.test:" + port,
        "--timeout",
        Integer.toString(timeoutSeconds));
  }

  @Test
  void connect_ipv6InBrackets_works() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"));
        Command client = new Command("connect", "[::1]:" + listener.getLocalPort());
        Socket peer = listener.accept()) {
      client.input().close();
      assertEquals(-1, peer.getInputStream().read());
      peer.shutdownOutput();
      assertEquals(0, client.exitCode());
    }
  }

  @Test
  void connect_hostAndPortAsTwoWords_work() throws Exception {
    for (String host : new String[] {"127.0.0.1", "::1", "[::1]"}) {
      InetAddress address = InetAddress.ofLiteral(host.replace("[", "").replace("]", ""));
      try (ServerSocket listener = new ServerSocket(0, 1, address);
          Command client = new Command("connect", host, "" + listener.getLocalPort());
          Socket peer = listener.accept()) {
        client.input().close();
        assertEquals(-1, peer.getInputStream().read());
        peer.shutdownOutput();
        assertEquals(0, client.exitCode());
      }
    }
  }

  /** Waits until the client has said something. */
  private static void awaitError(Command client, String part) throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!client.errors().contains(part)) {
      assertTrue(System.nanoTime() - deadline < 0, client.errors());
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}

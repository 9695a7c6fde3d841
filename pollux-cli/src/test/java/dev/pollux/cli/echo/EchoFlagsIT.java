package dev.pollux.cli.echo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Certificates;
import dev.pollux.cli.Command;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of {@code pollux echo} beyond one loop and plain TCP, as a process. */
class EchoFlagsIT {

  private static final int LIMIT_MILLIS = 20_000;

  private final InetAddress loopback = InetAddress.getLoopbackAddress();

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket(loopback, port);
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  private static void echoes(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    byte[] back = socket.getInputStream().readNBytes(text.length());
    assertEquals(text, new String(back, ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"acceptor", "reuseport", "exclusive"})
  void loops_several_serveAndKeepLinesWhole(String mode) throws Exception {
    int count = 16;
    try (Command server = new Command("echo", "--port", "0", "--loops", "3", "--accept", mode)) {
      int port = server.listeningPort();
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sockets.add(connect(port));
      }
      for (Socket socket : sockets) {
        echoes(socket, "hello");
        socket.shutdownOutput();
        assertEquals(-1, socket.getInputStream().read());
        socket.close();
      }
      server.signal("TERM");
      assertEquals(0, server.exitCode());
      String[] lines = server.rest().split("\n", -1);
      Set<String> peers = new HashSet<>();
      for (int i = 0; i < lines.length - 1; i++) {
        String line = lines[i];
        assertTrue(
            line.matches(
                "fd \\d+: (connected from [0-9.:]+|read 5 bytes|wrote 5 bytes|closed: end of"
                    + " stream)"),
            line);
        if (line.contains("connected")) {
          peers.add(line);
        }
      }
      assertEquals(4 * count, lines.length - 1);
      assertEquals(count, peers.size());
      assertEquals("", server.errors());
    }
  }

  @Test
  void loops_severalWithPendingConnections_stopInOrder() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--loops", "2", "--quiet")) {
      int port = server.listeningPort();
      try (Socket first = connect(port);
          Socket second = connect(port)) {
        echoes(first, "a");
        echoes(second, "b");
        server.signal("TERM");
        assertEquals(-1, first.getInputStream().read());
        assertEquals(-1, second.getInputStream().read());
      }
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void unix_path_isServedAndRemovedAtTheEnd(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("echo.sock");
    try (Command server = new Command("echo", "--unix", path.toString())) {
      assertEquals("listening on " + path + " (epoll, level)", server.line());
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(path));
        channel.write(ByteBuffer.wrap("hello".getBytes(ISO_8859_1)));
        ByteBuffer back = ByteBuffer.allocate(5);
        while (back.hasRemaining() && channel.read(back) >= 0) {}
        assertEquals("hello", new String(back.array(), ISO_8859_1));
        assertTrue(server.line().endsWith(": connected"));
      }
      server.signal("TERM");
      assertEquals(0, server.exitCode());
      assertFalse(Files.exists(path));
    }
  }

  @Test
  void unix_abstractName_isServed() throws Exception {
    String name = "pollux-echo-" + ProcessHandle.current().pid();
    try (Command server = new Command("echo", "--unix", "@" + name)) {
      assertEquals("listening on @" + name + " (epoll, level)", server.line());
      try (Command second = new Command("echo", "--unix", "@" + name)) {
        assertEquals(1, second.exitCode());
        EchoCommandIT.assertOneLine(second, "@" + name, "EADDRINUSE", "another process");
      }
      server.signal("TERM");
      assertEquals(0, server.exitCode());
    }
  }

  /** Somebody has put another in its place meanwhile, which is not this server's to remove. */
  @Test
  void unix_pathOfASuccessor_isLeft(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("echo.sock");
    try (Command first = new Command("echo", "--unix", path.toString())) {
      assertTrue(first.line().startsWith("listening on "));
      Files.delete(path);
      try (Command second = new Command("echo", "--unix", path.toString())) {
        assertTrue(second.line().startsWith("listening on "));
        first.signal("TERM");
        assertEquals(0, first.exitCode());
        assertTrue(Files.exists(path));
        second.signal("TERM");
        assertEquals(0, second.exitCode());
        assertFalse(Files.exists(path));
      }
    }
  }

  /** In the locale C, Java has no word for what the shell passed on. */
  @Test
  void unix_nameThatTheLocaleLacks_isRefusedInWords(@TempDir Path folder) throws Exception {
    String[] plain = {"env", "LC_ALL=C"};
    String path = folder.resolve("écho.sock").toString();
    try (Command server = Command.under(plain, "echo", "--unix", path)) {
      assertEquals(1, server.exitCode());
      EchoCommandIT.assertOneLine(server, "the locale lacks", "LC_ALL=C.UTF-8");
    }
    String ascii = folder.resolve("echo?.sock").toString();
    try (Command server = Command.under(plain, "echo", "--unix", ascii)) {
      assertEquals("listening on " + ascii + " (epoll, level)", server.line());
      server.signal("TERM");
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void udp_datagram_comesBack() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--udp");
        DatagramSocket socket = new DatagramSocket(0, loopback)) {
      socket.setSoTimeout(LIMIT_MILLIS);
      byte[] data = "hello".getBytes(ISO_8859_1);
      InetSocketAddress to = new InetSocketAddress(loopback, server.listeningPort());
      socket.send(new DatagramPacket(data, data.length, to));
      DatagramPacket back = new DatagramPacket(new byte[100], 100);
      socket.receive(back);
      assertEquals("hello", new String(back.getData(), 0, back.getLength(), ISO_8859_1));
      String peer = "127.0.0.1:" + socket.getLocalPort();
      assertEquals(peer + ": read 5 bytes", server.line());
      assertEquals(peer + ": wrote 5 bytes", server.line());
      server.signal("TERM");
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void idleTimeout_silentConnection_isReset() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--idle-timeout", "50ms");
        Socket socket = connect(server.listeningPort())) {
      assertThrows(SocketException.class, () -> socket.getInputStream().read());
      assertTrue(server.line().contains(": connected from "));
      assertTrue(server.line().endsWith(": closed: idle for too long"));
    }
  }

  @Test
  void maxConnections_oneMore_isClosedAtOnce() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--max-connections", "1");
        Socket first = connect(server.listeningPort())) {
      echoes(first, "x");
      try (Socket second = connect(first.getPort())) {
        assertEquals(-1, second.getInputStream().read());
      }
      server.awaitLine("refused a connection: as many are open as may be");
      echoes(first, "y");
    }
  }

  @Test
  void stats_everySecond_printARowUnderAHeader() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--stats", "--quiet");
        Socket socket = connect(server.listeningPort())) {
      echoes(socket, "x");
      String header = server.line();
      assertEquals(" conns   acc/s    reads/s      bytes/s turns/s ev/w busy lag", header);
      assertTrue(header.length() <= 60, "a narrow terminal");
      String row = server.line();
      assertTrue(row.matches(" {5}1 {7}1 {10}1 {12}1 +[0-9,]+ +[0-9.]+ +[0-9]+% [0-9.]+"), row);
      assertFalse(server.line().contains("conns"));
    }
  }

  @Test
  void stats_ofDatagrams_printARowUnderAHeader() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--udp", "--stats", "--quiet");
        DatagramSocket socket = new DatagramSocket(0, loopback)) {
      InetSocketAddress to = new InetSocketAddress(loopback, server.listeningPort());
      byte[] data = "hello".getBytes(ISO_8859_1);
      socket.send(new DatagramPacket(data, data.length, to));
      assertTrue(server.line().matches(" +recv/s +bytes/s cut/s +sent/s dropped/s unsent/s"));
      String row = server.line();
      assertTrue(row.matches(" +1 +5 +0 +1 +0 +0"), row);
    }
  }

  @Test
  void standardOutput_nobodyReads_doesNotHoldTheServerUp() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--buffer", "1")) {
      int port = server.listeningPort();
      try (Socket socket = connect(port)) {
        echoes(socket, "x".repeat(20_000)); // 40,000 lines, more than a pipe holds
        server.signal("TERM");
        assertEquals(-1, socket.getInputStream().read());
      }
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void standardOutput_readTooSlowly_saysHowMuchWasLeftOut() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--buffer", "1");
        Socket socket = connect(server.listeningPort())) {
      echoes(socket, "x".repeat(20_000));
      String line = server.line();
      while (!line.contains(" left out here")) {
        assertTrue(line.matches("fd \\d+: (connected from [0-9.:]+|(read|wrote) 1 byte)"), line);
        line = server.line();
      }
      assertTrue(line.matches("\\d+ lines were left out here: .*"), line);
    }
  }

  @Test
  void tls_certificateAndKey_encrypt(@TempDir Path folder) throws Exception {
    Path store = folder.resolve("store.p12");
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    Certificates.create(store, certificate, key);
    KeyStore trusted = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (Command server =
            new Command("echo", "--port", "0", "--tls", certificate.toString(), key.toString());
        Socket socket = context.getSocketFactory().createSocket(loopback, server.listeningPort())) {
      socket.setSoTimeout(LIMIT_MILLIS);
      echoes(socket, "secret words");
      assertTrue(server.line().contains(": connected from "));
      assertTrue(server.line().matches("fd \\d+: TLS handshake done: TLSv1\\.3, TLS_.*"));
      assertTrue(server.line().endsWith(": read 12 bytes"));
      assertTrue(server.line().endsWith(": wrote 12 bytes"));
      server.signal("TERM");
      assertEquals(-1, socket.getInputStream().read());
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void tls_withWorkers_logsWhatTheApplicationReadsAndWrites(@TempDir Path folder) throws Exception {
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    Certificates.create(folder.resolve("store.p12"), certificate, key);
    try (Command server =
            new Command(
                "echo",
                "--port",
                "0",
                "--workers",
                "2",
                "--tls",
                certificate.toString(),
                key.toString());
        Command client =
            new Command("connect", "127.0.0.1:" + server.listeningPort(), "--tls", "--insecure")) {
      client.input("secret words\n");
      assertEquals("secret words", client.line());
      server.line();
      assertTrue(server.line().contains(": TLS handshake done: "));
      assertTrue(server.line().endsWith(": read 13 bytes"));
      assertTrue(server.line().endsWith(": wrote 13 bytes"));
    }
  }

  @Test
  void tls_peerThatSpeaksNone_isLoggedWithWhatTheLibraryKnows(@TempDir Path folder)
      throws Exception {
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    Certificates.create(folder.resolve("store.p12"), certificate, key);
    try (Command server =
            new Command("echo", "--port", "0", "--tls", certificate.toString(), key.toString());
        Socket plain = connect(server.listeningPort())) {
      plain.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(ISO_8859_1));
      assertTrue(server.line().contains(": connected from "));
      String closed = server.line();
      assertTrue(closed.matches("fd \\d+: closed: the protocol failed: .*plaintext.*"), closed);
    }
  }

  @Test
  void tls_folderInTheFilesPlace_isNamed(@TempDir Path folder) throws Exception {
    try (Command server =
        new Command("echo", "--port", "0", "--tls", folder.toString(), folder.toString())) {
      assertEquals(1, server.exitCode());
      EchoCommandIT.assertOneLine(server, "--tls", folder.toString(), "folder");
    }
  }

  @Test
  void tls_missingFile_saysSoInOneLine(@TempDir Path folder) throws Exception {
    String missing = folder.resolve("none.pem").toString();
    try (Command server = new Command("echo", "--port", "0", "--tls", missing, missing)) {
      assertEquals(1, server.exitCode());
      EchoCommandIT.assertOneLine(server, "--tls", missing);
    }
  }
}

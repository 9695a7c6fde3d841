package dev.pollux.cli.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Certificates;
import dev.pollux.cli.Command;
import dev.pollux.cli.echo.EchoCommandIT;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pollux connect} to what is not plain TCP: TLS, Unix sockets, datagrams. */
class ConnectPeersIT {

  private static final int LIMIT_MILLIS = 20_000;

  @TempDir private static Path folder;
  private static String certificate;
  private static String key;

  private final InetAddress loopback = InetAddress.getLoopbackAddress();

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path made = folder.resolve("cert.pem");
    Certificates.create(folder.resolve("store.p12"), made, folder.resolve("key.pem"));
    certificate = made.toString();
    key = folder.resolve("key.pem").toString();
  }

  private static Command tlsServer() throws Exception {
    return new Command("echo", "--port", "0", "--quiet", "--tls", certificate, key);
  }

  private static void assertEchoes(Command client) throws Exception {
    client.input("secret words\n");
    assertEquals("secret words", client.line());
    client.input().close();
    assertEquals("", client.rest());
    assertEquals(0, client.exitCode(), client.errors());
  }

  @Test
  void tls_serverThatTheFileTrusts_isTalkedTo() throws Exception {
    try (Command server = tlsServer();
        Command client =
            new Command(
                "connect",
                "localhost:" + server.listeningPort(),
                "--tls",
                "--trust",
                certificate)) {
      assertEchoes(client);
      assertEquals("", client.errors());
    }
  }

  @Test
  void tls_serverThatNobodyTrusts_isRefusedInOneLine() throws Exception {
    try (Command server = tlsServer();
        Command client = new Command("connect", "localhost:" + server.listeningPort(), "--tls")) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "TLS with localhost:", "--trust", "--insecure");
    }
  }

  @Test
  void tls_serverWithAnotherName_isRefusedInOneLine() throws Exception {
    try (Command server = tlsServer();
        Command client =
            new Command(
                "connect",
                "127.0.0.1:" + server.listeningPort(),
                "--tls",
                "--server-name",
                "other.test",
                "--trust",
                certificate)) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "TLS with 127.0.0.1:", "other.test");
    }
  }

  @Test
  void tls_insecureByName_talksToAnybodyAndSaysSo() throws Exception {
    try (Command server = tlsServer();
        Command client =
            new Command(
                "connect",
                "127.0.0.1:" + server.listeningPort(),
                "--tls",
                "--server-name",
                "other.test",
                "--insecure")) {
      assertEchoes(client);
      assertTrue(client.errors().contains("--insecure"), client.errors());
    }
  }

  @Test
  void tls_serverThatSpeaksNone_isRefusedInOneLine() throws Exception {
    try (Command server = new Command("echo", "--port", "0", "--quiet");
        Command client = new Command("connect", "localhost:" + server.listeningPort(), "--tls")) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "TLS with localhost:");
    }
  }

  @Test
  void trust_missingFile_isRefusedInOneLine() throws Exception {
    try (Command client =
        new Command("connect", "localhost:1", "--tls", "--trust", key + ".none")) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "--trust", ".none");
    }
  }

  @Test
  void unix_pathAndAbstractName_areTalkedTo() throws Exception {
    String name = "@pollux-connect-" + ProcessHandle.current().pid();
    for (String place : new String[] {folder.resolve("echo.sock").toString(), name}) {
      try (Command server = new Command("echo", "--unix", place, "--quiet")) {
        assertTrue(server.line().startsWith("listening on " + place));
        try (Command client = new Command("connect", "--unix", place)) {
          assertEchoes(client);
        }
      }
    }
  }

  @Test
  void unix_abstractNameThatIsAFilesToo_isNoFileOfArguments() throws Exception {
    Path file = Files.writeString(folder.resolve("arguments"), "localhost:1 --udp");
    try (Command client = new Command("connect", "--unix", "@" + file)) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "@" + file + " refuses connections");
    }
  }

  @Test
  void unix_withTls_isTalkedTo() throws Exception {
    String place = folder.resolve("tls.sock").toString();
    try (Command server =
        new Command("echo", "--unix", place, "--quiet", "--tls", certificate, key)) {
      assertTrue(server.line().startsWith("listening on " + place));
      try (Command client =
          new Command("connect", "--unix", place, "--tls", "--trust", certificate)) {
        assertEchoes(client);
      }
    }
  }

  @Test
  void unix_nobodyThere_isAFailureInOneLine() throws Exception {
    String none = folder.resolve("none.sock").toString();
    try (Command client = new Command("connect", "--unix", none)) {
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, none, "ENOENT");
    }
  }

  @Test
  void udp_eachLine_isADatagramAndWhatComesIsPrinted() throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, loopback);
        Command client = new Command("connect", "--udp", "127.0.0.1", "" + server.getLocalPort())) {
      server.setSoTimeout(LIMIT_MILLIS);
      client.input("one\ntwo\nthree");
      client.input().close();
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      for (String line : new String[] {"one\n", "two\n", "three"}) {
        packet.setLength(100);
        server.receive(packet);
        assertEquals(line, new String(packet.getData(), 0, packet.getLength(), ISO_8859_1));
      }
      byte[] answer = "answer\n".getBytes(ISO_8859_1);
      server.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      assertEquals("answer\n", client.rest());
      assertEquals(0, client.exitCode());
      assertEquals("", client.errors());
    }
  }

  /** A datagram has 65,507 bytes at most; the line's end is one of them. */
  @Test
  void udp_lineThatNoDatagramHolds_isAFailureInOneLine() throws Exception {
    String longest = "x".repeat(65_506) + "\n";
    try (DatagramSocket server = new DatagramSocket(0, loopback);
        Command client = new Command("connect", "--udp", "127.0.0.1:" + server.getLocalPort())) {
      server.setSoTimeout(LIMIT_MILLIS);
      client.input(longest);
      DatagramPacket packet = new DatagramPacket(new byte[70_000], 70_000);
      server.receive(packet);
      assertEquals(longest.length(), packet.getLength());
      client.input("x" + longest);
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "a line is longer", "65,507 bytes");
    }
  }

  @Test
  void udp_nobodyThere_isAFailureInOneLine() throws Exception {
    int port;
    try (DatagramSocket taken = new DatagramSocket(0, loopback)) {
      port = taken.getLocalPort();
    }
    try (Command client = new Command("connect", "--udp", "127.0.0.1:" + port)) {
      client.input("x\n");
      assertEquals(1, client.exitCode());
      EchoCommandIT.assertOneLine(client, "127.0.0.1:" + port, "ECONNREFUSED");
    }
  }
}

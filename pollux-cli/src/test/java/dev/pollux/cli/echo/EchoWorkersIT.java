package dev.pollux.cli.echo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Certificates;
import dev.pollux.cli.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pollux echo --workers} as a process. */
class EchoWorkersIT {

  private static final int LIMIT_MILLIS = 20_000;

  private final InetAddress loopback = InetAddress.getLoopbackAddress();

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket(loopback, port);
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  private static void exchange(Socket socket, String text, String answer) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    byte[] back = socket.getInputStream().readNBytes(answer.length());
    assertEquals(answer, new String(back, ISO_8859_1));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, level, 1 worker",
    "3, 2, edge, '2 loops, 3 workers'",
    "virtual, 1, edge, virtual workers",
    "virtual, 2, level, '2 loops, virtual workers'"
  })
  void workers_answer_andStopInOrder(String workers, String loops, String trigger, String said)
      throws Exception {
    int count = 8;
    try (Command server =
        new Command(
            "echo", "--port", "0", "--workers", workers, "--loops", loops, "--trigger", trigger)) {
      String first = server.line();
      assertTrue(first.endsWith(" (epoll, " + trigger + "), " + said), first);
      int port = Integer.parseInt(first.substring(first.indexOf(':') + 1, first.indexOf(" (")));
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sockets.add(connect(port));
        exchange(sockets.getLast(), "hello", "hello");
      }
      for (int i = 0; i < count; i++) {
        exchange(sockets.get(i), "again " + i, "again " + i);
      }
      for (Socket socket : sockets.subList(0, count / 2)) {
        socket.shutdownOutput();
        assertEquals(-1, socket.getInputStream().read());
      }
      server.signal("TERM");
      for (Socket socket : sockets) {
        assertEquals(-1, socket.getInputStream().read());
        socket.close();
      }
      assertEquals(0, server.exitCode());
      List<String> lines = server.rest().lines().toList();
      assertEquals(count, count(lines, "fd \\d+: connected from [0-9.:]+"));
      assertEquals(count, count(lines, "fd \\d+: read 5 bytes"));
      assertEquals(count, count(lines, "fd \\d+: wrote 7 bytes"));
      assertEquals(count / 2, count(lines, "fd \\d+: closed: end of stream"));
      assertEquals(count / 2, count(lines, "fd \\d+: closed: the server stops"));
      assertEquals(6 * count, lines.size(), lines::toString);
      assertEquals("", server.errors());
    }
  }

  private static long count(List<String> lines, String pattern) {
    return lines.stream().filter(line -> line.matches(pattern)).count();
  }

  @Test
  void reply_byWorkers_isSent() throws Exception {
    try (Command server =
            new Command(
                "echo", "--port", "0", "--workers", "2", "--reply", "bye", "--buffer", "9");
        Socket socket = connect(server.listeningPort())) {
      exchange(socket, "hello", "bye\n");
      exchange(socket, "hello", "bye\n");
      server.signal("TERM");
      assertEquals(-1, socket.getInputStream().read());
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void tls_withWorkers_encrypts(@TempDir Path folder) throws Exception {
    Path store = folder.resolve("store.p12");
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    Certificates.create(store, certificate, key);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(KeyStore.getInstance(store.toFile(), "secret".toCharArray()));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    String[] arguments = {
      "echo", "--port", "0", "--workers", "2", "--tls", certificate.toString(), key.toString()
    };
    String large = "secret words ".repeat(1000); // a record has many requests
    try (Command server = new Command(arguments);
        Socket socket = context.getSocketFactory().createSocket(loopback, server.listeningPort())) {
      socket.setSoTimeout(LIMIT_MILLIS);
      exchange(socket, "secret words", "secret words");
      exchange(socket, large, large);
      server.signal("TERM");
      assertEquals(-1, socket.getInputStream().read());
      assertEquals(0, server.exitCode());
    }
  }
}

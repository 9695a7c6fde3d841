package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static dev.pollux.net.TlsBox.loopback;
import static dev.pollux.net.TlsBox.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Trigger;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Others' TLS: the JDK's blocking sockets, and the openssl command where it is installed. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsPeersIT {

  private static final int SIZE = 500_000;
  private static final int PATIENCE_MILLIS = 20_000;

  record Setup(Trigger trigger, String protocol) {
    @Override
    public String toString() {
      return trigger.name().toLowerCase(java.util.Locale.ROOT) + ", epoll/native, " + protocol;
    }

    String option() {
      return protocol.equals("TLSv1.3") ? "-tls1_3" : "-tls1_2";
    }
  }

  /** What a peer does on its thread. */
  interface Work<T> {
    T run() throws IOException;
  }

  @Parameter Setup setup;
  @TempDir Path folder;
  private TlsBox box;

  static Stream<Setup> setups() {
    return Stream.of(Trigger.LEVEL, Trigger.EDGE)
        .flatMap(trigger ->
            Stream.of("TLSv1.3", "TLSv1.2").map(protocol -> new Setup(trigger, protocol)));
  }

  /** The JDK opens a socket for itself when it closes its first one. */
  @BeforeAll
  static void warmUp() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback(0).getAddress());
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket accepted = listener.accept()) {
      client.setTcpNoDelay(true);
      accepted.setTcpNoDelay(true);
    }
  }

  @BeforeEach
  void open() {
    box = new TlsBox(false);
    box.options = box.options.withTrigger(setup.trigger());
  }

  @AfterEach
  void close() {
    box.close();
  }

  private Tls serverTls() {
    return Tls.server(TlsKeys.localhost().identity())
        .withProtocols(setup.protocol())
        .withApplicationProtocols("echo");
  }

  private Tls clientTls() {
    return Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
        .withProtocols(setup.protocol());
  }

  private <T> FutureTask<T> start(Work<T> work) {
    FutureTask<T> task = new FutureTask<>(work::run);
    Thread.ofPlatform().daemon().name("tls-peer").start(task);
    return task;
  }

  private <T> T await(FutureTask<T> task) throws Exception {
    box.until("the peer's end", task::isDone);
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new AssertionError("the peer failed", e.getCause());
    }
  }

  private SSLSocket socket(InetSocketAddress address) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TlsKeys.trustOnly(TlsKeys.localhost())
                .getSocketFactory()
                .createSocket(address.getAddress(), address.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setEnabledProtocols(new String[] {setup.protocol()});
    return socket;
  }

  private static byte[] exchange(SSLSocket socket, byte[] sent) throws IOException {
    OutputStream out = socket.getOutputStream();
    InputStream in = socket.getInputStream();
    byte[] got = new byte[sent.length];
    int read = 0;
    for (int at = 0; at < sent.length; ) {
      int n = Math.min(30_000, sent.length - at);
      out.write(sent, at, n);
      at += n;
      read += in.readNBytes(got, read, at - read);
    }
    return got;
  }

  @Test
  void socketOfTheJdk_asAClient_isServed() throws Exception {
    TlsNote server = TlsNote.echo();
    InetSocketAddress address = box.serve(serverTls(), server);
    FutureTask<byte[]> task =
        start(() -> {
          try (SSLSocket socket = socket(address)) {
            byte[] got = exchange(socket, random(SIZE));
            if (setup.protocol().equals("TLSv1.3")) {
              socket.startHandshake(); // new keys
            }
            byte[] more = exchange(socket, random(1_000));
            assertArrayEquals(random(1_000), more);
            if (setup.protocol().equals("TLSv1.3")) {
              socket.shutdownOutput();
              assertEquals(-1, socket.getInputStream().read());
            }
            return got;
          }
        });
    assertArrayEquals(random(SIZE), await(task));
    box.untilClosed(server);
    assertEquals(CloseReason.END_OF_STREAM, server.reason());
    assertEquals(1, server.readClosedCount);
  }

  @Test
  void socketOfTheJdk_asAServer_isUsed() throws Exception {
    try (SSLServerSocket listener =
        (SSLServerSocket)
            TlsKeys.localhost()
                .trusting()
                .getServerSocketFactory()
                .createServerSocket(0, 5, loopback(0).getAddress())) {
      listener.setEnabledProtocols(new String[] {setup.protocol()});
      FutureTask<Integer> task =
          start(() -> {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
              socket.setSoTimeout(PATIENCE_MILLIS);
              byte[] got = socket.getInputStream().readNBytes(SIZE);
              socket.getOutputStream().write(got);
              return socket.getInputStream().read();
            }
          });
      TlsNote client = new TlsNote();
      client.onOpened =
          connection -> {
            WriteResult _ = connection.write(ByteBuffer.wrap(random(SIZE)));
          };
      Connection _ = box.connect(loopback(listener.getLocalPort()), clientTls(), client);
      box.until("echo", () -> client.bytes.size() == SIZE);
      assertArrayEquals(random(SIZE), client.bytes.toByteArray());
      client.connection().close();
      assertEquals(-1, await(task));
      box.untilClosed(client);
      assertEquals(CloseReason.CLOSED, client.reason());
    }
  }

  @Test
  void handshakeAgain_byAServerOfTheJdk_isRefusedOrMeansNewKeys() throws Exception {
    try (SSLServerSocket listener =
        (SSLServerSocket)
            TlsKeys.localhost()
                .trusting()
                .getServerSocketFactory()
                .createServerSocket(0, 5, loopback(0).getAddress())) {
      listener.setEnabledProtocols(new String[] {setup.protocol()});
      FutureTask<Boolean> task =
          start(() -> {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
              socket.setSoTimeout(PATIENCE_MILLIS);
              int _ = socket.getInputStream().read();
              socket.startHandshake();
              socket.getOutputStream().write('y');
              return socket.getInputStream().read() < 0;
            } catch (IOException _) {
              return false;
            }
          });
      TlsNote client = new TlsNote();
      client.onOpened =
          connection -> {
            WriteResult _ = connection.write(bytes("x"));
          };
      Connection _ = box.connect(loopback(listener.getLocalPort()), clientTls(), client);
      if (setup.protocol().equals("TLSv1.3")) {
        box.until("answer under new keys", () -> client.text().equals("y"));
        client.connection().close();
        assertTrue(await(task));
        box.untilClosed(client);
      } else {
        box.untilClosed(client);
        assertEquals(CloseReason.PROTOCOL, client.reason());
        assertTrue(client.message().contains("renegotiate"), client::message);
        boolean _ = await(task);
      }
    }
  }

  private static boolean hasOpenssl(TestReporter reporter) {
    boolean found =
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "openssl")));
    if (!found) {
      reporter.publishEntry("not run", "openssl is not installed");
    }
    return found;
  }

  private static Process openssl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @Test
  void openssl_asAClient_isServedAndResumes(TestReporter reporter) throws Exception {
    if (!hasOpenssl(reporter)) {
      return;
    }
    List<TlsNote> servers = new ArrayList<>();
    InetSocketAddress address =
        box.serve(
            serverTls(),
            (HandlerFactory)
                _ -> {
                  TlsNote note = TlsNote.echo();
                  note.onOpened =
                      connection -> {
                        WriteResult _ = connection.write(bytes("welcome\n"));
                      };
                  servers.add(note);
                  return note;
                });
    String trusted =
        Files.writeString(folder.resolve("ca"), TlsKeys.localhost().certificatePem()).toString();
    String session = folder.resolve("session").toString();
    for (String saved : List.of("-sess_out", "-sess_in")) {
      String output =
          run(
              openssl(
                  "s_client",
                  "-connect",
                  "127.0.0.1:" + address.getPort(),
                  setup.option(),
                  "-CAfile",
                  trusted,
                  "-verify_return_error",
                  "-servername",
                  "localhost",
                  "-verify_hostname",
                  "localhost",
                  "-alpn",
                  "other,echo",
                  saved,
                  session));
      assertTrue(output.contains("welcome"), output);
      assertTrue(output.contains("ALPN protocol: echo"), output);
      assertTrue(output.contains(saved.equals("-sess_in") ? "Reused, " : "New, "), output);
    }
    box.until("closed", () -> servers.size() == 2 && servers.stream().allMatch(TlsNote::isClosed));
    for (TlsNote server : servers) {
      assertEquals("ping\n", server.text());
      assertEquals(CloseReason.END_OF_STREAM, server.reason());
    }
  }

  /** Says ping, reads the echo, and quits by the end of its input. */
  private String run(Process process) throws Exception {
    FutureTask<String> task =
        start(() -> {
          StringBuilder output = new StringBuilder();
          process.getOutputStream().write("ping\n".getBytes(StandardCharsets.US_ASCII));
          process.getOutputStream().flush();
          byte[] block = new byte[1 << 16];
          boolean quit = false;
          for (int n; (n = process.getInputStream().read(block)) >= 0; ) {
            output.append(new String(block, 0, n, StandardCharsets.ISO_8859_1));
            if (!quit && output.indexOf("\nping\n") >= 0) {
              quit = true;
              process.getOutputStream().close();
            }
          }
          return output.toString();
        });
    try {
      return await(task);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void openssl_asAServer_isUsed(TestReporter reporter) throws Exception {
    if (!hasOpenssl(reporter)) {
      return;
    }
    Path certificate =
        Files.writeString(folder.resolve("crt"), TlsKeys.localhost().certificatePem());
    Path key = Files.writeString(folder.resolve("key"), TlsKeys.localhost().keyPem());
    Process process =
        openssl(
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-cert",
            certificate.toString(),
            "-key",
            key.toString(),
            setup.option(),
            "-rev",
            "-naccept",
            "1");
    try {
      FutureTask<Integer> port =
          start(() -> {
            StringBuilder line = new StringBuilder();
            for (int c; (c = process.getInputStream().read()) >= 0; ) {
              line.append((char) c);
              if (c == '\n') {
                if (line.indexOf("ACCEPT 127.0.0.1:") == 0) {
                  return Integer.parseInt(line.substring("ACCEPT 127.0.0.1:".length()).strip());
                }
                line.setLength(0);
              }
            }
            throw new IOException("no port from openssl");
          });
      int at = await(port);
      FutureTask<Long> drain =
          start(() -> process.getInputStream().transferTo(OutputStream.nullOutputStream()));
      TlsNote client = new TlsNote();
      client.onOpened =
          connection -> {
            WriteResult _ = connection.write(bytes("pollux\n"));
          };
      Connection _ = box.connect(loopback(at), clientTls(), client);
      box.until("answer", () -> client.text().equals("xullop\n"));
      client.connection().close();
      box.untilClosed(client);
      assertEquals(CloseReason.CLOSED, client.reason());
      long _ = await(drain);
    } finally {
      int _ = process.destroyForcibly().waitFor();
    }
  }
}

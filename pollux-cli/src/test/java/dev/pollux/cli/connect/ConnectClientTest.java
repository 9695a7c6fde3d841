package dev.pollux.cli.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.echo.EchoFixture;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.net.ConnectOptions;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link ConnectClient} as on a terminal, whose part two pipes play. */
class ConnectClientTest {

  private static final int READ = 0;
  private static final int WRITE = 1;

  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private final Sys sys = NativeSys.open();
  private int[] input;
  private int[] output;

  @BeforeEach
  void openPipes() throws Exception {
    input = Sockets.pipe(sys, Linux.O_CLOEXEC);
    output = Sockets.pipe(sys, Linux.O_CLOEXEC);
  }

  @AfterEach
  void closePipes() {
    for (int fd : new int[] {input[READ], input[WRITE], output[READ], output[WRITE]}) {
      int _ = sys.close(fd);
    }
  }

  private void type(String text) {
    IoBuffer bytes = IoBuffer.allocate(text.length());
    bytes.buffer().put(text.getBytes(ISO_8859_1)).flip();
    assertEquals(text.length(), bytes.write(sys, input[WRITE]));
  }

  private String shown(int size) {
    StringBuilder text = new StringBuilder();
    IoBuffer bytes = IoBuffer.allocate(1);
    while (text.length() < size) {
      bytes.buffer().clear();
      assertEquals(1, bytes.read(sys, output[READ]));
      text.append((char) bytes.buffer().get(0));
    }
    return text.toString();
  }

  private ConnectClient.Manner terminal(boolean coloured) {
    return new ConnectClient.Manner(
        "pollux connect", input[READ], output[WRITE], true, LineMarks.of(coloured), false);
  }

  private CompletableFuture<Integer> connect(ServerSocket listener, ConnectClient.Manner manner) {
    ConnectOptions options = ConnectOptions.to("127.0.0.1", listener.getLocalPort());
    return CompletableFuture.supplyAsync(() -> {
      try (ConnectClient client = ConnectClient.open(sys, manner)) {
        return client.run((loop, opened) -> StreamPeer.connect(loop, opened, options, "the test"));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Test
  void lineQ_onATerminal_quitsThoughTheServerDoesNot() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback)) {
      CompletableFuture<Integer> code = connect(listener, terminal(false));
      try (Socket peer = listener.accept()) {
        type("a\nQ\nb\n");
        assertEquals("a\n", new String(peer.getInputStream().readAllBytes(), ISO_8859_1));
        assertEquals(0, code.get());
      }
    }
  }

  @Test
  void linesThatArrive_onATerminal_areMarked() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, loopback)) {
      CompletableFuture<Integer> code = connect(listener, terminal(true));
      try (Socket peer = listener.accept()) {
        peer.getOutputStream().write("one\ntwo> ".getBytes(ISO_8859_1));
        String expected = "\u001b[36m< one\u001b[0m\n\u001b[36m< two> \u001b[0m";
        assertEquals(expected, shown(expected.length()));
        type("own\n"); // which leaves the cursor at the margin
        assertEquals("own\n", new String(peer.getInputStream().readNBytes(4), ISO_8859_1));
        peer.getOutputStream().write("three\n".getBytes(ISO_8859_1));
        expected = "\u001b[36m< three\u001b[0m\n";
        assertEquals(expected, shown(expected.length()));
        type("q\n");
        assertEquals(0, code.get());
      }
    }
  }

  /** Marks make a datagram longer than the client's buffer: nothing of it is lost for that. */
  @Test
  void datagramOfManyLines_onATerminal_isShownToItsEnd() throws Exception {
    String lines = "x\n".repeat(20_000);
    InetSocketAddress anywhere = new InetSocketAddress(loopback, 0);
    try (DatagramSocket server = new DatagramSocket(anywhere)) {
      InetSocketAddress at = new InetSocketAddress(loopback, server.getLocalPort());
      CompletableFuture<Integer> code =
          CompletableFuture.supplyAsync(() -> {
            try (ConnectClient client = ConnectClient.open(sys, terminal(false))) {
              return client.run((loop, opened) -> DatagramPeer.open(loop, opened, at, "the test"));
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
      type("?\n");
      DatagramPacket asked = new DatagramPacket(new byte[10], 10);
      server.receive(asked);
      byte[] answer = lines.getBytes(ISO_8859_1);
      server.send(new DatagramPacket(answer, answer.length, asked.getSocketAddress()));
      String expected = "< x\n".repeat(20_000);
      assertTrue(expected.equals(shown(expected.length())), "not all of it");
      type("q\n");
      assertEquals(0, code.get());
    }
  }

  @Test
  void connect_thatFails_leavesNoDescriptor() throws Exception {
    int port;
    try (ServerSocket listener = new ServerSocket(0, 1, loopback)) {
      port = listener.getLocalPort();
    }
    // An address: a name's lookup has a thread, which may be at waking the loop as that closes.
    ConnectOptions options = ConnectOptions.to(new InetSocketAddress(loopback, port));
    connectInVain(options); // what is opened once is open now
    int before = EchoFixture.descriptorCount();
    connectInVain(options);
    assertEquals(before, EchoFixture.descriptorCount());
  }

  private void connectInVain(ConnectOptions options) throws Exception {
    try (ConnectClient client = ConnectClient.open(sys, terminal(false))) {
      assertThrows(
          Failure.class,
          () -> client.run((loop, opened) -> StreamPeer.connect(loop, opened, options, "nobody")));
    }
  }
}

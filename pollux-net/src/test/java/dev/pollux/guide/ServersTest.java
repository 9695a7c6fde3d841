package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.HandlerFactory;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Workers;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the programs of the guides over real sockets. */
@Timeout(60)
class ServersTest {

  private static final int MANY_BYTES = 8 << 20; // more than the sockets' buffers hold
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** What a test does with a server. */
  private interface Conversation {
    void with(Socket socket) throws Exception;
  }

  @Test
  void echo_aPeerThatWritesAllBeforeItReads_getsEveryByteBack() throws Exception {
    onLoop(_ -> new Echo(), ServersTest::everyByteComesBack);
  }

  @Test
  void nioEcho_aPeerThatWritesAllBeforeItReads_getsEveryByteBack() throws Exception {
    Selector selector = Selector.open();
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(ANY);
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(selector, listener));
      try (Socket socket = connect((InetSocketAddress) listener.getLocalAddress())) {
        everyByteComesBack(socket);
      }
      selector.close();
      served.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void sum_ofNumbersInPieces_isToldAtTheEnd() throws Exception {
    onLoop(
        _ -> new Sum(),
        socket -> {
          DataOutputStream out = new DataOutputStream(socket.getOutputStream());
          out.writeInt(40);
          out.write(new byte[] {0, 0});
          out.flush();
          out.write(new byte[] {0, 2});
          socket.shutdownOutput();
          assertEquals("42\n", new String(socket.getInputStream().readAllBytes(), US_ASCII));
        });
  }

  @Test
  void login_lineThenLines_areShoutedBack() throws Exception {
    onLoop(
        _ -> Shout.LINES.handler(new Login()),
        socket -> {
          socket.getOutputStream().write("peter\nhello\nworld\n".getBytes(US_ASCII));
          BufferedReader in = reader(socket);
          assertEquals("HELLO", in.readLine());
          assertEquals("WORLD", in.readLine());
        });
  }

  @Test
  void workers_requests_areAnsweredInOrder() throws Exception {
    try (Workers workers = Workers.platform(2, 16)) {
      onLoop(
          Setups.lookups(workers),
          socket -> {
            socket.getOutputStream().write("127.0.0.1\n127.0.0.2\n".getBytes(US_ASCII));
            BufferedReader in = reader(socket);
            assertEquals("127.0.0.1", in.readLine());
            assertEquals("127.0.0.2", in.readLine());
          });
    }
  }

  @Test
  void blocking_lines_areAnswered() throws Exception {
    onLoop(
        Setups.blocking(),
        socket -> {
          socket.getOutputStream().write("hello\nworld\n".getBytes(US_ASCII));
          BufferedReader in = reader(socket);
          assertEquals("HELLO", in.readLine());
          assertEquals("WORLD", in.readLine());
        });
  }

  @Test
  void group_ofLoops_servesLines() throws Exception {
    try (LoopGroup loops = Setups.loops();
        Server server = Setups.onAll(loops, ANY);
        Socket socket = connect((InetSocketAddress) server.address())) {
      socket.getOutputStream().write("hello\n".getBytes(US_ASCII));
      assertEquals("HELLO", reader(socket).readLine());
      assertEquals(1, server.connectionCount());
    }
  }

  private static void onLoop(HandlerFactory handlers, Conversation conversation) throws Exception {
    try (EventLoop loop = EventLoop.open(LoopOptions.DEFAULT)) {
      Server server = Server.open(loop, ServerOptions.at(ANY), handlers);
      InetSocketAddress address = (InetSocketAddress) server.address();
      CompletableFuture<Void> talk = CompletableFuture.runAsync(() -> talk(address, conversation));
      CompletableFuture<Void> stopped =
          talk.whenComplete((_, _) -> Setups.stopInOrder(loop, server));
      loop.run();
      server.close();
      stopped.get(10, TimeUnit.SECONDS);
    }
  }

  private static void talk(InetSocketAddress address, Conversation conversation) {
    try (Socket socket = connect(address)) {
      conversation.with(socket);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void everyByteComesBack(Socket socket) throws Exception {
    byte[] sent = new byte[MANY_BYTES];
    new Random(1).nextBytes(sent);
    Thread writer = Thread.ofVirtual().start(() -> send(socket, sent));
    assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
    writer.join();
    socket.shutdownOutput();
    assertEquals(-1, socket.getInputStream().read());
  }

  private static void send(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void serve(Selector selector, ServerSocketChannel listener) {
    try {
      NioEcho.serve(selector, listener);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    return new Socket(address.getAddress(), address.getPort());
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
  }
}

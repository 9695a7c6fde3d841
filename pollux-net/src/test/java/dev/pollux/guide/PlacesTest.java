package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.ConnectOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the programs of the guides about addresses: datagrams, Unix sockets, clients, restarts. */
@Timeout(60)
class PlacesTest {

  private static final int LIMIT_MILLIS = 20_000;
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  @Test
  void timeServer_tellsTheTime_fromTheAddressThatWasAsked() throws Exception {
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        DatagramSocket client = new DatagramSocket()) {
      EventLoop loop = loops.loops().getFirst();
      CompletableFuture<Integer> port = new CompletableFuture<>();
      loop.execute(() -> {
        try {
          DatagramEndpoint endpoint =
              DatagramEndpoint.open(
                  loop, new InetSocketAddress(0), DatagramOptions.DEFAULT, new TimeServer());
          port.complete(((InetSocketAddress) endpoint.localAddress()).getPort());
        } catch (Exception e) {
          port.completeExceptionally(e);
        }
      });
      client.setSoTimeout(LIMIT_MILLIS);
      client.connect(new InetSocketAddress("127.0.0.2", port.get(10, TimeUnit.SECONDS)));
      client.send(new DatagramPacket(new byte[1], 1));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      client.receive(answer);
      String text = new String(answer.getData(), 0, answer.getLength(), US_ASCII);
      assertTrue(Instant.parse(text).isAfter(Instant.EPOCH), text);
    }
  }

  @Test
  void localEcho_servesItsUser_overAStalePath(@TempDir Path folder) throws Exception {
    Sys sys = NativeSys.open();
    Path path = folder.resolve("echo.sock");
    UnixAddress at = UnixAddress.path(path);
    assertEquals(0, sys.close(Sockets.unixListener(sys, at, 1))); // as a killed process leaves it
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    int user = Ancillary.peerCredentials(sys, pair[0]).uid();
    assertEquals(0, sys.close(pair[0]) + sys.close(pair[1]));
    for (int allowed : new int[] {user, user + 1}) {
      try (EventLoop loop = EventLoop.open();
          Server server = LocalEcho.open(loop, at, allowed);
          SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        client.connect(UnixDomainSocketAddress.of(path));
        int _ = client.write(ByteBuffer.wrap("hello".getBytes(US_ASCII)));
        client.configureBlocking(false);
        ByteBuffer back = ByteBuffer.allocate(5);
        int n = 0;
        long deadline = System.nanoTime() + Duration.ofMillis(LIMIT_MILLIS).toNanos();
        while (back.hasRemaining() && n >= 0 && System.nanoTime() < deadline) {
          int _ = loop.runOnce(1_000_000);
          n = read(client, back);
        }
        assertEquals(allowed == user ? 5 : 0, back.position());
        assertEquals(at, server.address());
      }
      assertTrue(Files.notExists(path));
    }
  }

  /** -1 also for a reset. */
  private static int read(SocketChannel client, ByteBuffer target) {
    try {
      return client.read(target);
    } catch (IOException e) {
      return -1;
    }
  }

  /** Minutes of an absent server, in virtual time. */
  @Test
  void subscriber_ofAServerThatComesAndGoes_comesBack() throws Exception {
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      StringBuilder heard = new StringBuilder();
      int[] asked = {0};
      ConnectOptions options =
          ConnectOptions.to("news", 4000)
              .withResolver((_, answer) -> {
                asked[0]++;
                answer.resolved(List.of(InetAddress.ofLiteral("::1"), HERE));
              });
      new Subscriber(loop, options, new Random(1), data -> heard.append(US_ASCII.decode(data)))
          .connect();
      runFor(loop, Duration.ofMinutes(5));
      assertTrue(asked[0] > 10 && asked[0] < 40, asked[0] + " tries in 5 min");
      for (int round = 1; round <= 2; round++) {
        int known = round;
        ServerOptions at = ServerOptions.at(new InetSocketAddress(HERE, 4000));
        try (Server _ = Server.open(loop, at, _ -> new News())) {
          runFor(loop, Duration.ofMinutes(1));
          assertEquals("news ".repeat(known), heard.toString());
        }
        runFor(loop, Duration.ofMinutes(1));
      }
    }
  }

  private static void runFor(EventLoop loop, Duration time) throws Exception {
    long end = loop.sys().nanoTime() + time.toNanos();
    while (loop.sys().nanoTime() < end) {
      int _ = loop.runOnce(end - loop.sys().nanoTime());
    }
  }

  private record News() implements ConnectionHandler {
    @Override
    public void opened(Connection connection) {
      WriteResult _ = connection.write(ByteBuffer.wrap("news ".getBytes(US_ASCII)));
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {}
  }

  @Test
  void restartable_successorTakesThePort_andThePredecessorAnswersWhatItHas() throws Exception {
    UnixAddress place = UnixAddress.abstractName("guide-" + ProcessHandle.current().pid());
    try (LoopGroup old = LoopGroup.start(1, LoopOptions.DEFAULT);
        LoopGroup young = LoopGroup.start(1, LoopOptions.DEFAULT)) {
      InetSocketAddress any = new InetSocketAddress(HERE, 0);
      Server first = Restartable.start(old, place, any, _ -> new Echo());
      int port = ((InetSocketAddress) first.address()).getPort();
      try (Socket early = new Socket(HERE, port)) {
        assertEchoes(early);
        Server second = Restartable.start(young, place, any, _ -> new Echo());
        assertEquals(first.address(), second.address());
        try (Socket late = new Socket(HERE, port)) {
          assertEchoes(late);
        }
        early.shutdownOutput();
        assertEquals(-1, early.getInputStream().read());
        long deadline = System.nanoTime() + Duration.ofMillis(LIMIT_MILLIS).toNanos();
        while (!first.isFinished() && System.nanoTime() < deadline) {
          Thread.onSpinWait();
        }
        assertTrue(first.isFinished());
      }
    }
  }

  private static void assertEchoes(Socket socket) throws Exception {
    socket.setSoTimeout(LIMIT_MILLIS);
    socket.getOutputStream().write("hello".getBytes(US_ASCII));
    assertEquals("hello", new String(socket.getInputStream().readNBytes(5), US_ASCII));
  }
}

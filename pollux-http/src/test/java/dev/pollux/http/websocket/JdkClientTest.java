package dev.pollux.http.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpServer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket.Listener;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client of the platform, over TCP, and a server of two loops. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class JdkClientTest {

  private static final ServerOptions LOOPBACK =
      ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));

  /** Notes what it is told. */
  private static final class Told implements Listener {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(
        java.net.http.WebSocket socket, CharSequence data, boolean isLast) {
      text.append(data);
      if (isLast) {
        events.add("text " + text);
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(java.net.http.WebSocket socket, ByteBuffer data) {
      events.add("pong " + data.remaining());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(
        java.net.http.WebSocket socket, int code, String reason) {
      events.add("close " + code + reason);
      return null;
    }

    @Override
    public void onError(java.net.http.WebSocket socket, Throwable error) {
      events.add(error.toString());
    }

    String next() throws InterruptedException {
      return String.valueOf(events.poll(60, TimeUnit.SECONDS));
    }
  }

  private static java.net.http.WebSocket open(HttpClient client, HttpServer server, Told told) {
    int port = ((InetSocketAddress) server.address()).getPort();
    URI uri = URI.create("ws://127.0.0.1:" + port + "/");
    return client.newWebSocketBuilder().buildAsync(uri, told).join();
  }

  @Test
  void messages_ofAllSizes_comeBack() throws Exception {
    BlockingQueue<WebSocketEnd> ends = new LinkedBlockingQueue<>();
    WebSocketEndpoint echo =
        WebSocketEndpoint.of(_ ->
            new SocketWire.Echo() {
              @Override
              public void closed(WebSocket closed, WebSocketEnd why) {
                ends.add(why);
              }
            });
    try (LoopGroup loops = LoopGroup.start(2, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, LOOPBACK, echo);
        HttpClient client = HttpClient.newHttpClient()) {
      Random random = new Random(6455);
      Told told = new Told();
      java.net.http.WebSocket socket = open(client, server, told);
      for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 400_000}) {
        String half = "é".repeat(size / 2);
        socket.sendText(half, false).join();
        socket.sendPing(ByteBuffer.allocate(random.nextInt(126))).join();
        socket.sendText(half, true).join();
        assertTrue(told.next().startsWith("pong "));
        assertEquals("text " + half + half, told.next());
      }
      socket.sendClose(4000, "done").join();
      assertEquals("close 4000", told.next());
      WebSocketEnd end = ends.poll(60, TimeUnit.SECONDS);
      assertTrue(end != null && end.isClean() && end.reason().equals("done"), end + "");
    }
  }

  @Test
  void broadcast_ofAThread_reachesAllOfBothLoops_andAStopIsSaid() throws Exception {
    int members = 8;
    try (LoopGroup loops = LoopGroup.start(2, LoopOptions.DEFAULT);
        HttpClient client = HttpClient.newHttpClient()) {
      WebSocketGroup group = WebSocketGroup.over(loops.loops());
      WebSocketEndpoint joining =
          WebSocketEndpoint.of(_ ->
              new WebSocketHandler() {
                @Override
                public void opened(WebSocket socket) {
                  group.add(socket);
                  var _ = socket.send("welcome");
                }
              });
      List<Told> all = new ArrayList<>();
      try (HttpServer server = HttpServer.start(loops, LOOPBACK, joining)) {
        for (int i = 0; i < members; i++) {
          Told told = new Told();
          all.add(told);
          var _ = open(client, server, told);
          assertEquals("text welcome", told.next());
        }
        assertEquals(members, group.size());
        for (int i = 0; i < 100; i++) {
          assertTrue(group.broadcast(WebSocketMessage.text("news " + i)));
        }
        for (Told told : all) {
          for (int i = 0; i < 100; i++) {
            assertEquals("text news " + i, told.next());
          }
        }
        server.stop(Duration.ofSeconds(60));
        for (Told told : all) {
          assertEquals("close 1001", told.next());
        }
        var _ = server.stopped().get(60, TimeUnit.SECONDS);
        assertEquals(0, group.size());
      }
    }
  }
}

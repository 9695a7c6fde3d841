package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionObserver;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections of one client, counted over loops. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ClientCountsTest {

  private static final HttpOptions THREE = HttpOptions.DEFAULT.withMaxConnectionsPerAddress(3);
  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";

  /** Takes connections over, and leaves them alone. */
  private static final ConnectionHandler SILENT =
      new ConnectionHandler() {
        @Override
        public void received(Connection connection, ByteBuffer data) {
          var _ = data.position(data.limit());
        }
      };

  private static final HttpHandler HELLO =
      (request, response) -> {
        switch (request.path()) {
          case "/fail" -> throw new IllegalStateException("planted");
          case "/switch" -> response.switchTo("x", SILENT);
          case "/later" -> {
            response.later();
            request.loop().execute(() -> response.send("later"));
          }
          default -> response.send("Hello");
        }
      };

  private final LinkedBlockingQueue<CloseCause> ended = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<Socket> open = new ConcurrentLinkedQueue<>();
  private final ConnectionObserver observer =
      new ConnectionObserver() {
        @Override
        public void closed(Connection connection, CloseCause cause) {
          ended.add(cause);
        }

        @Override
        public void failed(Connection connection, String what, Throwable thrown) {}
      };

  /** Has a client do something. */
  private interface Use {
    void with(InetSocketAddress server, ClientCounts counts) throws Exception;
  }

  private void serve(HttpOptions http, Tls tls, Use use) throws Exception {
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .withTls(tls)
            .withObserver(observer);
    HttpFactory factory = HttpFactory.of(at, http, HELLO);
    ClientCounts counts = Objects.requireNonNull(factory.counts());
    try (LoopGroup loops = LoopGroup.start(3, LoopOptions.DEFAULT);
        Server server = Server.start(loops, factory.options(at), factory)) {
      use.with((InetSocketAddress) server.address(), counts);
      for (Socket each : open) {
        each.close();
      }
      server.stop(Duration.ofSeconds(30));
      server.stopped().get();
      assertEquals(0, counts.count());
    }
  }

  private Socket connect(InetSocketAddress server, byte[] first) throws IOException {
    Socket socket = new Socket(server.getAddress(), server.getPort());
    open.add(socket);
    socket.getOutputStream().write(first);
    return socket;
  }

  private Socket connect(InetSocketAddress server) throws IOException {
    return connect(server, new byte[0]);
  }

  /** Whether a request is answered, and not cut off. */
  private static boolean isAnswered(Socket socket) {
    try {
      socket.getOutputStream().write(HttpWire.bytes(GET));
      StringBuilder answer = new StringBuilder();
      int next = socket.getInputStream().read();
      while (next >= 0 && !answer.append((char) next).toString().endsWith("Hello")) {
        next = socket.getInputStream().read();
      }
      return answer.toString().startsWith("HTTP/1.1 200 OK\r\n");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void connections_oneTooMany_isCutOff_andThereIsRoomAgainBehindOneThatEnded() throws Exception {
    serve(
        THREE,
        null,
        (server, counts) -> {
          List<Socket> three = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            three.add(connect(server));
            assertTrue(isAnswered(three.get(i)));
          }
          for (int i = 0; i < 3; i++) {
            assertFalse(isAnswered(connect(server)));
            assertEquals(CloseReason.LIMIT, ended.take().reason());
          }
          assertEquals(3, counts.count());
          three.get(1).close();
          assertEquals(CloseReason.END_OF_STREAM, ended.take().reason());
          assertTrue(isAnswered(connect(server)));
          assertFalse(isAnswered(connect(server)));
          assertTrue(isAnswered(three.get(0)));
        });
  }

  @Test
  void connections_ofAnotherAddress_areItsOwn() throws Exception {
    serve(
        THREE.withMaxConnectionsPerAddress(1),
        null,
        (server, _) -> {
          assertTrue(isAnswered(connect(server)));
          Socket other = new Socket();
          open.add(other);
          other.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0));
          other.connect(server);
          assertTrue(isAnswered(other));
          assertFalse(isAnswered(connect(server)));
        });
  }

  @Test
  void connections_byAProxy_areOfWhoThatNames() throws Exception {
    HttpOptions one = THREE.withMaxConnectionsPerAddress(1).withProxyProtocol(true);
    serve(
        one,
        null,
        (server, counts) -> {
          for (int i = 1; i < 5; i++) {
            byte[] header =
                ProxyHeaders.binary(
                    0x21, 0x11, ProxyHeaders.addresses("192.0.2." + i, "192.0.2.0", 1, 2, 0));
            assertTrue(isAnswered(connect(server, header)));
            assertFalse(isAnswered(connect(server, header)));
            assertEquals(CloseReason.LIMIT, ended.take().reason());
          }
          assertEquals(4, counts.count());
          byte[] local = ProxyHeaders.binary(0x20, 0, new byte[0]);
          assertTrue(isAnswered(connect(server, local)));
          assertFalse(isAnswered(connect(server, local)));
          assertEquals(5, counts.count());
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void churn_onSeveralLoops_leavesNone(boolean isBehind) throws Exception {
    long seed = new Random().nextLong();
    HttpOptions http = THREE.withProxyProtocol(isBehind);
    serve(
        http,
        null,
        (server, counts) -> {
          List<Thread> threads = new ArrayList<>();
          ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
          for (int i = 0; i < 4; i++) {
            Random random = new Random(seed + i);
            threads.add(
                Thread.ofPlatform()
                    .start(() -> {
                      for (int n = 0; n < 150; n++) {
                        churn(server, isBehind, random);
                        if (counts.count() > (isBehind ? 6 : 3)) {
                          failures.add("seed " + seed + ": " + counts.count());
                        }
                      }
                    }));
          }
          for (Thread thread : threads) {
            thread.join();
          }
          assertEquals(List.of(), List.copyOf(failures));
        });
  }

  /** One connection, that does whatever it does. */
  private static void churn(InetSocketAddress server, boolean isBehind, Random random) {
    List<String> requests =
        List.of(
            GET,
            GET.replace(" / ", " /fail "),
            GET.replace(" / ", " /later "),
            GET.replace("GET /", "GET /switch").replace("¶¶", "¶Connection: upgrade¶Upgrade: x¶¶"),
            "no request¶¶",
            "GET / HTTP/1.1¶");
    byte[] header =
        ProxyHeaders.binary(
            0x21,
            0x11,
            ProxyHeaders.addresses("192.0.2." + random.nextInt(2), "192.0.2.0", 1, 2, 0));
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      if (isBehind) {
        socket.getOutputStream().write(header, 0, header.length - random.nextInt(10) / 9);
      }
      socket.getOutputStream().write(HttpWire.bytes(requests.get(random.nextInt(requests.size()))));
      if (random.nextBoolean()) {
        socket.shutdownOutput();
        socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
      } else if (random.nextBoolean()) {
        socket.setSoLinger(true, 0); // a reset
      }
    } catch (IOException e) {
      assertTrue(e instanceof java.net.SocketException, e.toString()); // it was cut off
    }
  }

  @Test
  void tls_thatFails_isCountedDown() throws Exception {
    Tls tls = Tls.server(HttpKeys.context());
    for (boolean isBehind : new boolean[] {false, true}) {
      ended.clear();
      byte[] first = isBehind ? ProxyHeaders.binary() : new byte[0];
      serve(
          THREE.withProxyProtocol(isBehind),
          tls,
          (server, counts) -> {
            for (int i = 0; i < 10; i++) {
              Socket socket = connect(server, first);
              socket.getOutputStream().write(HttpWire.bytes(GET));
              assertEquals(CloseReason.PROTOCOL, ended.take().reason());
            }
            assertEquals(0, counts.count());
          });
    }
  }

  @Test
  void bound_isNone_byDefault_andNotLessThanThat() {
    assertEquals(0, HttpOptions.DEFAULT.maxConnectionsPerAddress());
    assertEquals(3, THREE.maxConnectionsPerAddress());
    assertTrue(THREE.toString().contains("maxConnectionsPerAddress=3"), THREE.toString());
    assertThrows(IllegalArgumentException.class, () -> THREE.withMaxConnectionsPerAddress(-1));
  }
}

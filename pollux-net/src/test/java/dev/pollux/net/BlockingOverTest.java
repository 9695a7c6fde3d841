package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections come into the blocking style: handed over by callbacks, or never made at all. */
@Timeout(60)
class BlockingOverTest {

  private static final ConnectionOptions OPTIONS = ConnectionOptions.DEFAULT;
  private static final int MUCH = 4 << 20; // bytes

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final LinkedBlockingQueue<Object> seen = new LinkedBlockingQueue<>();

  /** No thread outlives its connection. */
  @AfterEach
  void threadsEnd() {
    NetBox.until("threads end", () -> threads.stream().noneMatch(Thread::isAlive));
  }

  private Object next() throws InterruptedException {
    Object next = seen.poll(20, TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void over_anOpenConnection_givesWhatWasLeftUnreadFirst(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, _ -> (_, data) -> {});
      peer.send("before ");
      NetBox.until("arrived", () -> peer.connection().unreadBytes() == 7);
      box.onLoop(() -> {
        BlockingConnection blocking = Blocking.over(peer.connection());
        seen.add(assertThrows(IllegalStateException.class, () -> blocking.input().read()));
        seen.add(assertThrows(IllegalStateException.class, () -> blocking.output().write(1)));
        seen.add(blocking);
      });
      assertInstanceOf(IllegalStateException.class, next());
      assertInstanceOf(IllegalStateException.class, next());
      BlockingConnection blocking = (BlockingConnection) next();
      peer.send("after");
      peer.end();
      assertEquals("before after", new String(blocking.input().readAllBytes(), ISO_8859_1));
      blocking.output().write(bytes("answer"));
      blocking.close();
      blocking.close();
      assertEquals("answer", peer.readAll());
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
      assertEquals(-1, blocking.input().read());
      assertThrows(IOException.class, () -> blocking.output().write(1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void refused_threadIsTold(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      int bound = Sockets.open(box.sys, Linux.AF_INET, Linux.SOCK_STREAM);
      Sockets.bind(box.sys, bound, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      BlockingHandler client =
          c -> {
            boolean _ = threads.add(Thread.currentThread());
            seen.add(assertThrows(IOException.class, () -> c.output().write(1)).getMessage());
            seen.add(assertThrows(IOException.class, () -> c.input().read()).getMessage());
          };
      box.onLoop(() -> {
        Connection _ =
            Connection.connect(
                box.loop,
                Sockets.localAddress(box.sys, bound),
                0,
                OPTIONS,
                Blocking.handler(client));
      });
      for (int i = 0; i < 2; i++) {
        String message = next().toString();
        assertTrue(message.contains("CONNECT_FAILED, connect: ECONNREFUSED"), message);
      }
      int _ = box.sys.close(bound);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handshakeFailed_threadIsTold(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      Tls trusting = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "elsewhere.invalid", 443);
      BlockingHandler client =
          c -> {
            boolean _ = threads.add(Thread.currentThread());
            seen.add(assertThrows(IOException.class, () -> c.input().read()));
          };
      ServerOptions like =
          ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .withTls(Tls.server(TlsKeys.localhost().identity()));
      try (Server server = Server.start(box.group, like, _ -> (_, _) -> {})) {
        box.onLoop(() -> {
          Connection _ =
              Connection.connect(
                  box.loop, server.address(), 0, OPTIONS, trusting, Blocking.handler(client));
        });
        IOException told = assertInstanceOf(IOException.class, next());
        assertTrue(told.getMessage().contains("PROTOCOL"), told.getMessage());
        assertInstanceOf(SSLException.class, told.getCause());
      }
    }
  }

  /** The thread of before is told of the hand-over, and another one of the handshake. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handshakeFailed_afterStartTls_threadIsTold(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      Tls trusting = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
      BlockingHandler client =
          c -> {
            boolean _ = threads.add(Thread.currentThread());
            seen.add(assertThrows(IOException.class, () -> c.input().read()));
          };
      NetBox.Peer peer = box.connect(OPTIONS, _ -> Blocking.handler(client));
      NetBox.until("begun", () -> !threads.isEmpty());
      box.onLoop(() -> peer.connection().startTls(trusting, peer.connection().handler()));
      assertTrue(next().toString().contains("was handed over"));
      peer.send("\25\3\3\0\2\2\50"); // an alert: handshake_failure
      NetBox.until("closed", () -> peer.poll() != null && peer.connection().isClosed());
      IOException told = assertInstanceOf(IOException.class, next());
      assertTrue(told.getMessage().contains("PROTOCOL"), told.getMessage());
      assertInstanceOf(SSLException.class, told.getCause());
    }
  }

  /** In order, more queued than may be, and a byte of a thread's, which is too late. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handOver_whileItCloses_keepsTheOrderlyEnd(String kernel) throws Exception {
    int much = 4 << 20;
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS.withMaxQueuedBytes(1 << 16), _ -> (_, _) -> {});
      box.onLoop(() -> {
        WriteResult _ = peer.connection().write(new byte[much]);
        seen.add(Blocking.over(peer.connection()));
        peer.connection().close();
      });
      BlockingConnection blocking = (BlockingConnection) next();
      blocking.output().write(1);
      box.onLoop(() -> {});
      box.onLoop(() -> peer.connection().setHandler((_, _) -> {}));
      assertEquals(much, peer.readAll().length());
      NetBox.until("closed", () -> peer.cause != null);
    }
  }

  /** It is handed over and comes back, and ends before anybody heard of that. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void comingBack_toAConnectionThatIsOver_startsNoThread(boolean isTls) throws Exception {
    BlockingHandler client =
        c -> {
          boolean _ = threads.add(Thread.currentThread());
          seen.add(assertThrows(IOException.class, () -> c.input().read()));
        };
    try (NetBox box = NetBox.on("native")) {
      Tls tls = Tls.server(TlsKeys.localhost().identity());
      ServerOptions like =
          ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .withTls(isTls ? tls : null);
      Tls trusting = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
      try (Server server = Server.start(box.group, like, _ -> (_, _) -> {})) {
        ConnectionHandler handler = Blocking.handler(client);
        box.onLoop(() ->
            seen.add(
                Connection.connect(
                    box.loop, server.address(), 0, OPTIONS, isTls ? trusting : null, handler)));
        Connection made = (Connection) next();
        NetBox.until("begun", () -> threads.size() == 1);
        box.onLoop(() -> {
          made.setHandler((_, _) -> {});
          made.setHandler(handler);
          made.reset();
        });
        assertInstanceOf(IOException.class, next());
        NetBox.until("closed", made::isClosed);
        box.onLoop(() -> {});
        assertEquals(1, threads.size());
      }
    }
  }

  /**
   * A header by callbacks, what follows by a thread: in one segment, also with the end behind it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void over_withinReceived_givesTheRestAndTheEnd(String kernel) throws Exception {
    for (boolean paused : new boolean[] {false, true}) {
      try (NetBox box = NetBox.on(kernel)) {
        NetBox.Peer peer =
            box.connect(
                OPTIONS,
                _ ->
                    (connection, data) -> {
                      while (data.hasRemaining()) {
                        if (data.get() == '\n') {
                          if (paused) {
                            connection.pauseReading();
                          }
                          seen.add(Blocking.over(connection));
                          return;
                        }
                      }
                    });
        peer.send("header\nrequest");
        peer.end();
        BlockingConnection blocking = (BlockingConnection) next();
        assertEquals("request", new String(blocking.input().readAllBytes(), ISO_8859_1));
        blocking.output().write(bytes("answer"));
        blocking.close();
        assertEquals("answer", peer.readAll());
        box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
      }
    }
  }

  /** The end was told to the handler of before, which left bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void over_halfClosed_givesTheRestAndTheEnd(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              _ ->
                  new ConnectionHandler() {
                    @Override
                    public void received(Connection connection, ByteBuffer data) {}

                    @Override
                    public void readClosed(Connection connection) {
                      seen.add("ended");
                    }
                  });
      peer.send("left");
      peer.end();
      assertEquals("ended", next());
      box.onLoop(() -> seen.add(Blocking.over(peer.connection())));
      BlockingConnection blocking = (BlockingConnection) next();
      assertEquals("left", new String(blocking.input().readAllBytes(), ISO_8859_1));
      blocking.close();
      assertEquals("", peer.readAll());
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  /**
   * More is queued than may be, and nothing more is sent: the thread is told, and all else goes on.
   */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void over_ended_withMoreQueuedThanMayBe_threadIsTold(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS.withMaxQueuedBytes(1 << 16), _ -> (_, _) -> {});
      box.onLoop(() -> {
        WriteResult _ = peer.connection().write(new byte[MUCH]); // where nothing waits, any size
        seen.add(Blocking.over(peer.connection()));
        peer.connection().end();
      });
      BlockingConnection blocking = (BlockingConnection) next();
      IOException told =
          assertThrows(
              IOException.class,
              () -> {
                while (true) { // until it is told
                  blocking.output().write(1);
                }
              });
      assertTrue(told.getMessage().contains("takes nothing any more"), told.getMessage());
      blocking.close();
      assertEquals(MUCH, peer.readAll().length());
      box.expectClosed(peer, CloseReason.CLOSED, "");
    }
  }

  /** What the thread has not read is another's by now: no end that would say it had all. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handedOver_afterTheEnd_threadIsToldSo(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, _ -> (_, _) -> {});
      box.onLoop(() -> seen.add(Blocking.over(peer.connection())));
      BlockingConnection blocking = (BlockingConnection) next();
      peer.send("hello");
      peer.end();
      NetBox.until("ended", () -> peer.connection().isPeerEnded());
      box.onLoop(() ->
          peer.connection().setHandler((_, data) -> seen.add(ISO_8859_1.decode(data).toString())));
      assertEquals("hello", next());
      String told = assertThrows(IOException.class, () -> blocking.input().read()).getMessage();
      assertTrue(told.contains("handed over"), told);
      told = assertThrows(IOException.class, blocking::readLine).getMessage();
      assertTrue(told.contains("handed over"), told);
    }
  }

  /** The same handler once more: its thread goes on, alone. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void setAgain_goesOnWithTheSameThread(String kernel) throws Exception {
    BlockingHandler echo =
        c -> {
          boolean _ = threads.add(Thread.currentThread());
          for (String line = c.readLine(); line != null; line = c.readLine()) {
            c.output().write(bytes(line + "\n"));
          }
        };
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, Blocking.handlers(echo));
      peer.send("first\n");
      peer.expect("first\n");
      box.onLoop(() -> peer.connection().setHandler(peer.connection().handler()));
      peer.send("second\n");
      peer.expect("second\n");
      peer.end();
      assertEquals("", peer.readAll());
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
    assertEquals(1, threads.size());
  }

  /** The same handler, after another one: the thread of before has no part in it. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void comesBack_withAnotherThread_whileThatOfBeforeIsBusy(String kernel) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    BlockingHandler handler =
        c -> {
          if (threads.isEmpty()) {
            boolean _ = threads.add(Thread.currentThread());
            seen.add("first");
            go.await();
            c.output().close();
            c.close();
            seen.add(assertThrows(IOException.class, () -> c.output().write(1)).getMessage());
            seen.add(assertThrows(IOException.class, () -> c.input().read()).getMessage());
          } else {
            boolean _ = threads.add(Thread.currentThread());
            for (String line = c.readLine(); line != null; line = c.readLine()) {
              c.output().write(bytes(line + "\n"));
            }
          }
        };
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, Blocking.handlers(handler));
      assertEquals("first", next());
      ConnectionHandler first = peer.connection().handler();
      box.onLoop(() -> peer.connection().setHandler((_, _) -> {}));
      box.onLoop(() -> peer.connection().setHandler(first));
      peer.send("one\n");
      peer.expect("one\n");
      go.countDown();
      for (int i = 0; i < 2; i++) {
        String told = next().toString();
        assertTrue(told.contains("handed over"), told);
      }
      peer.send("two\n");
      peer.expect("two\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void over_tls13_givesTheRestAndTheEnd(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      Tls trusting = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
      ServerOptions like =
          ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .withTls(Tls.server(TlsKeys.localhost().identity()));
      ConnectionHandler header =
          (connection, data) -> {
            var _ = data.position(data.position() + 7);
            seen.add(Blocking.over(connection));
          };
      BlockingHandler client =
          c -> {
            c.output().write(bytes("header\nrequest"));
            c.output().close();
            seen.add(new String(c.input().readAllBytes(), ISO_8859_1));
          };
      try (Server server = Server.start(box.group, like, _ -> header)) {
        box.onLoop(() -> {
          Connection _ =
              Connection.connect(
                  box.loop, server.address(), 0, OPTIONS, trusting, Blocking.handler(client));
        });
        BlockingConnection blocking = (BlockingConnection) next();
        assertEquals("request", new String(blocking.input().readAllBytes(), ISO_8859_1));
        blocking.output().write(bytes("answer"));
        blocking.close();
        assertEquals("answer", next());
      }
    }
  }

  /** As a factory does that gives the same handler to everybody. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handlerOfAnotherConnection_isRefused_andMixesNothing(String kernel) throws Exception {
    ConnectionHandler shared =
        Blocking.handler(connection -> {
          threads.add(Thread.currentThread());
          connection.output().write(bytes("you said " + connection.readLine()));
        });
    ConnectionObserver observer =
        new ConnectionObserver() {
          @Override
          public void failed(Connection connection, String what, Throwable thrown) {
            seen.add(thrown);
          }
        };
    ConnectionOptions options = OPTIONS.withObserver(observer);
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer alice = box.connect(options, _ -> shared);
      NetBox.Peer bob = box.connect(options, _ -> shared);
      IllegalStateException refused = assertInstanceOf(IllegalStateException.class, next());
      assertTrue(String.valueOf(refused.getMessage()).contains("Blocking.handlers"));
      box.expectClosed(bob, CloseReason.HANDLER_FAILED, "Blocking.handler is for one connection");
      alice.send("hello\n");
      assertEquals("you said hello", alice.readAll());
      NetBox.until("over", () -> alice.cause != null);
      NetBox.Peer carol = box.connect(options, _ -> shared); // nobody else has it now
      carol.send("again\n");
      assertEquals("you said again", carol.readAll());
    }
  }

  /** Nobody waits for what a server has accepted, also where it is given away at once. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void connectionOfAServer_thatIsDetachedBeforeItBegins_hasNoThread(String kernel)
      throws Exception {
    ConnectionHandler first =
        (connection, data) -> {
          data.position(data.limit());
          connection.setHandler(Blocking.handler(_ -> seen.add("a thread")));
          connection.detach(detached -> {
            int _ = connection.loop().sys().close(detached.fd());
            seen.add("detached");
          });
        };
    try (NetBox box = NetBox.on(kernel)) {
      Server[] server = {null};
      box.onLoop(() -> {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server[0] = Server.open(box.loop, ServerOptions.at(any), _ -> first);
        Connection client =
            Connection.connect(
                box.loop,
                (InetSocketAddress) server[0].address(),
                TimeUnit.SECONDS.toNanos(10),
                OPTIONS,
                (_, data) -> data.position(data.limit()));
        WriteResult _ = client.write(ByteBuffer.wrap(bytes("hello")));
      });
      assertEquals("detached", next());
      box.onLoop(server[0]::close);
      assertTrue(seen.isEmpty(), seen::toString);
    }
  }
}

package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the program's own code throws, wherever that is, is reported once, with the connection and
 * its peer; and an observer sees the life of every connection of a server.
 */
@Timeout(60)
class FailureTest {

  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final Framing LINES = Framing.lines(10);

  private final List<String> reported = new CopyOnWriteArrayList<>();
  private final List<Throwable> thrown = new CopyOnWriteArrayList<>();

  private NetBox box(String kernel) {
    return NetBox.on(
        kernel,
        LoopOptions.DEFAULT.withErrorHandler((_, what, cause) -> {
          thrown.add(cause);
          reported.add(what + ": " + cause.getMessage());
        }));
  }

  private static final HandlerFactory BAD_FACTORY =
      _ -> {
        throw new IllegalStateException("boom");
      };

  private static void boom() {
    throw new IllegalStateException("boom");
  }

  /** A client sends a line, and reads until the end or an error. */
  private void serve(NetBox box, ConnectionOptions options, HandlerFactory factory)
      throws SysException {
    ServerOptions like = ServerOptions.at(ANY).withConnection(options);
    try (Server server = Server.start(box.group, like, factory)) {
      Raw client = new Raw(box.sys, Sockets.open(box.sys, Linux.AF_INET, Linux.SOCK_STREAM));
      try (client) {
        boolean _ = Sockets.connect(box.sys, client.fd(), server.address());
        byte[] line = {'x', '\n'};
        NetBox.until("written", () -> client.write(line, 0, 2) != -Errno.EAGAIN);
        NetBox.until("over", () -> client.read().isOver());
      }
    }
  }

  /** Reported once, by what threw, the connection and its peer. */
  private void assertReported(String what, String message) {
    NetBox.until("a report", () -> !reported.isEmpty());
    assertEquals(1, reported.size(), reported.toString());
    String report = reported.getFirst();
    assertTrue(report.startsWith(what + " of connection "), report);
    assertTrue(report.contains(" to 127.0.0.1:"), report);
    assertTrue(report.contains(message), report);
    reported.clear();
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handlers_ofEveryKind_areReportedOnce(String kernel) throws Exception {
    ConnectionOptions options = ConnectionOptions.DEFAULT;
    try (NetBox box = box(kernel);
        Workers workers = Workers.platform(1, 4)) {
      serve(box, options, _ -> (_, _) -> boom());
      assertReported("the handler", "boom");
      serve(box, options, BAD_FACTORY);
      assertReported("the handler's factory", "boom");
      serve(box, options, _ -> LINES.handler((_, _) -> boom()));
      assertReported("the handler", "boom");
      serve(box, options, workers.handlers(LINES, (_, _) -> boom()));
      assertReported("a worker", "boom");
      serve(box, options, Blocking.handlers(_ -> boom()));
      assertReported("the blocking handler", "boom");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void delivery_thatThrows_isReportedOnce_andTheOthersAreTold(String kernel) throws Exception {
    List<Boolean> told = new CopyOnWriteArrayList<>();
    try (NetBox box = box(kernel)) {
      serve(
          box,
          ConnectionOptions.DEFAULT,
          _ ->
              (connection, data) -> {
                var _ = data.position(data.limit());
                WriteResult _ = connection.write(ByteBuffer.allocate(1));
                connection.whenSent((_, _) -> boom());
                connection.whenSent((_, sent) -> told.add(sent));
              });
      assertReported("the handler", "boom");
      assertEquals(List.of(true), told);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void attachedAndFinishing_thatThrow_areReportedOnce(String kernel) throws Exception {
    ConnectionHandler bad =
        new ConnectionHandler() {
          @Override
          public void attached(Connection connection) {
            boom();
          }

          @Override
          public void received(Connection connection, ByteBuffer data) {
            connection.finish();
          }

          @Override
          public void finishing(Connection connection) {
            boom();
          }
        };
    try (NetBox box = box(kernel)) {
      serve(box, ConnectionOptions.DEFAULT, _ -> bad);
      assertReported("the handler", "boom");
      serve(box, ConnectionOptions.DEFAULT, _ -> (connection, _) -> connection.setHandler(bad));
      assertReported("the handler", "boom");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void failure_withoutAMessage_namesThePlace(String kernel) throws Exception {
    List<CloseCause> causes = new CopyOnWriteArrayList<>();
    Consumer<Connection> fails =
        _ -> {
          throw new AssertionError();
        };
    try (NetBox box = box(kernel)) {
      serve(
          box,
          ConnectionOptions.DEFAULT,
          _ ->
              new ConnectionHandler() {
                @Override
                public void received(Connection connection, ByteBuffer data) {
                  fails.accept(connection);
                }

                @Override
                public void closed(Connection connection, CloseCause cause) {
                  causes.add(cause);
                }
              });
      assertEquals(CloseReason.HANDLER_FAILED, causes.getFirst().reason());
      String message = causes.getFirst().message();
      assertTrue(message.startsWith("java.lang.AssertionError at dev.pollux"), message);
      assertTrue(message.contains("FailureTest.java:"), message);
      assertEquals(1, thrown.size());
    }
  }

  /** The connection has been over for long when the worker throws: it is told all the same. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void worker_thatThrowsLater_isReportedAsWell(String kernel) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    try (NetBox box = box(kernel);
        Workers workers = Workers.platform(1, 4)) {
      WorkHandler slow =
          (_, _) -> {
            started.countDown();
            assertTrue(go.await(20, TimeUnit.SECONDS));
            boom();
          };
      NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, workers.handlers(LINES, slow));
      peer.send("x\n");
      started.await();
      box.onLoop(() -> peer.connection().reset());
      box.expectClosed(peer, CloseReason.CUT_OFF, "");
      go.countDown();
      NetBox.until("a report", () -> !reported.isEmpty());
      assertTrue(reported.getFirst().startsWith("a worker of connection "), reported.toString());
      assertEquals(1, reported.size());
    }
  }

  /** What the connection itself has told a thread, and that passes on, is no failure of anybody. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void blockingThread_thatPassesOnWhatItWasTold_isNotReported(String kernel) throws Exception {
    BlockingHandler reads = connection -> connection.input().transferTo(connection.output());
    BlockingHandler wraps =
        connection -> {
          try {
            int _ = connection.input().read();
          } catch (IOException e) {
            throw new IllegalStateException("wrapped", new UncheckedIOException(e));
          }
        };
    BlockingHandler timesOut =
        connection -> {
          connection.setReadTimeout(1_000_000);
          int _ = connection.input().read();
        };
    try (NetBox box = box(kernel)) {
      for (BlockingHandler handler : List.of(reads, wraps)) {
        NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, Blocking.handlers(handler));
        box.onLoop(() -> peer.connection().reset());
        box.expectClosed(peer, CloseReason.CUT_OFF, "");
      }
      NetBox.Peer silent = box.connect(ConnectionOptions.DEFAULT, Blocking.handlers(timesOut));
      box.expectClosed(silent, CloseReason.IDLE, "nothing arrived");
      BlockingHandler own =
          connection -> {
            connection.output().close();
            connection.output().write(1);
          };
      NetBox.Peer bad = box.connect(ConnectionOptions.DEFAULT, Blocking.handlers(own));
      box.expectClosed(bad, CloseReason.HANDLER_FAILED, "is closed");
      NetBox.until("a report", () -> !reported.isEmpty());
      assertEquals(1, reported.size(), reported.toString());
      assertTrue(reported.getFirst().startsWith("the blocking handler of "), reported.toString());
    }
  }

  /** Set once on the server, and its handlers know nothing of it. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void observer_ofAServer_seesAll(String kernel) throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    List<Long> ids = new CopyOnWriteArrayList<>();
    ConnectionObserver observer =
        new ConnectionObserver() {
          @Override
          public void opened(Connection connection) {
            ids.add(connection.id());
            seen.add("opened");
          }

          @Override
          public void closed(Connection connection, CloseCause cause) {
            ids.add(connection.id());
            seen.add("closed " + cause.reason());
          }

          @Override
          public void failed(Connection connection, String what, Throwable cause) {
            ids.add(connection.id());
            seen.add(what + " failed: " + cause.getMessage());
          }
        };
    List<HandlerFactory> factories = new ArrayList<>();
    factories.add(_ -> (connection, _) -> connection.close());
    factories.add(_ -> (_, _) -> boom());
    factories.add(BAD_FACTORY);
    try (NetBox box = box(kernel)) {
      ConnectionOptions options = ConnectionOptions.DEFAULT.withObserver(observer);
      for (HandlerFactory factory : factories) {
        serve(box, options, factory);
        NetBox.until("closed", () -> seen.getLast().startsWith("closed"));
      }
      assertEquals(
          List.of(
              "opened",
              "closed CLOSED",
              "opened",
              "the handler failed: boom",
              "closed HANDLER_FAILED",
              "the handler's factory failed: boom",
              "closed HANDLER_FAILED"),
          seen);
      assertEquals(List.of(), reported);
      assertEquals(3, ids.stream().distinct().count(), ids.toString());
    }
  }
}

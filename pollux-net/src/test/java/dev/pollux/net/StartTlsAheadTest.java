package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS that begins on a connection whose input workers or a thread have read ahead. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StartTlsAheadTest {

  private static final ConnectionOptions OPTIONS = ConnectionOptions.DEFAULT;
  private static final Framing LINES = Framing.lines(100);

  private final List<String> done = new CopyOnWriteArrayList<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  private static Tls tls() {
    return Tls.server(TlsKeys.localhost().identity()).withHandshakeTime(Duration.ofMinutes(1));
  }

  private void command(String line) throws InterruptedException {
    done.add(line);
    started.countDown();
    go.await();
  }

  private HandlerFactory commands(Workers workers, String who) {
    HandlerFactory inner =
        who.startsWith("workers")
            ? workers.handlers(LINES, (request, _) -> command(US_ASCII.decode(request).toString()))
            : Blocking.handlers(connection -> {
              for (String line = connection.readLine();
                  line != null;
                  line = connection.readLine()) {
                command(line);
              }
            });
    return who.endsWith("wrapped") ? connection -> new PassOn(inner.handlerFor(connection)) : inner;
  }

  /** What a thief put behind the command is not done, and ends it, whoever goes on with TLS. */
  @ParameterizedTest
  @CsvSource({
    "native, workers",
    "native, blocking",
    "native, workers wrapped",
    "native, blocking wrapped",
    "model, workers",
    "model, blocking",
    "model, workers wrapped",
    "model, blocking wrapped"
  })
  void plaintextBehindTheCommand_isNotDone_byTheSameHandler(String kernel, String who)
      throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 4)) {
      NetBox.Peer peer = box.connect(OPTIONS, commands(workers, who));
      peer.send("STARTTLS\nDELETE everything\n");
      started.await();
      if (who.startsWith("workers")) {
        NetBox.until("held", () -> peer.connection().isReadingPaused());
      }
      box.onLoop(() -> peer.connection().startTls(tls(), peer.connection().handler()));
      go.countDown();
      String _ = peer.readAll(); // an alert
      peer.hangUp();
      box.expectClosed(peer, CloseReason.PROTOCOL, "");
    }
    assertEquals(List.of("STARTTLS"), done);
  }

  /** The handler of frames has the rest of the piece at hand, and gives none of it. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void plaintextBehindTheCommand_isNotAFrame(String kernel) throws Exception {
    FrameHandler frames =
        (connection, line) -> {
          boolean _ = done.add(US_ASCII.decode(line).toString());
          connection.startTls(tls(), connection.handler());
        };
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, _ -> LINES.handler(frames));
      peer.send("STARTTLS\nDELETE everything\n");
      String _ = peer.readAll(); // an alert
      peer.hangUp();
      box.expectClosed(peer, CloseReason.PROTOCOL, "");
    }
    assertEquals(List.of("STARTTLS"), done);
  }

  /** The thread has closed its output, of which the loop has not heard: as after any end. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void afterTheThreadHasEndedItsOutput_isRefused_andNothingIsDone(String kernel) throws Exception {
    BlockingHandler handler =
        connection -> {
          started.await();
          connection.output().write("bye".getBytes(US_ASCII));
          connection.output().close();
          go.countDown();
          for (String line = connection.readLine(); line != null; line = connection.readLine()) {
            done.add(line);
          }
        };
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, Blocking.handlers(handler));
      box.onLoop(() -> {
        started.countDown();
        await(go);
        Connection connection = peer.connection();
        assertThrows(
            IllegalStateException.class, () -> connection.startTls(tls(), connection.handler()));
      });
      assertEquals("bye", peer.readAll());
      peer.send("still here\n");
      peer.end();
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
    assertEquals(List.of("still here"), done);
  }

  /** It is being closed, though the loop has not heard of it: the next is told that alone. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void afterTheThreadHasClosed_isNothing(String kernel) throws Exception {
    Recorder next = new Recorder();
    BlockingHandler handler =
        connection -> {
          started.await();
          connection.output().write("bye".getBytes(US_ASCII));
          connection.close();
          go.countDown();
        };
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, Blocking.handlers(handler));
      box.onLoop(() -> {
        started.countDown();
        await(go);
        peer.connection().startTls(tls(), next);
      });
      assertEquals("bye", peer.readAll());
      peer.hangUp();
      box.expectClosed(peer, CloseReason.CLOSED, "");
      box.onLoop(() -> assertEquals(List.of("closed"), next.log));
    }
  }

  /** Whom TLS takes the connection from is told so; the thread of the time after it is another. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void sameBlockingHandler_hasAThreadOfItsOwn_afterTheHandshake(String kernel) throws Exception {
    BlockingHandler server =
        connection -> {
          String line = connection.readLine();
          done.add(String.valueOf(line));
          if (line != null && line.equals("STARTTLS")) {
            connection.output().write("GO\n".getBytes(US_ASCII));
            started.countDown();
            go.await();
            done.add(assertThrows(IOException.class, connection::readLine).getMessage());
          } else {
            connection.output().write("secret\n".getBytes(US_ASCII));
          }
        };
    CountDownLatch answered = new CountDownLatch(1);
    BlockingHandler asking =
        connection -> {
          connection.output().write("STARTTLS\n".getBytes(US_ASCII));
          assertEquals("GO", connection.readLine());
          answered.countDown();
          go.await();
        };
    BlockingHandler secret =
        connection -> {
          connection.output().write("hello\n".getBytes(US_ASCII));
          done.add("got " + connection.readLine());
          go.countDown();
        };
    Tls trusting = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
    try (NetBox box = NetBox.on(kernel)) {
      int[] fds = Sockets.pair(box.sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      Connection[] both = {null, null};
      box.onLoop(() -> {
        both[0] = Connection.adopt(box.loop, fds[0], OPTIONS, Blocking.handler(server));
        both[1] = Connection.adopt(box.loop, fds[1], OPTIONS, Blocking.handler(asking));
      });
      started.await();
      answered.await();
      box.onLoop(() -> {
        both[0].startTls(tls(), both[0].handler());
        both[1].startTls(trusting, Blocking.handler(secret));
      });
      NetBox.until("told", () -> done.size() == 4);
      NetBox.until("closed", () -> both[0].isClosed() && both[1].isClosed());
    }
    assertEquals(List.of("STARTTLS", "hello", "got secret"), done.subList(0, 3));
    assertTrue(done.getLast().contains("handed over"), done.getLast());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

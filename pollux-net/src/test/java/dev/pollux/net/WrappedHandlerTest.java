package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers of the program's that pass their calls on to one of ours, and are replaced. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("JdkObsolete") // written by one thread and read by another
class WrappedHandlerTest {

  private static final ConnectionOptions OPTIONS = ConnectionOptions.DEFAULT;

  /** Passes on what such a handler usually does. */
  private record Wrapper(ConnectionHandler inner) implements ConnectionHandler {

    @Override
    public void opened(Connection connection) {
      inner.opened(connection);
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      inner.received(connection, data);
    }

    @Override
    public void readClosed(Connection connection) {
      inner.readClosed(connection);
    }

    @Override
    public void writable(Connection connection) {
      inner.writable(connection);
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      inner.closed(connection, cause);
    }
  }

  /** The input for the thread is full when the next handler comes: reading goes on with that. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void blockingOne_whoseInputIsFull_leavesAllToTheNext(String kernel) throws Exception {
    int count = Blocking.BUFFER_BYTES + 10_000;
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    StringBuffer read = new StringBuffer();
    BlockingHandler handler =
        blocking -> {
          go.await();
          try {
            while (true) {
              blocking.output().write('y');
            }
          } catch (IOException _) {
            ended.countDown();
          }
        };
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, _ -> new Wrapper(Blocking.handler(handler)));
      peer.send("a".repeat(count));
      NetBox.until("full", () -> peer.connection().isReadingPaused());
      box.onLoop(() ->
          peer.connection()
              .setHandler((_, data) -> {
                String _ = read.append(US_ASCII.decode(data)).toString();
              }));
      NetBox.until("read", () -> read.length() == count);
      go.countDown();
      ended.await();
      assertEquals("a".repeat(count), read.toString());
    }
  }

  /** A request is held for a peer that does not read: the next handler reads it, nobody holds. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void workers_withARequestThatWaits_leaveItToTheNext(String kernel) throws Exception {
    String line = "a".repeat(4_000);
    StringBuffer read = new StringBuffer();
    WorkHandler handler =
        (_, reply) -> {
          for (int i = 0; i < 300; i++) {
            reply.write(US_ASCII.encode(line));
          }
        };
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      HandlerFactory inner = workers.handlers(Framing.lines(4096), handler);
      NetBox.Peer peer =
          box.connect(OPTIONS, connection -> new Wrapper(inner.handlerFor(connection)));
      peer.send("first\n");
      NetBox.until("full", () -> !peer.connection().isWritable() && !box.isHeld(peer));
      peer.send("second\n");
      NetBox.until("held", () -> box.isHeld(peer));
      box.onLoop(() ->
          peer.connection()
              .setHandler((_, data) -> {
                String _ = read.append(US_ASCII.decode(data)).toString();
              }));
      NetBox.until("read", () -> read.toString().equals("second\n"));
      assertFalse(box.isHeld(peer));
    }
  }
}

package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pollux.poll.Trigger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers of the program's that pass their calls on to one of ours, and are replaced. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("JdkObsolete") // written by one thread and read by another
class WrappedHandlerTest {

  private static final ConnectionOptions OPTIONS = ConnectionOptions.DEFAULT;
  private static final Framing LINES = Framing.lines(4096);

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
      NetBox.Peer peer = box.connect(OPTIONS, _ -> new PassOn(Blocking.handler(handler)));
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
      HandlerFactory inner = workers.handlers(LINES, handler);
      NetBox.Peer peer =
          box.connect(OPTIONS, connection -> new PassOn(inner.handlerFor(connection)));
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

  /** Passes on, and has the other one go on as soon as something came: in its place, or within. */
  private static final class Switching extends PassOn {
    private final ConnectionHandler next;
    private final boolean within;

    Switching(ConnectionHandler inner, ConnectionHandler next, boolean within) {
      super(inner);
      this.next = next;
      this.within = within;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // whether it is another one is the question
    public void received(Connection connection, ByteBuffer data) {
      inner.received(connection, data);
      if (!within) {
        connection.setHandler(next);
      } else if (inner != next) {
        inner = next;
        next.attached(connection);
      }
    }
  }

  private static ConnectionOptions triggered(String trigger) {
    return OPTIONS.withTrigger(Trigger.valueOf(trigger));
  }

  /** The next request was read ahead, and a third one lies behind it: in this order. */
  @ParameterizedTest
  @CsvSource({
    "native, LEVEL, false",
    "native, LEVEL, true",
    "native, EDGE, false",
    "native, EDGE, true",
    "model, LEVEL, false",
    "model, LEVEL, true",
    "model, EDGE, false",
    "model, EDGE, true"
  })
  void workers_replacedWithinReceived_leaveAllInOrder(String kernel, String trigger, boolean within)
      throws Exception {
    StringBuffer read = new StringBuffer();
    GatedEcho first = new GatedEcho();
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(2, 2)) {
      WorkHandler second =
          (request, reply) -> {
            String _ = read.append(US_ASCII.decode(request)).append('\n').toString();
          };
      NetBox.Peer peer =
          box.connect(
              triggered(trigger),
              connection ->
                  new Switching(
                      workers.handler(connection, LINES, first),
                      workers.handler(connection, LINES, second),
                      within));
      peer.send("one\ntwo\nthree\n");
      first.awaitStart();
      box.onLoop(() -> {}); // another one is in its place by now
      first.letGo();
      NetBox.until("three", () -> read.indexOf("three\n") >= 0);
      peer.send("four\n");
      NetBox.until("four", () -> read.indexOf("four\n") >= 0);
    }
    assertEquals("two\nthree\nfour\n", read.toString());
  }

  /** Its input is full, and the rest lies behind it; or no more than that may be left unread. */
  @ParameterizedTest
  @CsvSource({
    "native, LEVEL, 65536, false",
    "native, LEVEL, 1000, true",
    "native, EDGE, 65536, true",
    "native, EDGE, 1000, false",
    "model, LEVEL, 65536, true",
    "model, LEVEL, 1000, false",
    "model, EDGE, 65536, false",
    "model, EDGE, 1000, true"
  })
  void blockingOne_replacedWithinReceived_leavesAllInOrder(
      String kernel, String trigger, int unreadBytes, boolean within) throws Exception {
    StringBuffer read = new StringBuffer();
    CountDownLatch go = new CountDownLatch(1);
    String sent = "a".repeat(10_000) + "b".repeat(10_000) + "c".repeat(5_000);
    BlockingHandler second =
        connection -> {
          for (int next = connection.input().read(); next >= 0; next = connection.input().read()) {
            String _ = read.append((char) next).toString();
          }
        };
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              triggered(trigger).withMaxUnreadBytes(unreadBytes),
              _ ->
                  new Switching(
                      Blocking.handler(_ -> go.await()), Blocking.handler(second), within));
      peer.send(sent);
      NetBox.until("read", () -> read.length() >= sent.length());
      go.countDown();
    }
    assertEquals(sent, read.toString());
  }
}

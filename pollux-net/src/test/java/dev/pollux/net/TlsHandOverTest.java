package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Another handler on a connection with TLS: it is given what was decrypted and left. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.TlsContractTest#setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsHandOverTest {

  @Parameter TlsContractTest.Setup setup;
  private final TlsNote client = new TlsNote();
  private final Recorder next = new Recorder();
  private final List<Connection> served = new ArrayList<>();
  private TlsBox box;
  private Connection connection;

  @BeforeEach
  void open() {
    box = new TlsBox(setup.model());
    box.options = box.options.withTrigger(setup.trigger());
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    box.untilClosed(client);
    box.until("closed", next::isClosed);
    assertEquals(List.of(), next.violations);
    box.close();
  }

  private void connect(ConnectionHandler first) throws Exception {
    Tls tls = Tls.server(TlsKeys.localhost().identity()).withProtocols(setup.protocol());
    Tls asking =
        Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
            .withProtocols(setup.protocol());
    HandlerFactory factory =
        accepted -> {
          served.add(accepted);
          return first;
        };
    connection = box.connect(box.serve(tls, factory), asking, client);
    box.until("opened", () -> !served.isEmpty() && client.handshaken);
  }

  private void send(byte[] bytes) {
    assertTrue(connection.write(ByteBuffer.wrap(bytes)).isTaken());
  }

  /** A thread has read a part; what lies there for it, and behind that, is the next handler's. */
  @ParameterizedTest
  @ValueSource(ints = {10, 16_000, 40_000, 200_000})
  void whatAThreadDidNotRead_isGivenBack(int count) throws Exception {
    connect(new Recorder());
    BlockingConnection blocking = Blocking.over(served.getFirst());
    byte[] sent = TlsBox.random(count);
    send(sent);
    box.quiet();
    byte[] begin = new byte[3];
    Thread reader = Thread.ofPlatform().start(() -> readInto(blocking, begin));
    reader.join();
    assertEquals(ByteBuffer.wrap(sent, 0, 3), ByteBuffer.wrap(begin));
    served.getFirst().setHandler(next);
    box.until("the rest", () -> next.bytes.size() >= count - 3);
    assertEquals(ByteBuffer.wrap(sent, 3, count - 3), ByteBuffer.wrap(next.bytes.toByteArray()));
    send(new byte[] {1, 2});
    box.until("more", () -> next.bytes.size() == count - 1);
    assertEquals("attached", next.log.getFirst());
  }

  private static void readInto(BlockingConnection blocking, byte[] target) {
    try {
      assertEquals(target.length, blocking.input().readNBytes(target, 0, target.length));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /**
   * Within received: the rest of the record comes behind that, also where it is too much to leave.
   */
  @ParameterizedTest
  @ValueSource(ints = {1_000, 1 << 16})
  void whatAThreadDidNotRead_isGivenBack_withinReceived(int maxUnreadBytes) throws Exception {
    box.options = box.options.withMaxUnreadBytes(maxUnreadBytes);
    CountDownLatch go = new CountDownLatch(1);
    ConnectionHandler switching =
        new PassOn(Blocking.handler(_ -> go.await())) {
          @Override
          public void received(Connection source, ByteBuffer data) {
            super.received(source, data);
            source.setHandler(next);
          }
        };
    connect(switching);
    byte[] sent = TlsBox.random(50_000);
    send(sent);
    box.until("all", () -> next.bytes.size() >= sent.length || next.isClosed());
    go.countDown();
    assertEquals(ByteBuffer.wrap(sent), ByteBuffer.wrap(next.bytes.toByteArray()));
  }

  /** With the close_notify behind them. */
  @Test
  void whatAThreadDidNotRead_isGivenBack_beforeTheEnd() throws Exception {
    next.onReadClosed = Connection::end;
    connect(new Recorder());
    BlockingConnection blocking = Blocking.over(served.getFirst());
    send(TlsBox.random(30_000));
    connection.end();
    box.quiet();
    assertTrue(blocking.input().available() > 0);
    served.getFirst().setHandler(next);
    box.until("the end", () -> next.count("readClosed") == 1);
    assertEquals(30_000, next.bytes.size());
  }

  /** What the next one leaves as well stands behind what was given back. */
  @Test
  void nextThatReadsLittle_getsAllInOrder() throws Exception {
    next.onReceived = (_, data) -> next.take(data, 700);
    box.options = box.options.withReadBytes(20_000);
    connect(new Recorder());
    BlockingConnection _ = Blocking.over(served.getFirst());
    byte[] sent = TlsBox.random(16_000);
    send(sent);
    box.quiet();
    served.getFirst().setHandler(next);
    box.quiet();
    assertEquals(700, next.bytes.size());
    assertEquals(15_300, served.getFirst().unreadBytes());
    for (int i = 0; i < 30; i++) {
      served.getFirst().resumeReading();
      box.turns(2);
    }
    assertEquals(ByteBuffer.wrap(sent), ByteBuffer.wrap(next.bytes.toByteArray()));
  }

  /** Handed over within received, in the middle of a record, again and again. */
  @Test
  void withinReceived_theRestOfTheRecord_goesOn() throws Exception {
    byte[] sent = TlsBox.random(50_000);
    int[] at = {0};
    connect(new Piecewise(sent, at, next));
    send(sent);
    box.until("all", () -> at[0] + next.bytes.size() == sent.length);
    assertTrue(at[0] >= 5_000);
    assertEquals(
        ByteBuffer.wrap(sent, at[0], sent.length - at[0]),
        ByteBuffer.wrap(next.bytes.toByteArray()));
  }

  /**
   * Reads 1,000 bytes and hands over to another of its kind, and after five of them to the last.
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Piecewise(byte[] sent, int[] at, ConnectionHandler last)
      implements ConnectionHandler {

    @Override
    public void received(Connection source, ByteBuffer data) {
      byte[] piece = new byte[Math.min(1_000, data.remaining())];
      var _ = data.get(piece);
      assertEquals(
          ByteBuffer.wrap(Arrays.copyOfRange(sent, at[0], at[0] + piece.length)),
          ByteBuffer.wrap(piece));
      at[0] += piece.length;
      source.setHandler(at[0] < 5_000 ? new Piecewise(sent, at, last) : last);
    }
  }

  /** The rest of a stream that has ended comes before its end, also to who comes in between. */
  @Test
  void handOver_inReadComplete_givesTheRestBeforeTheEnd() throws Exception {
    Recorder first = new Recorder();
    first.onReceived = (_, _) -> {};
    first.onReadComplete = source -> source.setHandler(next);
    connect(first);
    assertTrue(connection.write("hello").isTaken());
    connection.end();
    box.until("the end", () -> next.log.contains("readClosed") || next.isClosed());
    assertEquals("hello", next.text(), next.log::toString);
    assertTrue(next.log.contains("readClosed"), next.log::toString);
    first.closed(served.getFirst(), CloseCause.CLOSED);
  }
}

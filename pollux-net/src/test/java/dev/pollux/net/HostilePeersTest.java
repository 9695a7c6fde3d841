package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Peers that mean no good, beside one that does: whatever they do, the good one is served, nothing
 * is kept for those that went, and the loop does not spin.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.StreamScenarioTest#setups")
class HostilePeersTest extends NetCase {

  private static final int MANY = 100;
  private static final int IDLE_TURNS = 10;

  private final List<Recorder> accepted = new ArrayList<>();
  private Server server;
  private Raw good;

  @BeforeEach
  void openServer() throws SysException {
    // One that is gone, and whose bytes nobody reads, is given up after this.
    open(options.withCloseGrace(Duration.ofMillis(500)));
    good = client();
  }

  private void open(ConnectionOptions like) throws SysException {
    server =
        track(
            Server.open(
                loop, ServerOptions.at(loopback(0)).withConnection(like), _ -> politeEcho()));
  }

  /** Echoes, and reads no more than the peer does. */
  private Recorder politeEcho() {
    Recorder handler = track(new Recorder());
    handler.onReceived =
        (connection, data) -> {
          if (!connection.write(data).goesOn()) {
            connection.pauseReading();
          }
        };
    handler.onWritable = Connection::resumeReading;
    accepted.add(handler);
    return handler;
  }

  private Raw client() throws SysException {
    int before = accepted.size();
    Raw client = connectRaw(server.address());
    until("accepted", () -> accepted.size() > before);
    return client;
  }

  private void assertGoodIsServed() throws SysException {
    int before = good.size();
    good.write("ping");
    until("echo", () -> good.read().size() == before + 4);
  }

  private void assertOnlyTheGoodIsLeft() throws SysException {
    until("only the good one is left", () -> server.connectionCount() == 1);
    assertGoodIsServed();
    assertIdle();
  }

  /** What nobody asked for does not wake the loop. */
  private void assertIdle() throws SysException {
    quiet();
    for (int i = 0; i < IDLE_TURNS; i++) {
      assertEquals(0, loop.runOnce(MILLI), "an event of an idle server");
    }
  }

  // ---- coming and going

  @Test
  void portScanners_connectAndGo_leaveNothing() throws Exception {
    for (int i = 0; i < MANY; i++) {
      Raw scanner = connectRaw(server.address());
      if (i % 2 == 0) {
        scanner.close();
      } else {
        scanner.reset();
      }
      if (i % 8 == 0) {
        turn();
      }
    }
    until("accepted", () -> accepted.size() > MANY / 2);
    assertOnlyTheGoodIsLeft();
  }

  @Test
  void manyAtOnce_allReset_leaveNothing() throws Exception {
    List<Raw> peers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      peers.add(client());
      peers.getLast().write("data that nobody will read");
    }
    for (Raw peer : peers) {
      peer.reset();
    }
    assertOnlyTheGoodIsLeft();
  }

  @Test
  void halfCloses_inAStorm_allAreAnswered() throws Exception {
    List<Raw> peers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Raw peer = client();
      peer.write("last words");
      peer.shutdown();
      peers.add(peer);
    }
    for (Raw peer : peers) {
      untilPeerIsOver(peer);
      assertEquals("last words", peer.text());
      assertTrue(peer.isEnded());
      peer.close();
    }
    assertOnlyTheGoodIsLeft();
  }

  @Test
  void halfOpenPeers_thatAreSilent_costNothing_untilTheyAreIdleForTooLong() throws Exception {
    server.close();
    until("closed()", () -> accepted.getFirst().isClosed());
    open(options.withReadIdle(Duration.ofMillis(50)));
    for (Recorder each : accepted) {
      assertTrue(each.isClosed());
    }
    int first = accepted.size();
    for (int i = 0; i < 10; i++) {
      Raw _ = client();
    }
    until("all are closed", () -> accepted.stream().allMatch(Recorder::isClosed));
    for (Recorder each : accepted.subList(first, accepted.size())) {
      assertTrue(each.count("idle") == 1, each.log.toString());
    }
  }

  // ---- reading and writing

  @Test
  void peerThatSendsByteByByte_isServed_andSoAreOthers() throws Exception {
    Raw slow = client();
    for (int i = 0; i < 50; i++) {
      slow.write("" + (char) ('a' + i % 26));
      turn();
      if (i % 10 == 0) {
        assertGoodIsServed();
      }
    }
    until("echo", () -> slow.read().size() == 50);
    slow.close();
    assertOnlyTheGoodIsLeft();
  }

  @Test
  void peersThatNeverRead_areHeldBack_andOthersAreServed() throws Exception {
    List<Raw> deaf = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      deaf.add(client());
    }
    for (int round = 0; round < 20; round++) {
      for (Raw peer : deaf) {
        int _ = peer.fill();
      }
      turn();
      assertGoodIsServed();
    }
    until(
        "all of them are held back",
        () -> server.connections(loop).stream().filter(Connection::isReadingPaused).count() == 5);
    quiet(); // the kernel may still move bytes from buffer to buffer
    assertGoodIsServed();
    for (Connection each : server.connections(loop)) {
      assertTrue(each.queuedBytes() <= 2 * options.highWaterBytes() + options.readBytes());
    }
    for (int i = 0; i < deaf.size(); i++) {
      if (i % 2 == 0) {
        deaf.get(i).close();
      } else {
        deaf.get(i).reset();
      }
    }
    // Held back with output queued: the next write meets the reset.
    assertOnlyTheGoodIsLeft();
  }

  @Test
  void slowReader_getsEverything_inItsOwnTime() throws Exception {
    Raw slow = client();
    byte[] sent = random(600_000);
    int[] at = {0};
    byte[][] seen = {new byte[0]};
    until(
        "all of it",
        () -> {
          int n = slow.write(sent, at[0], Math.min(sent.length - at[0], 4096));
          at[0] += Math.max(n, 0);
          if (at[0] % 8192 == 0 || at[0] == sent.length) {
            seen[0] = slow.read().bytes();
          }
          return seen[0].length == sent.length;
        });
    assertArrayEquals(sent, seen[0]);
    slow.close();
    assertOnlyTheGoodIsLeft();
  }

  // ---- frames

  private Pair framed(Framing framing, List<String> frames, List<CloseCause> wrong)
      throws SysException {
    Recorder outer = new Recorder();
    ConnectionHandler inner =
        framing.handler(
            new FrameHandler() {
              @Override
              public void frame(Connection connection, ByteBuffer payload) {
                frames.add(US_ASCII.decode(payload).toString());
              }

              @Override
              public void malformed(Connection connection, CloseCause cause) {
                wrong.add(cause);
                connection.close(cause);
              }

              @Override
              public void truncated(Connection connection, CloseCause cause) {
                wrong.add(cause);
                connection.close(cause);
              }
            });
    outer.onOpened = inner::opened;
    outer.onReceived = inner::received;
    outer.onReadComplete = inner::readComplete;
    outer.onReadClosed = inner::readClosed;
    return pair(outer);
  }

  @Test
  void reset_inTheMiddleOfALine_losesThatLineOnly() throws Exception {
    List<String> frames = new ArrayList<>();
    List<CloseCause> wrong = new ArrayList<>();
    Pair pair = framed(Framing.lines(80), frames, wrong);
    pair.peer().write("one\ntwo\nthr");
    until("two lines", () -> frames.size() == 2);
    pair.peer().reset();
    untilClosed(pair);
    assertEquals(List.of("one", "two"), frames);
    assertEquals(CloseReason.RESET, pair.handler().cause.reason());
    assertEquals(List.of(), wrong);
    assertGoodIsServed();
  }

  @Test
  void reset_inTheMiddleOfALengthPrefix_isAReset() throws Exception {
    List<String> frames = new ArrayList<>();
    List<CloseCause> wrong = new ArrayList<>();
    Pair pair = framed(Framing.lengthPrefix(4, 80), frames, wrong);
    pair.peer().write("\0\0\0\3one\0\0");
    until("a frame", () -> frames.size() == 1);
    pair.peer().reset();
    untilClosed(pair);
    assertEquals(List.of("one"), frames);
    assertEquals(CloseReason.RESET, pair.handler().cause.reason());
  }

  @Test
  void end_inTheMiddleOfAFrame_isToldAsSuch() throws Exception {
    List<String> frames = new ArrayList<>();
    List<CloseCause> wrong = new ArrayList<>();
    Pair pair = framed(Framing.lengthPrefix(4, 80), frames, wrong);
    pair.peer().write("\0\0\0\3one\0\0\0\5tw");
    pair.peer().close();
    untilClosed(pair);
    assertEquals(List.of("one"), frames);
    assertEquals(1, wrong.size());
    assertEquals(CloseReason.PROTOCOL, wrong.getFirst().reason());
    assertEquals(CloseReason.PROTOCOL, pair.handler().cause.reason());
  }

  @Test
  void lengthThatLies_isCutOffBeforeItIsBelieved() throws Exception {
    List<String> frames = new ArrayList<>();
    List<CloseCause> wrong = new ArrayList<>();
    Pair pair = framed(Framing.lengthPrefix(4, 80), frames, wrong);
    byte[] lie = {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 'x'};
    assertEquals(lie.length, pair.peer().write(lie, 0, lie.length));
    untilPeerIsOver(pair.peer());
    pair.peer().close();
    untilClosed(pair);
    assertEquals(List.of(), frames);
    assertEquals(CloseReason.LIMIT, wrong.getFirst().reason());
  }

  // ---- handlers

  @Test
  void handlersThatThrow_inEveryPlace_loseTheirConnectionOnly() throws Exception {
    List<Raw> victims = new ArrayList<>();
    for (int place = 0; place < 3; place++) {
      Raw victim = client();
      Recorder handler = accepted.getLast();
      switch (place) {
        case 0 ->
            handler.onReceived =
                (_, _) -> {
                  throw new IllegalStateException("planted");
                };
        case 1 ->
            handler.onReadComplete =
                _ -> {
                  throw new StackOverflowError("planted");
                };
        default ->
            handler.onReadClosed =
                _ -> {
                  throw new AssertionError("planted");
                };
      }
      victim.write("go");
      victim.shutdown();
      victims.add(victim);
    }
    for (Raw victim : victims) {
      untilPeerIsOver(victim);
      victim.close();
    }
    assertOnlyTheGoodIsLeft();
    for (Recorder each : accepted.subList(1, 4)) {
      assertEquals(CloseReason.HANDLER_FAILED, each.cause.reason());
      assertEquals("planted", each.cause.message());
    }
    assertFalse(new String(good.bytes(), US_ASCII).isEmpty());
  }
}

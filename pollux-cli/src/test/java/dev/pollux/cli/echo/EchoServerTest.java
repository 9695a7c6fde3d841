package dev.pollux.cli.echo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link EchoServer} on the running kernel, turn by turn: every backend, every trigger. */
class EchoServerTest {

  /** More than all buffers on the way hold, so that it cannot be read at once. */
  private static final int LARGE_BYTES = 6 << 20;

  /** What one turn accepts. */
  private static final int ACCEPTS_PER_TURN = 64;

  private static final int CHUNK_BYTES = EchoOptions.PAUSE_BYTES / 2;

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void echo_messageAfterMessage_comesBack(Backend backend, Trigger trigger) throws Exception {
    try (EchoFixture fixture = new EchoFixture(backend, trigger)) {
      TestClient client = fixture.client();
      for (int i = 0; i < 50; i++) {
        String message = "message " + i;
        client.received.reset();
        client.send(message.getBytes(ISO_8859_1));
        fixture.until("the echo of " + i, () -> client.received.size() >= message.length());
        assertEquals(message, client.text());
      }
      client.thenEnd();
      fixture.until("the close", () -> client.ended);
      assertEquals(List.of("END_OF_STREAM"), fixture.log.closed);
      assertEquals(0, fixture.server.connectionCount());
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void echo_readBufferOfOneByte_comesBack(Backend backend, Trigger trigger) throws Exception {
    try (EchoFixture fixture = new EchoFixture(NativeSys.open(), backend, trigger, 1, null)) {
      TestClient client = fixture.client().send(EchoFixture.pattern(1000)).thenEnd();
      fixture.until("the end", () -> client.ended);
      assertArrayEquals(EchoFixture.pattern(1000), client.received.toByteArray());
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void echo_slowReader_holdsUpNobodyAndLosesNothing(Backend backend, Trigger trigger)
      throws Exception {
    byte[] large = EchoFixture.pattern(LARGE_BYTES);
    try (EchoFixture fixture = new EchoFixture(backend, trigger)) {
      TestClient slow = fixture.client().send(large).thenEnd();
      slow.reading = false;
      fixture.until("a pause", () -> fixture.connection(0).isReadingPaused());
      fixture.settle();
      int unsent = fixture.connection(0).queuedBytes();
      assertTrue(
          unsent >= EchoOptions.RESUME_BYTES
              && unsent < EchoOptions.PAUSE_BYTES + EchoOptions.DEFAULT_BUFFER_BYTES,
          "unsent while paused: " + unsent);
      assertTrue(fixture.log.readBytes < LARGE_BYTES, "the server reads on without a limit");

      TestClient quick = fixture.client().send("quick".getBytes(ISO_8859_1));
      fixture.until("the other's echo", () -> quick.received.size() == 5);

      slow.reading = true;
      fixture.until("the end", () -> slow.ended);
      assertArrayEquals(large, slow.received.toByteArray());
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void halfClose_withPendingOutput_deliversThenCloses(Backend backend, Trigger trigger)
      throws Exception {
    try (EchoFixture fixture = new EchoFixture(backend, trigger)) {
      TestClient client = fixture.client();
      client.reading = false;
      int total = 0;
      // Enough to fill what lies between, and not so much that reading pauses.
      while (fixture.connection(0).queuedBytes() == 0) {
        client.send(EchoFixture.pattern(CHUNK_BYTES));
        total += CHUNK_BYTES;
        long expected = total;
        fixture.until("it is read", () -> fixture.log.readBytes == expected);
      }
      client.thenEnd();
      fixture.settle();
      assertFalse(client.ended);
      assertEquals(List.of(), fixture.log.closed);

      client.reading = true;
      fixture.until("the end", () -> client.ended);
      assertEquals(total, client.received.size());
      assertEquals(List.of("END_OF_STREAM"), fixture.log.closed);
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void reset_whileReading_closesThatConnectionOnly(Backend backend, Trigger trigger)
      throws Exception {
    try (EchoFixture fixture = new EchoFixture(backend, trigger)) {
      TestClient other = fixture.client();
      TestClient victim = fixture.client().send("before".getBytes(ISO_8859_1));
      fixture.until("the echo", () -> victim.received.size() == 6);
      int fd = fixture.log.connected.get(1);
      victim.reset();
      fixture.until("the close", () -> !fixture.log.closed.isEmpty());
      assertEquals(List.of("RESET ECONNRESET"), fixture.log.closed);
      assertEquals(List.of(fd), fixture.log.closedFds);
      other.send("after".getBytes(ISO_8859_1));
      fixture.until("the other's echo", () -> other.received.size() == 5);
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void reset_whilePaused_isNoticed(Backend backend, Trigger trigger) throws Exception {
    FaultySys clock = new FaultySys();
    try (EchoFixture fixture = new EchoFixture(clock.sys(), backend, trigger, null)) {
      TestClient victim = fixture.client().send(EchoFixture.pattern(LARGE_BYTES));
      victim.reading = false;
      fixture.until("a pause", () -> fixture.connection(0).isReadingPaused());
      fixture.settle();
      victim.reset();
      fixture.settle();
      clock.advance(EchoFixture.CLOSE_NANOS); // what is left unread is given its time
      fixture.until("the close", () -> !fixture.log.closed.isEmpty());
      assertTrue(fixture.log.closed.getFirst().startsWith("RESET "), fixture.log.closed::toString);
      fixture.settle();
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void connections_moreThanOneTurnAccepts_areAllServed(Backend backend, Trigger trigger)
      throws Exception {
    int count = ACCEPTS_PER_TURN * 2 + 1;
    try (EchoFixture fixture = new EchoFixture(backend, trigger)) {
      List<TestClient> clients = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        clients.add(
            fixture
                .adopt(new TestClient(fixture.address()))
                .send(("client " + i).getBytes(ISO_8859_1))
                .thenEnd());
      }
      fixture.until("all ends", () -> clients.stream().allMatch(c -> c.ended));
      for (int i = 0; i < count; i++) {
        assertEquals("client " + i, clients.get(i).text());
      }
      assertEquals(count, fixture.log.closed.size());
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void turn_muchInput_readsNoMoreThanTheBudget(Backend backend, Trigger trigger) throws Exception {
    int total = EchoOptions.DEFAULT_BUFFER_BYTES * EchoOptions.READS_PER_TURN * 4;
    try (EchoFixture fixture = new EchoFixture(backend, trigger)) {
      TestClient fat = fixture.client().send(EchoFixture.pattern(total));
      fat.step();
      assertTrue(fat.allSent());
      for (int turn = 1; fixture.log.readBytes < total; turn++) {
        long before = fixture.log.readCount;
        fixture.runOnce(EchoFixture.LIMIT_NANOS);
        long count = fixture.log.readCount - before;
        assertTrue(count <= EchoOptions.READS_PER_TURN, "reads in turn " + turn + ": " + count);
        assertTrue(turn <= 80, "the work is not taken up again");
      }
      fixture.until("the echo", () -> fat.received.size() == total);
      assertArrayEquals(EchoFixture.pattern(total), fat.received.toByteArray());
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void reply_anyInput_answersOneLineForEachBatch(Backend backend, Trigger trigger)
      throws Exception {
    try (EchoFixture fixture = new EchoFixture(NativeSys.open(), backend, trigger, "hi there")) {
      TestClient client = fixture.client();
      for (int i = 1; i <= 3; i++) {
        // More than one read, and less than one turn: one batch.
        client.send(EchoFixture.pattern(EchoOptions.DEFAULT_BUFFER_BYTES * 3 + 1));
        int expected = i * "hi there\n".length();
        fixture.until("an answer", () -> client.received.size() >= expected);
        fixture.settle();
        assertEquals("hi there\n".repeat(i), client.text());
      }
      client.thenEnd();
      fixture.until("the end", () -> client.ended);
      assertEquals("hi there\n".repeat(3), client.text());
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void reply_inputThenEnd_answersThenCloses(Backend backend, Trigger trigger) throws Exception {
    try (EchoFixture fixture = new EchoFixture(NativeSys.open(), backend, trigger, "bye")) {
      TestClient client = fixture.client().send("x".getBytes(ISO_8859_1)).thenEnd();
      TestClient silent = fixture.client().thenEnd();
      fixture.until("the ends", () -> client.ended && silent.ended);
      assertEquals("bye\n", client.text());
      assertEquals("", silent.text());
    }
  }
}

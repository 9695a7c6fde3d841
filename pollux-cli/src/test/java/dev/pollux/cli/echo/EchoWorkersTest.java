package dev.pollux.cli.echo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.Workers;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link EchoServer} whose requests workers answer: every backend, every trigger. */
class EchoWorkersTest {

  private static final int LARGE_BYTES = 1 << 20;

  private static EchoOptions options(Trigger trigger, String reply) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    String text = reply.isEmpty() ? null : reply;
    return new EchoOptions(any, 256, trigger, EchoOptions.DEFAULT_BUFFER_BYTES, text);
  }

  @Test
  void workers_byTheirOption_areWhatItSays() {
    assertEquals("1 worker", String.valueOf(EchoArguments.workers("1")));
    assertEquals("1024 workers", String.valueOf(EchoArguments.workers("1024")));
    assertEquals("virtual workers", String.valueOf(EchoArguments.workers("virtual")));
    for (String wrong : List.of("0", "-1", "1025", "01", "x", "", "99999999999", "Virtual")) {
      assertNull(EchoArguments.workers(wrong), wrong);
    }
    for (String right : List.of("3", "virtual")) {
      EchoWorkers chosen = EchoArguments.workers(right);
      assertTrue(chosen != null);
      try (Workers workers = chosen.start()) {
        assertEquals(0, workers.stats().doneCount());
      }
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void echo_ofManyConnections_comesBackInOrder(Backend backend, Trigger trigger) throws Exception {
    byte[] large = EchoFixture.pattern(LARGE_BYTES);
    try (Workers workers = Workers.platform(3, 2);
        EchoFixture fixture =
            new EchoFixture(NativeSys.open(), backend, options(trigger, ""), workers)) {
      List<TestClient> clients =
          List.of(fixture.client(), fixture.client(), fixture.client(), fixture.client());
      for (TestClient client : clients) {
        client.send(large).thenEnd();
      }
      fixture.until("the ends", () -> clients.stream().allMatch(client -> client.ended));
      for (TestClient client : clients) {
        assertArrayEquals(large, client.received.toByteArray());
      }
      fixture.until("the closes", () -> fixture.log.closed.size() == clients.size());
      assertTrue(fixture.log.closed.stream().allMatch("END_OF_STREAM"::equals));
      assertEquals((long) clients.size() * LARGE_BYTES, fixture.log.readBytes);
      assertEquals((long) clients.size() * LARGE_BYTES, fixture.log.wroteBytes);
      assertTrue(workers.stats().doneCount() >= clients.size() * LARGE_BYTES / 1024);
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void echo_slowReader_isNotReadFurtherThanTheMark(Backend backend, Trigger trigger)
      throws Exception {
    byte[] large = EchoFixture.pattern(6 << 20);
    try (Workers workers = Workers.virtual(4, 8);
        EchoFixture fixture =
            new EchoFixture(NativeSys.open(), backend, options(trigger, ""), workers)) {
      TestClient slow = fixture.client().send(large).thenEnd();
      slow.reading = false;
      fixture.until("a pause", () -> isHeldUp(fixture));
      fixture.settle();
      int unsent = fixture.connection(0).queuedBytes();
      assertTrue(unsent < EchoOptions.PAUSE_BYTES + EchoOptions.DEFAULT_BUFFER_BYTES, "" + unsent);
      slow.reading = true;
      fixture.until("the end", () -> slow.ended);
      assertArrayEquals(large, slow.received.toByteArray());
    }
  }

  private static boolean isHeldUp(EchoFixture fixture) {
    return !fixture.connection(0).isWritable() && fixture.connection(0).isReadingPaused();
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void reply_toEachRequest_isSent(Backend backend, Trigger trigger) throws Exception {
    try (Workers workers = Workers.platform(2, 2);
        EchoFixture fixture =
            new EchoFixture(NativeSys.open(), backend, options(trigger, "bye"), workers)) {
      TestClient client = fixture.client();
      for (int i = 1; i <= 3; i++) {
        client.send("hello".getBytes(ISO_8859_1));
        int expected = 4 * i;
        fixture.until("the answer", () -> client.received.size() >= expected);
        assertEquals("bye\n".repeat(i), client.text());
      }
    }
  }

  @ParameterizedTest(name = "[{1}, {0}]")
  @MethodSource("dev.pollux.cli.echo.EchoFixture#everyWay")
  void stop_inputThatHasArrived_isAnswered(Backend backend, Trigger trigger) throws Exception {
    try (Workers workers = Workers.platform(2, 2);
        EchoFixture fixture =
            new EchoFixture(NativeSys.open(), backend, options(trigger, ""), workers)) {
      byte[] message = EchoFixture.pattern(40 * EchoOptions.DEFAULT_BUFFER_BYTES + 1);
      TestClient client = fixture.client().send(message);
      client.step();
      assertTrue(client.allSent());
      fixture.server.stop();
      fixture.until("the end", () -> client.ended);
      assertArrayEquals(message, client.received.toByteArray());
      fixture.until("the finish", fixture.server::isFinished);
      assertEquals(List.of("STOPPED"), fixture.log.closed);
    }
  }
}

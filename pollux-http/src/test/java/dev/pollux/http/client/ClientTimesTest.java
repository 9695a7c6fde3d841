package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.ConnectionOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Each time, just before it and at it: they are virtual. */
class ClientTimesTest {

  private static final ClientOptions OPTIONS = ClientOptions.DEFAULT;
  private static final Duration TICK = Duration.ofMillis(10);
  private static final String HEAD = "HTTP/1.1 200 OK¶Content-Length: 4¶¶";

  private static void assertLate(
      ClientWire wire, Heard heard, Duration after, FailureReason reason) {
    wire.pass(after.minus(TICK));
    assertNull(heard.failure, () -> heard.failure + "");
    wire.pass(TICK.multipliedBy(2));
    assertEquals(reason, heard.failure.reason());
    assertEquals(1, heard.ends);
  }

  @Test
  void headTime_ofNothing_andOfAPart() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/");
      ClientWire.Peer peer = wire.accept();
      assertLate(wire, heard, OPTIONS.headTime(), FailureReason.HEAD_TIMEOUT);
      assertTrue(heard.failure.isSent());
      assertTrue(heard.failure.isRetrySafe());
      assertTrue(peer.isReset());
    }
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/");
      ClientWire.Peer peer = wire.accept();
      wire.pass(Duration.ofSeconds(20));
      peer.send("HTTP/1.1 103 x¶¶HTTP/1.1 2"); // which gives no more time
      assertLate(wire, heard, Duration.ofSeconds(10), FailureReason.HEAD_TIMEOUT);
      assertFalse(heard.failure.isRetrySafe());
    }
  }

  @Test
  void headTime_ofTheRequest_countsInstead() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask(wire.get("/").withHeadTime(Duration.ofSeconds(2)));
      assertLate(wire, heard, Duration.ofSeconds(2), FailureReason.HEAD_TIMEOUT);
      Heard patient = wire.ask(wire.get("/").withHeadTime(Duration.ZERO));
      wire.pass(Duration.ofDays(1));
      assertNull(patient.failure);
    }
  }

  @Test
  void headTime_whileTheProgramWrites_doesNotCount() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask(wire.of("POST", "/").withStreamedBody());
      wire.pass(OPTIONS.headTime().multipliedBy(2));
      assertTrue(heard.call.write(ByteBuffer.wrap(new byte[9])).isTaken());
      heard.call.end();
      assertLate(wire, heard, OPTIONS.headTime(), FailureReason.HEAD_TIMEOUT);
      assertFalse(heard.failure.isRetrySafe());
    }
  }

  @Test
  void bodyTime_countsFromTheLastPiece_andNotWhilePaused() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/");
      ClientWire.Peer peer = wire.accept().send(HEAD + "a");
      wire.pass(Duration.ofSeconds(20));
      peer.send("b");
      wire.pass(Duration.ofSeconds(20));
      heard.call.pause();
      wire.pass(Duration.ofHours(1));
      heard.call.resume();
      wire.pass(Duration.ofSeconds(20));
      peer.send("c");
      assertLate(wire, heard, OPTIONS.bodyTime(), FailureReason.BODY_TIMEOUT);
      assertEquals("abc", heard.body.toString());
      assertFalse(heard.failure.isRetrySafe());
    }
  }

  @Test
  void bodyTime_ofARequest_isThatOfTheConnection() {
    ConnectionOptions hasty = ConnectionOptions.DEFAULT.withWriteStall(Duration.ofSeconds(8));
    try (ClientWire wire = new ClientWire(OPTIONS.withConnection(hasty))) {
      Heard heard = wire.ask(wire.of("POST", "/").withBody(new byte[8 << 20]));
      wire.pass(Duration.ofSeconds(7));
      assertNull(heard.failure);
      wire.pass(Duration.ofSeconds(5));
      assertEquals(FailureReason.BODY_TIMEOUT, heard.failure.reason());
      assertFalse(heard.failure.isRetrySafe());
    }
  }

  @Test
  void totalTime_countsInEachState() {
    Duration total = Duration.ofSeconds(5);
    ClientOptions one = OPTIONS.withTotalTime(total).withConnectionsPerOrigin(1);
    try (ClientWire wire = new ClientWire(one)) {
      Heard first = wire.ask("/1");
      Heard waiting = wire.ask("/2");
      ClientWire.Peer peer = wire.accept().send(HEAD + "a");
      first.call.pause();
      wire.pass(Duration.ofSeconds(4));
      first.call.resume();
      peer.send("b");
      assertLate(wire, first, Duration.ofSeconds(1), FailureReason.TOTAL_TIMEOUT);
      assertEquals(FailureReason.TOTAL_TIMEOUT, waiting.failure.reason());
      assertTrue(waiting.failure.isRetrySafe());
      assertFalse(waiting.failure.isSent());
      Heard head = wire.ask(wire.get("/3").withTotalTime(Duration.ofSeconds(3)));
      assertLate(wire, head, Duration.ofSeconds(3), FailureReason.TOTAL_TIMEOUT);
    }
  }

  @Test
  void connectTime_ofANameThatNobodyKnows() {
    ClientOptions deaf = OPTIONS.withConnectTime(Duration.ofSeconds(3));
    try (ClientWire wire = new ClientWire(deaf)) {
      Heard heard = new Heard();
      ClientOptions never = deaf.withResolver((_, _) -> {});
      try (HttpClient client = HttpClient.of(wire.loop, never)) {
        client.send(wire.get("/"), heard);
        assertLate(wire.turn(), heard, Duration.ofSeconds(3), FailureReason.CONNECT_TIMEOUT);
        assertTrue(heard.failure.isRetrySafe());
        Heard hasty = new Heard();
        client.send(wire.get("/").withTotalTime(Duration.ofSeconds(1)), hasty);
        assertLate(wire.turn(), hasty, Duration.ofSeconds(1), FailureReason.TOTAL_TIMEOUT);
        assertEquals(0, client.connectionCount());
      }
    }
  }

  @Test
  void idleTime_endsAConnection() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/");
      ClientWire.Peer peer = wire.accept().send("HTTP/1.1 204 x¶¶");
      assertEquals("204", heard.outcome());
      wire.pass(OPTIONS.idleTime().minus(TICK));
      assertFalse(peer.isEnded());
      wire.pass(TICK.multipliedBy(2));
      assertTrue(peer.isEnded());
      assertEquals(0, wire.client.idleCount());
    }
  }

  @Test
  void continueTime_over_theBodyIsSentWithoutBeingAskedFor() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask(wire.of("POST", "/").withBody("hello").withContinue());
      ClientWire.Peer peer = wire.accept();
      wire.pass(OPTIONS.continueTime().minus(TICK));
      assertTrue(peer.read().endsWith("¶Expect: 100-continue¶Content-Length: 5¶¶"));
      wire.pass(TICK.multipliedBy(2));
      assertEquals("hello", peer.read());
      assertLate(wire, heard, OPTIONS.headTime().minus(TICK), FailureReason.HEAD_TIMEOUT);
    }
  }
}

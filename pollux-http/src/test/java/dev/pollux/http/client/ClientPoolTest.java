package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpFields;
import dev.pollux.net.ConnectionOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which connection a request goes out on; what is bounded; and what is done twice. */
class ClientPoolTest {

  private static final ClientOptions OPTIONS = ClientOptions.DEFAULT;
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";
  private static final String FIN = "fin";

  private static List<ClientWire.Peer> used(ClientWire wire, int count) {
    List<Heard> heard = new ArrayList<>();
    List<ClientWire.Peer> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      heard.add(wire.ask("/"));
      peers.add(wire.accept());
      peers.getLast().read();
    }
    for (ClientWire.Peer peer : peers) {
      peer.send(OK);
    }
    heard.forEach(each -> assertEquals("200 ok", each.outcome()));
    return peers;
  }

  @Test
  void request_takesTheConnectionThatWasUsedLast() {
    try (ClientWire wire = new ClientWire()) {
      List<ClientWire.Peer> peers = used(wire, 3);
      assertEquals(3, wire.client.idleCount());
      Heard _ = wire.ask("/last");
      assertTrue(peers.get(2).read().startsWith("GET /last "));
      Heard _ = wire.ask("/before");
      assertTrue(peers.get(1).read().startsWith("GET /before "));
      assertEquals("", peers.get(0).read());
      assertEquals(0, wire.connections());
    }
  }

  @Test
  void origins_haveConnectionsOfTheirOwn() {
    try (ClientWire wire = new ClientWire()) {
      used(wire, 1);
      Heard _ = wire.ask(ClientRequest.get("http://A.TEST:" + wire.port + "/"));
      assertEquals(0, wire.connections());
      Heard _ = wire.ask(ClientRequest.get("http://b.test:" + wire.port + "/"));
      assertEquals(1, wire.connections());
      assertEquals(2, wire.client.connectionCount());
    }
  }

  @Test
  void connections_atTheirBound_haveRequestsWait_inOrder() {
    try (ClientWire wire = new ClientWire(OPTIONS.withConnectionsPerOrigin(2))) {
      Heard _ = wire.ask("/1");
      Heard _ = wire.ask("/2");
      Heard third = wire.ask("/3");
      Heard fourth = wire.ask("/4");
      ClientWire.Peer peer = wire.accept();
      ClientWire.Peer other = wire.accept();
      assertEquals(0, wire.connections());
      assertEquals(2, wire.client.waitingCount());
      peer.send(OK);
      assertTrue(peer.read().contains("GET /3 "));
      assertEquals(1, wire.client.waitingCount());
      other.reset(); // which makes room for another one
      ClientWire.Peer next = wire.accept();
      assertTrue(next.read().contains("GET /4 "));
      peer.send(OK);
      next.send(OK);
      assertEquals("200 ok", third.outcome());
      assertEquals("200 ok", fourth.outcome());
    }
  }

  @Test
  void waitingRequests_atTheirBound_areRefusedBeyond() {
    ClientOptions few = OPTIONS.withConnectionsPerOrigin(1).withWaitingRequests(2);
    try (ClientWire wire = new ClientWire(few)) {
      List<Heard> heard = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        heard.add(wire.ask("/" + i));
      }
      assertEquals(2, wire.client.waitingCount());
      assertNull(heard.get(2).failure);
      assertEquals(FailureReason.TOO_MANY, heard.get(3).failure.reason());
      assertTrue(heard.get(3).failure.isRetrySafe());
      heard.get(1).call.cancel();
      heard.add(wire.ask("/4"));
      assertNull(heard.get(4).failure);
      assertEquals(FailureReason.CANCELLED, heard.get(1).failure.reason());
      ClientWire.Peer peer = wire.accept().send(OK).send(OK).send(OK);
      assertEquals("200 ok", heard.get(2).outcome());
      assertEquals("200 ok", heard.get(4).outcome());
      assertTrue(peer.read().contains("GET /2 "));
    }
  }

  @Test
  void waiting_isBoundedInTime() {
    ClientOptions few = OPTIONS.withConnectionsPerOrigin(1).withWaitTime(Duration.ofSeconds(5));
    try (ClientWire wire = new ClientWire(few)) {
      Heard first = wire.ask("/1");
      Heard second = wire.ask("/2");
      wire.pass(Duration.ofMillis(4_999));
      assertNull(second.failure);
      wire.pass(Duration.ofMillis(2));
      assertEquals(FailureReason.TOO_MANY, second.failure.reason());
      assertFalse(second.failure.isSent());
      Heard third = wire.ask("/3");
      ClientWire.Peer peer = wire.accept().send(OK);
      wire.pass(Duration.ofSeconds(10)); // it waits no more
      peer.send(OK);
      assertEquals("200 ok", first.outcome());
      assertEquals("200 ok", third.outcome());
      assertFalse(peer.read().contains("/2"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 12, 1 << 14, 1 << 15, 1 << 16})
  void connection_onWhichMoreCameThanAnAnswer_isNotForWhoWaits(int received) {
    try (ClientWire wire = new ClientWire(OPTIONS.withConnectionsPerOrigin(1))) {
      Heard first = wire.ask("/1");
      Heard second = wire.ask("/2");
      String head = "HTTP/1.1 200 OK\r\nContent-Length: ";
      int size = received - head.length() - "12345\r\n\r\n".length();
      String whole = head + "%05d".formatted(size) + "\r\n\r\n" + "x".repeat(size);
      assertEquals(received, whole.length()); // what may be received at once, and just that
      wire.accept().write(ClientWire.bytes(whole + OK.replace("ok", "no")));
      var _ = wire.turn();
      assertTrue(first.outcome().startsWith("200 x"));
      assertNull(second.answer);
      wire.accept().send(OK);
      assertEquals("200 ok", second.outcome());
    }
  }

  @Test
  void requestThatIsSentAgain_amongThoseThatWait_keepsTheBound() {
    try (ClientWire wire = new ClientWire(OPTIONS.withConnectionsPerOrigin(2))) {
      List<ClientWire.Peer> peers = used(wire, 2);
      for (int i = 0; i < 6; i++) {
        Heard _ = wire.ask("/" + i);
      }
      peers.get(1).read();
      peers.get(1).close(); // the first of them goes to the head of those that wait, or connects
      assertTrue(wire.client.connectionCount() <= 2);
      peers.get(0).send(OK);
      assertTrue(wire.client.connectionCount() <= 2, wire.client.connectionCount() + "");
      for (int i = 0; i < 6; i++) {
        assertTrue(wire.client.connectionCount() <= 2, wire.client.connectionCount() + "");
        wire.turn();
      }
    }
  }

  @Test
  void connectionsInAll_atTheirBound_takeThePlaceOfAnIdleOne_orAreRefused() {
    try (ClientWire wire = new ClientWire(OPTIONS.withConnections(2))) {
      List<ClientWire.Peer> peers = used(wire, 2);
      Heard _ = wire.ask(ClientRequest.get("http://b.test:" + wire.port + "/"));
      assertEquals(1, wire.connections());
      assertTrue(peers.get(0).isEnded()); // the one that was used before the other
      Heard _ = wire.ask("/");
      assertTrue(peers.get(1).read().startsWith("GET / "));
      Heard refused = wire.ask("/");
      assertEquals(FailureReason.TOO_MANY, refused.failure.reason());
      assertFalse(refused.failure.isSent());
    }
  }

  @Test
  void idleConnections_atTheirBound_endTheOldest() {
    try (ClientWire wire = new ClientWire(OPTIONS.withIdleConnections(2))) {
      List<ClientWire.Peer> peers = used(wire, 3);
      assertEquals(2, wire.client.idleCount());
      assertTrue(peers.get(0).isEnded());
      assertFalse(peers.get(1).isEnded());
    }
    try (ClientWire wire = new ClientWire(OPTIONS.withIdleConnections(0))) {
      assertTrue(used(wire, 1).getFirst().isEnded());
    }
  }

  // ---- what comes unasked

  @Test
  void keptConnection_onWhichSomethingComes_isDropped() {
    try (ClientWire wire = new ClientWire()) {
      ClientWire.Peer peer = used(wire, 1).getFirst();
      peer.send("HTTP/1.1 200 OK¶Content-Length: 4¶¶evil");
      assertEquals(0, wire.client.idleCount());
      assertTrue(peer.isReset());
    }
  }

  /** It is in the kernel, and no event has told of it, when the next request is sent. */
  @Test
  void keptConnection_onWhichSomethingHasJustCome_isNotUsed() {
    try (ClientWire wire = new ClientWire()) {
      ClientWire.Peer peer = used(wire, 1).getFirst();
      peer.write(ClientWire.bytes("HTTP/1.1 200 OK¶Content-Length: 4¶¶evil"));
      Heard heard = wire.ask("/");
      ClientWire.Peer next = wire.accept().send(OK);
      assertEquals("200 ok", heard.outcome());
      assertEquals("", peer.read());
      assertEquals(1, wire.client.connectionCount());
      Heard again = wire.ask("/");
      next.send(OK);
      assertEquals("200 ok", again.outcome());
      assertEquals(0, wire.connections());
    }
  }

  /** The call that waits, or comes within the end of the other, is not given what is left. */
  @Test
  void answer_behindWhichMoreIsInTheKernel_isTheLastOfItsConnection() {
    int size = ClientWire.bytes(OK).length;
    ConnectionOptions exact = ConnectionOptions.DEFAULT.withReadBytes(size);
    String evil = "HTTP/1.1 200 OK¶Content-Length: 4¶¶evil";
    for (boolean isWithin : new boolean[] {false, true}) {
      ClientOptions one = OPTIONS.withConnectionsPerOrigin(1).withConnection(exact);
      try (ClientWire wire = new ClientWire(one)) {
        Heard second = new Heard();
        Heard first =
            new Heard() {
              @Override
              public void ended(ClientCall of, HttpFields came) {
                super.ended(of, came);
                if (isWithin) {
                  second.call = wire.client.send(wire.get("/2"), second);
                }
              }
            };
        wire.ask(wire.get("/1"), first);
        if (!isWithin) {
          wire.ask(wire.get("/2"), second);
        }
        ClientWire.Peer peer = wire.accept();
        assertTrue(peer.read().startsWith("GET /1 "));
        peer.write(ClientWire.bytes(OK + evil));
        wire.turn();
        assertEquals("200 ok", first.outcome());
        assertEquals("", peer.read());
        ClientWire.Peer next = wire.accept();
        assertTrue(next.read().startsWith("GET /2 "));
        next.send(OK);
        assertEquals("200 ok", second.outcome());
        assertEquals(1, wire.client.connectionCount());
      }
    }
  }

  @Test
  void callThatIsReserved_canBeCancelled() {
    try (ClientWire wire = new ClientWire(OPTIONS.withTotalTime(Duration.ofSeconds(9)))) {
      Heard second = new Heard();
      Heard first =
          new Heard() {
            @Override
            public void ended(ClientCall of, HttpFields came) {
              super.ended(of, came);
              second.call = wire.client.send(wire.get("/2"), second);
              second.call.cancel();
            }
          };
      wire.ask(wire.get("/1"), first);
      ClientWire.Peer peer = wire.accept();
      peer.read();
      peer.send(OK);
      assertEquals("CANCELLED", second.outcome());
      assertFalse(second.failure.isSent());
      assertEquals("", peer.read());
    }
  }

  @Test
  void keptConnection_thatTheServerEnds_isDropped() {
    try (ClientWire wire = new ClientWire()) {
      ClientWire.Peer peer = used(wire, 1).getFirst().end();
      assertEquals(0, wire.client.connectionCount());
      assertTrue(peer.isEnded());
      var _ = used(wire, 1).getFirst().reset();
      assertEquals(0, wire.client.connectionCount());
    }
  }

  // ---- what is sent again

  private static void end(ClientWire.Peer peer, String how) {
    if (how.equals(FIN)) {
      peer.end();
    } else {
      peer.reset();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {FIN, "reset"})
  void keptConnection_endedBeforeAnAnswer_theRequestIsSentOnceMore(String how) {
    try (ClientWire wire = new ClientWire()) {
      List<ClientWire.Peer> peers = used(wire, 2);
      Heard heard = wire.ask(wire.of("PUT", "/").withBody("again"));
      assertTrue(peers.get(1).read().endsWith("again"));
      end(peers.get(1), how);
      ClientWire.Peer fresh = wire.accept(); // and not the other one, which is as old
      assertTrue(peers.get(0).isEnded());
      assertTrue(fresh.read().endsWith("again"));
      end(fresh, how);
      assertEquals("CLOSED_EARLY", heard.outcome()); // but not twice
      assertTrue(heard.failure.isRetrySafe());
      assertEquals(0, wire.connections());
    }
  }

  /** The end is in the kernel, and no event has told of it, when the request is sent. */
  @Test
  void keptConnection_thatHasJustEnded_theRequestIsSentOnceMore_ifThatIsSafe() {
    try (ClientWire wire = new ClientWire()) {
      used(wire, 1).getFirst().vanish();
      Heard heard = wire.ask("/");
      ClientWire.Peer peer = wire.accept().send(OK);
      assertEquals("200 ok", heard.outcome());
      peer.vanish();
      heard = wire.ask(wire.of("POST", "/").withBody("once"));
      assertEquals("CLOSED_EARLY", heard.outcome());
      assertEquals(0, wire.connections());
      assertEquals(0, wire.client.connectionCount());
    }
  }

  @Test
  void requestsThatWait_areNoLongerThanTheirTurn_whenAConnectionIsToBeNew() {
    try (ClientWire wire = new ClientWire(OPTIONS.withConnectionsPerOrigin(1))) {
      ClientWire.Peer peer = used(wire, 1).getFirst();
      Heard first = wire.ask("/first");
      Heard second = wire.ask("/second");
      peer.reset();
      ClientWire.Peer next = wire.accept(); // which the second has got
      assertTrue(next.read().startsWith("GET /second "));
      next.send(OK);
      assertEquals("200 ok", second.outcome());
      assertTrue(next.isEnded());
      ClientWire.Peer fresh = wire.accept().send(OK);
      assertTrue(fresh.read().startsWith("GET /first "));
      assertEquals("200 ok", first.outcome());
      assertEquals(1, wire.client.connectionCount());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {FIN, "reset"})
  void request_thatIsNotIdempotent_isNotSentAgain(String how) {
    try (ClientWire wire = new ClientWire()) {
      ClientWire.Peer peer = used(wire, 1).getFirst();
      Heard heard = wire.ask(wire.of("POST", "/").withBody("once"));
      peer.read();
      end(peer, how);
      assertEquals("CLOSED_EARLY", heard.outcome());
      assertTrue(heard.failure.isSent());
      assertFalse(heard.failure.isRetrySafe());
      assertEquals(0, wire.connections());
    }
  }

  @Test
  void request_whoseStreamedBodyHasBegun_isNotSentAgain() {
    try (ClientWire wire = new ClientWire()) {
      ClientWire.Peer peer = used(wire, 1).getFirst();
      Heard heard = wire.ask(wire.of("PUT", "/").withStreamedBody());
      assertTrue(heard.call.write(ByteBuffer.wrap(new byte[5])).isTaken());
      peer.read();
      peer.reset();
      assertEquals("CLOSED_EARLY", heard.outcome());
      assertFalse(heard.failure.isRetrySafe());
      assertEquals(0, wire.connections());
    }
  }

  @Test
  void request_whoseStreamedBodyHasNotBegun_isSentAgain() {
    try (ClientWire wire = new ClientWire()) {
      ClientWire.Peer peer = used(wire, 1).getFirst();
      Heard heard = wire.ask(wire.of("PUT", "/").withStreamedBody(5));
      peer.read();
      peer.reset();
      ClientWire.Peer fresh = wire.accept();
      assertTrue(heard.call.write(ByteBuffer.wrap(ClientWire.bytes("hello"))).isTaken());
      heard.call.end();
      assertTrue(fresh.read().endsWith("Content-Length: 5¶¶hello"));
      fresh.send(OK);
      assertEquals("200 ok", heard.outcome());
    }
  }

  @Test
  void request_ofWhoseAnswerAByteCame_isNotSentAgain() {
    try (ClientWire wire = new ClientWire()) {
      ClientWire.Peer peer = used(wire, 1).getFirst();
      Heard heard = wire.ask("/");
      peer.send("H").end();
      assertEquals("CLOSED_EARLY", heard.outcome());
      assertFalse(heard.failure.isRetrySafe());
    }
  }

  @Test
  void request_onANewConnection_isNotSentAgain() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/");
      wire.accept().end();
      assertEquals("CLOSED_EARLY", heard.outcome());
      assertTrue(heard.failure.isRetrySafe());
      assertEquals(0, wire.connections());
    }
  }

  // ---- no connection

  @Test
  void connect_refused_orOfNoHost_fails() {
    try (ClientWire wire = new ClientWire()) {
      wire.deafen();
      Heard heard = wire.ask("/");
      assertEquals(FailureReason.CONNECT_FAILED, heard.failure.reason());
      assertFalse(heard.failure.isSent());
      assertTrue(heard.failure.isRetrySafe());
      ClientOptions nowhere =
          OPTIONS.withResolver((host, answer) -> answer.failed(new UnknownHostException(host)));
      try (HttpClient client = HttpClient.of(wire.loop, nowhere)) {
        Heard unknown = new Heard();
        client.send(wire.get("/"), unknown);
        wire.turn();
        assertEquals(FailureReason.UNKNOWN_HOST, unknown.failure.reason());
        assertTrue(unknown.failure.getMessage().contains("a.test"));
      }
    }
  }

  @Test
  void close_failsWhatIsUnderWay_andWhatComesAfter() {
    try (ClientWire wire = new ClientWire(OPTIONS.withConnectionsPerOrigin(1))) {
      List<Heard> heard = List.of(wire.ask("/1"), wire.ask("/2"));
      ClientWire.Peer peer = wire.accept();
      wire.client.close();
      assertNull(heard.getFirst().failure); // not within the call
      wire.turn();
      Heard after = wire.ask("/3");
      for (Heard each : List.of(heard.get(0), heard.get(1), after)) {
        assertEquals(FailureReason.CLIENT_CLOSED, each.failure.reason());
        assertEquals(1, each.ends);
      }
      assertTrue(peer.isReset());
    }
  }
}

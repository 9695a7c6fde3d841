package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Asking, byte by byte: what is sent, and what an answer comes to. */
class HttpClientTest {

  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";

  private static ClientOptions plain() {
    return ClientOptions.DEFAULT.withDecompression(false);
  }

  @Test
  void get_isSentAndAnswered() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/a?b=c");
      ClientWire.Peer peer = wire.accept();
      assertEquals(
          "GET /a?b=c HTTP/1.1¶Host: a.test:" + wire.port + "¶Accept-Encoding: gzip, deflate¶¶",
          peer.read());
      peer.send("HTTP/1.1 200 Fine by me¶A: 1¶a: 2¶Content-Length: 5¶¶hello");
      assertEquals("200 hello", heard.outcome());
      assertEquals("Fine by me", heard.answer.reason());
      assertEquals("1, 2", heard.answer.field("A"));
      assertEquals(5, heard.answer.length());
      assertEquals(0, heard.trailers.count());
      assertEquals(1, heard.ends);
      assertEquals(1, wire.client.idleCount());
      assertFalse(peer.isEnded());
    }
  }

  @Test
  void requests_oneAfterTheOther_shareAConnection() {
    try (ClientWire wire = new ClientWire(plain())) {
      ClientWire.Peer peer = null;
      for (int i = 0; i < 3; i++) {
        Heard heard = wire.ask("/" + i);
        peer = peer == null ? wire.accept() : peer;
        assertEquals("GET /" + i + " HTTP/1.1¶Host: a.test:" + wire.port + "¶¶", peer.read());
        assertEquals("200 ok", answered(peer, OK, heard));
      }
      assertEquals(0, wire.connections());
    }
  }

  private static String answered(ClientWire.Peer peer, String answer, Heard heard) {
    peer.send(answer);
    return heard.outcome();
  }

  @Test
  void request_fromWithinTheEndOfAnother_hasItsConnection() {
    try (ClientWire wire = new ClientWire(plain())) {
      Heard second = new Heard();
      List<WholeAnswer> first = new ArrayList<>();
      wire.client.fetch(
          wire.get("/1"),
          answer -> {
            first.add(answer);
            wire.client.send(wire.get("/2"), second);
          },
          failure -> first.add(null));
      ClientWire.Peer peer = wire.accept();
      peer.send(OK);
      assertEquals("ok", first.getFirst().text());
      assertTrue(peer.read().contains("GET /2 "));
      assertEquals("200 ok", answered(peer, OK, second));
      assertEquals(1, wire.client.connectionCount());
    }
  }

  @Test
  void bodies_areFramedByWhatIsKnown() {
    try (ClientWire wire = new ClientWire(plain())) {
      Heard heard = wire.ask(wire.of("POST", "/").withField("Host", "b").withBody("hello"));
      ClientWire.Peer peer = wire.accept();
      assertEquals("POST / HTTP/1.1¶Host: b¶Content-Length: 5¶¶hello", peer.read());
      assertEquals("200 ok", answered(peer, OK, heard));
      heard = wire.ask(wire.of("POST", "/").withField("Host", "b"));
      assertEquals("POST / HTTP/1.1¶Host: b¶Content-Length: 0¶¶", peer.read());
      assertEquals("200 ok", answered(peer, OK, heard));
      heard = wire.ask(wire.of("PUT", "/").withField("Host", "b").withStreamedBody());
      assertTrue(heard.call.isWritable());
      assertTrue(heard.call.write(ByteBuffer.wrap(ClientWire.bytes("hello "))).isTaken());
      assertTrue(heard.call.write(ByteBuffer.wrap(ClientWire.bytes("world"))).isTaken());
      heard.call.end();
      assertEquals(
          "PUT / HTTP/1.1¶Host: b¶Transfer-Encoding: chunked¶¶6¶hello ¶5¶world¶0¶¶", peer.read());
      assertEquals("200 ok", answered(peer, OK, heard));
      assertEquals(0, wire.connections());
    }
  }

  @Test
  void chunkedAnswer_hasTrailers() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/");
      wire.accept()
          .send("HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶3;a=b¶abc¶")
          .send("2¶de¶0¶X: y¶¶");
      assertEquals("200 abcde", heard.outcome());
      assertEquals(-1, heard.answer.length());
      assertEquals("y", heard.trailers.get("X"));
      assertEquals(1, wire.client.idleCount());
    }
  }

  @Test
  void answerWithoutLength_endsWithTheConnection() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/");
      ClientWire.Peer peer = wire.accept().send("HTTP/1.1 200 OK¶¶some").send(" more");
      assertEquals("200 some more ...", heard.outcome());
      peer.end();
      assertEquals("200 some more", heard.outcome());
      assertTrue(peer.isEnded());
      assertEquals(0, wire.client.connectionCount());
    }
  }

  @Test
  void informationalAnswers_areTold() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/");
      wire.accept().send("HTTP/1.1 103 Early Hints¶Link: </a>¶¶HTTP/1.1 102 ¶¶" + OK);
      assertEquals(List.of("103 [Link: </a>]", "102 []"), heard.informed);
      assertEquals("200 ok", heard.outcome());
    }
  }

  @Test
  void handler_thatThrows_failsItsCall() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard =
          new Heard() {
            @Override
            public void answered(ClientCall of, ClientAnswer came) throws Exception {
              throw new IllegalStateException("no");
            }
          };
      wire.ask(wire.get("/"), heard);
      ClientWire.Peer peer = wire.accept().send(OK);
      assertEquals(FailureReason.HANDLER_FAILED, heard.failure.reason());
      assertTrue(peer.isReset());
      assertNull(heard.trailers);
    }
  }
}

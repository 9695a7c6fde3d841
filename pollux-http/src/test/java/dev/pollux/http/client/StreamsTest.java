package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bodies that are streams: who is slow makes the other wait; and what is cancelled ends. */
class StreamsTest {

  private static final ClientOptions OPTIONS = ClientOptions.DEFAULT.withDecompression(false);
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";

  /** Writes so much, as there is room, and counts how much was taken. */
  private static final class Pump {
    final ClientCall call;
    final int size;
    int written;
    boolean isRefused;

    Pump(ClientCall call, int size) {
      this.call = call;
      this.size = size;
    }

    void run() {
      while (written < size && call.isWritable()) {
        ByteBuffer piece = ByteBuffer.allocate(Math.min(10_000, size - written));
        int count = piece.remaining();
        WriteResult result = call.write(piece);
        if (result == WriteResult.REFUSED) {
          assertEquals(count, piece.remaining());
          isRefused = true;
          break;
        }
        assertEquals(0, piece.remaining());
        written += count;
      }
      if (call.isOver()) {
        return;
      }
      if (written == size) {
        call.end();
      } else {
        call.whenWritable(this::run);
      }
    }
  }

  @Test
  void requestBody_waitsForASlowServer() {
    for (int length : new int[] {-1, 3_000_000}) {
      try (ClientWire wire = new ClientWire(OPTIONS)) {
        ClientRequest post = wire.of("POST", "/");
        Heard heard = new Heard();
        heard.call =
            wire.client.send(
                length < 0 ? post.withStreamedBody() : post.withStreamedBody(length), heard);
        assertFalse(heard.call.isWritable());
        assertEquals(WriteResult.REFUSED, heard.call.write(ByteBuffer.allocate(1)));
        Pump pump = new Pump(heard.call, 3_000_000);
        pump.run();
        ClientWire.Peer peer = wire.accept();
        int before = pump.written;
        assertTrue(before > 0 && before < 2_000_000, before + " written");
        wire.pass(Duration.ofSeconds(5));
        assertEquals(before, pump.written);
        int taken = peer.take(Integer.MAX_VALUE);
        assertEquals(3_000_000, pump.written);
        assertTrue(taken > 3_000_000, taken + " taken");
        peer.send(OK);
        assertEquals("200 ok", heard.outcome());
        assertEquals(1, wire.client.idleCount());
      }
    }
  }

  @Test
  void requestBody_beyondTheQueue_isRefused_andTakenLater() {
    ConnectionOptions few =
        ConnectionOptions.DEFAULT.withHighWaterBytes(9_000).withMaxQueuedBytes(9_500);
    try (ClientWire wire = new ClientWire(OPTIONS.withConnection(few))) {
      Heard heard = wire.ask(wire.of("POST", "/").withStreamedBody());
      Pump pump = new Pump(heard.call, 2_000_000);
      pump.run();
      int taken = wire.accept().take(Integer.MAX_VALUE);
      assertTrue(pump.isRefused);
      assertEquals(2_000_000, pump.written);
      assertTrue(taken > 2_000_000);
    }
  }

  @Test
  void requestBody_thatIsThere_isQueuedInPieces() {
    try (ClientWire wire = new ClientWire(OPTIONS)) {
      byte[] body = new byte[20 << 20]; // more than a connection queues
      Heard heard = wire.ask(wire.of("PUT", "/").withBody(body));
      ClientWire.Peer peer = wire.accept();
      long limit = System.nanoTime() + 30_000_000_000L;
      int got = 0;
      while (got < body.length && System.nanoTime() < limit) {
        got += peer.take(1 << 20);
      }
      peer.send(OK);
      assertEquals("200 ok", heard.outcome());
    }
  }

  @Test
  void requestBody_ofAnotherLengthThanItSaid_fails() {
    try (ClientWire wire = new ClientWire(OPTIONS)) {
      Heard heard = wire.ask(wire.of("POST", "/").withStreamedBody(5));
      ClientCall call = heard.call;
      assertThrows(IllegalStateException.class, () -> call.write(ByteBuffer.allocate(6)));
      assertTrue(call.write(ByteBuffer.allocate(4)).isTaken());
      assertThrows(IllegalStateException.class, call::end);
      assertNull(heard.failure);
      ClientWire.Peer peer = wire.accept();
      assertEquals("HANDLER_FAILED", heard.outcome());
      assertTrue(peer.isReset());
      assertEquals(WriteResult.CLOSED, call.write(ByteBuffer.allocate(1)));
      assertThrows(IllegalStateException.class, () -> wire.ask("/").call.end());
    }
  }

  @Test
  void answer_beforeTheRequestsEnd_isTold_andTheConnectionIsNotKept() {
    try (ClientWire wire = new ClientWire(OPTIONS)) {
      Heard heard = wire.ask(wire.of("POST", "/").withStreamedBody());
      Pump pump = new Pump(heard.call, 3_000_000);
      pump.run();
      ClientWire.Peer peer = wire.accept().send("HTTP/1.1 413 x¶Content-Length: 2¶¶no");
      assertEquals("413 no", heard.outcome());
      assertTrue(pump.written < 3_000_000);
      assertEquals(0, wire.client.connectionCount());
      assertEquals(WriteResult.CLOSED, heard.call.write(ByteBuffer.allocate(1)));
      assertTrue(peer.isReset());
    }
  }

  @Test
  void answerBody_waitsForASlowProgram() {
    for (String head : new String[] {"Content-Length: 9999999", "Connection: close"}) {
      try (ClientWire wire = new ClientWire(OPTIONS)) {
        Heard heard =
            new Heard() {
              @Override
              public void data(ClientCall of, ByteBuffer data) throws Exception {
                super.data(of, data);
                of.pause();
              }
            };
        wire.ask(wire.get("/"), heard);
        ClientWire.Peer peer = wire.accept().send("HTTP/1.1 200 OK¶" + head + "¶¶x");
        assertEquals(1, heard.body.length());
        int sent = peer.fill(new byte[1 << 16]);
        assertTrue(sent > 0 && sent < 9_999_998);
        assertEquals(1, heard.body.length());
        int pieces = heard.pieces;
        heard.call.resume();
        wire.turn();
        assertEquals(pieces + 1, heard.pieces);
        for (int i = 0; i < 10_000 && heard.body.length() < sent + 1; i++) {
          heard.call.resume();
          wire.turn();
        }
        assertEquals(sent + 1, heard.body.length());
        peer.end();
        heard.call.resume();
        wire.turn();
        heard.call.resume();
        wire.turn();
        assertEquals(1, heard.ends);
        assertEquals(head.startsWith("Conn"), heard.failure == null);
      }
    }
  }

  @Test
  void answerBody_thatIsPaused_whenTheServerEnds_isGivenWhole() {
    try (ClientWire wire = new ClientWire(OPTIONS)) {
      Heard heard = wire.ask("/");
      heard.call.pause();
      ClientWire.Peer peer = wire.accept().send("HTTP/1.1 200 OK¶¶").send("all of it").end();
      wire.pass(Duration.ofSeconds(3));
      assertEquals("200  ...", heard.outcome());
      heard.call.resume();
      wire.turn();
      assertEquals("200 all of it", heard.outcome());
      assertTrue(peer.isEnded());
    }
  }

  @Test
  void pausedHead_isTold_andItsBodyIsNot() {
    try (ClientWire wire = new ClientWire(OPTIONS)) {
      Heard heard = wire.ask("/");
      heard.call.pause();
      wire.accept().send(OK);
      assertEquals("200  ...", heard.outcome());
      heard.call.resume();
      wire.turn();
      assertEquals("200 ok", heard.outcome());
    }
  }

  // ---- cancelling

  @Test
  void cancel_inEachState_isToldOnce_andEndsTheConnection() {
    try (ClientWire wire = new ClientWire(OPTIONS.withConnectionsPerOrigin(1))) {
      Heard connecting = new Heard();
      connecting.call = wire.client.send(wire.get("/1"), connecting);
      connecting.call.cancel();
      connecting.call.cancel();
      assertEquals(0, connecting.ends); // not within the call
      wire.turn();
      assertEquals("CANCELLED", connecting.outcome());
      assertEquals(1, connecting.ends);
      wire.connections();

      Heard head = wire.ask("/2");
      Heard waiting = wire.ask("/3");
      ClientWire.Peer peer = wire.accept();
      waiting.call.cancel();
      head.call.cancel();
      wire.turn();
      assertEquals("CANCELLED", head.outcome());
      assertEquals("CANCELLED", waiting.outcome());
      assertTrue(head.failure.isSent());
      assertFalse(waiting.failure.isSent());
      assertTrue(peer.isReset());

      Heard body = wire.ask("/4");
      peer = wire.accept().send("HTTP/1.1 200 OK¶¶some");
      body.call.cancel();
      wire.turn();
      assertEquals("200 some CANCELLED", body.outcome());
      assertTrue(peer.isReset());
      body.call.cancel();
      wire.turn();
      assertEquals(1, body.ends);
    }
  }

  @Test
  void cancel_withinTheHandler_isTheLastThingTold() {
    try (ClientWire wire = new ClientWire(OPTIONS)) {
      Heard heard =
          new Heard() {
            @Override
            public void data(ClientCall of, ByteBuffer data) throws Exception {
              super.data(of, data);
              of.cancel();
            }
          };
      wire.ask(wire.get("/"), heard);
      wire.accept().send("HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶1¶a¶1¶b¶0¶¶");
      assertEquals("200 a CANCELLED", heard.outcome());
    }
  }

  @Test
  void loop_thatCloses_tellsWhatIsUnderWay() {
    Heard first;
    Heard second;
    Heard third;
    ClientOptions one = OPTIONS.withConnectionsPerOrigin(1);
    ClientWire wire = new ClientWire(one);
    first = wire.ask("/1");
    second = wire.ask("/2");
    third = new Heard();
    wire.client.send(ClientRequest.get("http://b.test:" + wire.port + "/"), third);
    wire.loop.close();
    for (Heard each : new Heard[] {first, second, third}) {
      assertEquals("CLIENT_CLOSED", each.outcome());
      assertEquals(1, each.ends);
    }
    assertEquals(List.of(), wire.reported);
  }
}

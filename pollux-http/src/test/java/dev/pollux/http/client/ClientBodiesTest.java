package dev.pollux.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are deflated, expected to be asked for, or more than is taken. */
class ClientBodiesTest {

  private static final ClientOptions OPTIONS = ClientOptions.DEFAULT;
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";

  private static byte[] coded(String how, byte[] data) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (how) {
          case "gzip", "x-gzip" -> new GZIPOutputStream(all);
          case "deflate" -> new DeflaterOutputStream(all);
          default -> new DeflaterOutputStream(all, new Deflater(9, true));
        }) {
      out.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toByteArray();
  }

  private static byte[] answer(String coding, byte[] body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(
        ClientWire.bytes(
            "HTTP/1.1 200 OK¶Content-Encoding: "
                + coding
                + "¶Content-Length: "
                + body.length
                + "¶¶"));
    all.writeBytes(body);
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "x-gzip", "deflate", "bare"})
  void body_thatIsDeflated_isInflated(String how) {
    String text = "Pollux and Castor. ".repeat(10_000);
    byte[] body = coded(how, text.getBytes(ISO_8859_1));
    for (int size : new int[] {1, 7, 100_000}) {
      try (ClientWire wire = new ClientWire()) {
        Heard heard = wire.ask("/");
        ClientWire.Peer peer = wire.accept();
        byte[] all = answer(how.equals("bare") ? "deflate" : how, body);
        for (int at = 0; at < all.length; at += size) {
          peer.write(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
          wire.turn();
        }
        assertEquals("200 " + text.strip(), heard.outcome().strip());
        assertTrue(heard.answer.isInflated());
        assertEquals(-1, heard.answer.length());
        assertEquals(1, wire.client.idleCount());
      }
    }
  }

  @Test
  void body_thatIsDeflated_waitsForASlowProgram() {
    byte[] text = new byte[5 << 20];
    try (ClientWire wire = new ClientWire()) {
      Heard heard =
          new Heard() {
            @Override
            public void data(ClientCall of, ByteBuffer data) throws Exception {
              super.data(of, data);
              of.pause();
            }
          };
      wire.ask(wire.get("/"), heard);
      wire.accept().write(answer("gzip", coded("gzip", text)));
      wire.turn();
      for (int i = 1; i < 10_000 && heard.ends == 0; i++) {
        assertEquals(i, heard.pieces);
        heard.call.resume();
        wire.turn();
      }
      assertEquals(text.length, heard.body.length());
      assertEquals(1, heard.ends);
      assertEquals(1, wire.client.idleCount());
    }
  }

  @Test
  void body_thatInflatesToTooMuch_fails() {
    for (int most : new int[] {100_000, 99_999}) {
      ClientLimits few = ClientLimits.DEFAULT.withInflatedBytes(most);
      try (ClientWire wire = new ClientWire(OPTIONS.withLimits(few))) {
        Heard heard = wire.ask("/");
        wire.accept().write(answer("gzip", coded("gzip", new byte[100_000])));
        wire.turn();
        assertEquals(most, heard.body.length());
        assertEquals(most < 100_000, heard.failure != null);
        if (heard.failure != null) {
          assertEquals(FailureReason.TOO_LARGE, heard.failure.reason());
        }
      }
    }
  }

  @Test
  void body_thatIsNotWhatItSays_fails() {
    byte[] good = coded("gzip", "hello".getBytes(ISO_8859_1));
    byte[] cut = Arrays.copyOf(good, good.length - 1);
    byte[] more = Arrays.copyOf(good, good.length + 1);
    for (byte[] bad : List.of(cut, more, "hello".getBytes(ISO_8859_1))) {
      for (String coding : new String[] {"gzip", "deflate"}) {
        try (ClientWire wire = new ClientWire()) {
          Heard heard = wire.ask("/");
          wire.accept().write(answer(coding, bad));
          wire.turn();
          assertEquals(FailureReason.BAD_ANSWER, heard.failure.reason());
          assertEquals(1, heard.ends);
        }
      }
    }
  }

  @Test
  void body_isGivenAsItCame_whereNobodyAskedForACoding() {
    byte[] body = coded("gzip", "hello".getBytes(ISO_8859_1));
    try (ClientWire wire = new ClientWire()) {
      List<ClientRequest> requests =
          List.of(
              wire.get("/").withField("Accept-Encoding", "gzip"),
              wire.get("/").withField("Range", "bytes=0-99"));
      for (ClientRequest request : requests) {
        Heard heard = wire.ask(request);
        ClientWire.Peer peer = wire.accept();
        assertFalse(peer.read().contains("deflate"));
        peer.write(answer("gzip", body)).end();
        assertEquals(new String(body, ISO_8859_1), heard.body.toString());
        assertFalse(heard.answer.isInflated());
        assertEquals(body.length, heard.answer.length());
      }
    }
  }

  // ---- expecting to be told

  @Test
  void body_isSentWhenTheServerSaysSo() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask(wire.of("POST", "/").withBody("hello").withContinue());
      ClientWire.Peer peer = wire.accept();
      assertTrue(peer.read().endsWith("¶¶"));
      peer.send("HTTP/1.1 100 Continue¶¶");
      assertEquals("hello", peer.read());
      peer.send(OK);
      assertEquals("200 ok", heard.outcome());
      assertEquals(List.of("100 []"), heard.informed);

      heard = wire.ask(wire.of("POST", "/").withStreamedBody().withContinue());
      assertFalse(heard.call.isWritable());
      ClientCall call = heard.call;
      call.whenWritable(() -> {
        assertTrue(call.write(ByteBuffer.wrap("x".getBytes(ISO_8859_1))).isTaken());
        call.end();
      });
      assertTrue(peer.read().endsWith("¶¶"));
      peer.send("HTTP/1.1 100 Continue¶¶");
      assertEquals("1¶x¶0¶¶", peer.read());
      peer.send(OK);
      assertEquals("200 ok", heard.outcome());
    }
  }

  @Test
  void body_thatTheServerDoesNotWant_isNotSent_andTheConnectionIsNotKept() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask(wire.of("POST", "/").withBody("hello").withContinue());
      ClientWire.Peer peer = wire.accept();
      peer.read();
      peer.send("HTTP/1.1 417 x¶Content-Length: 2¶¶no");
      assertEquals("417 no", heard.outcome());
      assertEquals("", peer.read());
      assertEquals(0, wire.client.connectionCount());
    }
  }

  // ---- limits

  private static String outcome(ClientLimits limits, String answer) {
    try (ClientWire wire = new ClientWire(OPTIONS.withLimits(limits))) {
      Heard heard = wire.ask("/");
      wire.accept().send(answer);
      return heard.outcome();
    }
  }

  @Test
  void limits_atThem_andOnePast() {
    ClientLimits limits =
        ClientLimits.DEFAULT
            .withStatusLineBytes(20)
            .withFieldCount(3)
            .withFieldBytes(40)
            .withInformationalCount(2)
            .withChunkExtensionBytes(4);
    String end = "¶Content-Length: 0¶¶";
    assertEquals("200", outcome(limits, "HTTP/1.1 200 " + "x".repeat(7) + end));
    assertEquals("TOO_LARGE", outcome(limits, "HTTP/1.1 200 " + "x".repeat(8) + end));
    assertEquals("200", outcome(limits, "HTTP/1.1 200¶A: b¶A: b" + end));
    assertEquals("TOO_LARGE", outcome(limits, "HTTP/1.1 200¶A: b¶A: b¶A: b" + end));
    assertEquals("200", outcome(limits, "HTTP/1.1 200¶A: " + "x".repeat(16) + end));
    assertEquals("TOO_LARGE", outcome(limits, "HTTP/1.1 200¶A: " + "x".repeat(17) + end));
    String early = "HTTP/1.1 103¶¶";
    assertEquals("200", outcome(limits, early + early + "HTTP/1.1 200" + end));
    assertEquals("TOO_LARGE", outcome(limits, early + early + early + "HTTP/1.1 200" + end));
    String chunked = "HTTP/1.1 200¶Transfer-Encoding: chunked¶¶";
    assertEquals("200", outcome(limits, chunked + "0;abc¶¶"));
    assertEquals("200  BAD_ANSWER", outcome(limits, chunked + "0;abcd¶¶"));
    assertEquals("200", outcome(limits, chunked + "0¶A: b¶A: b¶A: b¶¶"));
    assertEquals("200  TOO_LARGE", outcome(limits, chunked + "0¶A: b¶A: b¶A: b¶A: b¶¶"));
  }

  @Test
  void wholeBytes_atThem_andOnePast() {
    ClientLimits limits = ClientLimits.DEFAULT.withWholeBytes(3);
    String[] heads = {"Content-Length: 3¶¶abc", "Transfer-Encoding: chunked¶¶3¶abc¶0¶¶"};
    for (String head : heads) {
      for (boolean isMore : new boolean[] {false, true}) {
        try (ClientWire wire = new ClientWire(OPTIONS.withLimits(limits))) {
          List<String> told = new ArrayList<>();
          wire.client.fetch(
              wire.get("/"),
              answer -> told.add(answer.text()),
              failure -> told.add(failure.reason().name()));
          String text = "HTTP/1.1 200 OK¶" + head;
          wire.accept().send(isMore ? text.replace("3", "4").replace("abc", "abcd") : text);
          assertEquals(List.of(isMore ? "TOO_LARGE" : "abc"), told);
        }
      }
    }
  }

  /** Whatever the kernel does to reads and writes, it comes to the same. */
  @Test
  void exchange_byteByByte_isTheSame() {
    Faults faults = Faults.none().with(Fault.SHORT_READ, 1).with(Fault.SHORT_WRITE, 1);
    try (ClientWire wire = new ClientWire(OPTIONS, faults)) {
      Heard heard = wire.ask(wire.of("POST", "/").withBody("hello"));
      ClientWire.Peer peer = wire.accept();
      assertTrue(peer.read().endsWith("¶Content-Length: 5¶¶hello"));
      for (byte each : ClientWire.bytes(OK)) {
        peer.write(new byte[] {each});
      }
      wire.turn();
      assertEquals("200 ok", heard.outcome());
    }
  }
}

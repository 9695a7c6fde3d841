package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What comes behind the head of a request: read, passed over, asked for, or the end of all. */
class BodyTest {

  private static final String GET = "GET /next HTTP/1.1¶Host: a¶¶";
  private static final String CONTINUE = "HTTP/1.1 100 Continue¶¶";

  /** Answers with the whole body. */
  private static final HttpHandler ECHO =
      (request, response) -> request.body().whole(body -> response.send(body));

  /** Answers without a look at the body. */
  private static final HttpHandler DEAF = (request, response) -> response.send(request.target());

  /** Notes what it is told. */
  private static final class Notes implements HttpBodyHandler {
    final List<String> log = new ArrayList<>();
    final HttpRequest request;
    final HttpResponse response;

    Notes(HttpRequest request, HttpResponse response) {
      this.request = request;
      this.response = response;
    }

    @Override
    public void data(ByteBuffer data) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      log.add(new String(bytes, ISO_8859_1));
    }

    @Override
    public void end() {
      log.add("end " + request.body().trailers());
      response.send("done");
    }

    @Override
    public void failed() {
      log.add("failed");
    }
  }

  private final List<Notes> notes = new ArrayList<>();

  private HttpHandler streaming() {
    return (request, response) -> {
      notes.add(new Notes(request, response));
      request.body().stream(notes.getLast());
    };
  }

  private static String post(int length) {
    return "POST / HTTP/1.1¶Host: a¶Content-Length: " + length + "¶¶";
  }

  @Test
  void whole_isGiven() {
    try (HttpWire wire = HttpWire.to(ECHO)) {
      assertEquals("hello", wire.send(post(5) + "hello").contents());
      wire.send(post(5) + "he");
      assertEquals("", wire.read());
      assertEquals("hello", wire.send("llo").contents());
      assertEquals("", wire.send(post(0)).contents());
      assertEquals("", wire.send(GET).contents());
    }
  }

  @Test
  void chunks_areGivenWithoutTheirFrames() {
    String chunked = "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶";
    try (HttpWire wire = HttpWire.to(ECHO)) {
      assertEquals("hello, you", wire.send(chunked + "5;a=b¶hello¶5¶, you¶0¶X: y¶¶").contents());
    }
    try (HttpWire wire = HttpWire.to(streaming())) {
      wire.send(chunked + "5¶he").send("llo¶5¶, you¶0¶X: y¶¶");
      assertEquals(List.of("he", "llo", ", you", "end [X: y]"), notes.getFirst().log);
      assertEquals("done", wire.contents());
      assertEquals("done", wire.send(GET).contents());
      assertEquals(List.of("end []"), notes.get(1).log);
    }
  }

  @Test
  void stream_isPausedAndResumed() {
    try (HttpWire wire = HttpWire.to(streaming())) {
      wire.send(post(6) + "ab");
      Notes reader = notes.getFirst();
      reader.request.body().pause();
      wire.send("cd");
      assertEquals(List.of("ab"), reader.log);
      reader.request.body().resume();
      wire.turn();
      assertEquals(List.of("ab", "cd"), reader.log);
      wire.send("ef" + GET);
      assertEquals(List.of("ab", "cd", "ef", "end []"), reader.log);
    }
  }

  @Test
  void stream_cutShort_fails() {
    try (HttpWire wire = HttpWire.to(streaming())) {
      wire.send(post(6) + "ab").end();
      assertEquals(List.of("ab", "failed"), notes.getFirst().log);
      String answer = wire.read();
      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void stream_ofNoChunks_isRefused() {
    try (HttpWire wire = HttpWire.to(streaming())) {
      wire.send("POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶2¶ab¶x¶" + GET);
      assertEquals(List.of("ab", "failed"), notes.getFirst().log);
      String answer = wire.read();
      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
      assertTrue(wire.isEnded());
      assertEquals(1, notes.size());
    }
  }

  @Test
  void stream_peerGone_fails() {
    try (HttpWire wire = HttpWire.to(streaming())) {
      wire.send(post(6) + "ab");
      wire.connection.reset();
      wire.turn();
      assertEquals(List.of("ab", "failed"), notes.getFirst().log);
      assertFalse(notes.getFirst().response.isOpen());
    }
  }

  @Test
  void readTwice_fails() {
    HttpHandler twice =
        (request, response) -> {
          request.body().whole(_ -> {});
          request.body().whole(_ -> {});
        };
    try (HttpWire wire = HttpWire.to(twice)) {
      assertTrue(wire.send(post(1) + "a").read().startsWith("HTTP/1.1 500 "));
      assertTrue(wire.reported.getFirst().contains("read already"), wire.reported.toString());
    }
  }

  // ---- a body that nobody reads

  @Test
  void unread_short_isPassedOver() {
    try (HttpWire wire = HttpWire.to(DEAF)) {
      assertEquals("/", wire.send(post(5) + "he").contents());
      assertEquals("/next", wire.send("llo" + GET).contents());
      String chunked = "POST /c HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶";
      assertEquals("/c/next", wire.send(chunked + "5¶hello¶0¶¶" + GET).contents());
    }
  }

  @Test
  void unread_whatLooksLikeARequest_isNone() {
    List<String> seen = new ArrayList<>();
    HttpHandler noting =
        (request, response) -> {
          seen.add(request.target());
          response.send();
        };
    try (HttpWire wire = HttpWire.to(noting)) {
      wire.send(post(GET.replace("¶", "12").length()) + GET + GET);
      assertEquals(List.of("/", "/next"), seen);
    }
  }

  @Test
  void unread_atTheLimit_isPassedOver_andBeyondEnds() {
    HttpLimits limits = HttpLimits.DEFAULT.withDrainBytes(10);
    try (HttpWire wire = HttpWire.to(limits, DEAF)) {
      assertEquals("//next", wire.send(post(10) + "0123456789" + GET).contents());
      assertFalse(wire.isEnded());
    }
    try (HttpWire wire = HttpWire.to(limits, DEAF)) {
      String answer = wire.send(post(11) + "0123456789a" + GET).read();
      assertTrue(answer.contains("Connection: close¶"), answer);
      assertFalse(answer.contains("/next"), answer);
      assertTrue(wire.isEnded());
    }
    String chunked = "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶";
    try (HttpWire wire = HttpWire.to(limits, DEAF)) {
      String answer = wire.send(chunked + "b¶0123456789a¶0¶¶" + GET).read();
      assertFalse(answer.contains("/next"), answer);
      assertTrue(wire.isEnded());
    }
  }

  // ---- 100-continue

  @Test
  void continue_isSaidWhenItIsRead() {
    String ask = "POST / HTTP/1.1¶Host: a¶Content-Length: 2¶Expect: 100-continue¶¶";
    try (HttpWire wire = HttpWire.to(ECHO)) {
      assertEquals(CONTINUE, wire.send(ask).read());
      assertEquals("ab", wire.send("ab").contents());
    }
    List<HttpRequest> waiting = new ArrayList<>();
    HttpHandler later =
        (request, response) -> {
          waiting.add(request);
          response.later();
        };
    try (HttpWire wire = HttpWire.to(later)) {
      assertEquals("", wire.send(ask).read());
      HttpRequest request = waiting.getFirst();
      notes.add(new Notes(request, null));
      assertEquals("", wire.read());
    }
  }

  @Test
  void continue_withheld_ends() {
    String ask = "POST / HTTP/1.1¶Host: a¶Content-Length: 2¶Expect: 100-continue¶¶";
    try (HttpWire wire = HttpWire.to(DEAF)) {
      String answer = wire.send(ask).read();
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      assertTrue(answer.contains("Connection: close¶"), answer);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void continue_ofHttp10_isNotSaid() {
    String ask = "POST / HTTP/1.0¶Content-Length: 2¶Expect: 100-continue¶¶";
    try (HttpWire wire = HttpWire.to(ECHO)) {
      assertEquals("", wire.send(ask).read());
      assertTrue(wire.send("ab").read().endsWith("¶¶ab"));
    }
  }

  // ---- the limit of a whole one

  @Test
  void whole_atTheLimit_isTaken_andBeyondIs413() {
    HttpLimits limits = HttpLimits.DEFAULT.withBodyBytes(5);
    try (HttpWire wire = HttpWire.to(limits, ECHO)) {
      assertEquals("hello", wire.send(post(5) + "hello").contents());
      String answer = wire.send(post(6) + "hello!").read();
      assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
      assertTrue(wire.isEnded());
    }
    String chunked = "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶";
    try (HttpWire wire = HttpWire.to(limits, ECHO)) {
      assertEquals("hello", wire.send(chunked + "3¶hel¶2¶lo¶0¶¶").contents());
      String answer = wire.send(chunked + "3¶hel¶3¶lo!¶0¶¶" + GET).read();
      assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void stream_hasNoLimit() {
    HttpLimits limits = HttpLimits.DEFAULT.withBodyBytes(5);
    try (HttpWire wire = HttpWire.to(limits, streaming())) {
      wire.send(post(6) + "hello!");
      assertEquals(List.of("hello!", "end []"), notes.getFirst().log);
    }
  }

  @Test
  void whole_ofMuch_isGivenInOne() {
    byte[] much = new byte[700_000];
    new java.util.Random(1).nextBytes(much);
    List<byte[]> got = new ArrayList<>();
    HttpHandler taking =
        (request, response) ->
            request
                .body()
                .whole(body -> {
                  byte[] bytes = new byte[body.remaining()];
                  body.get(bytes);
                  got.add(bytes);
                  response.send();
                });
    try (HttpWire wire = HttpWire.to(taking)) {
      wire.write(HttpWire.bytes(post(much.length))).write(much).turn();
      assertNotNull(wire.read());
      org.junit.jupiter.api.Assertions.assertArrayEquals(much, got.getFirst());
    }
  }
}

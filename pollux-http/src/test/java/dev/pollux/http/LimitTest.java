package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each limit, at it and one past it: times are virtual. */
class LimitTest {

  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final HttpHandler OK = (_, response) -> response.send();
  private static final Duration ALMOST = Duration.ofMillis(1);

  private static HttpLimits limits() {
    return HttpLimits.DEFAULT;
  }

  private static void assertAnswer(String status, HttpLimits limits, String request) {
    try (HttpWire wire = HttpWire.to(limits, OK)) {
      String answer = wire.send(request).read();
      assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), request + ": " + answer);
      assertEquals(!status.equals("200"), wire.isEnded());
      assertEquals(1, answer.split("HTTP/1.1 ", -1).length - 1, answer);
    }
  }

  @Test
  void requestLine() {
    HttpLimits limits = limits().withRequestLineBytes(30);
    String line = "GET /" + "x".repeat(30 - 14) + " HTTP/1.1";
    assertEquals(30, line.length());
    assertAnswer("200", limits, line + "¶Host: a¶¶");
    assertAnswer("414", limits, line.replace(" /", " /x") + "¶Host: a¶¶");
  }

  @Test
  void fields() {
    HttpLimits limits = limits().withFieldCount(3);
    assertAnswer("200", limits, "GET / HTTP/1.1¶Host: a¶A: 1¶B: 2¶¶");
    assertAnswer("431", limits, "GET / HTTP/1.1¶Host: a¶A: 1¶B: 2¶C: 3¶¶");
  }

  @Test
  void fieldBytes() {
    HttpLimits limits = limits().withFieldBytes(20);
    assertAnswer("200", limits, "GET / HTTP/1.1¶Host: a¶A: 345678¶¶");
    assertAnswer("431", limits, "GET / HTTP/1.1¶Host: a¶A: 345678x¶¶");
  }

  @Test
  void longestHead_isServed() {
    HttpLimits limits = limits();
    String line = "GET /" + "x".repeat(limits.requestLineBytes() - 14) + " HTTP/1.1¶Host: a¶";
    String value = "v".repeat(limits.fieldBytes() - 9 - 5);
    assertAnswer("200", limits, "¶¶" + line + "A: " + value + "¶¶");
    try (HttpWire wire = HttpWire.to(limits, OK)) { // also behind another one, and twice
      String longest = "¶¶" + line + "A: " + value + "¶¶";
      String answers = wire.send(GET + longest + longest + GET).read();
      assertEquals("HTTP/1.1 200 OK¶Content-Length: 0¶¶".repeat(4), answers);
    }
  }

  @Test
  void headTime_ofTheFirst() {
    try (HttpWire wire = HttpWire.to(OK)) {
      wire.pass(limits().headTime().minus(ALMOST));
      assertFalse(wire.isEnded());
      wire.pass(ALMOST);
      assertEquals("", wire.read());
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void headTime_ofAHead_isAnsweredWithoutContent() {
    try (HttpWire wire = HttpWire.to(OK)) {
      wire.send("HEAD / HTTP/1.1¶Host: a¶").pass(limits().headTime());
      String answer = wire.read();
      assertTrue(answer.startsWith("HTTP/1.1 408 ") && answer.endsWith("¶¶"), answer);
    }
  }

  @Test
  void headTime_fromItsFirstByte() {
    try (HttpWire wire = HttpWire.to(OK)) {
      String _ = wire.send(GET).read();
      wire.pass(Duration.ofSeconds(30)).send("G");
      wire.pass(Duration.ofSeconds(6)).send("ET /");
      wire.pass(Duration.ofSeconds(4).minus(ALMOST));
      assertFalse(wire.isEnded());
      wire.pass(ALMOST);
      assertTrue(wire.read().startsWith("HTTP/1.1 408 Request Timeout¶"));
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void keepAlive() {
    try (HttpWire wire = HttpWire.to(OK)) {
      for (int i = 0; i < 3; i++) {
        assertFalse(wire.send(GET).read().isEmpty());
        wire.pass(limits().keepAlive().minus(ALMOST));
        assertFalse(wire.isEnded());
      }
      wire.pass(ALMOST);
      assertEquals("", wire.read());
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void keepAlive_isNotForWork() {
    List<HttpResponse> waiting = new ArrayList<>();
    try (HttpWire wire = HttpWire.to((_, response) -> waiting.add(response.later()))) {
      wire.send(GET).pass(Duration.ofHours(1));
      assertFalse(wire.isEnded());
      waiting.getFirst().send("late");
      assertEquals("late", wire.contents());
    }
  }

  @Test
  void requests() {
    try (HttpWire wire = HttpWire.to(limits().withRequests(3), OK)) {
      String ok = "HTTP/1.1 200 OK¶Content-Length: 0¶¶";
      String last = "HTTP/1.1 200 OK¶Connection: close¶Content-Length: 0¶¶";
      assertEquals(ok + ok + last, wire.send(GET + GET + GET + GET).read());
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void pipelinedDepth_isWhatATurnTakes() {
    List<Long> turns = new ArrayList<>();
    HttpHandler noting =
        (request, response) -> {
          turns.add(request.loop().stats().turns());
          response.send();
        };
    try (HttpWire wire = HttpWire.to(limits().withPipelinedDepth(2), noting)) {
      wire.send(GET.repeat(5));
      assertEquals(5, turns.size());
      assertEquals(turns.get(0), turns.get(1));
      assertTrue(turns.get(2) > turns.get(1), turns.toString());
      assertEquals(turns.get(2), turns.get(3));
      assertTrue(turns.get(4) > turns.get(3), turns.toString());
    }
  }

  @Test
  void bodyRate() {
    HttpHandler whole = (request, response) -> request.body().whole(_ -> response.send());
    String post = "POST / HTTP/1.1¶Host: a¶Content-Length: 4096¶¶";
    try (HttpWire wire = HttpWire.to(whole)) { // 5 s, and a second for each KiB
      wire.send(post).pass(Duration.ofSeconds(5).minus(ALMOST));
      wire.send("x".repeat(1024)).pass(Duration.ofSeconds(1));
      assertFalse(wire.isEnded());
      wire.pass(ALMOST);
      assertTrue(wire.read().startsWith("HTTP/1.1 408 "));
      assertTrue(wire.isEnded());
    }
    try (HttpWire wire = HttpWire.to(whole)) { // as slow as it may be
      wire.send(post);
      for (int i = 0; i < 4; i++) {
        wire.pass(Duration.ofSeconds(2).minus(ALMOST)).send("x".repeat(1024));
      }
      assertTrue(wire.read().startsWith("HTTP/1.1 200 "));
    }
  }

  @Test
  void bodyRate_isNotForPauses() {
    List<HttpRequest> paused = new ArrayList<>();
    HttpHandler pausing =
        (request, response) -> {
          request.body().whole(_ -> response.send());
          request.body().pause();
          paused.add(request);
        };
    try (HttpWire wire = HttpWire.to(pausing)) {
      wire.send("POST / HTTP/1.1¶Host: a¶Content-Length: 3¶¶").pass(Duration.ofMinutes(5));
      paused.getFirst().body().resume();
      assertFalse(wire.pass(Duration.ofSeconds(4)).isEnded());
      assertTrue(wire.send("abc").read().startsWith("HTTP/1.1 200 "));
    }
  }

  @Test
  void drainTime() {
    try (HttpWire wire = HttpWire.to(OK)) {
      wire.send("POST / HTTP/1.1¶Host: a¶Content-Length: 3¶¶a");
      assertTrue(wire.read().startsWith("HTTP/1.1 200 "));
      assertFalse(wire.pass(Duration.ofSeconds(5).minus(ALMOST)).isEnded());
      assertTrue(wire.pass(ALMOST).isEnded());
    }
  }

  @Test
  void chunkExtensions() {
    HttpHandler whole = (request, response) -> request.body().whole(_ -> response.send());
    HttpLimits limits = limits().withChunkExtensionBytes(4);
    String chunked = "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶";
    try (HttpWire wire = HttpWire.to(limits, whole)) {
      assertTrue(wire.send(chunked + "1;a¶x¶1;b¶x¶0¶¶").read().startsWith("HTTP/1.1 200 "));
      assertTrue(wire.send(chunked + "1;a¶x¶1;bc¶x¶0¶¶").read().startsWith("HTTP/1.1 400 "));
      assertTrue(wire.isEnded());
    }
  }
}

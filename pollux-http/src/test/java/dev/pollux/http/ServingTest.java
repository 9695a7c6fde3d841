package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests and answers on a connection: who is asked, and what the client sees. */
class ServingTest {

  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final HttpHandler HELLO = (_, response) -> response.send("Hello");
  private static final String ANSWER =
      "HTTP/1.1 200 OK¶Content-Type: text/plain; charset=utf-8¶Content-Length: 5¶¶Hello";

  /** Answers with what was asked for. */
  private static final HttpHandler TARGET = (request, response) -> response.send(request.target());

  @Test
  void get_isAnswered() {
    try (HttpWire wire = HttpWire.to(HELLO)) {
      assertEquals(ANSWER, wire.send(GET).read());
      assertFalse(wire.isEnded());
    }
  }

  @Test
  void answer_hasDate() {
    try (HttpWire wire = HttpWire.to(HELLO)) {
      String answer = wire.send(GET).readRaw();
      assertTrue(answer.contains(HttpWire.DATE), answer);
    }
  }

  @Test
  void requests_oneAfterTheOther_areAnswered() {
    try (HttpWire wire = HttpWire.to(TARGET)) {
      for (int i = 0; i < 20; i++) {
        assertEquals("/" + i, wire.send("GET /" + i + " HTTP/1.1¶Host: a¶¶").contents());
      }
    }
  }

  @Test
  void request_splitAtEveryByte_isAnswered() {
    byte[] all = HttpWire.bytes("POST /x HTTP/1.1¶Host: a¶Content-Length: 3¶¶abc" + GET);
    HttpHandler handler =
        (request, response) ->
            request.body().whole(body -> response.send(request.method() + " " + body.remaining()));
    for (int i = 1; i < all.length; i++) {
      try (HttpWire wire = HttpWire.to(handler)) {
        wire.write(java.util.Arrays.copyOfRange(all, 0, i)).turn();
        wire.write(java.util.Arrays.copyOfRange(all, i, all.length)).turn();
        assertEquals("POST 3GET 0", wire.contents());
      }
    }
  }

  @Test
  void requests_byteByByte_areAnswered() {
    try (HttpWire wire = HttpWire.to(TARGET)) {
      for (byte one : HttpWire.bytes("GET /1 HTTP/1.1¶Host: a¶¶GET /2 HTTP/1.1¶Host: a¶¶")) {
        wire.write(new byte[] {one}).turn();
      }
      assertEquals("/1/2", wire.contents());
    }
  }

  @Test
  void pipelined_moreThanATurnTakes_areAnsweredInOrder() {
    StringBuilder all = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      all.append("GET /").append(i).append(" HTTP/1.1¶Host: a¶¶");
      expected.append('/').append(i);
    }
    try (HttpWire wire = HttpWire.to(TARGET)) {
      assertEquals(expected.toString(), wire.send(all.toString()).contents());
    }
    try (HttpWire wire = HttpWire.to(TARGET)) { // and behind them the end
      wire.write(HttpWire.bytes(all.toString())).end();
      assertEquals(expected.toString(), wire.contents());
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void pipelined_answeredLater_areAnsweredInOrder() {
    List<HttpResponse> waiting = new ArrayList<>();
    List<String> targets = new ArrayList<>();
    HttpHandler later =
        (request, response) -> {
          targets.add(request.target());
          waiting.add(response.later());
        };
    try (HttpWire wire = HttpWire.to(later)) {
      wire.send("GET /1 HTTP/1.1¶Host: a¶¶GET /2 HTTP/1.1¶Host: a¶¶GET /3 HTTP/1.1¶Host: a¶¶");
      for (int i = 0; i < 3; i++) {
        assertEquals(i + 1, targets.size(), "one is in work at a time");
        waiting.get(i).send("answer " + i);
        assertEquals("answer " + i, wire.contents());
      }
    }
  }

  @Test
  void head_isAnsweredWithoutContent() {
    try (HttpWire wire = HttpWire.to(HELLO)) {
      String answer = wire.send("HEAD / HTTP/1.1¶Host: a¶¶" + GET).read();
      assertEquals(ANSWER.substring(0, ANSWER.length() - 5) + ANSWER, answer);
    }
  }

  @Test
  void close_asked_ends() {
    try (HttpWire wire = HttpWire.to(HELLO)) {
      String answer = wire.send("GET / HTTP/1.1¶Host: a¶Connection: close¶¶" + GET).read();
      assertEquals(ANSWER.replace("Content-Length", "Connection: close¶Content-Length"), answer);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void http10_ends() {
    try (HttpWire wire = HttpWire.to(HELLO)) {
      String answer = wire.send("GET / HTTP/1.0¶¶").read();
      assertEquals(ANSWER.replace("Content-Length", "Connection: close¶Content-Length"), answer);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void http10_askedToStay_endsUnlessThatIsAllowed() {
    String ask = "GET / HTTP/1.0¶Connection: keep-alive¶¶";
    try (HttpWire wire = HttpWire.to(HELLO)) {
      assertTrue(wire.send(ask).read().contains("Connection: close"));
    }
    try (HttpWire wire = HttpWire.to(HttpWire.OPTIONS.withKeepAliveOfHttp10(true), HELLO)) {
      String expected = ANSWER.replace("Content-Length", "Connection: keep-alive¶Content-Length");
      assertEquals(expected + expected, wire.send(ask + ask).read());
      assertFalse(wire.isEnded());
    }
  }

  @Test
  void chunks_areWritten() {
    HttpHandler pieces =
        (_, response) -> {
          response.type("text/plain").write("abc");
          response.write("");
          response.write("0123456789abcdef");
          response.trailer("X-Sum", "1").end();
        };
    try (HttpWire wire = HttpWire.to(pieces)) {
      assertEquals(
          "HTTP/1.1 200 OK¶Content-Type: text/plain¶Transfer-Encoding: chunked¶¶"
              + "3¶abc¶10¶0123456789abcdef¶0¶X-Sum: 1¶¶",
          wire.send(GET).read());
      assertEquals(
          "HTTP/1.1 200 OK¶Content-Type: text/plain¶Connection: close¶¶abc0123456789abcdef",
          wire.send("GET / HTTP/1.0¶¶").read());
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void length_said_isKept() {
    List<String> thrown = new ArrayList<>();
    HttpHandler pieces =
        (_, response) -> {
          response.length(4).write("ab");
          try {
            response.write("cde");
          } catch (IllegalStateException e) {
            thrown.add(e.getMessage());
          }
          response.write("cd");
          response.end();
        };
    try (HttpWire wire = HttpWire.to(pieces)) {
      assertEquals("HTTP/1.1 200 OK¶Content-Length: 4¶¶abcd", wire.send(GET).read());
      assertEquals(List.of("the length was said to be 4, and this would be 5"), thrown);
    }
  }

  @Test
  void length_notReached_isReset() {
    HttpHandler less =
        (_, response) -> {
          response.length(4).write("ab");
          response.end();
        };
    try (HttpWire wire = HttpWire.to(less)) {
      wire.send(GET);
      assertTrue(wire.isReset());
      assertEquals(1, wire.reported.size(), wire.reported.toString());
    }
  }

  @Test
  void noAnswer_is500() {
    try (HttpWire wire = HttpWire.to((_, _) -> {})) {
      assertTrue(wire.send(GET).read().startsWith("HTTP/1.1 500 "));
      assertEquals(1, wire.reported.size(), wire.reported.toString());
      assertFalse(wire.isEnded());
    }
  }

  @Test
  void thrown_is500_andNothingOfItIsShown() {
    HttpHandler failing =
        (_, response) -> {
          response.status(201).field("X-Secret", "1");
          throw new IllegalStateException("secret");
        };
    try (HttpWire wire = HttpWire.to(failing)) {
      String answer = wire.send(GET).read();
      assertTrue(answer.startsWith("HTTP/1.1 500 Internal Server Error¶"), answer);
      assertFalse(answer.toLowerCase(java.util.Locale.ROOT).contains("secret"), answer);
      assertTrue(wire.reported.getFirst().contains("secret"), wire.reported.toString());
      assertTrue(wire.send(GET).read().startsWith("HTTP/1.1 500 ")); // it goes on
    }
  }

  @Test
  void thrown_withAStatus_isThatAnswer() {
    HttpHandler refusing =
        (_, _) -> {
          throw new HttpException(409, "taken");
        };
    try (HttpWire wire = HttpWire.to(refusing)) {
      String answer = wire.send(GET).read();
      assertTrue(answer.startsWith("HTTP/1.1 409 Conflict¶"), answer);
      assertTrue(answer.endsWith("409 Conflict: taken\n"), answer);
      assertEquals(List.of(), wire.reported);
      assertFalse(wire.isEnded());
    }
  }

  @Test
  void thrown_inTheMiddle_isReset() {
    HttpHandler failing =
        (_, response) -> {
          response.write("abc");
          throw new IllegalStateException("planted");
        };
    try (HttpWire wire = HttpWire.to(failing)) {
      wire.send(GET);
      assertTrue(wire.isReset());
      assertEquals(1, wire.reported.size(), wire.reported.toString());
    }
  }

  @Test
  void framingError_isAnsweredOnce_andEnds() {
    List<String> seen = new ArrayList<>();
    HttpHandler noting =
        (request, response) -> {
          seen.add(request.target());
          response.send();
        };
    try (HttpWire wire = HttpWire.to(noting)) {
      String answer = wire.send("GET /1 HTTP/1.1¶Host: a¶¶GET /2 HTTP/1.1¶Host : a¶¶" + GET).read();
      assertEquals(List.of("/1"), seen);
      assertTrue(answer.startsWith("HTTP/1.1 200 OK¶Content-Length: 0¶¶HTTP/1.1 400 Bad "), answer);
      assertTrue(answer.contains("Connection: close¶"), answer);
      assertEquals(2, answer.split("HTTP/1.1 ", -1).length - 1, answer);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void finish_answersWhatIsInWork_asTheLast() {
    List<HttpResponse> waiting = new ArrayList<>();
    try (HttpWire wire = HttpWire.to((_, response) -> waiting.add(response.later()))) {
      wire.send(GET + GET);
      wire.connection.finish();
      wire.turn();
      assertFalse(wire.isEnded());
      waiting.getFirst().send("Hello");
      assertEquals(
          ANSWER.replace("Content-Length", "Connection: close¶Content-Length"), wire.read());
      assertTrue(wire.isEnded());
      assertEquals(1, waiting.size());
    }
  }

  @Test
  void finish_atRest_ends() {
    try (HttpWire wire = HttpWire.to(HELLO)) {
      String _ = wire.send(GET).read();
      wire.connection.finish();
      assertEquals("", wire.read());
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void finish_withNothingUnread_waitsForTheAnswer() {
    List<HttpResponse> waiting = new ArrayList<>();
    try (HttpWire wire = HttpWire.to((_, response) -> waiting.add(response.later()))) {
      wire.send(GET).end(); // all of it was read, and the end
      wire.connection.finish();
      wire.pass(java.time.Duration.ofSeconds(30));
      waiting.getFirst().send("Hello");
      assertEquals(
          ANSWER.replace("Content-Length", "Connection: close¶Content-Length"), wire.read());
    }
  }

  @Test
  void request_isItsOwn_inAllThatIsAskedOfIt() {
    HttpHandler telling =
        (request, response) ->
            response.send(
                request.method()
                    + request.path()
                    + request.queryFields().first("q")
                    + request.cookie("c")
                    + request.field("X")
                    + request.attribute("a")
                    + ";");
    HttpHandler first =
        (request, response) -> {
          if (request.path().equals("/1")) {
            request.setAttribute("a", "b");
          }
          telling.handle(request, response);
        };
    String one = "GET /1?q=1 HTTP/1.1¶Host: a¶Cookie: c=1¶X: 1¶¶";
    String two = "PUT /2?q=2 HTTP/1.1¶Host: a¶Cookie: c=2¶X: 2¶¶";
    String bare = "GET / HTTP/1.1¶Host: a¶¶";
    try (HttpWire wire = HttpWire.to(first)) {
      assertEquals(
          "GET/1111b;PUT/2222null;GET/nullnullnullnull;", wire.send(one + two + bare).contents());
    }
  }
}

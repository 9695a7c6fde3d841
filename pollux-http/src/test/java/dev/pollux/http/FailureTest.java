package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the program's code throws, wherever it is, and what clients break: who is told what then.
 */
class FailureTest {

  private static final String GET = "GET /next HTTP/1.1¶Host: a¶¶";
  private static final String CHUNKED = "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶";

  private final List<String> log = new ArrayList<>();

  private static String post(int length) {
    return "POST / HTTP/1.1¶Host: a¶Content-Length: " + length + "¶¶";
  }

  /** Notes what comes; answers nothing. */
  private class Notes implements HttpBodyHandler {
    @Override
    public void data(ByteBuffer data) {
      log.add("data" + data.remaining());
    }

    @Override
    public void end() {
      log.add("end");
    }

    @Override
    public void failed() {
      log.add("failed");
    }
  }

  /** Refuses what comes. */
  private final class Refusing extends Notes {
    @Override
    public void data(ByteBuffer data) {
      super.data(data);
      throw new HttpException(422, "bad");
    }
  }

  /** Has another handler for what is posted. */
  private static HttpHandler posted(HttpHandler handler) {
    return (request, response) -> {
      if (request.target().equals("/next")) {
        response.send("next");
      } else {
        handler.handle(request, response);
      }
    };
  }

  private HttpHandler streaming(HttpBodyHandler reader) {
    return posted((request, response) -> request.body().stream(reader));
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  @Test
  void dataThrows_isAnswered_andWhatCameBehindItToo() {
    for (String body :
        List.of(post(6) + "abcdef", CHUNKED + "3¶abc¶3¶def¶0¶¶", CHUNKED + "6¶abcdef¶0¶¶")) {
      log.clear();
      try (HttpWire wire = HttpWire.to(streaming(new Refusing()))) {
        String answers = wire.send(body + GET).read();
        assertTrue(answers.startsWith("HTTP/1.1 422 "), answers);
        assertTrue(answers.endsWith("¶¶next"), answers);
        assertEquals(1, log.size(), log.toString()); // nothing more after what was thrown
        assertFalse(wire.isEnded());
        assertEquals(List.of(), wire.reported);
      }
    }
  }

  @Test
  void dataThrows_theRestComesLater_isPassedOver() {
    try (HttpWire wire = HttpWire.to(streaming(new Refusing()))) {
      assertTrue(wire.send(post(6) + "abc").read().startsWith("HTTP/1.1 422 "));
      assertTrue(wire.send("def" + GET).read().endsWith("next"));
      assertEquals(List.of("data3"), log);
    }
  }

  @Test
  void takerThrows_isAnswered_andTheNextRequestToo() {
    HttpHandler refusing =
        posted((request, _) ->
            request
                .body()
                .whole(_ -> {
                  throw new HttpException(422, "bad");
                }));
    try (HttpWire wire = HttpWire.to(refusing)) {
      String answers = wire.send(post(3) + "abc" + GET).read();
      assertTrue(answers.startsWith("HTTP/1.1 422 ") && answers.endsWith("next"), answers);
    }
  }

  @Test
  void handlerThrows_whoReadsTheBodyIsNotCalled() {
    HttpHandler throwing =
        posted((request, _) -> {
          request.body().stream(new Notes());
          throw new HttpException(403, "no");
        });
    try (HttpWire wire = HttpWire.to(throwing)) {
      String answers = wire.send(post(3) + "abc" + GET).read();
      assertTrue(answers.startsWith("HTTP/1.1 403 ") && answers.endsWith("next"), answers);
      assertEquals(List.of(), log);
    }
  }

  @Test
  void answeredBeforeTheEnd_theReaderIsToldOnce() {
    HttpHandler early =
        posted((request, response) -> {
          request.body().stream(new Notes());
          response.send("early");
        });
    try (HttpWire wire = HttpWire.to(early)) {
      assertEquals("early", wire.send(post(6) + "abc").contents());
      assertEquals("next", wire.send("def" + GET).contents());
      assertEquals(List.of("failed"), log);
    }
    log.clear();
    try (HttpWire wire = HttpWire.to(early)) { // too much to be passed over
      assertTrue(wire.send(post(200_000) + "abc").read().contains("Connection: close¶"));
      assertTrue(wire.isEnded());
      assertEquals(List.of("failed"), log);
    }
  }

  @Test
  void continue_isNeverSaidWithinAnAnswer() {
    String ask = "POST / HTTP/1.1¶Host: a¶Content-Length: 3¶Expect: 100-continue¶¶";
    HttpHandler echo =
        (request, response) -> {
          response.begin("text/plain");
          request.body().stream(
              new HttpBodyHandler() {
                @Override
                public void data(ByteBuffer data) {
                  response.write(data);
                }

                @Override
                public void end() {
                  response.end();
                }
              });
        };
    try (HttpWire wire = HttpWire.to(echo)) {
      String answer = wire.send(ask).read() + wire.send("abc").read();
      assertEquals(0, count(answer, " 100 "), answer);
      assertTrue(answer.endsWith("¶¶3¶abc¶0¶¶"), answer);
      assertTrue(wire.isEnded());
    }
    HttpHandler deaf =
        (request, response) -> {
          request.body().pause();
          request.body().stream(new Notes());
          response.send("done");
          request.body().resume();
        };
    try (HttpWire wire = HttpWire.to(deaf)) { // nor behind one, and nothing is read then
      String answer = wire.send(ask).read();
      assertTrue(answer.contains("Connection: close¶") && answer.endsWith("done"), answer);
      assertTrue(wire.isEnded());
    }
    HttpHandler whole = (request, response) -> request.body().whole(2, _ -> response.send());
    try (HttpWire wire = HttpWire.to(whole)) {
      assertTrue(wire.send(ask).read().startsWith("HTTP/1.1 413 "));
    }
  }

  @Test
  void brokenOff_whoWaitsIsTold() {
    List<HttpResponse> responses = new ArrayList<>();
    HttpHandler begun =
        (request, response) -> {
          responses.add(response);
          response.whenOver(() -> log.add("over"));
          response.whenWritable(() -> log.add("room"));
          response.begin("text/event-stream");
          request.body().stream(new Notes());
        };
    try (HttpWire wire = HttpWire.to(begun)) {
      wire.send(CHUNKED + "x¶");
      assertTrue(wire.isReset());
      assertEquals(List.of("failed", "room", "over"), log);
      assertFalse(responses.getFirst().isOpen());
      assertFalse(responses.getFirst().isComplete());
    }
  }

  @Test
  void whenOver_thatThrows_takesNoAnswerAway_norTheOthersTurn() {
    HttpHandler failing =
        posted((_, response) -> {
          response.whenOver(() -> {
            throw new IllegalStateException("planted");
          });
          response.whenOver(() -> log.add("second"));
          response.send("answer");
        });
    try (HttpWire wire = HttpWire.to(failing)) {
      assertEquals("nextanswernext", wire.send(GET + "GET / HTTP/1.1¶Host: a¶¶" + GET).contents());
      assertEquals(List.of("second"), log);
      assertEquals(1, wire.reported.size(), wire.reported.toString());
    }
  }

  @Test
  void handlerThrows_behindItsAnswer_takesNoneAway() {
    HttpHandler failing =
        posted((_, response) -> {
          response.send("answer");
          throw new IllegalStateException("planted");
        });
    try (HttpWire wire = HttpWire.to(failing)) {
      assertEquals("nextanswernext", wire.send(GET + "GET / HTTP/1.1¶Host: a¶¶" + GET).contents());
      assertEquals(1, wire.reported.size(), wire.reported.toString());
    }
  }

  @Test
  void brokenOff_answersBeforeItArrive() {
    HttpHandler failing =
        posted((_, response) -> {
          response.write("part");
          throw new IllegalStateException("planted");
        });
    try (HttpWire wire = HttpWire.to(failing)) {
      String answers = wire.send(GET + "GET / HTTP/1.1¶Host: a¶¶").read();
      assertTrue(answers.contains("¶¶nextHTTP/1.1 200 OK¶"), answers);
      assertTrue(answers.endsWith("4¶part¶"), answers);
      assertTrue(wire.isReset());
    }
  }

  @Test
  void whoAsksTooLate_isToldAtOnce() {
    HttpHandler late =
        (_, response) -> {
          response.send("x");
          response.whenOver(() -> log.add("over"));
          response.whenWritable(() -> log.add("room"));
        };
    try (HttpWire wire = HttpWire.to(late)) {
      wire.send(GET);
      assertEquals(List.of("over", "room"), log);
    }
  }

  @Test
  void taskThrows_isAnswered() {
    HttpHandler later =
        posted((request, response) -> {
          response.later();
          request.execute(() -> {
            throw new HttpException(404, "none");
          });
        });
    try (HttpWire wire = HttpWire.to(later)) {
      String answers = wire.send("GET / HTTP/1.1¶Host: a¶¶" + GET).read();
      assertTrue(answers.startsWith("HTTP/1.1 404 ") && answers.endsWith("next"), answers);
    }
  }

  @Test
  void keepAlive_beginsWhenTheAnswerIsRead() {
    HttpHandler large = posted((_, response) -> response.send(new byte[8_000_000]));
    try (HttpWire wire = HttpWire.to(large)) {
      wire.send("GET / HTTP/1.1¶Host: a¶¶" + GET);
      int got = 0;
      for (int i = 0; i < 5; i++) {
        wire.pass(Duration.ofSeconds(50));
        got += wire.receive(1_000_000);
      }
      assertEquals(5_000_000, got);
      String rest = wire.read();
      for (int i = 0; i < 200 && !rest.endsWith("next"); i++) {
        rest = wire.read();
      }
      assertTrue(rest.endsWith("¶¶next"), "the one behind it is answered");
    }
  }

  @Test
  void body_fastAndThenSilent_isCutOff() {
    try (HttpWire wire = HttpWire.to(streaming(new Notes()))) {
      wire.write(HttpWire.bytes(post(5_000_000))).write(new byte[1_000_000]).turn();
      assertFalse(wire.pass(Duration.ofSeconds(34)).isEnded());
      wire.pass(Duration.ofSeconds(2));
      assertTrue(wire.read().startsWith("HTTP/1.1 408 "));
    }
  }

  @Test
  void errorBehindAnAnswer_takesItNotAway() {
    try (HttpWire wire = HttpWire.to((_, response) -> response.send("answer"))) {
      assertEquals("answer", wire.send(CHUNKED + "x¶" + GET).contents());
      assertTrue(wire.isEnded());
    }
  }

  /** A handler around which somebody looks at heads, and throws. */
  private static HttpHandler filtered(HttpHandler handler) {
    return posted((request, response) -> {
      response.filters.add((_, _) -> {
        throw new IllegalStateException("planted");
      });
      handler.handle(request, response);
    });
  }

  @Test
  void filterThrows_is500_whereverItIs() {
    HttpHandler direct = (_, response) -> response.send("never");
    HttpHandler refusing =
        (_, _) -> {
          throw new HttpException(404, "none");
        };
    HttpHandler streaming = (_, response) -> response.write("never");
    HttpHandler later =
        (request, response) -> {
          response.later();
          request.execute(() -> response.send("never"));
        };
    for (HttpHandler handler : List.of(direct, refusing, streaming, later)) {
      try (HttpWire wire = HttpWire.to(filtered(handler))) {
        String answers = wire.send("GET / HTTP/1.1¶Host: a¶¶" + GET).read();
        assertTrue(answers.startsWith("HTTP/1.1 500 ") && answers.endsWith("next"), answers);
        assertFalse(wire.reported.isEmpty());
      }
    }
    HttpHandler waiting = (request, response) -> request.body().whole(_ -> response.send());
    try (HttpWire wire = HttpWire.to(filtered(waiting))) { // the 408 of the server's own
      assertEquals("", wire.send(post(5) + "a").read());
      wire.pass(Duration.ofMinutes(1));
      assertTrue(wire.read().startsWith("HTTP/1.1 500 "));
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void multipart_thatIsNone_isToldToItsHandler() {
    MultipartHandler parts =
        new MultipartHandler() {
          @Override
          public void part(PartHead head) {
            log.add("part");
          }

          @Override
          public void data(ByteBuffer data) {}

          @Override
          public void partEnd() {}

          @Override
          public void end() {
            log.add("end");
          }

          @Override
          public void failed() {
            log.add("failed");
          }
        };
    HttpHandler reading = (request, _) -> request.body().multipart(parts);
    String head = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1";
    for (String body : List.of(head, head + "\r\n--xgarbage")) {
      log.clear();
      HttpCall post =
          HttpCall.post("/", body).withField("Content-Type", "multipart/form-data; boundary=x;");
      assertEquals(400, post.to(reading).status());
      assertEquals(List.of("part", "failed"), log, body);
    }
  }

  @Test
  void whenWritable_thatThrows_thoughThereWasRoom_endsTheAnswer() {
    HttpHandler handler =
        (_, response) -> {
          response.begin("text/plain");
          response.whenWritable(() -> {
            throw new IllegalStateException("no more");
          });
        };
    try (HttpWire wire = HttpWire.to(handler)) {
      var _ = wire.send(GET).turn();
      assertTrue(wire.isReset());
      assertTrue(wire.reported.toString().contains("no more"), wire.reported.toString());
    }
  }
}

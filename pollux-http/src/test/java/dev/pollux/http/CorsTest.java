package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other origins. */
class CorsTest {

  private static final String ORIGIN = "Access-Control-Allow-Origin";
  private static final String CREDENTIALS = "Access-Control-Allow-Credentials";
  private static final String METHODS = "Access-Control-Allow-Methods";
  private static final String FIELDS = "Access-Control-Allow-Headers";
  private static final String MAX_AGE = "Access-Control-Max-Age";
  private static final String EXPOSED = "Access-Control-Expose-Headers";
  private static final String APP = "https://app.example";
  private static final Cors TWO = Cors.origins(APP, "http://localhost:8080");
  private static final HttpHandler OK = (_, response) -> response.send("seen");

  private static HttpAnswer ask(Cors cors, String origin) {
    return HttpCall.get("/").withField("Origin", origin).to(cors.around(OK));
  }

  private static HttpAnswer askBefore(Cors cors, String origin, String method) {
    HttpHandler never =
        (_, _) -> {
          throw new AssertionError("asked beforehand");
        };
    return HttpCall.of("OPTIONS", "/")
        .withField("Origin", origin)
        .withField("Access-Control-Request-Method", method)
        .withField("Access-Control-Request-Headers", "x-asked")
        .to(cors.around(never));
  }

  @Test
  void origin_ofTheList_isNamed() {
    for (String origin : List.of(APP, "http://localhost:8080")) {
      HttpAnswer answer = ask(TWO, origin);
      assertEquals("seen", answer.text());
      assertEquals(List.of(origin), answer.all(ORIGIN));
      assertEquals(List.of("Origin"), answer.all("Vary"));
      assertNull(answer.field(CREDENTIALS));
      assertNull(answer.field(EXPOSED));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "",
        "*",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example.evil.example",
        "https://evil-app.example",
        "https://app.example/",
        "https://app.example, http://localhost:8080",
        "https://x@app.example"
      })
  void origin_notOfTheList_isAnswered_andNothingIsSaid(String origin) {
    for (HttpAnswer answer : List.of(ask(TWO, origin), askBefore(TWO, origin, "PUT"))) {
      assertEquals(List.of("Origin"), answer.all("Vary"));
      assertTrue(!answer.toString().contains("Access-Control"), answer.toString());
    }
  }

  @Test
  void origin_two_areNone() {
    HttpAnswer answer =
        HttpCall.get("/").withField("Origin", APP).withField("Origin", APP).to(TWO.around(OK));
    assertNull(answer.field(ORIGIN));
  }

  @Test
  void noOrigin_variesAllTheSame_andIsNotAsked() {
    HttpAnswer answer = HttpCall.get("/").to(TWO.around(OK));
    assertEquals(List.of("Origin"), answer.all("Vary"));
    assertNull(answer.field(ORIGIN));
    HttpHandler options = Cors.any().around((_, response) -> response.send("options"));
    assertEquals("options", HttpCall.of("OPTIONS", "/").to(options).text());
    HttpCall plain = HttpCall.of("OPTIONS", "/").withField("Origin", APP);
    assertEquals("options", plain.to(options).text());
  }

  @Test
  void any_isAStar_andDoesNotVary() {
    HttpAnswer answer = ask(Cors.any(), "null");
    assertEquals("*", answer.field(ORIGIN));
    assertNull(answer.field("Vary"));
    assertEquals("*", HttpCall.get("/").to(Cors.any().around(OK)).field(ORIGIN));
  }

  @Test
  void predicate_isAskedForOriginsAlone() {
    List<String> asked = new ArrayList<>();
    Cors cors =
        Cors.originsIf(origin -> {
          asked.add(origin);
          return origin.endsWith(".example");
        });
    assertEquals(APP, ask(cors, APP).field(ORIGIN));
    assertNull(ask(cors, "https://a.test").field(ORIGIN));
    assertEquals("Origin", ask(cors, "https://a.test").field("Vary"));
    for (String none : List.of("null", "https://x/.example", "app.example", "HTTPS://x.example")) {
      assertNull(ask(cors, none).field(ORIGIN), none);
    }
    assertEquals(List.of(APP, "https://a.test", "https://a.test"), asked);
  }

  @Test
  void askedBeforehand_isAnsweredByItself() {
    Cors cors =
        TWO.withMethods("PUT", "DELETE")
            .withFields("X-One", "Content-Type")
            .withExposedFields("X-Seen")
            .withMaxAge(Duration.ofMinutes(10))
            .withCredentials(true);
    HttpAnswer answer = askBefore(cors, APP, "PATCH");
    assertEquals(204, answer.status());
    assertEquals(APP, answer.field(ORIGIN));
    assertEquals("true", answer.field(CREDENTIALS));
    assertEquals("PUT, DELETE", answer.field(METHODS));
    assertEquals("X-One, Content-Type", answer.field(FIELDS));
    assertEquals("600", answer.field(MAX_AGE));
    assertEquals("Origin", answer.field("Vary"));
    assertNull(answer.field(EXPOSED));
    HttpAnswer real = ask(cors, APP);
    assertEquals("X-Seen", real.field(EXPOSED));
    assertEquals("true", real.field(CREDENTIALS));
    assertNull(real.field(METHODS));
  }

  @Test
  void askedBeforehand_byDefault_allowsNothingMore() {
    HttpAnswer answer = askBefore(TWO, APP, "PUT");
    assertEquals(204, answer.status());
    assertEquals(APP, answer.field(ORIGIN));
    for (String name : List.of(METHODS, FIELDS, MAX_AGE, CREDENTIALS)) {
      assertNull(answer.field(name), name);
    }
  }

  @Test
  void handler_saysOther_doesNotCount() {
    HttpHandler own =
        (_, response) ->
            response
                .field(ORIGIN, "https://evil.test")
                .field(CREDENTIALS, "true")
                .field("Vary", "Accept")
                .send();
    HttpCall call = HttpCall.get("/").withField("Origin", "https://evil.test");
    HttpAnswer refused = call.to(TWO.around(own));
    assertNull(refused.field(ORIGIN));
    assertNull(refused.field(CREDENTIALS));
    assertEquals(List.of("Accept", "Origin"), refused.all("Vary"));
    HttpAnswer taken = HttpCall.get("/").withField("Origin", APP).to(TWO.around(own));
    assertEquals(List.of(APP), taken.all(ORIGIN));
    assertNull(taken.field(CREDENTIALS));
  }

  @Test
  void error_isSeenByThePage() {
    HttpHandler refusing =
        (_, _) -> {
          throw new HttpException(404, "no such thing");
        };
    HttpCall call = HttpCall.get("/").withField("Origin", APP);
    HttpAnswer answer = call.to(TWO.around(refusing));
    assertEquals(404, answer.status());
    assertEquals(List.of(APP), answer.all(ORIGIN));
    HttpHandler blocking = HttpBlocking.handler(exchange -> exchange.send("x"));
    assertEquals(List.of(APP), call.to(TWO.around(blocking)).all(ORIGIN));
  }

  @Test
  void head_pieceByPiece_hasTheFields_andTheNextRequestIsItsOwn() {
    HttpHandler pieces =
        (_, response) -> {
          response.write("a");
          response.end();
        };
    HttpHandler first = TWO.around(pieces);
    HttpHandler either =
        (request, response) ->
            (request.path().equals("/cors") ? first : OK).handle(request, response);
    String rest = "¶Host: a¶Origin: " + APP + "¶¶";
    try (HttpWire wire = HttpWire.to(either)) {
      assertEquals(
          "HTTP/1.1 200 OK¶Vary: Origin¶Access-Control-Allow-Origin: https://app.example¶"
              + "Transfer-Encoding: chunked¶¶1¶a¶0¶¶",
          wire.send("GET /cors HTTP/1.1" + rest).read());
      String next = wire.send("GET / HTTP/1.1" + rest).read();
      assertTrue(next.endsWith("seen") && !next.contains("Vary"), next);
    }
  }

  @Test
  void failure_ofTheHandler_isSeenByThePage() {
    HttpHandler failing =
        (_, response) -> {
          response.field("X-Other", "1");
          throw new IllegalStateException("planted");
        };
    try (HttpWire wire = HttpWire.to(TWO.around(failing))) {
      String answer = wire.send("GET / HTTP/1.1¶Host: a¶Origin: " + APP + "¶¶").read();
      assertTrue(answer.contains("¶" + ORIGIN + ": " + APP + "¶"), answer);
      assertTrue(answer.startsWith("HTTP/1.1 500 ") && !answer.contains("X-Other"), answer);
    }
  }

  @Test
  void options_thatCannotBe_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> Cors.any().withCredentials(true));
    Cors credentials = TWO.withCredentials(true);
    assertThrows(IllegalArgumentException.class, () -> credentials.withMethods("*"));
    assertThrows(IllegalArgumentException.class, () -> credentials.withFields("*"));
    assertThrows(IllegalArgumentException.class, () -> credentials.withExposedFields("*"));
    assertThrows(IllegalArgumentException.class, () -> TWO.withFields("a b"));
    assertThrows(IllegalArgumentException.class, () -> TWO.withMaxAge(Duration.ofNanos(-1)));
    assertThrows(IllegalArgumentException.class, Cors::origins);
    for (String none : List.of("null", "*", "app.example", APP + "/", APP + ":", "://x", "é://x")) {
      assertThrows(IllegalArgumentException.class, () -> Cors.origins(APP, none), none);
    }
    assertEquals("*", askBefore(Cors.any().withFields("*"), APP, "PUT").field(FIELDS));
  }

  @Test
  void options_areShown() {
    assertEquals(
        "Cors[origins=[https://app.example], methods=PUT, fields=A, exposedFields=B, maxAge=1,"
            + " credentials=true]",
        Cors.origins(APP)
            .withMethods("PUT")
            .withFields("A")
            .withExposedFields("B")
            .withMaxAge(Duration.ofSeconds(1))
            .withCredentials(true)
            .toString());
  }
}

package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Handlers without a connection. */
class HttpCallTest {

  @Test
  void handler_isAsked() {
    HttpHandler hello =
        (request, response) ->
            response
                .status(201)
                .field("X-Agent", String.valueOf(request.field("user-agent")))
                .send("Hello " + request.path() + request.query());
    HttpAnswer answer = HttpCall.get("/x?y=1").withField("User-Agent", "test").to(hello);
    assertEquals(201, answer.status());
    assertEquals("Hello /xy=1", answer.text());
    assertEquals("test", answer.field("x-agent"));
    assertNull(answer.field("none"));
    assertEquals("", HttpCall.of("HEAD", "/").to(hello).text());
  }

  @Test
  void body_isGivenInPieces() {
    HttpHandler echo = (request, response) -> request.body().whole(all -> response.send(all));
    for (int pieces = 1; pieces < 7; pieces++) {
      assertEquals("Hello", HttpCall.post("/", "Hello").withPieces(pieces).to(echo).text());
    }
    HttpOptions few = HttpOptions.DEFAULT.withLimits(HttpLimits.DEFAULT.withBodyBytes(4));
    assertEquals(413, HttpCall.post("/", "Hello").withOptions(few).to(echo).status());
  }

  @Test
  void blocking_isAnswered() {
    HttpHandler echo =
        HttpBlocking.handler(exchange -> {
          exchange.type("x/y").input().transferTo(exchange.output());
          exchange.output().flush();
          exchange.send("!");
        });
    String much = "0123456789".repeat(10_000);
    HttpAnswer answer = HttpCall.post("/", much).withPieces(999).to(echo);
    assertEquals(much + "!", answer.text());
    assertEquals("x/y", answer.field("content-type"));
  }

  @Test
  void later_fromAnotherThread_isAnswered() {
    HttpHandler later =
        (request, response) -> {
          response.later();
          Thread.ofVirtual()
              .start(() -> request.execute(() -> response.write("later, "))) // and no end yet
              .join();
          request.execute(() -> {
            response.trailer("X-Sum", "1").write("or now");
            response.end();
          });
        };
    HttpAnswer answer = HttpCall.get("/").to(later);
    assertEquals("later, or now", answer.text());
    assertEquals("1", answer.trailer("x-sum"));
  }

  @Test
  void thrown_isThrown_andAnAnswerOfItsOwnIsOne() {
    HttpHandler failing =
        (_, _) -> {
          throw new IllegalArgumentException("planted");
        };
    IllegalStateException thrown =
        assertThrows(IllegalStateException.class, () -> HttpCall.get("/").to(failing));
    assertEquals("planted", thrown.getCause().getMessage());
    assertThrows(IllegalStateException.class, () -> HttpCall.get("/").to((_, _) -> {}));
    HttpHandler refusing =
        (_, _) -> {
          throw new HttpException(404, "no such thing");
        };
    assertEquals(404, HttpCall.get("/").to(refusing).status());
  }

  @Test
  void noRequest_isRefused() {
    HttpHandler never = (_, response) -> response.send();
    for (String target : List.of("x", "", "/ /", "/#x")) {
      assertThrows(IllegalArgumentException.class, () -> HttpCall.get(target).to(never), target);
    }
    HttpCall call = HttpCall.get("/");
    assertThrows(IllegalArgumentException.class, () -> call.withField("a b", "c"));
    assertThrows(IllegalArgumentException.class, () -> call.withField("a", "b\r\nc: d"));
  }
}

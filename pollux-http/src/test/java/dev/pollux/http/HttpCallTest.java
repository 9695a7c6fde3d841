package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.SysException;
import java.util.List;
import java.util.Map;
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

  @Test
  void onAKernel_isAnsweredAsByAServer() throws SysException {
    Router router =
        new Router()
            .get(
                "/hello",
                (_, response) -> response.addField("X", "1").addField("X", "2").send("Hi"))
            .get("/pieces", HttpCallTest::pieces)
            .post("/echo", HttpCallTest::echo);
    for (long seed = 1; seed <= 50; seed++) {
      Faults faults =
          Faults.none()
              .with(Fault.SHORT_READ, 0.5)
              .with(Fault.SHORT_WRITE, 0.5)
              .with(Fault.EINTR, 0.1);
      ModelSys sys = ModelSys.virtual(seed, faults);
      Map<Integer, String> before = sys.openDescriptors();
      HttpAnswer hello = HttpCall.get("/hello").on(sys, router);
      assertEquals("Hi", hello.text());
      assertEquals(List.of("1", "2"), hello.all("x"));
      HttpAnswer pieces = HttpCall.get("/pieces").on(sys, router);
      assertEquals("a, b", pieces.text());
      assertEquals("3", pieces.trailer("X-Sum"));
      String much = "0123456789".repeat(20_000);
      assertEquals(much, HttpCall.post("/echo", much).on(sys, router).text());
      assertEquals("", HttpCall.of("HEAD", "/hello").on(sys, router).text());
      assertEquals(404, HttpCall.get("/none").on(sys, router).status());
      assertEquals(before, sys.openDescriptors());
    }
  }

  private static void pieces(HttpRequest request, HttpResponse response) {
    response.write("a, ");
    response.trailer("X-Sum", "3").write("b");
    response.end();
  }

  private static void echo(HttpRequest request, HttpResponse response) throws Exception {
    request.body().whole(all -> response.send(all));
  }

  @Test
  void onAKernel_thrown_isThrown() {
    HttpHandler failing =
        (_, _) -> {
          throw new IllegalArgumentException("planted");
        };
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    Map<Integer, String> before = sys.openDescriptors();
    IllegalStateException thrown =
        assertThrows(IllegalStateException.class, () -> HttpCall.get("/").on(sys, failing));
    assertEquals("planted", thrown.getCause().getMessage());
    assertEquals(before, sys.openDescriptors());
  }

  @Test
  void blocking_setsFieldsInThePlaceOfOthers() {
    HttpHandler inner =
        HttpBlocking.handler(
            exchange -> exchange.field("Cache-Control", "max-age=5").addField("X", "2").send(""));
    HttpHandler outer =
        (request, response) -> {
          response.field("Cache-Control", "no-store").field("X", "1");
          inner.handle(request, response);
        };
    HttpAnswer answer = HttpCall.get("/").to(outer);
    assertEquals(List.of("max-age=5"), answer.all("Cache-Control"));
    assertEquals(List.of("1", "2"), answer.all("X"));
  }

  @Test
  void targets_areAsTheOptionsSay() {
    HttpCall call = HttpCall.get("/?a|b");
    HttpHandler asking = (request, response) -> response.send(request.query());
    assertThrows(IllegalArgumentException.class, () -> call.to(asking));
    HttpOptions loose = HttpOptions.DEFAULT.withLooseTargets(true);
    assertEquals("a|b", call.withOptions(loose).to(asking).text());
  }
}

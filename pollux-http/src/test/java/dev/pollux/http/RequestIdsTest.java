package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Names of requests. */
class RequestIdsTest {

  private static final String FIRST = "00000000000000010000000000000002";
  private static final HttpHandler HANDLER =
      (request, response) -> response.send(String.valueOf(RequestIds.of(request)));

  private static RequestIds counting() {
    return RequestIds.DEFAULT.withSource(new AtomicLong()::incrementAndGet);
  }

  private static void assertId(String id, RequestIds ids, HttpCall call) {
    HttpAnswer answer = call.to(ids.around(HANDLER));
    assertEquals(id, answer.text());
    assertEquals(List.of(id), answer.all("X-Request-Id"));
  }

  @Test
  void request_isNamed() {
    assertId(FIRST, counting(), HttpCall.get("/"));
    HttpHandler handler = counting().around(HANDLER);
    assertEquals(FIRST, HttpCall.get("/").to(handler).text());
    assertEquals(
        "00000000000000030000000000000004", HttpCall.get("/").to(handler).field("x-request-id"));
    assertEquals("null", HttpCall.get("/").to(HANDLER).text());
  }

  @Test
  void request_byDefault_isNamedByChance() {
    HttpHandler handler = RequestIds.DEFAULT.around(HANDLER);
    String one = HttpCall.get("/").to(handler).text();
    assertTrue(one.matches("[0-9a-f]{32}"), one);
    assertNotEquals(one, HttpCall.get("/").to(handler).text());
  }

  @Test
  void name_thatIsSent_isTakenFromThoseWhoAreTrusted() {
    HttpCall call = HttpCall.get("/").withField("X-Request-Id", "a-1.b");
    assertId("a-1.b", counting().withTrusted(true), call);
    assertId(FIRST, counting(), call);
    assertId(FIRST, counting().withTrusted(true).withTrusted(false), call);
  }

  @Test
  void name_thatIsNone_isNotTaken() {
    RequestIds trusted = counting().withTrusted(true);
    String longest = "a".repeat(RequestIds.MAX_CHARACTERS);
    assertId(longest, trusted, HttpCall.get("/").withField("X-Request-Id", longest));
    for (String none : List.of(longest + "a", "", "a b", "a,b", "a;b", "<a>", "\u00e9", "a\"")) {
      HttpCall call = HttpCall.get("/").withField("X-Request-Id", none);
      assertId(FIRST, counting().withTrusted(true), call);
    }
    HttpCall twice =
        HttpCall.get("/").withField("X-Request-Id", "a").withField("X-Request-Id", "a");
    assertId(FIRST, counting().withTrusted(true), twice);
  }

  @Test
  void error_hasTheName_andAnotherFieldIsPossible() {
    HttpHandler refusing =
        (_, response) -> {
          response.field("X-Trace", "mine");
          throw new HttpException(404, "no such thing");
        };
    HttpAnswer answer = HttpCall.get("/").to(counting().withField("X-Trace").around(refusing));
    assertEquals(404, answer.status());
    assertEquals(List.of(FIRST), answer.all("X-Trace"));
    assertNull(answer.field("X-Request-Id"));
    HttpAnswer blocking =
        HttpCall.get("/").to(counting().around(HttpBlocking.handler(e -> e.send("x"))));
    assertEquals(List.of(FIRST), blocking.all("X-Request-Id"));
  }

  @Test
  void options_thatCannotBe_areRefused() {
    RequestIds ids = RequestIds.DEFAULT;
    assertThrows(IllegalArgumentException.class, () -> ids.withField("a b"));
    assertThrows(IllegalArgumentException.class, () -> ids.withField("Date"));
    assertEquals(
        "RequestIds[field=A, trusted=true]", ids.withField("A").withTrusted(true).toString());
  }
}

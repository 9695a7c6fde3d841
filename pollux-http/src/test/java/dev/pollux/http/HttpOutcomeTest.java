package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How exchanges come to their end, and what is seen of those that are none. */
class HttpOutcomeTest {

  private static final String GET = "GET /a HTTP/1.1¶Host: a¶¶";
  private static final HttpHandler HELLO = (_, response) -> response.send("Hello");

  private final List<HttpEnd> ends = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private final HttpOptions options =
      HttpWire.OPTIONS.withObserver(outcome -> {
        ends.add(outcome.end());
        seen.add(outcome.seen());
      });

  private HttpWire to(HttpHandler handler) {
    return HttpWire.to(options, handler);
  }

  @Test
  void line_ofWhatIsNone_isSeen_asFarAsItCame_orAsIsKept() {
    String[] heads = {
      "non\u0001sense \u00ff\"¶¶", "GET / HTTP/1.1¶Host : a¶¶", "¶GET /" + "x".repeat(100_000)
    };
    for (String head : heads) {
      try (HttpWire wire = to(HELLO)) {
        String _ = wire.send(head).read();
      }
    }
    try (HttpWire wire = to(HELLO)) {
      var _ = wire.send("GET / HT").pass(Duration.ofMinutes(5));
    }
    assertEquals("GET /" + "x".repeat(507), seen.get(2));
    seen.set(2, "");
    String none = "non\u0001sense \u00ff\"";
    assertEquals(List.of(none, "GET / HTTP/1.1", "", "GET / HT"), seen);
    assertEquals(List.of(HttpEnd.REFUSED), ends.stream().distinct().toList());
  }

  @Test
  void ends_areToldApart() {
    HttpHandler handler =
        (request, response) -> {
          switch (request.path()) {
            case "/409" -> throw new HttpException(409, "taken");
            case "/fails" -> throw new IllegalStateException("planted");
            case "/cut" -> {
              response.write("abc");
              throw new IllegalStateException("planted");
            }
            case "/none" -> {}
            case "/body" -> request.body().whole(_ -> response.send("x"));
            default -> response.send("Hello");
          }
        };
    for (String path : List.of("/", "/409", "/fails", "/none", "/cut")) {
      try (HttpWire wire = to(handler)) {
        String _ = wire.send(GET.replace("/a", path)).read();
      }
    }
    try (HttpWire wire = to(handler)) {
      String _ = wire.send("POST /body HTTP/1.1¶Host: a¶Content-Length: 9¶¶abc").end().read();
    }
    try (HttpWire wire = to((_, response) -> response.later())) {
      var _ = wire.send(GET);
      wire.connection.reset();
      var _ = wire.turn();
    }
    assertEquals(
        List.of(
            HttpEnd.ANSWERED,
            HttpEnd.ANSWERED,
            HttpEnd.FAILED,
            HttpEnd.FAILED,
            HttpEnd.CUT,
            HttpEnd.REFUSED,
            HttpEnd.LOST),
        ends);
  }

  @Test
  void client_isTheAddressAlone_asAProxyOrAHandlerSays() {
    List<String> clients = new ArrayList<>();
    HttpOptions noting = HttpWire.OPTIONS.withObserver(outcome -> clients.add(outcome.client()));
    try (HttpWire wire = HttpWire.to(noting, HELLO)) {
      String _ = wire.send(GET + GET).read();
    }
    try (HttpWire wire = HttpWire.to(noting.withProxyProtocol(true), HELLO)) {
      String _ = wire.send("PROXY TCP6 2001:db8::1 ::1 4711 80¶" + GET + "nonsense¶¶").read();
    }
    try (HttpWire wire = HttpWire.to(noting, ForwardedFor.hops(1).around(HELLO))) {
      for (int i = 1; i < 3; i++) { // over one connection
        String field = "Host: a¶X-Forwarded-For: 192.0.2." + i + "¶¶";
        String _ = wire.send(GET.replace("Host: a¶¶", field)).read();
      }
    }
    assertEquals("2001:db8::1", clients.get(2));
    assertEquals("2001:db8::1", clients.get(3));
    assertEquals(List.of("192.0.2.1", "192.0.2.2"), clients.subList(4, 6));
    assertEquals(clients.get(0), clients.get(1));
  }
}

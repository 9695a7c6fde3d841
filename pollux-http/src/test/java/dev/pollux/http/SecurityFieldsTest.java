package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What browsers are told not to do. */
class SecurityFieldsTest {

  private static final String STRICT = "Strict-Transport-Security";
  private static final HttpHandler OK = (_, response) -> response.send("seen");

  private static HttpAnswer ask(SecurityFields fields, HttpHandler handler, String scheme) {
    HttpHandler around = fields.around(handler);
    return HttpCall.get("/")
        .to((request, response) -> {
          request.setScheme(scheme);
          around.handle(request, response);
        });
  }

  @Test
  void answer_byDefault() {
    HttpAnswer answer = ask(SecurityFields.DEFAULT, OK, "https");
    assertEquals(List.of("nosniff"), answer.all("X-Content-Type-Options"));
    assertEquals(List.of("strict-origin-when-cross-origin"), answer.all("Referrer-Policy"));
    assertEquals(List.of("DENY"), answer.all("X-Frame-Options"));
    assertNull(answer.field("Content-Security-Policy"));
    assertNull(answer.field(STRICT));
    assertEquals("seen", answer.text());
  }

  @Test
  void answer_byOptions() {
    SecurityFields fields =
        SecurityFields.DEFAULT
            .withReferrerPolicy("no-referrer")
            .withFrameOptions("SAMEORIGIN")
            .withContentSecurityPolicy("frame-ancestors 'self'");
    HttpAnswer answer = ask(fields, OK, "http");
    assertEquals("no-referrer", answer.field("Referrer-Policy"));
    assertEquals("SAMEORIGIN", answer.field("X-Frame-Options"));
    assertEquals("frame-ancestors 'self'", answer.field("Content-Security-Policy"));
    HttpAnswer less = ask(fields.withReferrerPolicy(null).withFrameOptions(null), OK, "http");
    assertNull(less.field("Referrer-Policy"));
    assertNull(less.field("X-Frame-Options"));
    assertEquals("nosniff", less.field("X-Content-Type-Options"));
  }

  @Test
  void strictTransport_isToldByHttpsAlone() {
    SecurityFields strict = SecurityFields.DEFAULT.withStrictTransport(Duration.ofDays(1), false);
    assertEquals("max-age=86400", ask(strict, OK, "https").field(STRICT));
    assertNull(ask(strict, OK, "http").field(STRICT));
    assertNull(HttpCall.get("/").to(strict.around(OK)).field(STRICT));
    SecurityFields all = strict.withStrictTransport(Duration.ZERO, true);
    assertEquals("max-age=0; includeSubDomains", ask(all, OK, "https").field(STRICT));
    assertNull(ask(all.withStrictTransport(null, true), OK, "https").field(STRICT));
  }

  @Test
  void field_ofTheHandler_stays() {
    HttpHandler own =
        HttpBlocking.handler(exchange -> {
          exchange.field("x-frame-options", "SAMEORIGIN");
          exchange.field("Strict-Transport-Security", "max-age=1");
          exchange.send("seen");
        });
    SecurityFields strict = SecurityFields.DEFAULT.withStrictTransport(Duration.ofDays(1), false);
    HttpAnswer answer = ask(strict, own, "https");
    assertEquals(List.of("SAMEORIGIN"), answer.all("X-Frame-Options"));
    assertEquals(List.of("max-age=1"), answer.all(STRICT));
    assertEquals("nosniff", answer.field("X-Content-Type-Options"));
  }

  @Test
  void error_hasTheFields() {
    HttpHandler refusing =
        (_, response) -> {
          response.field("X-Frame-Options", "SAMEORIGIN");
          throw new HttpException(404, "no such thing");
        };
    HttpAnswer answer = ask(SecurityFields.DEFAULT, refusing, "http");
    assertEquals(404, answer.status());
    assertEquals(List.of("DENY"), answer.all("X-Frame-Options"));
  }

  @Test
  void scheme_isThatOfItsRequestAlone() {
    HttpHandler handler =
        (request, response) -> {
          String before = request.scheme();
          request.setScheme("https");
          response.send(before + "," + request.scheme() + ";");
        };
    try (HttpWire wire = HttpWire.to(handler)) {
      String twice = wire.send("GET / HTTP/1.1¶Host: a¶¶".repeat(2)).contents();
      assertEquals("http,https;http,https;", twice);
    }
  }

  @Test
  void options_thatCannotBe_areRefused() {
    SecurityFields fields = SecurityFields.DEFAULT;
    assertThrows(IllegalArgumentException.class, () -> fields.withFrameOptions("deny"));
    assertThrows(IllegalArgumentException.class, () -> fields.withReferrerPolicy("a\nb"));
    assertThrows(IllegalArgumentException.class, () -> fields.withContentSecurityPolicy("a\r"));
    Duration negative = Duration.ofSeconds(-1);
    assertThrows(IllegalArgumentException.class, () -> fields.withStrictTransport(negative, false));
    assertEquals(
        "SecurityFields[referrerPolicy=a, frameOptions=DENY, contentSecurityPolicy=b,"
            + " strictTransport=max-age=1]",
        fields
            .withReferrerPolicy("a")
            .withContentSecurityPolicy("b")
            .withStrictTransport(Duration.ofSeconds(1), false)
            .toString());
  }
}

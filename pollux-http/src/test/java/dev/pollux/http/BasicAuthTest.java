package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and passwords. */
class BasicAuthTest {

  private static final String CHALLENGE = "Basic realm=\"staff\", charset=\"UTF-8\"";
  private static final BasicAuth AUTH =
      BasicAuth.of("staff", BasicAuth.table(Map.of("ann", "se:cret", "jörg", "пароль", "no", "")));
  private static final HttpHandler HELLO =
      (request, response) -> response.send("Hello " + request.attribute(BasicAuth.PRINCIPAL));
  private static final HttpHandler BLOCKING =
      HttpBlocking.handler(
          AUTH.around((HttpBlocking exchange) ->
              exchange.send("Hello " + exchange.request().attribute(BasicAuth.PRINCIPAL))));

  private static HttpAnswer ask(HttpHandler handler, String credentials) {
    return HttpCall.get("/").withField("Authorization", credentials).to(handler);
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  private static void assertRefused(HttpAnswer answer) {
    assertEquals(401, answer.status());
    assertEquals(List.of(CHALLENGE), answer.all("WWW-Authenticate"));
    assertEquals("401 Unauthorized\n", answer.text());
    assertEquals("text/plain; charset=utf-8", answer.field("Content-Type"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ann:se:cret", "jörg:пароль", "no:"})
  void password_right_isLetIn(String pair) {
    String hello = "Hello " + pair.substring(0, pair.indexOf(':'));
    for (HttpHandler handler : List.of(AUTH.around(HELLO), BLOCKING)) {
      assertEquals(hello, ask(handler, basic(pair)).text());
      assertEquals(hello, ask(handler, basic(pair).replace("Basic", "bASIC ")).text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ann:se:cre",
        "ann:se:crett",
        "ann:",
        "ann",
        ":",
        "nobody:",
        "nobody:se:cret",
        "Ann:se:cret",
        "ann :se:cret",
        "ann:se:cret\n",
        "a\0nn:se:cret",
        "no: "
      })
  void password_wrong_isRefused(String pair) {
    assertRefused(ask(AUTH.around(HELLO), basic(pair)));
    assertRefused(ask(BLOCKING, basic(pair)));
  }

  @Test
  void field_malformed_isRefused() {
    HttpHandler handler = AUTH.around(HELLO);
    String right = basic("ann:se:cret");
    byte[] latin = "jörg:x".getBytes(ISO_8859_1);
    List<String> malformed =
        List.of(
            "",
            "Basic",
            right.substring(6),
            right.replace("Basic", "Bearer"),
            right.replace("Basic ", "Basic"),
            right + "!",
            right + " " + right,
            right.substring(0, right.length() - 3),
            "Basic " + Base64.getEncoder().encodeToString(latin));
    for (String credentials : malformed) {
      assertRefused(ask(handler, credentials));
    }
    assertRefused(HttpCall.get("/").to(handler));
    HttpCall twice =
        HttpCall.get("/").withField("Authorization", right).withField("Authorization", right);
    assertRefused(twice.to(handler));
  }

  @Test
  void checker_isGivenWhatWasSent_andTheCharsAreOverwritten() {
    List<char[]> passwords = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    BasicAuth auth =
        BasicAuth.of(
            "staff",
            (name, password) -> {
              passwords.add(password);
              seen.add(name + "/" + new String(password));
              return name.isEmpty() ? null : 7;
            });
    assertEquals("Hello 7", ask(auth.around(HELLO), basic("a:b")).text());
    assertEquals(401, ask(auth.around(HELLO), basic(":b:")).status());
    assertEquals(401, ask(auth.around(HELLO), basic("a\0b:c")).status());
    assertEquals(401, ask(auth.around(HELLO), basic("ab:c\u0085")).status());
    String latin = Base64.getEncoder().encodeToString("j\u00f6rg:x".getBytes(ISO_8859_1));
    assertEquals(401, ask(auth.around(HELLO), "Basic " + latin).status());
    assertEquals(List.of("a/b", "/b:"), seen);
    assertEquals("\0", new String(passwords.get(0)));
    assertEquals("\0\0", new String(passwords.get(1)));
  }

  @Test
  void checker_throws_isTheHandlersFailure() {
    BasicAuth auth =
        BasicAuth.of(
            "staff",
            (_, _) -> {
              throw new HttpException(503, "ask later");
            });
    assertEquals(503, ask(auth.around(HELLO), basic("a:b")).status());
    HttpHandler blocking = HttpBlocking.handler(auth.around((HttpBlocking _) -> {}));
    assertEquals(503, ask(blocking, basic("a:b")).status());
  }

  @Test
  void checker_inTheBlockingStyle_isNotOnTheLoop() {
    List<Thread> threads = new ArrayList<>();
    BasicAuth auth =
        BasicAuth.of(
            "staff",
            (name, _) -> {
              threads.add(Thread.currentThread());
              return name;
            });
    HttpHandler handler = HttpBlocking.handler(auth.around((HttpBlocking e) -> e.send("in")));
    assertEquals("in", ask(handler, basic("a:b")).text());
    assertEquals(1, threads.size());
    assertFalse(threads.contains(Thread.currentThread()));
  }

  @Test
  void realm_isQuoted_andNothingSecretIsShown() {
    BasicAuth quoted = BasicAuth.of("a \"b\\", BasicAuth.table(Map.of("ann", "secret")));
    assertEquals("BasicAuth[Basic realm=\"a \\\"b\\\\\", charset=\"UTF-8\"]", quoted.toString());
    assertEquals("a table of 1 names", BasicAuth.table(Map.of("ann", "secret")).toString());
    BasicAuth.Checker none = (_, _) -> null;
    assertThrows(IllegalArgumentException.class, () -> BasicAuth.of("a\r\nb", none));
    assertThrows(IllegalArgumentException.class, () -> BasicAuth.of("\u0141", none));
  }
}

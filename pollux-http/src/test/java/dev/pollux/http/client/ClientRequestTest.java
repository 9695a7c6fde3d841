package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be asked, and what cannot. */
class ClientRequestTest {

  private static final ClientRequest GET = ClientRequest.get("http://a/");

  @ParameterizedTest
  @CsvSource({
    "http://a, a, 80, /",
    "HTTP://A.b:81, a.b:81, 81, /",
    "http://a:/, a, 80, /",
    "https://a:443/b?c#d, a, 443, /b?c",
    "https://a?b, a, 443, /?b",
    "http://my_service:8080/x, my_service:8080, 8080, /x",
    "ws://a/chat, a, 80, /chat",
    "WSS://a/chat, a, 443, /chat",
    "http://127.0.0.1/, 127.0.0.1, 80, /",
    "http://[::1]:81/, [::1]:81, 81, /",
    "http://a/%20%C3%A9;x=1, a, 80, /%20%C3%A9;x=1",
    "http://a/\u00e9?\u00e9, a, 80, /%C3%A9?%C3%A9",
  })
  void uri_isTakenApart(String uri, String authority, int port, String target) {
    ClientRequest request = ClientRequest.get(uri);
    assertEquals(authority, request.origin().authority());
    assertEquals(port, request.origin().port());
    assertEquals(target, request.target());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a",
        "a:80",
        "ftp://a/",
        "http:///a",
        "http:a",
        "http://",
        "http://u@a/",
        "http://u:p@a/",
        "http://a:0/",
        "http://a:65536/",
        "http://a:99999999999999999999/",
        "http://a:8x/",
        "http://[::1/",
        "http://[::1%25lo]/",
        "http://a b/",
        "http://a\r\n/",
        "http://\u00e9/",
        "http://a%0d/",
        "http://[a]/"
      })
  void uri_ofNoServer_isRefused(String uri) {
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> ClientRequest.get(uri));
    assertEquals(-1, String.valueOf(thrown.getMessage()).indexOf("u:p"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length",
        "transfer-encoding",
        "Connection",
        "Keep-Alive",
        "Upgrade",
        "EXPECT",
        "",
        "a b",
        "a:",
        "a\n",
        "\u00e9"
      })
  void field_thatIsNotTheirs_orNone_isRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> GET.withField(name, "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nB: c", "a\n", "\0", "\u20ac", " a", "a ", "\u007f"})
  void value_thatIsNone_isRefused(String value) {
    assertThrows(IllegalArgumentException.class, () -> GET.withField("A", value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a b", "/a\r\nHost: b", "/\u00e9", "/\t", "/\0"})
  void target_thatIsNone_isRefused(String target) {
    assertThrows(IllegalArgumentException.class, () -> GET.withTarget(target));
  }

  @Test
  void else_thatCannotBe_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> ClientRequest.of("GET /", "http://a/"));
    assertThrows(
        IllegalArgumentException.class, () -> ClientRequest.of("", URI.create("http://a")));
    assertThrows(IllegalArgumentException.class, () -> GET.withUpgrade("a b"));
    assertThrows(IllegalArgumentException.class, () -> GET.withUpgrade("a\r\nB: c"));
    assertThrows(IllegalArgumentException.class, () -> GET.withStreamedBody(-1));
    assertThrows(
        IllegalArgumentException.class, () -> GET.withField("Host", "a").withField("host", "b"));
    String much = "x".repeat(ClientRequest.MAX_BYTES);
    assertThrows(IllegalArgumentException.class, () -> GET.withField("A", much));
    assertEquals(MAX_VALUE.length(), GET.withField("A", MAX_VALUE).field("a").length());
    assertThrows(IllegalArgumentException.class, () -> GET.withTarget("/" + much));
    assertEquals(much, GET.withTarget(much).target());
    assertThrows(IllegalArgumentException.class, () -> ClientRequest.get("http://a/" + much));
  }

  private static final String MAX_VALUE = "x".repeat(ClientRequest.MAX_BYTES - 5);

  @Test
  void requests_madeOfOne_shareItsFields_andNoOthers() {
    ClientRequest base = GET.withField("A", "1").withField("a", "2");
    ClientRequest one = base.withField("B", "3");
    ClientRequest other = base.withMethod("PUT").withField("B", "4").withField("C", "5");
    assertEquals(List.of("A: 1", "a: 2"), lines(base));
    assertEquals(List.of("A: 1", "a: 2", "B: 3"), lines(one));
    assertEquals(List.of("A: 1", "a: 2", "B: 4", "C: 5"), lines(other));
    assertEquals(List.of("B: 4", "C: 5"), lines(other.withoutField("A")));
    assertEquals(List.of(), lines(base.withoutField("a")));
    assertEquals("1", other.field("a"));
    assertEquals("GET", base.method());
    assertEquals("PUT", other.method());
    assertThrows(IllegalArgumentException.class, () -> base.withMethod("P T"));
  }

  private static List<String> lines(ClientRequest of) {
    return of.fields().stream().map(each -> each.name() + ": " + each.value()).toList();
  }

  @Test
  void fields_together_areBounded_andRoomIsMadeByThoseLeftOut() {
    String half = "x".repeat(ClientRequest.MAX_BYTES / 2 - 5);
    ClientRequest full = GET.withField("A", half).withField("B", half);
    assertThrows(IllegalArgumentException.class, () -> full.withField("C", ""));
    assertEquals(half, full.withoutField("A").withField("C", half).field("C"));
  }

  @Test
  void text_hasNoSecrets() {
    ClientRequest request =
        ClientRequest.get("http://a/b?secret").withField("Authorization", "secret");
    assertEquals("GET http://a/b", request.toString());
  }

  @Test
  void fields_areSentAsGiven() {
    try (ClientWire wire = new ClientWire(ClientOptions.DEFAULT.withDecompression(false))) {
      ClientRequest request =
          wire.of("BREW", "/")
              .withTarget("/a?%zz|\"^`")
              .withField("X-b", "\u00e9")
              .withField("HOST", "other:1")
              .withField("x-B", "")
              .withField("TE", "trailers")
              .withLast();
      Heard _ = wire.ask(request);
      assertEquals(
          "BREW /a?%zz|\"^` HTTP/1.1¶X-b: \u00e9¶HOST: other:1¶x-B: ¶TE: trailers¶"
              + "Connection: close¶¶",
          wire.accept().read());
    }
  }
}

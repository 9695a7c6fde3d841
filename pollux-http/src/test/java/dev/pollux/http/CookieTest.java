package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.http.Cookie.SameSite;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cookies that are set. */
class CookieTest {

  private static final Cookie PLAIN = Cookie.of("a", "b");

  private static void assertRefused(String why, Supplier<Cookie> cookie) {
    assertEquals(why, assertThrows(IllegalArgumentException.class, cookie::get).getMessage());
  }

  private static void assertShown(String attributes, Cookie cookie) {
    assertEquals(cookie.name() + "=" + cookie.value() + attributes, cookie.toString());
  }

  @Test
  void cookie_byDefault_isForThisHostAndNoScript() {
    assertEquals("a=b; Path=/; HttpOnly; SameSite=Lax", PLAIN.toString());
    assertEquals("a=; Path=/; HttpOnly; SameSite=Lax", Cookie.of("a", "").toString());
    assertEquals("/", PLAIN.path());
    assertNull(PLAIN.domain());
    assertNull(PLAIN.maxAge());
    assertEquals(false, PLAIN.isSecure());
    assertEquals(true, PLAIN.isHttpOnly());
    assertEquals(SameSite.LAX, PLAIN.sameSite());
  }

  @Test
  void cookie_withAll_hasThemInOrder_andEachWitherKeepsTheOthers() {
    Cookie all =
        PLAIN
            .withSecure(true)
            .withSameSite(SameSite.NONE)
            .withMaxAge(Duration.ofDays(1))
            .withDomain("example.org")
            .withPath("/x,y")
            .withHttpOnly(true);
    String shown =
        "; Path=/x,y; Domain=example.org; Max-Age=86400; Secure; HttpOnly; SameSite=None";
    assertShown(shown, all);
    assertEquals("/x,y", all.path());
    assertEquals("example.org", all.domain());
    assertEquals(Duration.ofDays(1), all.maxAge());
    assertEquals(true, all.isSecure());
    assertEquals(SameSite.NONE, all.sameSite());
    Cookie open = all.withHttpOnly(false);
    assertEquals(false, open.isHttpOnly());
    assertShown(shown.replace(" HttpOnly;", ""), open);
    assertShown(shown.replace(" HttpOnly;", ""), open.withPath("/x,y"));
    assertShown(shown.replace("None", "Strict"), all.withSameSite(SameSite.STRICT));
    assertShown("; Path=/; HttpOnly; SameSite=Lax", PLAIN); // which has not changed
  }

  @Test
  void maxAge_isInWholeSeconds_roundedUp() {
    assertShown("; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", PLAIN.withMaxAge(Duration.ZERO));
    assertShown(
        "; Path=/; Max-Age=1; HttpOnly; SameSite=Lax", PLAIN.withMaxAge(Duration.ofNanos(1)));
    assertShown(
        "; Path=/; Max-Age=1; HttpOnly; SameSite=Lax", PLAIN.withMaxAge(Duration.ofSeconds(1)));
    assertShown(
        "; Path=/; Max-Age=" + Long.MAX_VALUE + "; HttpOnly; SameSite=Lax",
        PLAIN.withMaxAge(Duration.ofSeconds(Long.MAX_VALUE, 1)));
    assertRefused(
        "maxAge: PT-0.000000001S is negative", () -> PLAIN.withMaxAge(Duration.ofNanos(-1)));
  }

  @Test
  void name_isAToken() {
    assertShown("; Path=/; HttpOnly; SameSite=Lax", Cookie.of("!#$%&'*+-.^_`|~aZ0", "b"));
    assertRefused("a cookie has no name", () -> Cookie.of("", "b"));
    assertRefused("a cookie's name has '=' at 1", () -> Cookie.of("a=", "b"));
    assertRefused("a cookie's name has ';' at 0", () -> Cookie.of(";", "b"));
    assertRefused("a cookie's name has a space at 0", () -> Cookie.of(" a", "b"));
    assertRefused("a cookie's name has a LF at 1", () -> Cookie.of("a\nb", "b"));
    assertRefused("a cookie's name has the byte 0x00 at 1", () -> Cookie.of("a\0", "b"));
    assertRefused("a cookie's name has the byte 0xe9 at 0", () -> Cookie.of("é", "b"));
    assertRefused("a cookie's name has the character U+141 at 0", () -> Cookie.of("\u0141", "b"));
  }

  @Test
  void value_isVisible_withoutMarks() {
    StringBuilder good = new StringBuilder();
    for (char c = 0; c < 0x180; c++) {
      String value = "a" + c;
      if (c > ' ' && c < 0x7f && "\",;\\".indexOf(c) < 0) {
        good.append(c);
      } else {
        assertThrows(IllegalArgumentException.class, () -> Cookie.of("a", value), value);
      }
    }
    assertEquals(90, good.length());
    assertEquals(good.toString(), Cookie.of("a", good.toString()).value());
    assertRefused("a cookie's value has ';' at 1", () -> Cookie.of("a", "b; Path=/x"));
    assertRefused("a cookie's value has a CR at 1", () -> Cookie.of("a", "b\r\nX: y"));
    assertRefused("a cookie's value has the byte 0x7f at 0", () -> Cookie.of("a", "\u007f"));
  }

  @Test
  void size_atAndBeyondTheLimit() {
    assertEquals(4_092, Cookie.of("name", "v".repeat(4_092)).value().length());
    assertRefused(
        "a cookie's name and value have more than 4096 bytes",
        () -> Cookie.of("name", "v".repeat(4_093)));
    assertEquals(1_024, PLAIN.withPath("/" + "p".repeat(1_023)).path().length());
    assertRefused(
        "a cookie's path has more than 1024 bytes", () -> PLAIN.withPath("/" + "p".repeat(1_024)));
    String labels = "d".repeat(63) + "." + "d".repeat(63) + "." + "d".repeat(63) + ".";
    assertEquals(labels + "d".repeat(61), PLAIN.withDomain(labels + "d".repeat(61)).domain());
    assertRefused(
        "a cookie's domain has more than 253 bytes",
        () -> PLAIN.withDomain(labels + "d".repeat(62)));
    assertRefused(
        "a cookie's domain has a name of more than 63 bytes",
        () -> PLAIN.withDomain("d".repeat(64) + ".org"));
  }

  @Test
  void path_beginsWithASlash_andEndsNoAttribute() {
    assertRefused(
        "a cookie's path begins with /, and this one does not", () -> PLAIN.withPath("x"));
    assertRefused("a cookie's path begins with /, and this one does not", () -> PLAIN.withPath(""));
    assertRefused("a cookie's path has ';' at 2", () -> PLAIN.withPath("/x; Secure"));
    assertRefused("a cookie's path has a space at 2", () -> PLAIN.withPath("/x y"));
    assertRefused("a cookie's path has a LF at 1", () -> PLAIN.withPath("/\n"));
    assertRefused("a cookie's path has the byte 0xe9 at 1", () -> PLAIN.withPath("/é"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".example.org", "example.org.", "a..b", "-a.org", "a-.org"})
  void domain_withoutANameBetweenDots_isRefused(String domain) {
    assertRefused("a cookie's domain has no name between dots", () -> PLAIN.withDomain(domain));
  }

  @Test
  void domain_isLettersDigitsAndHyphens() {
    assertEquals("Az-09.x", PLAIN.withDomain("Az-09.x").domain());
    assertRefused("a cookie's domain has ':' at 3", () -> PLAIN.withDomain("org:80"));
    assertRefused("a cookie's domain has ';' at 1", () -> PLAIN.withDomain("a.b;c"));
    assertRefused("a cookie's domain has '/' at 0", () -> PLAIN.withDomain("/"));
    assertRefused("a cookie's domain has '@' at 0", () -> PLAIN.withDomain("@"));
    assertRefused("a cookie's domain has a LF at 1", () -> PLAIN.withDomain("a\n"));
    assertRefused("a cookie's domain has the byte 0xe9 at 0", () -> PLAIN.withDomain("é"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"__Host-a", "__host-a", "__HOST-"})
  void hostPrefix_isSecure_withoutDomainOrOtherPath(String name) {
    Cookie cookie = Cookie.of(name, "b");
    assertShown("; Path=/; Secure; HttpOnly; SameSite=Lax", cookie);
    assertShown("; Path=/; Secure; HttpOnly; SameSite=Lax", cookie.withPath("/").withSecure(true));
    assertRefused("a cookie with __Secure- or __Host- is secure", () -> cookie.withSecure(false));
    assertRefused("a cookie with __Host- has the path / and no other", () -> cookie.withPath("/x"));
    assertRefused("a cookie with __Host- has no domain", () -> cookie.withDomain("example.org"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"__Secure-a", "__sECURE-a"})
  void securePrefix_isSecure(String name) {
    Cookie cookie = Cookie.of(name, "b");
    assertShown(
        "; Path=/x; Domain=org; Secure; HttpOnly; SameSite=Lax",
        cookie.withPath("/x").withDomain("org"));
    assertRefused("a cookie with __Secure- or __Host- is secure", () -> cookie.withSecure(false));
  }

  @Test
  void name_withoutPrefix_isFree() {
    assertEquals(false, Cookie.of("__Secure", "b").isSecure());
    assertEquals(false, Cookie.of("a__Host-", "b").isSecure());
    assertEquals(false, PLAIN.withSecure(true).withSecure(false).isSecure());
  }

  @Test
  void sameSiteNone_isForSecureOnes() {
    assertRefused(
        "a cookie with SameSite=None is secure; call withSecure(true) first",
        () -> PLAIN.withSameSite(SameSite.NONE));
    Cookie none = PLAIN.withSecure(true).withSameSite(SameSite.NONE);
    assertRefused("a cookie with SameSite=None is secure", () -> none.withSecure(false));
    assertEquals(none, none.withSecure(true));
    assertEquals(false, none.withSameSite(SameSite.STRICT).withSecure(false).isSecure());
  }

  @Test
  void cookies_ofTheSameBytes_areEqual() {
    assertEquals(PLAIN, Cookie.of("a", "b").withPath("/"));
    assertEquals(PLAIN.hashCode(), Cookie.of("a", "b").hashCode());
    assertNotEquals(PLAIN, PLAIN.withSecure(true));
    assertEquals(false, PLAIN.equals((Object) "a=b; Path=/; HttpOnly; SameSite=Lax"));
  }

  @Test
  void domain_thatIsAnAddress_isRefused() {
    for (String address : new String[] {"127.0.0.1", "1", "a.1"}) {
      assertThrows(IllegalArgumentException.class, () -> PLAIN.withDomain(address), address);
    }
  }
}

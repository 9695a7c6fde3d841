package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests by way of proxies. */
class ForwardedForTest {

  private static final String PEER = "/10.0.0.9:99";
  private static final String STANDARD = "Forwarded";
  private static final ForwardedFor TEN = ForwardedFor.networks("10.0.0.0/8", "fd00::/8");
  private static final HttpHandler WHO =
      (request, response) -> response.send(request.scheme() + " " + request.remoteAddress());

  private static SocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static String ask(ForwardedFor by, HttpCall call) {
    return call.withRemoteAddress(at("10.0.0.9", 99)).to(by.around(WHO)).text();
  }

  private static String who(ForwardedFor by, String field, String value) {
    return ask(by, HttpCall.get("/").withField(field, value)).replace("http ", "");
  }

  private static String who(ForwardedFor by, String value) {
    return who(by, "X-Forwarded-For", value);
  }

  @Test
  void hops_areCountedFromTheLast() {
    String three = "1.1.1.1, 2.2.2.2,3.3.3.3";
    assertEquals("/3.3.3.3:0", who(ForwardedFor.hops(1), three));
    assertEquals("/2.2.2.2:0", who(ForwardedFor.hops(2), three));
    assertEquals("/1.1.1.1:0", who(ForwardedFor.hops(3), three));
    assertEquals(PEER, who(ForwardedFor.hops(4), three));
    assertEquals("/3.3.3.3:0", who(ForwardedFor.hops(1), "<script>,,unknown, 3.3.3.3"));
    assertEquals(PEER, who(ForwardedFor.hops(2), "1.1.1.1, unknown, 3.3.3.3"));
    assertEquals("http " + PEER, ask(ForwardedFor.hops(1), HttpCall.get("/")));
  }

  @Test
  void fields_several_areOneList() {
    HttpCall call =
        HttpCall.get("/")
            .withField("X-Forwarded-For", "1.1.1.1")
            .withField("x-forwarded-for", "2.2.2.2");
    assertEquals("http /2.2.2.2:0", ask(ForwardedFor.hops(1), call));
    assertEquals("http /1.1.1.1:0", ask(ForwardedFor.hops(2), call));
  }

  @Test
  void networks_theLastThatIsNotTrusted_isTheClient() {
    assertEquals("/2.2.2.2:0", who(TEN, "1.1.1.1, 2.2.2.2"));
    assertEquals("/2.2.2.2:0", who(TEN, "1.1.1.1, 2.2.2.2, 10.1.1.1, fd00::1, 10.0.0.1"));
    assertEquals("/10.0.0.3:0", who(TEN, "10.0.0.3, 10.0.0.2"));
    assertEquals(PEER, who(TEN, "1.1.1.1, oops, 10.0.0.2"));
    assertEquals("/2.2.2.2:0", who(TEN, "oops, 2.2.2.2, 10.0.0.2"));
    assertEquals(PEER, who(ForwardedFor.networks("10.0.0.8", "::/0"), "1.1.1.1"));
    assertEquals("/1.1.1.1:0", who(ForwardedFor.networks("10.0.0.9"), "1.1.1.1"));
    HttpCall unix =
        HttpCall.get("/")
            .withField("X-Forwarded-For", "1.1.1.1")
            .withRemoteAddress(UnixAddress.unnamed());
    assertEquals("http /1.1.1.1:0", unix.to(ForwardedFor.hops(1).around(WHO)).text());
    assertEquals("http " + UnixAddress.unnamed(), unix.to(TEN.around(WHO)).text());
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.3.4:80, /1.2.3.4:80",
    "::1, /[0:0:0:0:0:0:0:1]:0",
    "2001:db8::a:80, /[2001:db8:0:0:0:0:a:80]:0",
    "[2001:DB8::a]:443, /[2001:db8:0:0:0:0:0:a]:443",
    "[::1], /[0:0:0:0:0:0:0:1]:0",
    "::ffff:1.2.3.4, /1.2.3.4:0",
    "255.255.255.255:65535, /255.255.255.255:65535"
  })
  void address_isAsItIsWritten(String value, String address) {
    assertEquals(address, who(ForwardedFor.hops(1), value));
    String quoted = "for=\"" + value + "\"";
    assertEquals(address, who(ForwardedFor.hops(1).withStandardField(true), STANDARD, quoted));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "unknown",
        "_hidden",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.04",
        "127.1",
        "0x7f.1.1.1",
        "1.2.3.4:",
        "1.2.3.4:65536",
        "1.2.3.4:080",
        "1.2.3.4:-1",
        "1.2.3.4:+1",
        "1.2.3.4 5",
        "1..2.3",
        "[1.2.3.4]",
        "[1.2.3.4]:80",
        "[::1",
        "::1]",
        "[::1]80",
        "[::1]:",
        "[::1]:x",
        "[[::1]]",
        ":::",
        "1::2::3",
        "fe80::1%eth0",
        "fe80::1%1",
        "12345::",
        "::g",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "::1.2.3.04",
        "::1.2.3",
        "1.2.3.4::",
        "1.2.3.4,",
        "a.example:80",
        "\u00b9.2.3.4"
      })
  void address_malformed_isNotBelieved(String value) {
    assertEquals(PEER, who(ForwardedFor.hops(1), value));
    assertEquals(PEER, who(TEN, value));
    if (!value.endsWith(",")) {
      String quoted = "for=\"" + value + "\"";
      assertEquals(PEER, who(ForwardedFor.hops(1).withStandardField(true), STANDARD, quoted));
    }
  }

  @Test
  void scheme_isBelievedWhereTheAddressIs() {
    ForwardedFor by = TEN.withScheme(true);
    HttpCall call = HttpCall.get("/").withField("X-Forwarded-For", "1.1.1.1");
    HttpCall https = call.withField("X-Forwarded-Proto", "HTTPS");
    assertEquals("https /1.1.1.1:0", ask(by, https));
    assertEquals("http /1.1.1.1:0", ask(by, call));
    assertEquals("http /1.1.1.1:0", ask(by, call.withField("X-Forwarded-Proto", "http")));
    assertEquals("http /1.1.1.1:0", ask(by, call.withField("X-Forwarded-Proto", "wss")));
    assertEquals("http /1.1.1.1:0", ask(by, https.withField("X-Forwarded-Proto", "https")));
    assertEquals("http /1.1.1.1:0", ask(TEN, https));
    assertEquals(
        "http " + PEER, ask(by, HttpCall.get("/").withField("X-Forwarded-Proto", "https")));
    HttpHandler asked = by.around(WHO);
    assertEquals("http /9.9.9.9:1", https.withRemoteAddress(at("9.9.9.9", 1)).to(asked).text());
  }

  @Test
  void standardField_isReadElementByElement() {
    ForwardedFor one = ForwardedFor.hops(1).withStandardField(true).withScheme(true);
    ForwardedFor two = ForwardedFor.hops(2).withStandardField(true).withScheme(true);
    HttpCall call =
        HttpCall.get("/")
            .withField(STANDARD, "For=\"[2001:db8::1]:47\";Proto=https;by=\"a,b;c\\\"=\"")
            .withField(STANDARD, "host=x ; for=1.1.1.1;secret=_a;proto=http")
            .withField("X-Forwarded-For", "3.3.3.3");
    assertEquals("http /1.1.1.1:0", ask(one, call));
    assertEquals("https /[2001:db8:0:0:0:0:0:1]:47", ask(two, call));
    assertEquals("http /3.3.3.3:0", ask(ForwardedFor.hops(1), call));
    assertEquals("/1.2.3.4:0", who(one, STANDARD, "for=\"1.2\\.3.4\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "for",
        "for=",
        "=1.1.1.1",
        "for=1.1.1.1;",
        ";for=1.1.1.1",
        "for=1.1.1.1,",
        "proto=https",
        "for=\"1.1.1.1",
        "for=\"1.1.1.1\\",
        "for=\"1.1.1.1\\\"",
        "for=1.1.1.1 x",
        "for =1.1.1.1",
        "for= 1.1.1.1",
        "for=1.1.1.1;for=1.1.1.1",
        "for=::1",
        "for=[::1]",
        "for=\"x, for=1.1.1.1",
        "for=1.1.1.1;proto=a;proto=b",
        "for=1.1.1.1\"for=2.2.2.2",
        "for=1.1.1.1\"\"",
        "oops, for=1.1.1.1",
        "for=1.1.1.1:80"
      })
  void standardField_malformed_is400(String value) {
    for (ForwardedFor by :
        List.of(ForwardedFor.hops(1).withStandardField(true), TEN.withStandardField(true))) {
      String said = who(by, STANDARD, value);
      assertTrue(said.startsWith("400 ") || said.equals(PEER), said);
    }
  }

  @Test
  void requestBehind_isFromThePeerAgain() {
    ForwardedFor by = ForwardedFor.hops(1);
    try (HttpWire wire = HttpWire.to(by.around(WHO))) {
      String first = "GET / HTTP/1.1¶Host: a¶X-Forwarded-For: 1.1.1.1¶¶";
      String all = wire.send(first + "GET / HTTP/1.1¶Host: a¶¶").contents();
      assertEquals("http /1.1.1.1:0http /127.0.0.1:", all.replaceAll("[0-9]+$", ""));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.1/8",
        "10.0.0.0/08",
        "::/129",
        "a/8",
        "::1/127",
        "10.0.0/8",
        "/8",
        "10.0.0.0/8/8"
      })
  void network_malformed_isRefused(String network) {
    assertThrows(IllegalArgumentException.class, () -> ForwardedFor.networks(network), network);
  }

  @Test
  void network_hasItsBits() {
    for (int bits = 0; bits <= 32; bits++) {
      IpNetwork network = IpNetwork.of("0.0.0.0/" + bits);
      for (int one = 0; one < 32; one++) {
        byte[] address = new byte[4];
        address[one / 8] = (byte) (0x80 >> one % 8);
        assertEquals(one >= bits, network.has(of(address)), bits + ", " + one);
      }
      assertEquals(false, network.has(of(new byte[16])));
    }
    assertEquals(true, IpNetwork.of("fe80::/10").has(InetAddress.ofLiteral("febf::1")));
    assertEquals(false, IpNetwork.of("fe80::/10").has(InetAddress.ofLiteral("fec0::1")));
    assertEquals("2001:db8:0:0:0:0:0:0/32", IpNetwork.of("2001:db8::/32").toString());
  }

  private static InetAddress of(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void options_thatCannotBe_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> ForwardedFor.hops(0));
    assertThrows(IllegalArgumentException.class, () -> ForwardedFor.hops(101));
    assertThrows(IllegalArgumentException.class, ForwardedFor::networks);
    assertEquals(
        "ForwardedFor[networks=[10.0.0.0/8, fd00:0:0:0:0:0:0:0/8], standardField=false,"
            + " scheme=true]",
        TEN.withScheme(true).toString());
    assertEquals(
        "ForwardedFor[hops=2, standardField=true, scheme=false]",
        ForwardedFor.hops(2).withStandardField(true).toString());
  }
}

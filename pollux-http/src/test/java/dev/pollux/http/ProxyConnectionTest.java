package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.CloseReason;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that begin with a header of the PROXY protocol, under virtual time. */
class ProxyConnectionTest {

  private static final HttpOptions BEHIND = HttpWire.OPTIONS.withProxyProtocol(true);
  private static final String LINE = "PROXY TCP4 192.0.2.1 192.0.2.2 1234 443¶";
  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final HttpHandler WHO =
      (request, response) -> response.send(request.remoteAddress() + ";");

  private static byte[] joined(byte[] first, String text) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(HttpWire.bytes(text));
    return all.toByteArray();
  }

  private static void assertEverySplit(byte[] header) {
    byte[] bytes = joined(header, GET.repeat(2));
    for (int cut = 0; cut <= bytes.length; cut++) {
      try (HttpWire wire = HttpWire.to(BEHIND, WHO)) {
        wire.write(Arrays.copyOf(bytes, cut)).turn();
        wire.write(Arrays.copyOfRange(bytes, cut, bytes.length)).turn();
        assertEquals("/192.0.2.1:1234;".repeat(2), wire.contents(), "cut at " + cut);
        assertEquals("/192.0.2.1:1234;", wire.send(GET).contents());
      }
    }
  }

  @Test
  void line_andRequests_cutAnywhere() {
    assertEverySplit(HttpWire.bytes(LINE));
  }

  @Test
  void binary_andRequests_cutAnywhere() {
    assertEverySplit(ProxyHeaders.binary());
  }

  @Test
  void header_thatNamesNobody_leavesThePeer() {
    for (byte[] header :
        new byte[][] {
          HttpWire.bytes("PROXY UNKNOWN¶"), ProxyHeaders.binary(0x20, 0, new byte[0])
        }) {
      try (HttpWire wire = HttpWire.to(BEHIND, WHO)) {
        String who = wire.write(joined(header, GET)).contents();
        assertTrue(who.startsWith("/127.0.0.1:"), who);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {GET, "PROXY TCP4 1.2.3.4¶" + GET, "PROXY UNKNOWN\n" + GET, "\0"})
  void noHeader_isCutOff(String text) {
    try (HttpWire wire = HttpWire.to(BEHIND, WHO)) {
      wire.send(text);
      assertTrue(wire.isReset());
      assertEquals("", wire.read());
      assertEquals(CloseReason.PROTOCOL, Objects.requireNonNull(wire.cause).reason());
    }
  }

  @Test
  void header_whereNoneIsExpected_isNoRequest() {
    try (HttpWire wire = HttpWire.to(WHO)) {
      assertTrue(wire.send(LINE + GET).read().startsWith("HTTP/1.1 400 "));
    }
  }

  @Test
  void headTime_isTheHeaders_andThenThatOfTheFirstHead() {
    Duration time = BEHIND.limits().headTime();
    Duration almost = time.minusMillis(1);
    try (HttpWire wire = HttpWire.to(BEHIND, WHO)) {
      wire.pass(almost).send("PROXY").pass(Duration.ofMillis(1));
      assertTrue(wire.isReset());
    }
    try (HttpWire wire = HttpWire.to(BEHIND, WHO)) {
      wire.send("PROXY").pass(almost).send(LINE.substring(5)).pass(almost);
      assertFalse(wire.isEnded() || wire.isReset());
      wire.pass(Duration.ofMillis(1));
      assertTrue(wire.isEnded());
      assertEquals("", wire.read());
    }
  }

  @Test
  void end_withinTheHeader_isAnEnd_andBehindARequestItIsAnswered() {
    try (HttpWire wire = HttpWire.to(BEHIND, WHO)) {
      wire.send("PROXY").end();
      assertTrue(wire.isEnded());
      assertEquals("", wire.read());
    }
    try (HttpWire wire = HttpWire.to(BEHIND, WHO)) {
      wire.write(HttpWire.bytes(LINE + GET)).end();
      assertEquals("/192.0.2.1:1234;", wire.contents());
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void finish_withinTheHeader_isKnownBehindIt() {
    try (HttpWire wire = HttpWire.to(BEHIND, WHO)) {
      wire.send("PROXY");
      wire.write(HttpWire.bytes(LINE.substring(5) + GET));
      wire.connection.finish();
      String answer = wire.turn().read();
      assertTrue(answer.contains("¶Connection: close¶") && answer.endsWith(";"), answer);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void forwardedFor_isOfWhoTheHeaderNames() {
    HttpHandler trusting = ForwardedFor.networks("192.0.2.0/24").around(WHO);
    String forwarded = GET.replace("¶¶", "¶X-Forwarded-For: 9.9.9.9¶¶");
    try (HttpWire wire = HttpWire.to(BEHIND, trusting)) {
      assertEquals("/9.9.9.9:0;", wire.send(LINE + forwarded).contents());
      assertEquals("/192.0.2.1:1234;", wire.send(GET).contents());
    }
  }

  @Test
  void later_theAddressIsKept() {
    HttpHandler later =
        (request, response) -> {
          response.later();
          request.loop().execute(() -> response.send(request.remoteAddress() + ";"));
        };
    try (HttpWire wire = HttpWire.to(BEHIND, later)) {
      String both =
          wire.write(joined(LINE.replace("¶", "\r\n").getBytes(ISO_8859_1), GET)).contents();
      assertEquals("/192.0.2.1:1234;", both);
    }
  }

  @Test
  void options_areShown() {
    assertTrue(BEHIND.toString().contains("proxyProtocol=true"), BEHIND.toString());
    assertFalse(HttpOptions.DEFAULT.proxyProtocol());
  }
}

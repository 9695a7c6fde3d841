package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Addresses}: the short form of RFC 5952. */
class AddressesTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0DB8:0:0:0:0:000A:00, 2001:db8::a:0",
    "1:0:0:0:0:0:0:8, 1::8",
    "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
  })
  void text_address_isShort(String literal, String expected) {
    assertEquals(expected, Addresses.text(InetAddress.ofLiteral(literal)));
  }

  @Test
  void text_withAPort_hasBracketsForIpv6() {
    InetAddress six = InetAddress.ofLiteral("::1");
    assertEquals("[::1]:6390", Addresses.text(new InetSocketAddress(six, 6390)));
    InetAddress four = InetAddress.ofLiteral("127.0.0.1");
    assertEquals("127.0.0.1:80", Addresses.text(new InetSocketAddress(four, 80)));
  }

  @Test
  void text_unix_isThePathOrTheName() {
    assertEquals("/run/x", Addresses.text(UnixAddress.path("/run/x")));
    assertEquals("@x", Addresses.text(UnixAddress.abstractName("x")));
    assertEquals("(unnamed)", Addresses.text(UnixAddress.unnamed()));
    assertEquals("x\\x0aforged", Addresses.text(UnixAddress.path("x\nforged")));
  }
}

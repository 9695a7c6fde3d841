package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SockAddrTest {

  private final MemorySegment memory =
      Arena.ofAuto().allocate(SockAddr.MAX_BYTES, 8).fill((byte) 0x55);

  private String encoded(SocketAddress address) {
    int length = SockAddr.encode(address, memory);
    return HexFormat.of().formatHex(memory.asSlice(0, length).toArray(JAVA_BYTE));
  }

  private SocketAddress roundTrip(SocketAddress address) {
    return SockAddr.decode(memory, SockAddr.encode(address, memory));
  }

  private static InetSocketAddress inet(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  @Test
  void encode_ipv4_hasNetworkOrderAndCleanPadding() {
    assertEquals(
        "0200" + "ff01" + "7f000001" + "0000000000000000", encoded(inet("127.0.0.1", 65281)));
  }

  @Test
  void encode_ipv6_hasScopeIdInHostOrder() throws UnknownHostException {
    byte[] bytes = InetAddress.ofLiteral("fe80::1").getAddress();
    InetAddress scoped = Inet6Address.getByAddress(null, bytes, 7);
    assertEquals(
        "0a00" + "0050" + "00000000" + "fe800000000000000000000000000001" + "07000000",
        encoded(new InetSocketAddress(scoped, 80)));
  }

  @Test
  void encode_unix_endsAfterItsKind() {
    assertEquals("0100" + "2f6100", encoded(UnixAddress.path("/a")));
    assertEquals("0100" + "00" + "6162", encoded(UnixAddress.abstractName("ab")));
    assertEquals("0100" + "00", encoded(UnixAddress.abstractName("")));
    assertEquals("0100", encoded(UnixAddress.unnamed()));
    assertEquals("0100" + "2f6100", encoded(UnixDomainSocketAddress.of("/a")));
    assertEquals("0100", encoded(UnixDomainSocketAddress.of("")));
  }

  @Test
  void decode_whatWasEncoded_isTheSame() throws UnknownHostException {
    assertEquals(inet("192.0.2.255", 65535), roundTrip(inet("192.0.2.255", 65535)));
    assertEquals(inet("2001:db8::ff", 0), roundTrip(inet("2001:db8::ff", 0)));
    byte[] bytes = InetAddress.ofLiteral("fe80::1").getAddress();
    var scoped = new InetSocketAddress(Inet6Address.getByAddress(null, bytes, 7), 1);
    var decoded = (InetSocketAddress) roundTrip(scoped);
    assertEquals(scoped, decoded);
    assertEquals(7, ((Inet6Address) decoded.getAddress()).getScopeId());
    for (UnixAddress unix :
        new UnixAddress[] {
          UnixAddress.path("/tmp/ü"),
          UnixAddress.path("p".repeat(107)),
          UnixAddress.abstractName("x\0y"),
          UnixAddress.abstractName("q".repeat(107)),
          UnixAddress.abstractName(""),
          UnixAddress.unnamed()
        }) {
      assertEquals(unix, roundTrip(unix));
    }
  }

  @Test
  void decode_ipv4MappedIpv6_isIpv4() {
    String hex = "0a00" + "0050" + "00000000" + "00000000000000000000ffffc0000201" + "00000000";
    memory.copyFrom(MemorySegment.ofArray(HexFormat.of().parseHex(hex)));
    assertEquals(inet("192.0.2.1", 80), SockAddr.decode(memory, 28));
  }

  @Test
  void decode_pathWithoutNul_usesTheLength() {
    memory.set(JAVA_SHORT, 0, (short) Linux.AF_UNIX);
    memory.asSlice(2).fill((byte) 'z');
    UnixAddress full = (UnixAddress) SockAddr.decode(memory, Linux.SIZEOF_SOCKADDR_UN);
    assertEquals("z".repeat(108), full.name());
  }

  @Test
  void decode_noAddress_isUnnamed() {
    assertEquals(UnixAddress.unnamed(), SockAddr.decode(memory, 0));
  }

  @Test
  void decode_unknownFamily_isClearError() {
    memory.set(JAVA_SHORT, 0, (short) 40); // AF_VSOCK
    var e = assertThrows(IllegalArgumentException.class, () -> SockAddr.decode(memory, 16));
    assertTrue(e.getMessage().startsWith("a sockaddr of address family 40: known are"));
  }

  @Test
  void decode_tooShort_isClearError() {
    assertThrows(IllegalArgumentException.class, () -> SockAddr.decode(memory, 1));
    SockAddr.encode(inet("127.0.0.1", 1), memory);
    assertThrows(IllegalArgumentException.class, () -> SockAddr.decode(memory, 7));
  }

  @Test
  void encode_unresolvedOrUnknown_isClearError() {
    var unresolved = InetSocketAddress.createUnresolved("no.such.host", 1);
    var e = assertThrows(IllegalArgumentException.class, () -> encoded(unresolved));
    assertEquals("host name not resolved: no.such.host", e.getMessage());
    @SuppressWarnings("serial")
    class Strange extends SocketAddress {}
    assertThrows(IllegalArgumentException.class, () -> encoded(new Strange()));
    assertThrows(IllegalArgumentException.class, () -> SockAddr.family(new Strange()));
    assertThrows(
        IllegalArgumentException.class, () -> encoded(UnixDomainSocketAddress.of("x".repeat(108))));
  }

  @Test
  void family_isTheSocketsDomain() {
    assertEquals(Linux.AF_INET, SockAddr.family(inet("127.0.0.1", 1)));
    assertEquals(Linux.AF_INET6, SockAddr.family(inet("::1", 1)));
    assertEquals(Linux.AF_UNIX, SockAddr.family(UnixAddress.unnamed()));
    assertEquals(Linux.AF_UNIX, SockAddr.family(UnixDomainSocketAddress.of("x")));
  }

  @Test
  void encode_ofBytesAsTheyAre_keepsThem() {
    byte[] name = {(byte) 0xff, 0, (byte) 0x80};
    UnixAddress decoded = (UnixAddress) roundTrip(UnixAddress.abstractName(name));
    assertArrayEquals(name, decoded.nameBytes());
  }
}

package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Translates socket addresses between Java and {@code struct sockaddr} in native memory.
 *
 * <p>Known are IPv4, IPv6 with its scope id, and Unix domain addresses. An IPv4-mapped IPv6 address
 * ({@code ::ffff:192.0.2.1}) is decoded as IPv4, which is what the JDK does.
 *
 * <p>Threads: stateless; the memory is the caller's.
 *
 * <p>Source: ip(7), ipv6(7), unix(7).
 */
public final class SockAddr {

  /** Bytes that hold any address: {@code sizeof(struct sockaddr_storage)}. */
  public static final int MAX_BYTES = Linux.SIZEOF_SOCKADDR_STORAGE;

  // struct sockaddr_in {            struct sockaddr_in6 {           struct sockaddr_un {
  //   sa_family_t    sin_family;  0   sa_family_t sin6_family;    0   sa_family_t sun_family;    0
  //   in_port_t      sin_port;    2   in_port_t   sin6_port;      2   char        sun_path[108]; 2
  //   struct in_addr sin_addr;    4   uint32_t    sin6_flowinfo;  4 };
  //   char           padding[8];  8   struct in6_addr sin6_addr;  8
  // };                                uint32_t    sin6_scope_id; 24
  //                                 };
  private static final int FAMILY = Offsets.SOCKADDR_IN__SIN_FAMILY; // in every sockaddr
  private static final int PORT = Offsets.SOCKADDR_IN__SIN_PORT; // in both
  private static final int IPV4_ADDRESS = Offsets.SOCKADDR_IN__SIN_ADDR;
  private static final int IPV6_ADDRESS = Offsets.SOCKADDR_IN6__SIN6_ADDR;
  private static final int IPV6_SCOPE_ID = Offsets.SOCKADDR_IN6__SIN6_SCOPE_ID;
  private static final int UNIX_PATH = Offsets.SOCKADDR_UN__SUN_PATH;

  private static final ValueLayout.OfShort NETWORK_SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private SockAddr() {}

  /**
   * The address family ({@code AF_INET}, {@code AF_INET6} or {@code AF_UNIX}): the domain of a
   * socket that can use this address.
   *
   * @throws IllegalArgumentException if the class of the address is unknown, or its host name is
   *     not resolved
   */
  public static int family(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) { // a pattern switch spins a class at start-up
      return resolved(inet) instanceof Inet6Address ? Linux.AF_INET6 : Linux.AF_INET;
    }
    if (address instanceof UnixAddress || address instanceof UnixDomainSocketAddress) {
      return Linux.AF_UNIX;
    }
    throw unknown(address);
  }

  /**
   * Writes an address and returns its length in bytes, at most {@link #MAX_BYTES}.
   *
   * @throws IllegalArgumentException if the class of the address is unknown, its host name is not
   *     resolved, or its path is too long
   */
  public static int encode(SocketAddress address, MemorySegment target) {
    if (address instanceof InetSocketAddress inet) {
      return encodeInet(inet, target);
    }
    if (address instanceof UnixAddress unix) {
      return encodeUnix(unix, target);
    }
    if (address instanceof UnixDomainSocketAddress unix) {
      Path path = unix.getPath(); // its text may not be its bytes
      boolean isNone = path.toString().isEmpty();
      return encodeUnix(isNone ? UnixAddress.unnamed() : UnixAddress.path(path), target);
    }
    throw unknown(address);
  }

  /**
   * The address that the kernel wrote; a Unix domain address becomes a {@link UnixAddress}.
   *
   * @param length the length the kernel reported; 0 for "no address", as {@code recvfrom} reports
   *     for the unbound peer of a Unix datagram socket, which becomes the unnamed address
   * @throws IllegalArgumentException if the family is unknown or the length too short for it
   */
  public static SocketAddress decode(MemorySegment source, int length) {
    if (length == 0) {
      return UnixAddress.unnamed();
    }
    int family = length < PORT ? -1 : source.get(JAVA_SHORT_UNALIGNED, FAMILY) & 0xffff;
    return switch (family) {
      case Linux.AF_INET -> decodeInet(source, length, IPV4_ADDRESS, 4);
      case Linux.AF_INET6 -> decodeInet(source, length, IPV6_ADDRESS, 16);
      case Linux.AF_UNIX -> decodeUnix(source, length);
      case -1 -> throw new IllegalArgumentException("a sockaddr of " + length + " byte");
      default ->
          throw new IllegalArgumentException(
              "a sockaddr of address family "
                  + family
                  + ": known are AF_INET (2), AF_INET6 (10)"
                  + " and AF_UNIX (1)");
    };
  }

  private static IllegalArgumentException unknown(SocketAddress address) {
    return new IllegalArgumentException(
        "no sockaddr for " + address.getClass().getName() + " " + address);
  }

  private static InetAddress resolved(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    if (host == null) {
      throw new IllegalArgumentException("host name not resolved: " + address.getHostString());
    }
    return host;
  }

  private static int encodeInet(InetSocketAddress address, MemorySegment target) {
    InetAddress host = resolved(address);
    byte[] bytes = host.getAddress();
    int length;
    if (host instanceof Inet6Address ipv6) {
      length = Linux.SIZEOF_SOCKADDR_IN6;
      target.asSlice(0, length).fill((byte) 0);
      target.set(JAVA_SHORT_UNALIGNED, FAMILY, (short) Linux.AF_INET6);
      MemorySegment.copy(bytes, 0, target, JAVA_BYTE, IPV6_ADDRESS, bytes.length);
      target.set(JAVA_INT_UNALIGNED, IPV6_SCOPE_ID, ipv6.getScopeId());
    } else {
      length = Linux.SIZEOF_SOCKADDR_IN;
      target.asSlice(0, length).fill((byte) 0);
      target.set(JAVA_SHORT_UNALIGNED, FAMILY, (short) Linux.AF_INET);
      MemorySegment.copy(bytes, 0, target, JAVA_BYTE, IPV4_ADDRESS, bytes.length);
    }
    target.set(NETWORK_SHORT, PORT, (short) address.getPort());
    return length;
  }

  private static int encodeUnix(UnixAddress address, MemorySegment target) {
    byte[] name = address.nameBytes();
    int length = UNIX_PATH;
    if (address.isAbstract()) {
      length += 1 + name.length; // a NUL, then the name; its end is told by the length alone
    } else if (name.length > 0) {
      // the path and its NUL, for which there is no room after one that the kernel told in full
      length = Math.min(length + name.length + 1, Linux.SIZEOF_SOCKADDR_UN);
    }
    target.asSlice(0, length).fill((byte) 0);
    target.set(JAVA_SHORT_UNALIGNED, FAMILY, (short) Linux.AF_UNIX);
    int start = address.isAbstract() ? UNIX_PATH + 1 : UNIX_PATH;
    MemorySegment.copy(name, 0, target, JAVA_BYTE, start, name.length);
    return length;
  }

  private static SocketAddress decodeInet(MemorySegment source, int length, int start, int size) {
    if (length < start + size) {
      throw new IllegalArgumentException(
          "a sockaddr of " + length + " bytes is too short for an address of " + size + " bytes");
    }
    byte[] bytes = source.asSlice(start, size).toArray(JAVA_BYTE);
    int port = source.get(NETWORK_SHORT, PORT) & 0xffff;
    int scope =
        length >= Linux.SIZEOF_SOCKADDR_IN6 ? source.get(JAVA_INT_UNALIGNED, IPV6_SCOPE_ID) : 0;
    try {
      InetAddress host = InetAddress.getByAddress(bytes); // IPv4 for an IPv4-mapped address
      if (host instanceof Inet6Address && scope != 0) {
        host = Inet6Address.getByAddress(null, bytes, scope);
      }
      return new InetSocketAddress(host, port);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are always an address", e);
    }
  }

  private static SocketAddress decodeUnix(MemorySegment source, int length) {
    byte[] path = source.asSlice(UNIX_PATH, length - UNIX_PATH).toArray(JAVA_BYTE);
    if (path.length == 0) {
      return UnixAddress.unnamed();
    }
    if (path[0] == 0) {
      return UnixAddress.decoded(true, Arrays.copyOfRange(path, 1, path.length));
    }
    int end = 0;
    while (end < path.length && path[end] != 0) {
      end++;
    }
    return UnixAddress.decoded(false, Arrays.copyOf(path, end));
  }
}

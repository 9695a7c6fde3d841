package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Socket addresses between the caller's {@code struct sockaddr} and Java. */
final class Addresses {

  private static final int SHORTEST = 2; // the family
  private static final int UNIX_LONGEST = Linux.SIZEOF_SOCKADDR_UN;

  // struct sockaddr_in6: the family, the port, 4 bytes of flow, 16 of address
  private static final int PORT = 2;
  private static final int IPV6_ADDRESS = 8;
  private static final int MAPPED_PREFIX = 10; // zeros, then ff ff, then the IPv4 address

  private Addresses() {}

  /** The family at an address, or -1 if it is too short to have one. */
  static int family(Memory memory, long address, int length) {
    return length < SHORTEST ? -1 : memory.getShort(address) & 0xffff;
  }

  /** The address, or null if it is none of this family. */
  static @Nullable SocketAddress read(Memory memory, int family, long address, int length) {
    int shortest =
        switch (family) {
          case Linux.AF_INET -> Linux.SIZEOF_SOCKADDR_IN;
          case Linux.AF_INET6 -> Linux.SIZEOF_SOCKADDR_IN6 - Integer.BYTES; // without the scope
          default -> SHORTEST;
        };
    int longest = family == Linux.AF_UNIX ? UNIX_LONGEST : SockAddr.MAX_BYTES;
    if (length < shortest || length > longest || family(memory, address, length) != family) {
      return null;
    }
    return SockAddr.decode(memory.slice(address, length), length);
  }

  /**
   * Writes an address as a socket of this family tells it, as far as there is room, and its length,
   * whether there was room or not. Null is "none", of length 0.
   */
  static void write(
      Memory memory, int family, @Nullable SocketAddress what, long address, long lengthAddress) {
    int room = memory.getInt(lengthAddress);
    int length = 0;
    if (what != null) {
      byte[] bytes = new byte[SockAddr.MAX_BYTES];
      length = encode(family, what, bytes);
      memory.copyOut(bytes, 0, address, Math.min(room, length));
    }
    memory.setInt(lengthAddress, length);
  }

  private static int encode(int family, SocketAddress what, byte[] target) {
    MemorySegment segment = MemorySegment.ofArray(target);
    if (family == Linux.AF_INET6 && what instanceof InetSocketAddress inet) {
      InetAddress host = inet.getAddress();
      if (host.getAddress().length == 4) { // an IPv4 peer of an IPv6 socket
        segment.set(JAVA_BYTE, 0, (byte) Linux.AF_INET6);
        segment.set(JAVA_BYTE, PORT, (byte) (inet.getPort() >> 8));
        segment.set(JAVA_BYTE, PORT + 1, (byte) inet.getPort());
        target[IPV6_ADDRESS + MAPPED_PREFIX] = (byte) 0xff;
        target[IPV6_ADDRESS + MAPPED_PREFIX + 1] = (byte) 0xff;
        byte[] four = host.getAddress();
        System.arraycopy(four, 0, target, IPV6_ADDRESS + MAPPED_PREFIX + 2, four.length);
        return Linux.SIZEOF_SOCKADDR_IN6;
      }
    }
    return SockAddr.encode(what, segment);
  }
}

package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.SockAddr;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Socket addresses between the caller's {@code struct sockaddr} and Java. */
final class Addresses {

  private static final int FAMILY_BYTES = 2;
  private static final int IPV6_SHORTEST = Linux.SIZEOF_SOCKADDR_IN6 - Integer.BYTES; // no scope
  private static final int UNIX_LONGEST = Linux.SIZEOF_SOCKADDR_UN;

  // struct sockaddr_in6: the family, the port, 4 bytes of flow, 16 of address
  private static final int PORT = 2;
  private static final int IPV6_ADDRESS = 8;
  private static final int MAPPED_PREFIX = 10; // zeros, then ff ff, then the IPv4 address

  private Addresses() {}

  /** What an address is read for: the kernel looks at it a little differently each time. */
  enum Use {
    BIND,
    CONNECT,
    SEND
  }

  /** The family at an address, or -1 if it is too short to have one. */
  static int family(Memory memory, long address, int length) {
    return length < FAMILY_BYTES ? -1 : memory.getShort(address) & 0xffff;
  }

  /** 0 if {@link #read} can read it, or the error of a socket with these options. */
  static int check(Memory memory, SocketOptions options, Use use, long address, int length) {
    int family = family(memory, address, length);
    if (options.isUnix()) {
      boolean autobind = use == Use.BIND && length == FAMILY_BYTES;
      boolean wrong = (length <= FAMILY_BYTES && !autobind) || length > UNIX_LONGEST;
      return wrong || family != Linux.AF_UNIX ? -Errno.EINVAL : 0;
    }
    if (options.family == Linux.AF_INET) {
      return checkInet(memory, use, family, address, length);
    }
    boolean mayBeFour = use != Use.BIND && !options.isTcp();
    if (family == Linux.AF_INET && mayBeFour) {
      if (options.v6Only) {
        return use == Use.CONNECT ? -Errno.EAFNOSUPPORT : -Errno.ENETUNREACH;
      }
      return checkInet(memory, use, family, address, length);
    }
    return checkInet6(memory, options, use, address, length);
  }

  private static int checkInet(Memory memory, Use use, int family, long address, int length) {
    if (length < Linux.SIZEOF_SOCKADDR_IN) {
      return -Errno.EINVAL;
    }
    if (family == Linux.AF_INET) {
      return 0;
    }
    boolean isAny = memory.getInt(address + Offsets.SOCKADDR_IN__SIN_ADDR) == 0;
    boolean taken = family == Linux.AF_UNSPEC && (use == Use.SEND || (use == Use.BIND && isAny));
    return taken ? 0 : -Errno.EAFNOSUPPORT;
  }

  private static int checkInet6(
      Memory memory, SocketOptions options, Use use, long address, int length) {
    int family = family(memory, address, length);
    if (family == Linux.AF_UNSPEC && use == Use.SEND && !options.isTcp()) {
      return 0; // no address at all
    }
    if (length < IPV6_SHORTEST) {
      return -Errno.EINVAL;
    }
    if (family != Linux.AF_INET6) {
      return use == Use.SEND ? -Errno.EINVAL : -Errno.EAFNOSUPPORT;
    }
    boolean isFour =
        SockAddr.decode(memory.slice(address, length), length) instanceof InetSocketAddress inet
            && inet.getAddress() instanceof Inet4Address;
    if (isFour && options.v6Only) {
      return use == Use.BIND ? -Errno.EINVAL : -Errno.ENETUNREACH;
    }
    return 0;
  }

  /** The address, which {@link #check} found good; null if it is the address of nobody. */
  static @Nullable SocketAddress read(
      Memory memory, SocketOptions options, long address, int length) {
    boolean unspecified = family(memory, address, length) == Linux.AF_UNSPEC;
    if (unspecified && options.family == Linux.AF_INET6) {
      return null;
    }
    byte[] bytes = new byte[length];
    memory.copyIn(address, bytes, 0, length);
    MemorySegment segment = MemorySegment.ofArray(bytes);
    if (unspecified) {
      segment.set(JAVA_SHORT_UNALIGNED, 0, (short) options.family); // as good as the right one
    }
    return SockAddr.decode(segment, length);
  }

  /**
   * Writes an address as a socket of this family tells it, as far as there is room, and its length,
   * whether there was room or not. Null is "none", of length 0.
   *
   * <p>Source: {@code move_addr_to_user} of Linux.
   *
   * @return 0, -EFAULT, or -EINVAL for less than no room
   */
  static int write(
      Memory memory, int family, @Nullable SocketAddress what, long address, long lengthAddress) {
    if (!memory.valid(lengthAddress, Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    int room = memory.getInt(lengthAddress);
    byte[] bytes = new byte[SockAddr.MAX_BYTES];
    int length = what == null ? 0 : encode(family, what, bytes);
    int copied = Math.min(room, length);
    if (copied < 0) {
      return -Errno.EINVAL;
    }
    memory.setInt(lengthAddress, length);
    if (!memory.valid(address, copied)) {
      return -Errno.EFAULT;
    }
    memory.copyOut(bytes, 0, address, copied);
    return 0;
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

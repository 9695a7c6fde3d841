package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * To which of this host's addresses a datagram was sent, and from which one is to leave: {@code
 * IP_PKTINFO} and {@code IPV6_PKTINFO} in the control data of a message.
 *
 * <p>A socket of IPv6 that hears IPv4, too, gets both for a datagram of IPv4; what IPv4 says is
 * more exact, as it names the address to answer from where the destination is a group.
 *
 * <p>Threads: stateless; the memory is the caller's. Nothing allocates but {@link #destination}.
 *
 * <p>Source: ip(7), ipv6(7), RFC 3542 section 6, cmsg(3).
 */
public final class PacketInfo {

  // struct cmsghdr { size_t cmsg_len; int cmsg_level; int cmsg_type; };  data follows, padded to 8
  static final int HEADER_BYTES = Linux.SIZEOF_CMSGHDR;

  private static final int SPACE4 = HEADER_BYTES + align(Linux.SIZEOF_IN_PKTINFO);
  private static final int SPACE6 = HEADER_BYTES + align(Linux.SIZEOF_IN6_PKTINFO);

  /** Room for both. */
  static final int MAX_BYTES = SPACE4 + SPACE6;

  private static final int IPV6_BYTES = 16;

  private PacketInfo() {}

  /**
   * Has a socket tell of each datagram where it was sent to.
   *
   * @param family AF_INET, or AF_INET6, which is asked for both
   * @return whether it does; not every kernel can, and Unix sockets have no such thing
   */
  public static boolean ask(Sys sys, int fd, int family) {
    try (Arena arena = Arena.ofConfined()) {
      long on = arena.allocateFrom(JAVA_INT, 1).address();
      int bytes = Integer.BYTES;
      int result = sys.setsockopt(fd, Linux.IPPROTO_IP, Linux.IP_PKTINFO, on, bytes);
      if (result >= 0 && family == Linux.AF_INET6) {
        result = sys.setsockopt(fd, Linux.IPPROTO_IPV6, Linux.IPV6_RECVPKTINFO, on, bytes);
      }
      return result >= 0;
    }
  }

  /** Where the datagram with this control data was sent; null if that does not say. */
  static @Nullable InetAddress destination(MemorySegment memory, long start, long length) {
    long four = find(memory, start, length, Linux.IPPROTO_IP, Linux.IP_PKTINFO);
    if (four >= 0) {
      return address(memory, four + Offsets.IN_PKTINFO__IPI_ADDR, Integer.BYTES);
    }
    long six = find(memory, start, length, Linux.IPPROTO_IPV6, Linux.IPV6_PKTINFO);
    return six < 0 ? null : address(memory, six + Offsets.IN6_PKTINFO__IPI6_ADDR, IPV6_BYTES);
  }

  /** From where an answer to the datagram leaves, as {@link #answer} says; null: of no choice. */
  static @Nullable InetAddress answerFrom(MemorySegment memory, long start, long length) {
    long four = find(memory, start, length, Linux.IPPROTO_IP, Linux.IP_PKTINFO);
    if (four >= 0) {
      long local = four + Offsets.IN_PKTINFO__IPI_SPEC_DST;
      return memory.get(JAVA_INT, local) == 0 ? null : address(memory, local, Integer.BYTES);
    }
    long six = find(memory, start, length, Linux.IPPROTO_IPV6, Linux.IPV6_PKTINFO);
    if (six < 0 || isGroup(memory, six)) {
      return null;
    }
    InetAddress plain = address(memory, six + Offsets.IN6_PKTINFO__IPI6_ADDR, IPV6_BYTES);
    int link = memory.get(JAVA_INT, six + Offsets.IN6_PKTINFO__IPI6_IFINDEX);
    return isLinkLocal(memory, six) ? scoped(plain, link) : plain;
  }

  /**
   * Writes the control data of an answer to a datagram: from where that was sent to, if it was one
   * of this host's addresses and not a group's. Of the interface nothing is said, so that the way
   * back may be another one; except within a link, where an address means nothing without it.
   *
   * @return how many bytes were written; 0 if the kernel is to choose
   */
  static int answer(MemorySegment from, long start, long length, MemorySegment to, long at) {
    long four = find(from, start, length, Linux.IPPROTO_IP, Linux.IP_PKTINFO);
    if (four >= 0) {
      int local = from.get(JAVA_INT, four + Offsets.IN_PKTINFO__IPI_SPEC_DST);
      if (local == 0) {
        return 0;
      }
      long data = header(to, at, Linux.IPPROTO_IP, Linux.IP_PKTINFO, Linux.SIZEOF_IN_PKTINFO);
      to.set(JAVA_INT, data + Offsets.IN_PKTINFO__IPI_IFINDEX, 0);
      to.set(JAVA_INT, data + Offsets.IN_PKTINFO__IPI_SPEC_DST, local);
      to.set(JAVA_INT, data + Offsets.IN_PKTINFO__IPI_ADDR, 0);
      return SPACE4;
    }
    long six = find(from, start, length, Linux.IPPROTO_IPV6, Linux.IPV6_PKTINFO);
    if (six < 0 || isGroup(from, six)) {
      return 0;
    }
    long data = header(to, at, Linux.IPPROTO_IPV6, Linux.IPV6_PKTINFO, Linux.SIZEOF_IN6_PKTINFO);
    MemorySegment.copy(from, six, to, data, Linux.SIZEOF_IN6_PKTINFO);
    if (!isLinkLocal(from, six)) {
      to.set(JAVA_INT, data + Offsets.IN6_PKTINFO__IPI6_IFINDEX, 0);
    }
    return SPACE6;
  }

  /** Writes the control data of a datagram that is to leave from an address; how many bytes. */
  static int source(InetAddress host, MemorySegment to, long at) {
    byte[] bytes = host.getAddress();
    if (host instanceof Inet4Address) {
      long data = header(to, at, Linux.IPPROTO_IP, Linux.IP_PKTINFO, Linux.SIZEOF_IN_PKTINFO);
      to.asSlice(data, Linux.SIZEOF_IN_PKTINFO).fill((byte) 0);
      long local = data + Offsets.IN_PKTINFO__IPI_SPEC_DST;
      MemorySegment.copy(bytes, 0, to, JAVA_BYTE, local, bytes.length);
      return SPACE4;
    }
    long data = header(to, at, Linux.IPPROTO_IPV6, Linux.IPV6_PKTINFO, Linux.SIZEOF_IN6_PKTINFO);
    MemorySegment.copy(bytes, 0, to, JAVA_BYTE, data, bytes.length);
    int scope = ((Inet6Address) host).getScopeId();
    to.set(JAVA_INT, data + Offsets.IN6_PKTINFO__IPI6_IFINDEX, scope);
    return SPACE6;
  }

  /** Where the data of this kind begins, or -1. */
  static long find(MemorySegment memory, long start, long length, int level, int type) {
    long at = start;
    long end = start + length;
    while (end - at >= HEADER_BYTES) {
      long size = memory.get(JAVA_LONG, at + Offsets.CMSGHDR__CMSG_LEN);
      if (size < HEADER_BYTES || size > end - at) {
        return -1;
      }
      if (memory.get(JAVA_INT, at + Offsets.CMSGHDR__CMSG_LEVEL) == level
          && memory.get(JAVA_INT, at + Offsets.CMSGHDR__CMSG_TYPE) == type) {
        return at + HEADER_BYTES;
      }
      at += align((int) size);
    }
    return -1;
  }

  /** Writes a header; where its data is to stand. */
  static long header(MemorySegment to, long at, int level, int type, int size) {
    to.set(JAVA_LONG, at + Offsets.CMSGHDR__CMSG_LEN, HEADER_BYTES + size);
    to.set(JAVA_INT, at + Offsets.CMSGHDR__CMSG_LEVEL, level);
    to.set(JAVA_INT, at + Offsets.CMSGHDR__CMSG_TYPE, type);
    return at + HEADER_BYTES;
  }

  /** CMSG_ALIGN of cmsg(3). */
  static int align(int size) {
    return (size + Long.BYTES - 1) & -Long.BYTES;
  }

  private static boolean isGroup(MemorySegment memory, long six) {
    return memory.get(JAVA_BYTE, six) == (byte) 0xff; // ff00::/8
  }

  private static boolean isLinkLocal(MemorySegment memory, long six) {
    return memory.get(JAVA_BYTE, six) == (byte) 0xfe
        && (memory.get(JAVA_BYTE, six + 1) & 0xc0) == 0x80; // fe80::/10
  }

  private static InetAddress scoped(InetAddress plain, int link) {
    try {
      return Inet6Address.getByAddress(null, plain.getAddress(), link);
    } catch (UnknownHostException e) {
      throw new AssertionError("16 bytes are always an address", e);
    }
  }

  private static InetAddress address(MemorySegment memory, long at, int size) {
    try {
      return InetAddress.getByAddress(memory.asSlice(at, size).toArray(JAVA_BYTE));
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are always an address", e);
    }
  }
}

package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import org.jspecify.annotations.Nullable;

/**
 * The options of IPv4 and IPv6 for hops and groups, on a socket of either family, or of both: there
 * each family follows its own, and so they are all set. After an error one of the two may be.
 */
final class Multicast {

  private static final int MAX_HOPS = 255;

  private final Sys sys;
  private final int fd;

  /** On another family than these the kernel refuses all of this. */
  private final boolean six;

  private final boolean four;

  Multicast(Sys sys, int fd, int family) throws SysException {
    this.sys = sys;
    this.fd = fd;
    this.six = family == Linux.AF_INET6;
    this.four = !six || Sockets.option(sys, fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY) == 0;
  }

  /**
   * Whether it hears groups that another socket has joined; an older kernel does as it likes. It is
   * said either way: Linux has IPv4 on a socket of IPv6 begin with no, and all else with yes. What
   * the program has set by an option of its own is left.
   */
  void allGroups(DatagramOptions options) {
    if (six) {
      allGroups(options, Linux.IPPROTO_IPV6, Linux.IPV6_MULTICAST_ALL);
    }
    if (four) {
      allGroups(options, Linux.IPPROTO_IP, Linux.IP_MULTICAST_ALL);
    }
  }

  private void allGroups(DatagramOptions options, int level, int name) {
    if (!options.hasOption(level, name)) {
      int _ = Opening.setIfKnown(sys, fd, level, name, bit(options.allGroups()));
    }
  }

  private static int bit(boolean on) {
    return on ? 1 : 0;
  }

  void membership(boolean join, InetAddress group, @Nullable NetworkInterface device)
      throws SysException {
    if (!group.isMulticastAddress()) {
      throw new IllegalArgumentException(group.getHostAddress() + " is no multicast address");
    }
    if (group instanceof Inet6Address) {
      membership6(join ? Linux.IPV6_JOIN_GROUP : Linux.IPV6_LEAVE_GROUP, group, device);
    } else {
      membership4(join ? Linux.IP_ADD_MEMBERSHIP : Linux.IP_DROP_MEMBERSHIP, group, device);
    }
  }

  private void membership4(int option, InetAddress group, @Nullable NetworkInterface device)
      throws SysException {
    // struct ip_mreqn { struct in_addr imr_multiaddr, imr_address; int imr_ifindex; };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(Linux.SIZEOF_IP_MREQN, Integer.BYTES);
      put(group, request, Offsets.IP_MREQN__IMR_MULTIADDR);
      request.set(JAVA_INT, Offsets.IP_MREQN__IMR_IFINDEX, index(device));
      set(Linux.IPPROTO_IP, option, request, group);
    }
  }

  private void membership6(int option, InetAddress group, @Nullable NetworkInterface device)
      throws SysException {
    // struct ipv6_mreq { struct in6_addr ipv6mr_multiaddr; unsigned int ipv6mr_interface; };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(Linux.SIZEOF_IPV6_MREQ, Integer.BYTES);
      put(group, request, Offsets.IPV6_MREQ__IPV6MR_MULTIADDR);
      request.set(JAVA_INT, Offsets.IPV6_MREQ__IPV6MR_INTERFACE, index(device));
      set(Linux.IPPROTO_IPV6, option, request, group);
    }
  }

  /** Where multicast goes out. */
  void device(NetworkInterface device) throws SysException {
    if (six) {
      Sockets.setOption(sys, fd, Linux.IPPROTO_IPV6, Linux.IPV6_MULTICAST_IF, index(device));
    }
    if (four) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment request = arena.allocate(Linux.SIZEOF_IP_MREQN, Integer.BYTES);
        request.set(JAVA_INT, Offsets.IP_MREQN__IMR_IFINDEX, index(device));
        set(Linux.IPPROTO_IP, Linux.IP_MULTICAST_IF, request, device);
      }
    }
  }

  void loopback(boolean on) throws SysException {
    set(Linux.IPV6_MULTICAST_LOOP, Linux.IP_MULTICAST_LOOP, bit(on));
  }

  void multicastHops(int count) throws SysException {
    set(Linux.IPV6_MULTICAST_HOPS, Linux.IP_MULTICAST_TTL, hops(count, 0));
  }

  void hops(int count) throws SysException {
    set(Linux.IPV6_UNICAST_HOPS, Linux.IP_TTL, hops(count, 1));
  }

  private void set(int name6, int name4, int value) throws SysException {
    if (six) {
      Sockets.setOption(sys, fd, Linux.IPPROTO_IPV6, name6, value);
    }
    if (four) {
      Sockets.setOption(sys, fd, Linux.IPPROTO_IP, name4, value);
    }
  }

  private static int hops(int count, int least) {
    if (count < least || count > MAX_HOPS) {
      throw new IllegalArgumentException(count + " hops: from " + least + " to " + MAX_HOPS);
    }
    return count;
  }

  private static int index(@Nullable NetworkInterface device) {
    return device == null ? 0 : device.getIndex();
  }

  private static void put(InetAddress address, MemorySegment target, int offset) {
    byte[] bytes = address.getAddress();
    MemorySegment.copy(bytes, 0, target, JAVA_BYTE, offset, bytes.length);
  }

  private void set(int level, int option, MemorySegment value, Object what) throws SysException {
    int result = sys.setsockopt(fd, level, option, value.address(), (int) value.byteSize());
    if (result < 0) {
      throw SysException.of(
          "setsockopt(fd=" + fd + ", level=" + level + ", option=" + option + ", " + what + ")",
          result);
    }
  }
}

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

/** The options of IPv4 and IPv6 for hops and groups, on a socket of either family. */
final class Multicast {

  private static final int MAX_HOPS = 255;

  private final Sys sys;
  private final int fd;

  /** AF_INET, AF_INET6; on another family the kernel refuses all of this. */
  private final boolean six;

  Multicast(Sys sys, int fd, int family) {
    this.sys = sys;
    this.fd = fd;
    this.six = family == Linux.AF_INET6;
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
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(Linux.SIZEOF_IP_MREQN, Integer.BYTES);
      request.set(JAVA_INT, Offsets.IP_MREQN__IMR_IFINDEX, index(device));
      set(Linux.IPPROTO_IP, Linux.IP_MULTICAST_IF, request, device);
    }
  }

  void loopback(boolean on) throws SysException {
    int name = six ? Linux.IPV6_MULTICAST_LOOP : Linux.IP_MULTICAST_LOOP;
    Sockets.setOption(sys, fd, level(), name, on ? 1 : 0);
  }

  void multicastHops(int count) throws SysException {
    int name = six ? Linux.IPV6_MULTICAST_HOPS : Linux.IP_MULTICAST_TTL;
    Sockets.setOption(sys, fd, level(), name, hops(count, 0));
  }

  void hops(int count) throws SysException {
    int name = six ? Linux.IPV6_UNICAST_HOPS : Linux.IP_TTL;
    Sockets.setOption(sys, fd, level(), name, hops(count, 1));
  }

  private int level() {
    return six ? Linux.IPPROTO_IPV6 : Linux.IPPROTO_IP;
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

package dev.pollux.model;

import dev.pollux.sys.Linux;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Who is bound where: the ports of the loopback interface, and of the host's own addresses. */
final class Network {

  private final Ports tcp;
  private final Ports udp;
  private final long seed;
  private final Set<InetAddress> own;
  private final @Nullable World world;

  /**
   * The seed chooses among those who share a port; the clock counts nanoseconds.
   *
   * @param own addresses beside the loopback's
   * @param world where others have theirs
   */
  Network(long seed, LongSupplier clock, Set<InetAddress> own, @Nullable World world) {
    this.seed = seed;
    this.own = own;
    this.world = world;
    this.tcp = new Ports(clock, true);
    this.udp = new Ports(clock, false);
  }

  /** The ports that a socket's are among. */
  Ports ports(Socket socket) {
    return socket.options().type == Linux.SOCK_STREAM ? tcp : udp;
  }

  /**
   * The socket that takes what is sent to an address: bound to exactly this one before any; of
   * several that share a port, one chosen by a hash of the seed and both ports.
   */
  @Nullable Socket find(Socket sender, InetSocketAddress target, int senderPort) {
    List<Socket> exact = new ArrayList<>();
    List<Socket> any = new ArrayList<>();
    boolean stream = sender.options().type == Linux.SOCK_STREAM;
    for (Socket each : ports(sender).boundTo(target.getPort())) {
      if (stream && !each.isListening()) {
        continue;
      }
      InetAddress host = ((InetSocketAddress) each.localAddress()).getAddress();
      if (host.equals(target.getAddress())) {
        exact.add(each);
      } else if (host.isAnyLocalAddress() && takesFamilyOf(each, target.getAddress())) {
        any.add(each);
      }
    }
    List<Socket> found = exact.isEmpty() ? any : exact;
    if (found.size() <= 1) {
      return found.isEmpty() ? null : found.getFirst();
    }
    return found.get(choice(found.size(), target, senderPort));
  }

  /**
   * The socket that takes a datagram: one that is connected to its source before any, bound to
   * exactly this address before those bound to all, and of those that share the address by
   * SO_REUSEADDR the last.
   */
  @Nullable DatagramSocket receiver(InetSocketAddress target, InetSocketAddress source) {
    List<DatagramSocket> best = List.of();
    int bestRank = 0;
    for (Socket each : udp.boundTo(target.getPort())) {
      DatagramSocket socket = (DatagramSocket) each;
      int rank = rank(socket, target.getAddress(), source);
      if (rank > bestRank) {
        best = new ArrayList<>();
        bestRank = rank;
      }
      if (rank > 0 && rank == bestRank) {
        best.add(socket);
      }
    }
    if (best.isEmpty()) {
      return null;
    }
    DatagramSocket last = best.getLast();
    return last.options().reusePort
        ? best.get(choice(best.size(), target, source.getPort()))
        : last;
  }

  private static int rank(DatagramSocket socket, InetAddress target, InetSocketAddress source) {
    InetAddress host = ((InetSocketAddress) socket.localAddress()).getAddress();
    boolean exact = host.equals(target);
    if (!socket.hears(source)
        || !(exact || (host.isAnyLocalAddress() && takesFamilyOf(socket, target)))) {
      return 0;
    }
    return 1 + (exact ? 1 : 0) + (socket.peerAddress() == null ? 0 : 1);
  }

  private int choice(int count, InetSocketAddress target, int sourcePort) {
    Dice dice = new Dice(seed ^ ((long) sourcePort << Integer.SIZE) ^ target.getPort());
    return (int) dice.below(count);
  }

  private static boolean takesFamilyOf(Socket bound, InetAddress host) {
    boolean four = host.getAddress().length == 4;
    return bound.options().family == Linux.AF_INET ? four : !four || !bound.options().v6Only;
  }

  boolean isLocal(InetAddress host) {
    return host.isLoopbackAddress() || host.isAnyLocalAddress() || own.contains(host);
  }

  /** Whether an address is, or may be, that of another host of the network. */
  boolean isRemote(InetAddress host) {
    return world != null && !isLocal(host) && source(host) != null;
  }

  /** Whether there is a way to an address: to this machine, or another one. */
  boolean isServed(InetAddress host) {
    return isLocal(host) || isRemote(host);
  }

  /** The same, or to nowhere. */
  boolean isReachable(InetAddress host) {
    return isServed(host) || isLost(host);
  }

  /** What a packet to an address is sent from: null if this host has none of the family. */
  private @Nullable InetAddress source(InetAddress target) {
    for (InetAddress each : own) {
      if (each.getAddress().length == target.getAddress().length) {
        return each;
      }
    }
    return null;
  }

  /** The address of this host that a peer sees. */
  InetAddress towards(InetAddress target) {
    if (own.contains(target)) {
      return target;
    }
    InetAddress source = isLocal(target) ? null : source(target);
    return source == null ? loopback(target.getAddress().length == 4) : source;
  }

  /**
   * Whether what is sent to an address is lost without a word: so are the networks that RFC 5737
   * and RFC 3849 set aside for documentation, 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 and
   * 2001:db8::/32.
   */
  static boolean isLost(InetAddress host) {
    byte[] bytes = host.getAddress();
    int top = (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16;
    top |= (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    if (bytes.length == 4) {
      int network = top & 0xffffff00;
      return network == 0xc0000200 || network == 0xc6336400 || network == 0xcb007100;
    }
    return top == 0x20010db8;
  }

  /** Where a packet to this address goes: the wildcard address means this machine. */
  static InetSocketAddress destination(InetSocketAddress target) {
    if (!target.getAddress().isAnyLocalAddress()) {
      return target;
    }
    return new InetSocketAddress(
        loopback(target.getAddress().getAddress().length == 4), target.getPort());
  }

  static InetAddress loopback(boolean four) {
    byte[] bytes = four ? new byte[] {127, 0, 0, 1} : new byte[16];
    if (!four) {
      bytes[15] = 1;
    }
    return address(bytes);
  }

  static InetAddress wildcard(int family) {
    return address(new byte[family == Linux.AF_INET ? 4 : 16]);
  }

  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are always an address", e);
    }
  }
}

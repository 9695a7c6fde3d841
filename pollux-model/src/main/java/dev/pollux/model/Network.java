package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is bound where: the ports of the loopback interface, and the names of Unix sockets.
 *
 * <p>A path is a name like any other here: nothing is made in a file system, and unlike in one the
 * name is free again when its socket is closed.
 */
final class Network {

  private static final int FIRST_EPHEMERAL = 32_768;
  private static final int LAST_EPHEMERAL = 60_999;

  private final Map<Integer, List<Socket>> tcp = new TreeMap<>();
  private final Map<Integer, List<Socket>> udp = new TreeMap<>();
  private final Map<SocketAddress, Socket> names = new HashMap<>();
  private final long seed;
  private int nextEphemeral = FIRST_EPHEMERAL;
  private int nextName = 1;

  /** The seed chooses among those who share a port. */
  Network(long seed) {
    this.seed = seed;
  }

  private Map<Integer, List<Socket>> ports(Socket socket) {
    return socket.options().type == Linux.SOCK_STREAM ? tcp : udp;
  }

  // ---- ports

  /** The address a socket gets that asks for this one, or null after noting why not. */
  int check(Socket socket, InetSocketAddress wanted) {
    if (!isLocal(wanted.getAddress())) {
      return -Errno.EADDRNOTAVAIL;
    }
    boolean taken = wanted.getPort() != 0 && conflicts(socket, wanted, false);
    return taken ? -Errno.EADDRINUSE : 0;
  }

  /** Registers a socket; port 0 becomes a free one. Null if there is none. */
  @Nullable InetSocketAddress bind(Socket socket, InetSocketAddress wanted) {
    InetSocketAddress address = wanted;
    if (wanted.getPort() == 0) {
      address = withFreePort(socket, wanted.getAddress());
      if (address == null) {
        return null;
      }
    }
    ports(socket).computeIfAbsent(address.getPort(), _ -> new ArrayList<>()).add(socket);
    return address;
  }

  private @Nullable InetSocketAddress withFreePort(Socket socket, InetAddress host) {
    for (int tries = FIRST_EPHEMERAL; tries <= LAST_EPHEMERAL; tries++) {
      int port = nextEphemeral;
      nextEphemeral = port == LAST_EPHEMERAL ? FIRST_EPHEMERAL : port + 1;
      if (!ports(socket).containsKey(port)) {
        return new InetSocketAddress(host, port);
      }
    }
    return null;
  }

  void unbind(Socket socket, InetSocketAddress address) {
    List<Socket> users = ports(socket).get(address.getPort());
    if (users != null && users.remove(socket) && users.isEmpty()) {
      ports(socket).remove(address.getPort());
    }
  }

  /** Whether another socket has the address, and one of the two does not share it. */
  boolean conflicts(Socket socket, InetSocketAddress address, boolean toListen) {
    for (Socket other : ports(socket).getOrDefault(address.getPort(), List.of())) {
      InetSocketAddress taken = (InetSocketAddress) other.localAddress();
      if (!other.equals(socket)
          && overlap(socket, address.getAddress(), other, taken.getAddress())) {
        boolean shareAddress =
            socket.options().reuseAddress
                && other.options().reuseAddress
                && !other.isListening()
                && !(toListen && other.isListening());
        boolean sharePort = socket.options().reusePort && other.options().reusePort;
        if (!shareAddress && !sharePort) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean overlap(Socket a, InetAddress hostA, Socket b, InetAddress hostB) {
    if (hostA.equals(hostB)) {
      return true;
    }
    boolean sameFamily = a.options().family == b.options().family;
    if (sameFamily) {
      return hostA.isAnyLocalAddress() || hostB.isAnyLocalAddress();
    }
    boolean firstIsSix = a.options().family == Linux.AF_INET6;
    InetAddress hostSix = firstIsSix ? hostA : hostB;
    return hostSix.isAnyLocalAddress() && !(firstIsSix ? a : b).options().v6Only;
  }

  /**
   * The socket that takes what is sent to an address: bound to exactly this one before any; of
   * several that share a port, one chosen by a hash of the seed and both ports.
   */
  @Nullable Socket find(Socket sender, InetSocketAddress target, int senderPort) {
    List<Socket> exact = new ArrayList<>();
    List<Socket> any = new ArrayList<>();
    boolean stream = sender.options().type == Linux.SOCK_STREAM;
    for (Socket each : ports(sender).getOrDefault(target.getPort(), List.of())) {
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
    Dice dice = new Dice(seed ^ ((long) senderPort << Integer.SIZE) ^ target.getPort());
    return found.get((int) dice.below(found.size()));
  }

  private static boolean takesFamilyOf(Socket bound, InetAddress host) {
    boolean four = host.getAddress().length == 4;
    return bound.options().family == Linux.AF_INET ? four : !four || !bound.options().v6Only;
  }

  static boolean isLocal(InetAddress host) {
    return host.isLoopbackAddress() || host.isAnyLocalAddress();
  }

  /** Whether there is a way to an address: to this machine, or to nowhere. */
  static boolean isReachable(InetAddress host) {
    return isLocal(host) || isLost(host);
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

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are always an address", e);
    }
  }

  // ---- names

  @Nullable Socket find(SocketAddress name) {
    return names.get(name);
  }

  /** Registers a Unix socket; the unnamed address becomes an abstract name. Null if taken. */
  @Nullable UnixAddress bindName(Socket socket, UnixAddress wanted) {
    UnixAddress name = wanted;
    while (name.isUnnamed()) {
      UnixAddress free = UnixAddress.abstractName(String.format("%05x", nextName++));
      name = names.containsKey(free) ? name : free;
    }
    return names.putIfAbsent(name, socket) == null ? name : null;
  }

  void unbindName(Socket socket, SocketAddress name) {
    boolean _ = names.remove(name, socket);
  }
}

package dev.pollux.model;

import dev.pollux.sys.Linux;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The ports of one protocol: who was bound to them, who was accepted on them, and which connections
 * have ended there and wait.
 *
 * <p>An accepted connection is in the way of a {@code bind} as its listener is, also when the
 * listener is gone; and so is, for {@link #TIME_WAIT_NANOS}, what is left of a connection on the
 * side that closed first.
 *
 * <p>Source: {@code inet_csk_get_port}, {@code inet_bind_conflict} and {@code inet_hash_connect} of
 * Linux.
 */
final class Ports {

  static final long TIME_WAIT_NANOS = 60 * Kernel.NANOS_PER_SECOND; // TCP_TIMEWAIT_LEN

  /** One more ends without waiting: net.ipv4.tcp_max_tw_buckets. */
  private static final int MAX_WAITING = 131_072;

  private static final int FIRST_EPHEMERAL = 32_768;

  /** Where datagrams begin: their numbers and those of streams are not to be the same by chance. */
  private static final int MIDDLE_EPHEMERAL = 46_884;

  private static final int LAST_EPHEMERAL = 60_999;

  /** What decides whether two are in each other's way: a socket's, or what is left of one. */
  record Holder(InetAddress host, int family, boolean v6Only, boolean reuses, boolean shares) {

    static Holder of(Socket socket, InetAddress host) {
      SocketOptions options = socket.options();
      return new Holder(
          host, options.family, options.v6Only, options.reuseAddress, options.reusePort);
    }

    boolean overlaps(Holder other) {
      if (host.equals(other.host)) {
        return true;
      }
      if (family == other.family) {
        return host.isAnyLocalAddress() || other.host.isAnyLocalAddress();
      }
      Holder six = family == Linux.AF_INET6 ? this : other;
      return six.host.isAnyLocalAddress() && !six.v6Only;
    }
  }

  /** TIME_WAIT: the name of a connection that has ended. */
  private record Waiting(int port, Holder holder, long untilNanos) {}

  private static final class Port {
    final Set<Socket> bound = new LinkedHashSet<>();
    final Set<Socket> accepted = new LinkedHashSet<>();
    final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    final SharedPort shared = new SharedPort();

    boolean isFree() {
      return bound.isEmpty() && accepted.isEmpty() && waiting.isEmpty();
    }
  }

  private final Map<Integer, Port> ports = new HashMap<>();

  /** In the order in which they end. */
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  private final LongSupplier clock;

  /** Whether a port remembers how it is shared; those of datagrams do not. */
  private final boolean remembers;

  private int nextEphemeral;

  /**
   * The ports of a protocol.
   *
   * @param isTcp or else UDP
   */
  Ports(LongSupplier clock, boolean isTcp) {
    this.clock = clock;
    this.remembers = isTcp;
    this.nextEphemeral = isTcp ? FIRST_EPHEMERAL : MIDDLE_EPHEMERAL;
  }

  /** Those that were bound to a port, or were given it, in the order in which they came. */
  Collection<Socket> boundTo(int port) {
    Port found = ports.get(port);
    return found == null ? List.of() : found.bound;
  }

  void bind(Socket socket, InetSocketAddress address, boolean toConnect) {
    Port port = ports.computeIfAbsent(address.getPort(), _ -> new Port());
    if (!toConnect) {
      port.shared.bound(Holder.of(socket, address.getAddress()));
    }
    boolean _ = port.bound.add(socket);
  }

  /** A socket listens at its port. */
  void listens(Socket socket, InetSocketAddress address) {
    Port port = Objects.requireNonNull(ports.get(address.getPort()));
    port.shared.bound(Holder.of(socket, address.getAddress()));
  }

  /** An accepted connection has its listener's port. */
  void accept(Socket socket, int port) {
    boolean _ = ports.computeIfAbsent(port, _ -> new Port()).accepted.add(socket);
  }

  void unbind(Socket socket, int port) {
    Port found = ports.get(port);
    if (found != null && (found.bound.remove(socket) || found.accepted.remove(socket))) {
      dropIfFree(port, found);
    }
  }

  private void dropIfFree(int number, Port port) {
    if (port.isFree()) {
      ports.remove(number);
    }
  }

  /** A connection has ended at this address, and its name is taken for a while yet. */
  void startWaiting(Socket socket, InetSocketAddress address) {
    endWaits();
    if (waiting.size() == MAX_WAITING) {
      return;
    }
    Holder holder = Holder.of(socket, address.getAddress());
    Waiting entry = new Waiting(address.getPort(), holder, clock.getAsLong() + TIME_WAIT_NANOS);
    waiting.add(entry);
    ports.computeIfAbsent(entry.port, _ -> new Port()).waiting.add(entry);
  }

  /** Forgets the connections that have waited long enough. */
  private void endWaits() {
    if (waiting.isEmpty()) {
      return;
    }
    long now = clock.getAsLong();
    while (!waiting.isEmpty() && waiting.element().untilNanos <= now) {
      Waiting ended = waiting.remove();
      Port port = Objects.requireNonNull(ports.get(ended.port));
      Waiting _ = port.waiting.remove(); // the first here is the first there
      dropIfFree(ended.port, port);
    }
  }

  /**
   * A free port, or 0 if there is none.
   *
   * @param toConnect whether one will do on which nothing but ended connections wait: Linux reuses
   *     those on the loopback interface (net.ipv4.tcp_tw_reuse)
   */
  int free(boolean toConnect) {
    endWaits();
    int second = 0;
    for (int tries = FIRST_EPHEMERAL; tries <= LAST_EPHEMERAL; tries++) {
      int port = nextEphemeral;
      nextEphemeral = port == LAST_EPHEMERAL ? FIRST_EPHEMERAL : port + 1;
      Port found = ports.get(port);
      if (found == null) {
        return port;
      }
      if (second == 0 && found.bound.isEmpty() && found.accepted.isEmpty()) {
        second = port;
      }
    }
    return toConnect ? second : 0;
  }

  /**
   * Whether somebody else has the address, and one of the two does not share it. A listener shares
   * by SO_REUSEPORT only.
   */
  boolean conflicts(Socket socket, InetSocketAddress address) {
    endWaits();
    Port port = ports.get(address.getPort());
    if (port == null) {
      return false;
    }
    Holder wanted = Holder.of(socket, address.getAddress());
    if (remembers && port.shared.admits(wanted)) {
      return false;
    }
    return conflicts(socket, wanted, port.bound)
        || conflicts(socket, wanted, port.accepted)
        || port.waiting.stream().anyMatch(each -> conflicts(wanted, each.holder, false));
  }

  private static boolean conflicts(Socket socket, Holder wanted, Set<Socket> others) {
    for (Socket other : others) {
      InetAddress taken = ((InetSocketAddress) other.localAddress()).getAddress();
      if (!other.equals(socket)
          && conflicts(wanted, Holder.of(other, taken), other.isListening())) {
        return true;
      }
    }
    return false;
  }

  private static boolean conflicts(Holder wanted, Holder taken, boolean listens) {
    boolean reused = wanted.reuses && taken.reuses && !listens;
    boolean shared = reused || (wanted.shares && taken.shares);
    return wanted.overlaps(taken) && !shared;
  }

  /** The one in whose way a connection between these two addresses would be, or null. */
  @Nullable Socket connected(Socket socket, InetSocketAddress here, InetSocketAddress there) {
    for (Socket other : boundTo(here.getPort())) {
      if (!other.equals(socket)
          && here.equals(other.localAddress())
          && there.equals(other.peerAddress())) {
        return other;
      }
    }
    return null;
  }
}

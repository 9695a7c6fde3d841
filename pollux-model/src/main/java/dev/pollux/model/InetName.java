package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The address and port that an Internet socket has, or will have.
 *
 * <p>Host and port may be the program's choice or the kernel's. What the program chose stays the
 * socket's until that is closed; what the kernel chose goes with the connection.
 */
final class InetName {

  private final Network network;
  private final Ports ports;
  private final Socket socket;
  private final InetAddress wildcard;
  private InetSocketAddress address;
  private boolean isBound;
  private boolean isHostChosen;
  private boolean isPortChosen;

  InetName(Network network, Socket socket, int family) {
    this.network = network;
    this.ports = network.ports(socket);
    this.socket = socket;
    this.wildcard = Network.wildcard(family);
    this.address = new InetSocketAddress(wildcard, 0);
  }

  InetSocketAddress address() {
    return address;
  }

  /** Has a listener's name on one of its addresses: the port is shared, the choice inherited. */
  void inherit(InetName listener, InetSocketAddress name) {
    address = name;
    isBound = true;
    isHostChosen = listener.isHostChosen; // as of Linux; the port counts as the kernel's choice
    ports.accept(socket, name.getPort());
  }

  /**
   * Binds.
   *
   * @param isFresh whether the socket's state allows it
   */
  int bind(InetSocketAddress wanted, boolean isFresh) {
    if (!network.isLocal(wanted.getAddress())) {
      return -Errno.EADDRNOTAVAIL;
    }
    if (isBound || !isFresh) {
      return -Errno.EINVAL;
    }
    if (wanted.getPort() != 0 && ports.conflicts(socket, wanted)) {
      loseHost(); // one that was left over from a connection, too
      return -Errno.EADDRINUSE;
    }
    if (wanted.getPort() == 0 && socket.options().bindsHostOnly) {
      address = wanted; // and can be bound again
      isHostChosen |= !wanted.getAddress().isAnyLocalAddress();
      return 0;
    }
    int result = take(wanted.getAddress(), wanted.getPort(), false);
    isPortChosen = result == 0 && wanted.getPort() != 0;
    // Once it was chosen, so will be any other: nothing takes SOCK_BINDADDR_LOCK away.
    isHostChosen |= result == 0 && !wanted.getAddress().isAnyLocalAddress();
    return result;
  }

  /**
   * Takes a free port, if it has none.
   *
   * @param toConnect whether it is for a connection
   */
  int autobind(boolean toConnect) {
    return isBound ? 0 : take(address.getAddress(), 0, toConnect);
  }

  private int take(InetAddress host, int wanted, boolean toConnect) {
    int port = wanted == 0 ? ports.free(toConnect) : wanted;
    if (port == 0) {
      return -Errno.EADDRINUSE;
    }
    address = new InetSocketAddress(host, port);
    isBound = true;
    ports.bind(socket, address, toConnect);
    return 0;
  }

  /** Whether it may listen here: else that would be in somebody's way. */
  boolean listens() {
    boolean isFree = !ports.conflicts(socket, address);
    if (isFree) {
      ports.listens(socket, address);
    }
    return isFree;
  }

  /** The name of a new TCP connection; -ENETUNREACH, or -EADDRNOTAVAIL if it is another's. */
  int beginConnection(InetSocketAddress target) {
    if (!network.isReachable(target.getAddress())) {
      return -Errno.ENETUNREACH;
    }
    if (autobind(true) < 0 || ports.connected(socket, towards(target), target) != null) {
      return -Errno.EADDRNOTAVAIL;
    }
    connectTo(target);
    return 0;
  }

  /** A connected socket knows from which address it sends. */
  void connectTo(InetSocketAddress target) {
    address = towards(target);
  }

  /** The address that a peer at {@code target} sees. */
  InetSocketAddress towards(InetSocketAddress target) {
    if (!address.getAddress().isAnyLocalAddress()) {
      return address;
    }
    return new InetSocketAddress(network.towards(target.getAddress()), address.getPort());
  }

  /**
   * A connection has ended: a port that the kernel has chosen is given back. It is told as the
   * socket's until there is another one.
   *
   * @param waits whether this side closed first, so that the name stays taken for a while
   * @param isClosed whether the socket is closed, so that it has no use for a port
   */
  void connectionEnded(boolean waits, boolean isClosed) {
    if (waits) {
      ports.startWaiting(socket, address);
    }
    if (isClosed || !isPortChosen) {
      release();
    }
  }

  /** The socket has left its peer, and with it the host that the kernel chose. */
  void forgetHost() {
    if (!isHostChosen) {
      loseHost();
    }
  }

  private void loseHost() {
    address = new InetSocketAddress(wildcard, address.getPort());
  }

  /** The same, and the port that the kernel chose is given back and told no more. */
  void forget() {
    connectionEnded(false, false);
    forgetHost();
    if (!isBound) {
      address = new InetSocketAddress(address.getAddress(), 0);
    }
  }

  void release() {
    if (isBound) {
      ports.unbind(socket, address.getPort());
      isBound = false;
    }
  }
}

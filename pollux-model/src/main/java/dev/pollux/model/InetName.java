package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The address and port that an Internet socket has, or will have. */
final class InetName {

  private final Network network;
  private final Socket socket;
  private InetSocketAddress address;
  private boolean isBound;

  /** The port was asked for by its number. */
  private boolean isChosen;

  InetName(Network network, Socket socket, int family) {
    this.network = network;
    this.socket = socket;
    this.address = new InetSocketAddress(Network.wildcard(family), 0);
  }

  InetSocketAddress address() {
    return address;
  }

  int port() {
    return address.getPort();
  }

  /** Takes the name of a listener, whose port it shares. */
  void inherit(InetSocketAddress name) {
    address = name;
  }

  int bind(InetSocketAddress wanted) {
    int result = isBound ? -Errno.EINVAL : network.check(socket, wanted);
    if (result < 0) {
      return result;
    }
    isChosen = wanted.getPort() != 0;
    return take(wanted);
  }

  /** Takes a free port, if it has none. */
  int autobind() {
    return isBound ? 0 : take(address);
  }

  private int take(InetSocketAddress wanted) {
    InetSocketAddress bound = network.bind(socket, wanted);
    if (bound == null) {
      return -Errno.EADDRINUSE;
    }
    address = bound;
    isBound = true;
    return 0;
  }

  /** Whether to listen here is to be in somebody's way. */
  boolean conflictsListening() {
    return network.conflicts(socket, address, true);
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
    InetAddress host = target.getAddress();
    return new InetSocketAddress(
        Network.loopback(host.getAddress().length == 4), address.getPort());
  }

  /** A connection has ended: a port that the kernel has chosen is given back, and only that. */
  void giveBack() {
    if (isBound && !isChosen) {
      release();
      address = new InetSocketAddress(address.getAddress(), 0);
    }
  }

  void release() {
    if (isBound) {
      network.unbind(socket, address);
      isBound = false;
    }
  }
}

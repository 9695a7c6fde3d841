package dev.pollux.net;

/** Who accepts the connections of a server with several loops. A connection stays on its loop. */
public enum AcceptMode {
  /** A loop of its own accepts, and deals the connections out in turn. */
  ACCEPTOR,
  /**
   * Every loop has a listener of its own on the same address, SO_REUSEPORT: the kernel spreads the
   * connections by a hash of their addresses.
   */
  REUSEPORT,
  /**
   * All loops watch one listener, EPOLLEXCLUSIVE: a connection wakes about one of them. The kernel
   * prefers the loop that waited last, so the load is uneven. epoll only.
   */
  EXCLUSIVE
}

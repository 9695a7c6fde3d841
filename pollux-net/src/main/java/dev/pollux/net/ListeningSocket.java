package dev.pollux.net;

import dev.pollux.sys.Addresses;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;

/**
 * A socket that listens before anybody accepts: the address is taken, and its port known, and who
 * connects waits in the backlog. A {@link Server} on {@link ServerOptions#on}({@link #descriptor})
 * accepts them then.
 *
 * <p>Ownership: the descriptor is this object's; the server has one of its own, so this may be
 * closed when it has started, or be kept for the next. A Unix path stays when it closes. Threads:
 * any, one at a time.
 */
public final class ListeningSocket implements AutoCloseable {

  private final Sys sys;
  private final SocketAddress address;
  private int fd;

  private ListeningSocket(Sys sys, int fd, SocketAddress address) {
    this.sys = sys;
    this.fd = fd;
    this.address = address;
  }

  /**
   * Listens at the {@linkplain ServerOptions#address address} of the options, with their backlog
   * and setup.
   *
   * @throws SysException if it cannot; then nothing is left open
   */
  public static ListeningSocket open(Sys sys, ServerOptions options) throws SysException {
    int fd = Opening.listener(sys, Opening.ours(options.address()), options, false);
    try {
      return new ListeningSocket(sys, fd, Sockets.localAddress(sys, fd));
    } catch (Throwable t) {
      int _ = sys.close(fd);
      throw t;
    }
  }

  /**
   * The descriptor.
   *
   * @throws IllegalStateException if this is closed
   */
  public int descriptor() {
    if (fd < 0) {
      throw new IllegalStateException(this + " is closed");
    }
    return fd;
  }

  /** Where it listens, with the port that the kernel chose. */
  public SocketAddress address() {
    return address;
  }

  /** Gives the descriptor back. Idempotent. */
  @Override
  public void close() {
    int known = fd;
    fd = -1;
    if (known >= 0) {
      int _ = sys.close(known);
    }
  }

  @Override
  public String toString() {
    return "listening socket at " + Addresses.text(address);
  }
}

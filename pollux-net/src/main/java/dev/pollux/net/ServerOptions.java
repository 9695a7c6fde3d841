package dev.pollux.net;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a {@link Server} listens.
 *
 * @param address an IP address and port, 0 for any free one; or a {@link
 *     dev.pollux.sys.UnixAddress}
 * @param backlog how many connections may wait in the kernel to be accepted
 * @param acceptMode who accepts, where there are several loops
 * @param acceptsPerTurn how many connections one turn of a loop accepts at most
 * @param maxConnections how many connections may be open; one more is accepted and closed at once
 * @param connection what each connection is like
 * @param tls if given, every connection begins with a handshake
 */
public record ServerOptions(
    SocketAddress address,
    int backlog,
    AcceptMode acceptMode,
    int acceptsPerTurn,
    int maxConnections,
    ConnectionOptions connection,
    @Nullable Tls tls) {

  /** The default backlog; the kernel caps it at net.core.somaxconn. */
  public static final int DEFAULT_BACKLOG = 4096;

  private static final int DEFAULT_ACCEPTS_PER_TURN = 64;

  /** Checks every limit. */
  public ServerOptions {
    require(backlog >= 1, "backlog: " + backlog + " < 1");
    require(acceptsPerTurn >= 1, "acceptsPerTurn: " + acceptsPerTurn + " < 1");
    require(maxConnections >= 1, "maxConnections: " + maxConnections + " < 1");
  }

  /** A server at an address, with defaults for everything else. */
  public static ServerOptions at(SocketAddress address) {
    return new ServerOptions(
        address,
        DEFAULT_BACKLOG,
        AcceptMode.ACCEPTOR,
        DEFAULT_ACCEPTS_PER_TURN,
        Integer.MAX_VALUE,
        ConnectionOptions.DEFAULT,
        null);
  }

  /** As this, at another address. */
  public ServerOptions withAddress(SocketAddress newAddress) {
    return new ServerOptions(
        newAddress, backlog, acceptMode, acceptsPerTurn, maxConnections, connection, tls);
  }

  /** As this, with another backlog. */
  public ServerOptions withBacklog(int newBacklog) {
    return new ServerOptions(
        address, newBacklog, acceptMode, acceptsPerTurn, maxConnections, connection, tls);
  }

  /** As this, accepting in another way. */
  public ServerOptions withAcceptMode(AcceptMode newAcceptMode) {
    return new ServerOptions(
        address, backlog, newAcceptMode, acceptsPerTurn, maxConnections, connection, tls);
  }

  /** As this, with another bound on the connections. */
  public ServerOptions withMaxConnections(int newMaxConnections) {
    return new ServerOptions(
        address, backlog, acceptMode, acceptsPerTurn, newMaxConnections, connection, tls);
  }

  /** As this, with other connections. */
  public ServerOptions withConnection(ConnectionOptions newConnection) {
    return new ServerOptions(
        address, backlog, acceptMode, acceptsPerTurn, maxConnections, newConnection, tls);
  }

  /** As this, with TLS, or without for null. */
  public ServerOptions withTls(@Nullable Tls newTls) {
    return new ServerOptions(
        address, backlog, acceptMode, acceptsPerTurn, maxConnections, connection, newTls);
  }

  private static void require(boolean right, String message) {
    if (!right) {
      throw new IllegalArgumentException(message);
    }
  }
}

package dev.pollux.cli;

import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * One end of a proxy, the same program as {@code dev.pollux.examples.Proxy}: what is received goes
 * to the peer, whose full queue pauses this end; the half-close is passed on; anything but an
 * orderly end is passed on as a reset.
 */
record ProxyHandler(Connection peer) implements ConnectionHandler {

  /** Joins a client to a connection of its own. */
  static ProxyHandler join(Connection client, SocketAddress target, long connectNanos)
      throws SysException {
    client.pauseReading(); // until the other connection is made
    ProxyHandler back = new ProxyHandler(client);
    return new ProxyHandler(
        Connection.connect(client.loop(), target, connectNanos, client.options(), back));
  }

  @Override
  public void opened(Connection connection) {
    peer.resumeReading();
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    if (!peer.write(data).goesOn()) {
      connection.pauseReading();
    }
  }

  @Override
  public void writable(Connection connection) {
    peer.resumeReading();
  }

  @Override
  public void readClosed(Connection connection) {
    peer.end();
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    if (cause.reason() != CloseReason.END_OF_STREAM) {
      peer.reset();
    }
  }
}

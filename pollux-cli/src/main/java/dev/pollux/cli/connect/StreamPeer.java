package dev.pollux.cli.connect;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.CloseCause;
import dev.pollux.net.ConnectOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Connector;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A server that a stream leads to: TCP or Unix, with TLS or without. A name is looked up, and its
 * addresses are tried, by a {@link Connector}.
 *
 * <p>Nobody is given up for being slow or silent: a user waits as long as a user likes. Threads:
 * the loop's.
 */
public final class StreamPeer implements ConnectPeer, ConnectionHandler {

  private final ConnectClient client;
  private String server;
  private @Nullable Connection connection;
  private boolean ended;

  private StreamPeer(ConnectClient client, String server) {
    this.client = client;
    this.server = server;
  }

  /**
   * Begins to connect; the client is told how that ends.
   *
   * @param server whom messages name
   */
  public static void connect(
      EventLoop loop, ConnectClient client, ConnectOptions options, String server)
      throws SysException {
    StreamPeer peer = new StreamPeer(client, server);
    ConnectionOptions patient =
        ConnectionOptions.DEFAULT
            .withReadBytes(ConnectClient.BUFFER_BYTES)
            .withReadsPerTurn(1)
            .withWriteStall(Duration.ZERO)
            .withCloseGrace(Duration.ZERO)
            .withHighWaterBytes(ConnectClient.BUFFER_BYTES);
    Connector _ =
        Connector.connect(
            loop,
            options.withConnection(patient),
            peer,
            cause -> client.over(ConnectFailures.notConnected(server, cause)));
  }

  // ---- what the client asks for

  @Override
  public boolean send(ByteBuffer bytes) {
    Connection open = connection;
    return open != null && open.write(bytes).goesOn();
  }

  @Override
  public void end() {
    Connection open = connection;
    if (open != null) {
      open.end();
    }
  }

  @Override
  public void pause() {
    Connection open = connection;
    if (open != null) {
      open.pauseReading();
    }
  }

  @Override
  public void resume() {
    Connection open = connection;
    if (open != null) {
      open.resumeReading();
    }
  }

  @Override
  public int unreadBytes() {
    return connection == null ? 0 : connection.unreadBytes();
  }

  @Override
  public int unsentBytes() {
    return connection == null ? 0 : connection.queuedBytes();
  }

  @Override
  public void close() {
    Connection open = connection;
    if (open != null) {
      open.close();
    }
  }

  // ---- what the connection tells

  @Override
  public void opened(Connection opened) {
    connection = opened;
    server = withAddress(opened);
    SSLSession session = opened.tlsSession();
    client.opened(this, session == null ? server : server + " by " + session.getProtocol());
  }

  /** The name, and which of its addresses it was. */
  private String withAddress(Connection opened) {
    try {
      String address = Addresses.text(opened.remoteAddress());
      return server.equals(address) ? server : server + " (" + address + ")";
    } catch (SysException _) {
      return server; // it has gone already, which the next read tells
    }
  }

  @Override
  public void received(Connection from, ByteBuffer data) {
    client.heard(data);
  }

  @Override
  public void writable(Connection to) {
    client.roomAgain();
  }

  @Override
  public void readClosed(Connection from) {
    ended = true;
    client.peerEnded();
  }

  @Override
  public void closed(Connection from, CloseCause cause) {
    if (connection == null) {
      client.over(ConnectFailures.notOpened(server, cause));
    } else {
      client.over(ConnectFailures.ended(server, cause, ended, from.queuedBytes()));
    }
  }
}

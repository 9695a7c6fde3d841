package dev.pollux.http.proxy;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Relay;
import java.nio.ByteBuffer;

/**
 * Two connections that have left HTTP: each passes on what the other receives, as soon as the
 * client's has been told so.
 *
 * <p>Threads: the loop's.
 */
final class Tunnel {

  private Tunnel() {}

  /** The next handler of the client's connection, for what is behind on the other. */
  static ConnectionHandler to(Connection far) {
    far.setHandler(new Waiting());
    far.pauseReading();
    return new Joining(far);
  }

  /** Leaves what comes where it is. */
  private static final class Waiting implements ConnectionHandler {

    @Override
    public void received(Connection connection, ByteBuffer data) {}

    @Override
    public void readClosed(Connection connection) {} // told again to who comes next
  }

  /** Joins the two as soon as it has the client's. */
  private static final class Joining implements ConnectionHandler {

    private final Connection far;

    Joining(Connection far) {
      this.far = far;
    }

    @Override
    public void attached(Connection near) {
      Relay.between(near, far);
    }

    @Override
    public void received(Connection near, ByteBuffer data) {}

    @Override
    public void closed(Connection near, CloseCause cause) {
      far.reset(cause);
    }
  }
}

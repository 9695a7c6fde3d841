package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The handler of a connection that has a thread for it, and another one when it comes back after
 * another handler, or after the handshake of TLS. Each has a {@link BlockingBridge} of its own: who
 * was left has no part any more in what follows.
 *
 * <p>Threads: the loop's.
 */
final class BlockingStarter implements ConnectionHandler {

  private final BlockingHandler handler;
  @Nullable BlockingBridge bridge; // the last one

  BlockingStarter(BlockingHandler handler) {
    this.handler = handler;
  }

  @Override
  public void opened(Connection connection) {
    begin(connection).opened(connection);
  }

  @Override
  public void attached(Connection connection) {
    begin(connection).attached(connection);
  }

  private BlockingBridge begin(Connection connection) {
    BlockingBridge last = bridge;
    if (last == null || last.left) {
      last = new BlockingBridge(connection.loop().options().threads(), handler);
      bridge = last;
    }
    return last;
  }

  private BlockingBridge begun() {
    return Objects.requireNonNull(bridge, "bridge");
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    begun().received(connection, data);
  }

  @Override
  public void readClosed(Connection connection) {
    begun().readClosed(connection);
  }

  @Override
  public void writable(Connection connection) {
    begun().writable(connection);
  }

  @Override
  public void idle(Connection connection, Silence silence) {
    begun().idle(connection, silence);
  }

  @Override
  public void finishing(Connection connection) {
    begun().finishing(connection);
  }

  /** Also where it never opened, or not again after a handshake. */
  @Override
  public void closed(Connection connection, CloseCause cause) {
    boolean failed = connection.link().filter() != null && connection.tlsSession() == null;
    BlockingBridge last = bridge;
    (failed || last == null ? begin(connection) : last).closed(connection, cause);
  }
}

package dev.pollux.net;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The handler of a connection that has a thread for it, and another one when it comes back after
 * another handler, or after the handshake of TLS. Each has a {@link BlockingBridge} of its own: who
 * was left has no part any more in what follows.
 *
 * <p>Threads: the loop's.
 */
final class BlockingStarter extends ForwardingHandler {

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

  @Override
  protected ConnectionHandler delegate() {
    return Objects.requireNonNull(bridge, "not begun");
  }

  /** Also where it never opened, or not again after a handshake. */
  @Override
  public void closed(Connection connection, CloseCause cause) {
    boolean failed = connection.link().filter() != null && connection.tlsSession() == null;
    BlockingBridge last = bridge;
    (failed || last == null ? begin(connection) : last).closed(connection, cause);
  }
}

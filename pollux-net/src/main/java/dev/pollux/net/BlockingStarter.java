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
  private @Nullable Connection owner; // of that

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
    if (isAnothers(connection)) {
      throw new IllegalStateException(
          "Blocking.handler is for one connection, and this is that of "
              + owner
              + ": use Blocking.handlers, or make one for each");
    }
    BlockingBridge last = bridge;
    if (last == null || last.left || !connection.equals(owner)) {
      last = new BlockingBridge(connection.loop().options().threads(), handler);
      bridge = last;
      owner = connection;
    }
    return last;
  }

  /** Whether it is that of another connection, which has not left it, or was not told its end. */
  private boolean isAnothers(Connection connection) {
    Connection known = owner;
    boolean isLeft = bridge == null || bridge.left;
    return known != null && !known.equals(connection) && !isLeft;
  }

  @Override
  protected ConnectionHandler delegate() {
    return Objects.requireNonNull(bridge, "not begun");
  }

  /** Also where it never opened, or not again after a handshake. */
  @Override
  public void closed(Connection connection, CloseCause cause) {
    if (isAnothers(connection)) {
      return; // which was refused
    }
    boolean failed = connection.link().filter() != null && connection.tlsSession() == null;
    BlockingBridge last = connection.equals(owner) ? bridge : null;
    BlockingBridge told = failed || last == null ? begin(connection) : last;
    owner = null; // and another one may have it
    told.closed(connection, cause);
  }
}

package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * The handler of a connection that has a thread for it, and another one when it comes back after
 * another handler, or after the handshake of TLS. Each has a {@link BlockingBridge} of its own: who
 * was left has no part any more in what follows.
 *
 * <p>Threads: the loop's.
 */
final class BlockingStarter implements ConnectionHandler {

  private final BlockingHandler handler;
  BlockingBridge bridge; // the last one

  BlockingStarter(BlockingHandler handler) {
    this.handler = handler;
    this.bridge = new BlockingBridge(handler);
  }

  @Override
  public void opened(Connection connection) {
    begin().opened(connection);
  }

  @Override
  public void attached(Connection connection) {
    begin().attached(connection);
  }

  private BlockingBridge begin() {
    if (bridge.left) {
      bridge = new BlockingBridge(handler);
    }
    return bridge;
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    bridge.received(connection, data);
  }

  @Override
  public void readClosed(Connection connection) {
    bridge.readClosed(connection);
  }

  @Override
  public void writable(Connection connection) {
    bridge.writable(connection);
  }

  @Override
  public void idle(Connection connection, Silence silence) {
    bridge.idle(connection, silence);
  }

  @Override
  public void finishing(Connection connection) {
    bridge.finishing(connection);
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    boolean secure = connection.link().filter() != null; // or was to be: that is for another thread
    (secure ? begin() : bridge).closed(connection, cause);
  }
}

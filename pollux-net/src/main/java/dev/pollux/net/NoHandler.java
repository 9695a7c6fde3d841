package dev.pollux.net;

import java.nio.ByteBuffer;

/** Stands in until the program has said who handles a connection. */
final class NoHandler implements ConnectionHandler {

  static final NoHandler INSTANCE = new NoHandler();

  private NoHandler() {}

  @Override
  public void received(Connection connection, ByteBuffer data) {
    throw new IllegalStateException(connection + " has no handler");
  }
}

package dev.pollux.net;

import java.nio.ByteBuffer;

/** A handler of the program's that passes its calls on to another one. */
class PassOn implements ConnectionHandler {

  ConnectionHandler inner;

  PassOn(ConnectionHandler inner) {
    this.inner = inner;
  }

  @Override
  public void opened(Connection connection) {
    inner.opened(connection);
  }

  @Override
  public void attached(Connection connection) {
    inner.attached(connection);
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    inner.received(connection, data);
  }

  @Override
  public void readClosed(Connection connection) {
    inner.readClosed(connection);
  }

  @Override
  public void writable(Connection connection) {
    inner.writable(connection);
  }

  @Override
  public void finishing(Connection connection) {
    inner.finishing(connection);
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    inner.closed(connection, cause);
  }
}

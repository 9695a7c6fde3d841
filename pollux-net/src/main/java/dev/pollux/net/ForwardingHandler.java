package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * A handler that passes every call on to another one: for who wants to look at some of them, or to
 * do something besides, around whatever handler there is.
 *
 * <pre>{@code
 * final class Counting extends ForwardingHandler {
 *   @Override
 *   protected ConnectionHandler delegate() {
 *     return counted;
 *   }
 *
 *   @Override
 *   public void received(Connection connection, ByteBuffer data) {
 *     int before = data.remaining();
 *     super.received(connection, data);
 *     counter.add(before - data.remaining());
 *   }
 * }
 * }</pre>
 *
 * <p>Written by hand such a handler forgets a method, and what that does by default is done twice,
 * or not at all. {@link Workers}, {@link Blocking} and {@link Relay} work behind one as without it.
 *
 * <p>Threads: the loop's, as any handler. Errors: what the other one throws comes through.
 */
public abstract class ForwardingHandler implements ConnectionHandler {

  /** For subclasses. */
  protected ForwardingHandler() {}

  /**
   * Whom calls are passed on to; asked at each of them. Another one than before begins where that
   * one was: it is not told {@link #opened} or {@link #attached}.
   */
  protected abstract ConnectionHandler delegate();

  @Override
  public void opened(Connection connection) {
    delegate().opened(connection);
  }

  @Override
  public void attached(Connection connection) {
    delegate().attached(connection);
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    delegate().received(connection, data);
  }

  @Override
  public void readComplete(Connection connection) {
    delegate().readComplete(connection);
  }

  @Override
  public void readClosed(Connection connection) {
    delegate().readClosed(connection);
  }

  @Override
  public void writable(Connection connection) {
    delegate().writable(connection);
  }

  @Override
  public void heartbeat(Connection connection) {
    delegate().heartbeat(connection);
  }

  @Override
  public void peerEnded(Connection connection) {
    delegate().peerEnded(connection);
  }

  @Override
  public void idle(Connection connection, Silence silence) {
    delegate().idle(connection, silence);
  }

  @Override
  public void finishing(Connection connection) {
    delegate().finishing(connection);
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    delegate().closed(connection, cause);
  }
}

package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * What a program makes of a {@link Connection}.
 *
 * <p>Threads: every method is called on the loop of the connection, one at a time, and must not
 * block: hand what takes long to {@link Workers}, or use the {@linkplain Blocking blocking style}.
 * No method is called from within a call of the program's, but for {@code opened} by {@link
 * Connection#adopt}.
 *
 * <p>Order: {@link #opened} first, or {@link #attached} for a handler that comes in the place of
 * another; then {@link #received}, {@link #readComplete}, {@link #writable}, {@link #heartbeat} and
 * {@link #idle} as they come; {@link #finishing} at most once; {@link #readClosed} at most once,
 * and after it no new bytes: {@code received} may be given what it has left unread, once more,
 * after a {@link Connection#resumeReading}; {@link #closed} last, exactly once, also when a connect
 * failed and {@code opened} was never called.
 *
 * <p>Errors: what a method throws closes this connection, with {@link CloseReason#HANDLER_FAILED};
 * no other is touched. The {@link ConnectionOptions#observer} is told, which reports it by default.
 */
public interface ConnectionHandler {

  /** The connection is made. */
  default void opened(Connection connection) {}

  /**
   * The connection was {@linkplain Connection#setHandler handed over} by another handler. What that
   * has left unread is received next, and the end of the stream is told again if it was told.
   */
  default void attached(Connection connection) {}

  /**
   * Data arrived, at the end of what was left unread before.
   *
   * @param data what there is. Read as much as can be dealt with: the position tells how much that
   *     was. The rest is kept and given again, in front, when more has arrived, or after {@link
   *     Connection#resumeReading}. Ownership: the loop's buffer, good until this method returns
   */
  void received(Connection connection, ByteBuffer data);

  /** What was there to read in this turn has been given to {@link #received}. */
  default void readComplete(Connection connection) {}

  /**
   * The peer will send no more: everything it sent has been received, but for {@link
   * Connection#unreadBytes} that {@code received} left, which are given again only if {@link
   * Connection#resumeReading} is called. Writing still works. By default the connection is
   * {@linkplain Connection#close closed}, which sends what is queued first.
   */
  default void readClosed(Connection connection) {
    connection.close();
  }

  /** The write queue was full, and is empty enough again: {@link Connection#isWritable}. */
  default void writable(Connection connection) {}

  /** Nothing was sent for {@link ConnectionOptions#heartbeat}. */
  default void heartbeat(Connection connection) {}

  /**
   * Nothing arrived for {@link ConnectionOptions#idle}. By default the connection is closed, with
   * {@link CloseReason#IDLE}.
   */
  default void idle(Connection connection) {
    connection.reset(CloseCause.of(CloseReason.IDLE, "nothing arrived in time"));
  }

  /**
   * A {@link Connection#finish} has begun, or {@link Server#stop}: the connection is closed when
   * nothing is due any more. Time to say goodbye, or to {@link Connection#hold} it for an answer
   * that is still to come. Told before {@code received} is given what has arrived.
   */
  default void finishing(Connection connection) {}

  /** It is over: the descriptor is closed, and whatever was queued is gone. */
  default void closed(Connection connection, CloseCause cause) {}
}

package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * What a program makes of a {@link Connection}.
 *
 * <p>Threads: every method is called on the loop of the connection, one at a time, and must not
 * block: hand what takes long to {@link Workers}, or use the {@linkplain Blocking blocking style}.
 *
 * <p>Order: {@link #opened} first; then {@link #received}, {@link #readComplete}, {@link
 * #writable}, {@link #heartbeat} and {@link #idle} as they come; {@link #readClosed} at most once,
 * and nothing received after it; {@link #closed} last, exactly once, also when a connect failed and
 * {@code opened} was never called.
 *
 * <p>Errors: what a method throws closes this connection, with {@link CloseReason#HANDLER_FAILED};
 * no other is touched. The {@link ConnectionOptions#observer} is told, which reports it by default.
 */
public interface ConnectionHandler {

  /** The connection is made. */
  default void opened(Connection connection) {}

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
   * Connection#unreadBytes} that {@code received} left. Writing still works. By default the
   * connection is {@linkplain Connection#close closed}, which sends what is queued first.
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

  /** It is over: the descriptor is closed, and whatever was queued is gone. */
  default void closed(Connection connection, CloseCause cause) {}
}

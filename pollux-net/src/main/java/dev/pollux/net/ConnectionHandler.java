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
 * another; then {@link #received}, {@link #readComplete}, {@link #writable}, {@link #heartbeat},
 * {@link #peerEnded} and {@link #idle} as they come; {@link #finishing} at most once; {@link
 * #readClosed} at most once, and after it no new bytes: {@code received} may be given what it has
 * left unread, once more, after a {@link Connection#resumeReading}; {@link #closed} last, exactly
 * once, also when a connect failed and {@code opened} was never called.
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
   *     Connection#resumeReading}. Ownership: lent until this method returns; big-endian, like a
   *     new buffer
   */
  void received(Connection connection, ByteBuffer data);

  /** What was there to read in this turn has been given to {@link #received}. */
  default void readComplete(Connection connection) {}

  /**
   * The peer will send no more: everything it sent has been received, but for {@link
   * Connection#unreadBytes} that {@code received} left, which are given again only if {@link
   * Connection#resumeReading} is called. Writing still works. By default the connection is
   * {@linkplain Connection#close closed}, which sends what is queued first; or {@linkplain
   * Connection#finish finished}, if somebody {@linkplain Connection#hold works} on an answer, so
   * that this is sent as well.
   */
  default void readClosed(Connection connection) {
    if (connection.link().ending.isHeld()) {
      connection.finish();
    } else {
      connection.close();
    }
  }

  /**
   * There is room again after a write answered FULL or REFUSED: the write queue has shrunk to
   * {@link ConnectionOptions#lowWaterBytes}, or, after a refusal, is empty, so that what was
   * refused is taken. Called once after either, as long as the connection is open; also if it was
   * {@linkplain Connection#end ended} or broke meanwhile, so that what waits for this goes on, and
   * {@link Connection#isWritable} is false then. Likewise after a write that answered CLOSED while
   * the connection is open, so that who pauses reading until this gets the rest of what arrived:
   * once for each {@link #received} that took something.
   */
  default void writable(Connection connection) {}

  /** Nothing was sent for {@link ConnectionOptions#heartbeat}. */
  default void heartbeat(Connection connection) {}

  /**
   * While reading is paused, the peer has ended or reset the connection, which is seen within a
   * second; called at most once. What it sent before can still be received, after {@link
   * Connection#resumeReading}; after a reset, as long as each read follows within {@link
   * ConnectionOptions#closeGrace}. Where a reset leaves nothing to be received, the connection is
   * over at once, and this is not called.
   */
  default void peerEnded(Connection connection) {}

  /**
   * Nothing moved for too long. By default a peer that just says nothing is left alone, and what
   * does not move at all is {@linkplain Connection#reset(CloseCause) reset}, so that nobody takes
   * what has arrived for everything: with {@link CloseReason#STALLED} for WRITE, and {@link
   * CloseReason#IDLE} for ALL. Who knows that nothing is missing may {@linkplain
   * Connection#close(CloseCause) close} it instead. As long as it is left open, this is called
   * again after the same time.
   *
   * @param silence which of the times has passed
   */
  default void idle(Connection connection, Silence silence) {
    silence.endByDefault(connection);
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

package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * What a program makes of a {@link Connection} whose stream is cut into frames by a {@link
 * Framing}; made a {@link ConnectionHandler} by {@link Framing#handler}.
 *
 * <p>Threads, order and errors: as {@link ConnectionHandler}. When {@link #frame} pauses reading,
 * the frames that have arrived already wait as well, until {@link Connection#resumeReading}; when
 * it closes, they are dropped; when it sets another handler, that one is attached, and given the
 * bytes after this frame.
 */
@FunctionalInterface
public interface FrameHandler {

  /** The connection is made. */
  default void opened(Connection connection) {}

  /** As {@link ConnectionHandler#attached}. */
  default void attached(Connection connection) {}

  /**
   * A whole frame arrived.
   *
   * @param payload the frame without what frames it, from position to limit; what is left unread is
   *     dropped. Ownership: the loop's buffer, good until this method returns, and only between
   *     position and limit
   */
  void frame(Connection connection, ByteBuffer payload);

  /** The frames that arrived in this turn have been given to {@link #frame}. */
  default void readComplete(Connection connection) {}

  /**
   * The peer sent what is no frame: too long, or a length that cannot be. Nothing more is received
   * after it. By default the connection is {@linkplain Connection#close(CloseCause) closed}, which
   * sends what is queued first; if this method leaves it open, it is closed after it.
   *
   * @param cause {@link CloseReason#LIMIT} or {@link CloseReason#PROTOCOL}
   */
  default void malformed(Connection connection, CloseCause cause) {
    connection.close(cause);
  }

  /**
   * The stream ended within a frame, which is lost. By default the connection is {@linkplain
   * Connection#close(CloseCause) closed}. {@link #readClosed} is not called.
   *
   * @param cause {@link CloseReason#PROTOCOL}, and how much of the frame there was
   */
  default void truncated(Connection connection, CloseCause cause) {
    connection.close(cause);
  }

  /** As {@link ConnectionHandler#readClosed}: the stream ended, between two frames. */
  default void readClosed(Connection connection) {
    if (connection.link().ending.isHeld()) {
      connection.finish();
    } else {
      connection.close();
    }
  }

  /** As {@link ConnectionHandler#writable}. */
  default void writable(Connection connection) {}

  /** As {@link ConnectionHandler#heartbeat}. */
  default void heartbeat(Connection connection) {}

  /** As {@link ConnectionHandler#peerEnded}. */
  default void peerEnded(Connection connection) {}

  /** As {@link ConnectionHandler#idle}. */
  default void idle(Connection connection, Silence silence) {
    silence.endByDefault(connection);
  }

  /** As {@link ConnectionHandler#finishing}. */
  default void finishing(Connection connection) {}

  /** As {@link ConnectionHandler#closed}. */
  default void closed(Connection connection, CloseCause cause) {}
}

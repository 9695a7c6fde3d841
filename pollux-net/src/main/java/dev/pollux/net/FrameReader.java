package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * Cuts what a connection receives into frames.
 *
 * <p>A frame is given as the loop's own buffer, with position and limit set to it: nothing is
 * copied or allocated.
 */
final class FrameReader implements ConnectionHandler {

  private final Framing framing;
  private final FrameHandler handler;
  private final FrameDecoder decoder;

  FrameReader(Framing framing, FrameHandler handler) {
    this.framing = framing;
    this.handler = handler;
    this.decoder = framing.decoder();
  }

  @Override
  public void opened(Connection connection) {
    try {
      framing.requireFits(connection.options());
    } catch (IllegalArgumentException e) {
      connection.reset(CloseCause.of(CloseReason.HANDLER_FAILED, e));
      return;
    }
    handler.opened(connection);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // whether it is another one is the question
  public void received(Connection connection, ByteBuffer data) {
    ConnectionHandler current = connection.handler();
    int limit = data.limit();
    while (connection.isOpen() && !connection.isReadingPaused()) {
      if (!decoder.find(data)) {
        failIfMalformed(connection);
        return;
      }
      int next = decoder.next;
      var _ = data.limit(decoder.end).position(decoder.start);
      handler.frame(connection, data);
      var _ = data.limit(limit).position(next);
      if (connection.handler() != current) {
        handOver(connection, data);
        return;
      }
    }
  }

  @Override
  public void readComplete(Connection connection) {
    handler.readComplete(connection);
  }

  @Override
  public void readClosed(Connection connection) {
    int size = connection.unreadBytes();
    if (size == 0) {
      handler.readClosed(connection);
      return;
    }
    String message = "the stream ended within a frame, " + size + " bytes of " + decoder.expected();
    handler.truncated(connection, CloseCause.of(CloseReason.PROTOCOL, message));
  }

  @Override
  public void writable(Connection connection) {
    handler.writable(connection);
  }

  @Override
  public void heartbeat(Connection connection) {
    handler.heartbeat(connection);
  }

  @Override
  public void peerEnded(Connection connection) {
    handler.peerEnded(connection);
  }

  @Override
  public void idle(Connection connection, Silence silence) {
    handler.idle(connection, silence);
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    handler.closed(connection, cause);
  }

  private void failIfMalformed(Connection connection) {
    CloseCause problem = decoder.problem;
    if (problem != null) {
      handler.malformed(connection, problem);
      connection.close(problem);
    }
  }

  /** The rest belongs to whoever was put in this handler's place. */
  private static void handOver(Connection connection, ByteBuffer data) {
    if (data.hasRemaining() && connection.isOpen() && !connection.isReadingPaused()) {
      connection.handler().received(connection, data);
    }
  }
}

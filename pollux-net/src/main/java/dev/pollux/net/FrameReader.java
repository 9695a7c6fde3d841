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
  private FrameDecoder decoder;
  private int first; // byte of the frame at hand
  private boolean inside; // another one, in the middle

  FrameReader(Framing framing, FrameHandler handler) {
    this.framing = framing;
    this.handler = handler;
    this.decoder = framing.limitedDecoder();
  }

  @Override
  public void opened(Connection connection) {
    connection.link().input.limit(limitBytes(connection));
    handler.opened(connection);
  }

  @Override
  public void attached(Connection connection) {
    connection.link().input.limit(limitBytes(connection));
    decoder = framing.limitedDecoder(); // somebody else may have read from the middle of a frame
    handler.attached(connection);
  }

  private int limitBytes(Connection connection) {
    return Math.max(framing.maxFrameBytes(), connection.options().maxUnreadBytes());
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // whether it is another one is the question
  public void received(Connection connection, ByteBuffer data) {
    ConnectionHandler current = connection.handler();
    int limit = data.limit();
    while (data.hasRemaining()
        && connection.handler() == current
        && connection.isOpen()
        && !connection.link().ending.isSecuring()
        && !connection.isReadingPaused()) {
      first = data.position();
      inside = decoder.isInside();
      if (!decoder.look(data)) {
        connection.link().expect(decoder.awaitedBytes);
        failIfMalformed(connection);
        return;
      }
      int next = decoder.next;
      var _ = data.limit(decoder.end).position(decoder.start);
      handler.frame(connection, data);
      var _ = data.limit(limit).position(next);
    }
  }

  /**
   * The frame at hand as it came off the wire, copied, with position and limit set to its payload;
   * within {@link FrameHandler#frame} only.
   *
   * @param payload what that was given
   */
  ByteBuffer wire(ByteBuffer payload) {
    ByteBuffer copy = ByteBuffer.allocate(decoder.next - first);
    var _ = copy.put(payload.duplicate().limit(decoder.next).position(first));
    return copy.limit(decoder.end - first).position(decoder.start - first);
  }

  /** Whether what is not given yet, and the frame at hand if it is put back, lacks a head. */
  boolean isCut(boolean putsBack) {
    return putsBack ? inside : decoder.isInside();
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
  public void finishing(Connection connection) {
    handler.finishing(connection);
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
}

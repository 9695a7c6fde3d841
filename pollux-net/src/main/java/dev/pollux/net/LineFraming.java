package dev.pollux.net;

import java.nio.ByteBuffer;

/** Lines, which end in LF or CR LF. */
final class LineFraming extends Framing {

  private static final int MOST_END_BYTES = 2;

  private final int maxBytes;
  private final boolean crlf;

  /** Writes lines that end in CR, which would be taken for a part of the end LF. */
  private final LineFraming strict;

  LineFraming(int maxBytes, boolean crlf) {
    this.maxBytes = checkedLimit(maxBytes, MOST_END_BYTES);
    this.crlf = crlf;
    this.strict = crlf ? this : new LineFraming(maxBytes, true);
  }

  @Override
  public WriteResult write(Connection connection, ByteBuffer line) {
    return isAsked(line) ? super.write(connection, line) : strict.write(connection, line);
  }

  @Override
  public ByteBuffer encode(ByteBuffer line) {
    return isAsked(line) ? super.encode(line) : strict.encode(line);
  }

  @Override
  public int maxPayloadBytes() {
    return maxBytes;
  }

  @Override
  public int maxFrameBytes() {
    return maxBytes + MOST_END_BYTES;
  }

  @Override
  FrameDecoder decoder() {
    return new LineDecoder(maxBytes);
  }

  @Override
  void check(ByteBuffer payload) {
    checkSize(payload);
    int limit = payload.limit();
    for (int i = payload.position(); i < limit; i++) {
      if (payload.get(i) == '\n') {
        throw new IllegalArgumentException(
            "a line must not contain LF; it does at " + (i - payload.position()));
      }
    }
  }

  @Override
  int headBytes(int payloadBytes) {
    return 0;
  }

  @Override
  int tailBytes() {
    return crlf ? 2 : 1;
  }

  @Override
  void putHead(ByteBuffer target, int payloadBytes) {}

  @Override
  void putTail(ByteBuffer target) {
    if (crlf) {
      var _ = target.put((byte) '\r');
    }
    var _ = target.put((byte) '\n');
  }

  /** Whether the end that is asked for can stand behind this line. */
  private boolean isAsked(ByteBuffer line) {
    return crlf || !line.hasRemaining() || line.get(line.limit() - 1) != '\r';
  }

  @Override
  public String toString() {
    return "lines of at most " + maxBytes + " bytes";
  }
}

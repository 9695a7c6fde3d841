package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Frames that end in a delimiter. */
final class DelimiterFraming extends Framing {

  private final byte[] delimiter; // to write
  private final Delimiters delimiters;
  private final int maxBytes;

  DelimiterFraming(int maxBytes, byte[]... delimiters) {
    this.delimiters = new Delimiters(delimiters);
    this.delimiter = delimiters[0].clone();
    requireWhole(delimiter);
    this.maxBytes = checkedLimit(maxBytes, this.delimiters.longestBytes());
  }

  /** What is written must be found as it is: no other delimiter ends before it does. */
  private void requireWhole(byte[] written) {
    int state = Delimiters.START;
    for (int i = 0; i < written.length - 1; i++) {
      state = delimiters.step(state, written[i]);
      if (delimiters.endedBytes(state) > 0) {
        throw new IllegalArgumentException(
            "the first delimiter is the one that is written, and must not contain another one");
      }
    }
  }

  @Override
  public int maxPayloadBytes() {
    return maxBytes;
  }

  @Override
  public int maxFrameBytes() {
    return maxBytes + delimiters.longestBytes();
  }

  @Override
  FrameDecoder decoder() {
    return new DelimiterDecoder(delimiters, maxBytes);
  }

  /**
   * No delimiter must stand in the payload, nor begin in it and end in the real one, nor may one
   * that is longer end with it.
   */
  @Override
  void check(ByteBuffer payload) {
    checkSize(payload);
    int size = payload.remaining();
    int state = Delimiters.START;
    for (int i = 0; i < size + delimiter.length; i++) {
      byte b = i < size ? payload.get(payload.position() + i) : delimiter[i - size];
      state = delimiters.step(state, b);
      int ended = delimiters.endedBytes(state);
      boolean isReal = i == size + delimiter.length - 1 && ended == delimiter.length;
      if (ended > 0 && !isReal) {
        throw new IllegalArgumentException(
            "a payload must not contain a delimiter, with the one behind it in view; it does at "
                + (i + 1 - ended));
      }
    }
  }

  @Override
  int headBytes(int payloadBytes) {
    return 0;
  }

  @Override
  int tailBytes() {
    return delimiter.length;
  }

  @Override
  void putHead(ByteBuffer target, int payloadBytes) {}

  @Override
  void putTail(ByteBuffer target) {
    var _ = target.put(delimiter);
  }

  @Override
  public String toString() {
    return "frames of at most "
        + maxBytes
        + " bytes, delimited by 0x"
        + HexFormat.of().formatHex(delimiter);
  }
}

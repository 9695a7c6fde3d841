package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Frames that end in a delimiter. */
final class DelimiterFraming extends Framing {

  private static final int MOST_BYTES = 1 << 10; // 1 KiB

  private final byte[] delimiter;
  private final int[] fallback;
  private final int maxBytes;

  DelimiterFraming(byte[] delimiter, int maxBytes) {
    if (delimiter.length < 1 || delimiter.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "a delimiter of " + delimiter.length + " bytes; it may have 1 to " + MOST_BYTES);
    }
    this.delimiter = delimiter;
    this.fallback = DelimiterDecoder.fallback(delimiter);
    this.maxBytes = checkedLimit(maxBytes, delimiter.length);
  }

  @Override
  public int maxPayloadBytes() {
    return maxBytes;
  }

  @Override
  public int maxFrameBytes() {
    return maxBytes + delimiter.length;
  }

  @Override
  FrameDecoder decoder() {
    return new DelimiterDecoder(delimiter, fallback, maxBytes);
  }

  /** The delimiter must not stand in the payload, nor begin in it and end in the real one. */
  @Override
  void check(ByteBuffer payload) {
    checkSize(payload);
    int size = payload.remaining();
    int matched = 0;
    for (int i = 0; i < size + delimiter.length - 1; i++) {
      byte b = i < size ? payload.get(payload.position() + i) : delimiter[i - size];
      matched = DelimiterDecoder.step(delimiter, fallback, matched, b);
      if (matched == delimiter.length) {
        throw new IllegalArgumentException(
            "a payload must not contain the delimiter, with the one behind it in view; it does at "
                + (i + 1 - delimiter.length));
      }
    }
  }

  @Override
  int headBytes() {
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

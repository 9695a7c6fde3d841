package dev.pollux.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Frames with their length in front. */
final class LengthFraming extends Framing {

  private final int prefixBytes;
  private final boolean bigEnd;
  private final boolean countsItself;
  private final int maxBytes;

  LengthFraming(int prefixBytes, ByteOrder order, boolean countsItself, int maxBytes) {
    if (prefixBytes != 1 && prefixBytes != 2 && prefixBytes != 4 && prefixBytes != 8) {
      throw new IllegalArgumentException("prefixBytes: " + prefixBytes + " is not 1, 2, 4 or 8");
    }
    this.prefixBytes = prefixBytes;
    this.bigEnd = order.equals(ByteOrder.BIG_ENDIAN);
    this.countsItself = countsItself;
    this.maxBytes = checkedLimit(maxBytes, prefixBytes);
    long most = prefixBytes < 4 ? (1L << (8 * prefixBytes)) - 1 - extra() : Integer.MAX_VALUE;
    if (maxBytes > most) {
      throw new IllegalArgumentException(
          "maxBytes: a prefix of " + prefixBytes + " bytes can say " + most + ", not " + maxBytes);
    }
  }

  /** What a length counts beside the payload. */
  int extra() {
    return countsItself ? prefixBytes : 0;
  }

  int prefixBytes() {
    return prefixBytes;
  }

  @Override
  public int maxPayloadBytes() {
    return maxBytes;
  }

  @Override
  public int maxFrameBytes() {
    return prefixBytes + maxBytes;
  }

  @Override
  FrameDecoder decoder() {
    return new LengthDecoder(this);
  }

  @Override
  void check(ByteBuffer payload) {
    checkSize(payload);
  }

  @Override
  int headBytes(int payloadBytes) {
    return prefixBytes;
  }

  @Override
  int tailBytes() {
    return 0;
  }

  @Override
  void putHead(ByteBuffer target, int payloadBytes) {
    long length = (long) payloadBytes + extra();
    for (int i = 0; i < prefixBytes; i++) {
      var _ = target.put((byte) (length >>> shift(i)));
    }
  }

  @Override
  void putTail(ByteBuffer target) {}

  /** The length that stands at this index, as an unsigned number. */
  long lengthAt(ByteBuffer data, int index) {
    long length = 0;
    for (int i = 0; i < prefixBytes; i++) {
      length |= (data.get(index + i) & 0xFFL) << shift(i);
    }
    return length;
  }

  @Override
  public String toString() {
    return "frames of at most " + maxBytes + " bytes after a length of " + prefixBytes;
  }

  private int shift(int index) {
    return Byte.SIZE * (bigEnd ? prefixBytes - 1 - index : index);
  }
}

package dev.pollux.net;

import java.nio.ByteBuffer;

/** Frames within frames. */
final class NestedFraming extends Framing {

  private final Framing outer;
  private final Framing inner;

  NestedFraming(Framing outer, Framing inner) {
    if (outer instanceof UnframedFraming) {
      throw new IllegalArgumentException(
          outer + ", cannot contain frames, which they may cut anywhere; use " + inner + " alone");
    }
    if (inner.maxFrameBytes() > outer.maxPayloadBytes()) {
      throw new IllegalArgumentException(
          inner + ": up to " + inner.maxFrameBytes() + " bytes do not fit into " + outer);
    }
    this.outer = outer;
    this.inner = inner;
  }

  @Override
  public int maxPayloadBytes() {
    return inner.maxPayloadBytes();
  }

  @Override
  public int maxFrameBytes() {
    return outer.maxFrameBytes();
  }

  @Override
  public WriteResult write(Connection connection, ByteBuffer payload) {
    int position = payload.position();
    WriteResult result = outer.write(connection, inner.encode(payload));
    if (result == WriteResult.REFUSED) {
      var _ = payload.position(position);
    }
    return result;
  }

  @Override
  public ByteBuffer encode(ByteBuffer payload) {
    return outer.encode(inner.encode(payload));
  }

  @Override
  FrameDecoder decoder() {
    return new NestedDecoder(outer.limitedDecoder(), inner.limitedDecoder());
  }

  @Override
  void check(ByteBuffer payload) {
    outer.check(inner.encode(payload.duplicate()));
  }

  private int innerBytes(int payloadBytes) {
    return inner.headBytes(payloadBytes) + payloadBytes + inner.tailBytes();
  }

  @Override
  int headBytes(int payloadBytes) {
    return outer.headBytes(innerBytes(payloadBytes)) + inner.headBytes(payloadBytes);
  }

  @Override
  int tailBytes() {
    return inner.tailBytes() + outer.tailBytes();
  }

  @Override
  void putHead(ByteBuffer target, int payloadBytes) {
    outer.putHead(target, innerBytes(payloadBytes));
    inner.putHead(target, payloadBytes);
  }

  @Override
  void putTail(ByteBuffer target) {
    inner.putTail(target);
    outer.putTail(target);
  }

  @Override
  public String toString() {
    return outer + ", containing " + inner;
  }
}

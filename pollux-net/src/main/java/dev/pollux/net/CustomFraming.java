package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Supplier;

/** Frames of the program's own making. */
final class CustomFraming extends Framing {

  /** Payloads are whole frames. */
  private static final FrameEncoder AS_IT_IS =
      new FrameEncoder() {
        @Override
        public int headBytes(int payloadBytes) {
          return 0;
        }

        @Override
        public void putHead(ByteBuffer target, int payloadBytes) {}
      };

  private final Supplier<? extends FrameDecoder> decoders;
  private final FrameEncoder encoder;
  private final int maxFrameBytes;

  CustomFraming(int maxFrameBytes, Supplier<? extends FrameDecoder> decoders) {
    this(maxFrameBytes, decoders, AS_IT_IS);
  }

  CustomFraming(
      int maxFrameBytes, Supplier<? extends FrameDecoder> decoders, FrameEncoder encoder) {
    this.decoders = Objects.requireNonNull(decoders, "decoders");
    this.encoder = Objects.requireNonNull(encoder, "encoder");
    this.maxFrameBytes =
        OptionChecks.within("maxFrameBytes", maxFrameBytes, 1, ConnectionOptions.MAX_UNREAD_BYTES);
  }

  @Override
  public int maxPayloadBytes() {
    return maxFrameBytes;
  }

  @Override
  public int maxFrameBytes() {
    return maxFrameBytes;
  }

  @Override
  FrameDecoder decoder() {
    return Objects.requireNonNull(decoders.get(), "a decoder");
  }

  @Override
  void check(ByteBuffer payload) {
    checkSize(payload);
    encoder.check(payload);
  }

  @Override
  int headBytes(int payloadBytes) {
    return encoder.headBytes(payloadBytes);
  }

  @Override
  int tailBytes() {
    return encoder.tailBytes();
  }

  @Override
  void putHead(ByteBuffer target, int payloadBytes) {
    int first = target.position();
    encoder.putHead(target, payloadBytes);
    requireSaid("head", target.position() - first, headBytes(payloadBytes));
  }

  @Override
  void putTail(ByteBuffer target) {
    int first = target.position();
    encoder.putTail(target);
    requireSaid("tail", target.position() - first, tailBytes());
  }

  private void requireSaid(String what, int putBytes, int saidBytes) {
    if (putBytes != saidBytes) {
      throw new IllegalStateException(
          encoder + " put a " + what + " of " + putBytes + " bytes, and said " + saidBytes);
    }
  }

  @Override
  public String toString() {
    return "frames of at most " + maxFrameBytes + " bytes";
  }
}

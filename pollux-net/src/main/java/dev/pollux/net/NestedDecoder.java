package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * Finds frames within frames.
 *
 * <p>The head of an outer frame is left behind when the frame is there as a whole; from then on
 * what counts is how much of its payload is left. So a pause in the middle of its inner frames
 * costs nothing.
 */
final class NestedDecoder extends FrameDecoder {

  private final FrameDecoder outer;
  private final FrameDecoder inner;
  private boolean inside;
  private int payloadLeft; // of the outer frame at hand
  private int tailBytes; // of it

  NestedDecoder(FrameDecoder outer, FrameDecoder inner) {
    this.outer = outer;
    this.inner = inner;
  }

  @Override
  protected boolean find(ByteBuffer data) {
    while (inside || (data.hasRemaining() && enter(data))) {
      int payloadEnd = data.position() + payloadLeft;
      if (payloadLeft > 0 && findInner(data, payloadEnd)) {
        return true;
      }
      if (problem != null) {
        return false;
      }
      inside = false; // there was nothing in it
      var _ = data.position(payloadEnd + tailBytes);
    }
    return false;
  }

  @Override
  boolean isInside() {
    return inside || outer.isInside();
  }

  private boolean enter(ByteBuffer data) {
    if (!outer.look(data)) {
      problem = outer.problem;
      awaitedBytes = outer.awaitedBytes;
      return false;
    }
    inside = true;
    payloadLeft = outer.end - outer.start;
    tailBytes = outer.next - outer.end;
    var _ = data.position(outer.start);
    return true;
  }

  /** Finds a frame in the rest of the outer one. */
  private boolean findInner(ByteBuffer data, int payloadEnd) {
    int limit = data.limit();
    var _ = data.limit(payloadEnd);
    boolean isFound = inner.look(data);
    int rest = data.remaining();
    var _ = data.limit(limit);
    if (!isFound) {
      problem = inner.problem;
      return rest > 0 && problem == null && cutOff(rest);
    }
    if (inner.next > payloadEnd || inner.end > inner.next) {
      throw new IllegalStateException(
          inner + " found a frame up to " + inner.next + " in a payload up to " + payloadEnd);
    }
    payloadLeft = payloadEnd - inner.next;
    inside = payloadLeft > 0;
    return found(inner.start, inner.end, inside ? inner.next : inner.next + tailBytes);
  }

  private boolean cutOff(int rest) {
    return malformed(
        "a frame ended within an inner frame, " + rest + " bytes of " + inner.expected());
  }
}

package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frames in the stream of one connection: what a {@linkplain Framing#of framing} of one's
 * own consists of.
 *
 * <pre>{@code
 * final class Netstring extends FrameDecoder { // 5:hello,
 *   @Override
 *   protected boolean find(ByteBuffer data) {
 *     int size = 0;
 *     for (int i = data.position(); i < data.limit(); i++) {
 *       byte b = data.get(i);
 *       if (b == ':') {
 *         int end = i + 1 + size;
 *         return end < data.limit() && found(i + 1, end, end + 1);
 *       }
 *       if (b < '0' || b > '9' || size > 9_999) {
 *         return malformed("a length is a number of at most 5 digits");
 *       }
 *       size = 10 * size + b - '0';
 *     }
 *     return false;
 *   }
 * }
 * }</pre>
 *
 * <p>What is no whole frame yet stays in the buffer and comes again, in front, with more behind it:
 * so what a decoder remembers should count from the position of the buffer, and then no byte need
 * be looked at twice. How long a frame may be is the framing's to say, and to check, as soon as a
 * decoder has said {@link #incomplete how long it will be}.
 *
 * <p>Threads: the loop's. Errors: what it throws is the handler's failure.
 */
public abstract class FrameDecoder {

  /** Where the payload of the frame starts, after a {@link #find} that is true. */
  int start;

  /** Where it ends. */
  int end;

  /** Where the next frame starts. */
  int next;

  /**
   * How long the frame will be that is not whole yet, after a {@link #find} that is false; or 0.
   */
  int awaitedBytes;

  /** What is wrong, after a {@link #find} that is false; null if there are too few bytes. */
  @Nullable CloseCause problem;

  /** How long a frame may be, by its framing. */
  private int maxFrameBytes;

  /** For a subclass. */
  protected FrameDecoder() {}

  /**
   * Looks for a frame at the position of the buffer, and answers with one of the methods below, or
   * false if there are too few bytes for a whole one. It reads by index, and leaves the limit as it
   * is; the position may be moved on over bytes that belong to no frame.
   *
   * @param data from its position to its limit at least one byte. Ownership: good until this
   *     returns
   */
  protected abstract boolean find(ByteBuffer data);

  /**
   * There is a frame.
   *
   * @param startIndex where its payload starts, not before the position of the buffer
   * @param endIndex where it ends
   * @param nextIndex where the next frame starts, beyond the position
   * @return true, for {@link #find} to return
   */
  protected final boolean found(int startIndex, int endIndex, int nextIndex) {
    start = startIndex;
    end = endIndex;
    next = nextIndex;
    return true;
  }

  /**
   * There is a part of a frame whose size is known: memory for it is seen to as its bytes arrive.
   *
   * @param frameBytes how long the frame will be, from the position of the buffer: more than is
   *     there. If it is more than the framing allows, the connection ends as by {@link #tooLong}
   * @return false, for {@link #find} to return
   */
  protected final boolean incomplete(int frameBytes) {
    if (frameBytes < 1) {
      throw new IllegalArgumentException("frameBytes: " + frameBytes);
    }
    awaitedBytes = frameBytes;
    return false;
  }

  /** The frame is longer than is allowed: the connection ends, with {@link CloseReason#LIMIT}. */
  protected final boolean tooLong(String message) {
    problem = CloseCause.of(CloseReason.LIMIT, Objects.requireNonNull(message, "message"));
    return false;
  }

  /** This is no frame: the connection ends, with {@link CloseReason#PROTOCOL}. */
  protected final boolean malformed(String message) {
    problem = CloseCause.of(CloseReason.PROTOCOL, Objects.requireNonNull(message, "message"));
    return false;
  }

  /** Whether the next frame begins within another one, whose head is gone. */
  boolean isInside() {
    return false;
  }

  // ---- whoever asks it, whose answers are not trusted: they may be the program's

  /** Says how long a frame may be. */
  final FrameDecoder limitedTo(int bytes) {
    maxFrameBytes = bytes;
    return this;
  }

  /**
   * {@link #find}, within the limit of the framing.
   *
   * @throws IllegalStateException if what it answers cannot be
   */
  final boolean look(ByteBuffer data) {
    int first = data.position();
    int limit = data.limit();
    awaitedBytes = 0;
    boolean isFound = find(data);
    if (data.limit() != limit
        || data.position() < first
        || !(isFound ? isFrame(data) : isPart(data))) {
      throw new IllegalStateException(
          this + answer(isFound) + ", in bytes from " + first + " to " + limit);
    }
    int leastBytes = isFound ? next - data.position() : awaitedBytes;
    boolean full = !isFound && data.remaining() >= maxFrameBytes;
    if (problem == null && (leastBytes > maxFrameBytes || full)) {
      return tooLong("a frame is longer than " + maxFrameBytes + " bytes, which is the limit");
    }
    return isFound;
  }

  /** How many bytes the unfinished frame that begins here will have, in words. */
  final String expected() {
    return awaitedBytes > 0 ? Integer.toString(awaitedBytes) : "at most " + maxFrameBytes;
  }

  private boolean isFrame(ByteBuffer data) {
    return start >= data.position()
        && end >= start
        && next >= end
        && next > data.position()
        && next <= data.limit();
  }

  private boolean isPart(ByteBuffer data) {
    return awaitedBytes == 0 || awaitedBytes > data.remaining();
  }

  private String answer(boolean isFound) {
    return isFound
        ? " found a frame from " + start + " to " + end + ", the next one at " + next
        : " awaits a frame of " + awaitedBytes + " bytes";
  }
}

package dev.pollux.net;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frames in the stream of one connection.
 *
 * <p>What is no whole frame yet stays in the buffer and comes again, in front, with more behind it:
 * so what a decoder remembers counts from the position of the buffer, and no byte is looked at
 * twice.
 */
abstract sealed class FrameDecoder
    permits DelimiterDecoder,
        FixedDecoder,
        LengthDecoder,
        LineDecoder,
        NestedDecoder,
        UnframedDecoder {

  /** Where the payload of the frame starts, after a {@link #find} that is true. */
  int start;

  /** Where it ends. */
  int end;

  /** Where the next frame starts. */
  int next;

  /** What is wrong, after a {@link #find} that is false; null if there are too few bytes. */
  @Nullable CloseCause problem;

  /**
   * Looks for a frame at the position of the buffer. If there is one, the caller goes on at {@link
   * #next}; if not, the position is where the bytes to be kept start.
   */
  abstract boolean find(ByteBuffer data);

  /**
   * How many bytes the unfinished frame that begins here will have, in words: "12" or "at most 80".
   */
  abstract String expected();

  final boolean found(int startIndex, int endIndex, int nextIndex) {
    start = startIndex;
    end = endIndex;
    next = nextIndex;
    return true;
  }

  final boolean tooLong(String message) {
    problem = CloseCause.of(CloseReason.LIMIT, message);
    return false;
  }

  final boolean wrong(String message) {
    problem = CloseCause.of(CloseReason.PROTOCOL, message);
    return false;
  }
}

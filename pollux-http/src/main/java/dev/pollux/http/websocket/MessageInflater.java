package dev.pollux.http.websocket;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages out of permessage-deflate, and stops at a limit, which counts what comes out.
 *
 * <p>Ownership: close frees the memory of zlib, about 40 KiB with the first message. Threads: the
 * loop's. Source: RFC 7692, 7.2.2.
 */
final class MessageInflater implements AutoCloseable {

  /** What came of some bytes. */
  enum Result {
    TAKEN,
    /** The message has more than it may. */
    TOO_BIG,
    /** This is not deflate. */
    BROKEN
  }

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
  private static final int STEP_BYTES = 1 << 13; // 8 KiB

  /** What may come in for so much that comes out: deflate adds 5 bytes to 16 KiB at the most. */
  private static final int SLACK_BYTES = 1 << 10;

  private final boolean keepsContext;
  private final int maxBytes;
  private @Nullable Inflater inflater; // from the first message on
  private ByteBuffer input = NONE;
  private long takenBytes; // of this message, compressed

  MessageInflater(boolean keepsContext, int maxBytes) {
    this.keepsContext = keepsContext;
    this.maxBytes = maxBytes;
  }

  /** Inflates what is between the positions, behind what is there. */
  Result take(ByteBuffer in, int from, int to, MessageBuffer out) {
    takenBytes += to - from;
    if (takenBytes > maxBytes + (maxBytes >> 3) + (long) SLACK_BYTES) {
      return Result.TOO_BIG; // of blocks that are empty, or nearly
    }
    input = in.slice(from, to - from);
    return inflate(out);
  }

  /** The message is whole. */
  Result end(MessageBuffer out) {
    input = ByteBuffer.wrap(TAIL);
    Result result = inflate(out);
    takenBytes = 0;
    if (!keepsContext) {
      inflater().reset();
    }
    return result;
  }

  private Inflater inflater() {
    Inflater known = inflater;
    if (known == null) {
      known = new Inflater(true);
      inflater = known;
    }
    return known;
  }

  private Result inflate(MessageBuffer out) {
    Inflater inflater = inflater();
    inflater.setInput(input);
    try {
      while (true) {
        int room = Math.min(STEP_BYTES, maxBytes - out.sizeBytes() + 1);
        ByteBuffer to = out.reserve(room);
        int limit = to.limit();
        var _ = to.limit(to.position() + room);
        int count = inflater.inflate(to);
        var _ = to.limit(limit);
        if (out.sizeBytes() > maxBytes) {
          return Result.TOO_BIG;
        }
        if (inflater.finished()) { // what is behind such a block begins anew: RFC 7692, 7.2.3.4
          inflater.reset();
          inflater.setInput(input);
        } else if (inflater.needsDictionary()) {
          return Result.BROKEN;
        } else if (count < room && inflater.needsInput()) {
          return Result.TAKEN;
        }
      }
    } catch (DataFormatException e) {
      return Result.BROKEN;
    }
  }

  @Override
  public void close() {
    Inflater known = inflater;
    if (known != null) {
      inflater = null;
      known.end();
    }
  }
}

package dev.pollux.http;

import java.nio.ByteBuffer;

/**
 * What stands between a body on the wire that is in gzip and who reads it: gives no more than the
 * reader takes, and keeps what is left while that pauses.
 *
 * <p>Threads: the loop's.
 */
final class Inflation {

  /** Who takes what comes out. */
  interface Sink {

    boolean isTaking();

    void take(ByteBuffer data) throws Exception;

    void refuse(int status, String problem);

    /** There is more, which is for the next turn. */
    void again();
  }

  private static final int OUT_BYTES = 1 << 14; // 16 KiB

  /** So much comes out in a turn, however little went in. */
  private static final int BYTES_PER_TURN = 1 << 18; // 256 KiB

  private final GzipDecoder decoder;
  private final Sink sink;
  private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private boolean isFull; // there is more within the decoder
  private boolean isPumping;

  Inflation(GzipDecoder decoder, Sink sink) {
    this.decoder = decoder;
    this.sink = sink;
  }

  /** Inflates what came; all of it is taken. */
  void give(ByteBuffer data) throws Exception {
    pump(data);
    if (data.hasRemaining()) {
      rest = ByteBuffer.allocate(data.remaining()).put(data).flip();
    }
  }

  /** Goes on with what was left; false from within itself, which does so. */
  boolean goOn() throws Exception {
    if (isPumping) {
      return false;
    }
    if (!isDrained()) {
      pump(rest);
    }
    return true;
  }

  private void pump(ByteBuffer in) throws Exception {
    isPumping = true;
    try {
      boolean isMore = true;
      int left = BYTES_PER_TURN;
      while (isMore && left > 0 && sink.isTaking()) {
        GzipDecoder.Result result = decoder.decode(in, out.clear());
        isFull = result == GzipDecoder.Result.FULL;
        isMore = isFull;
        if (out.flip().hasRemaining()) {
          left -= out.remaining();
          sink.take(out);
        }
        if (result == GzipDecoder.Result.REFUSED && sink.isTaking()) {
          refuse();
        }
      }
      if (isMore && left <= 0) {
        sink.again();
      }
    } finally {
      isPumping = false;
    }
  }

  /** Whether nothing is left. */
  boolean isDrained() {
    return !isFull && !rest.hasRemaining();
  }

  /** All came; whether that was a whole. */
  boolean end() {
    boolean isWhole = decoder.end() == GzipDecoder.Result.DONE;
    if (!isWhole) {
      refuse();
    }
    return isWhole;
  }

  private void refuse() {
    sink.refuse(decoder.status(), String.valueOf(decoder.problem()));
  }
}

package dev.pollux.http.wire;

import java.nio.ByteBuffer;

/**
 * What stands between a body on the wire that is deflated and who reads it: gives no more than the
 * reader takes, and keeps what is left while that pauses.
 *
 * <p>Threads: the loop's.
 */
public final class Inflation {

  /** Who takes what comes out. */
  public interface Sink {

    /** Whether it takes more now. */
    boolean isTaking();

    /** Takes all of it. */
    void take(ByteBuffer data) throws Exception;

    /** This is no such body. */
    void refuse(int status, String problem);

    /** There is more, which is for the next turn. */
    void again();
  }

  private static final int OUT_BYTES = 1 << 14; // 16 KiB

  /** So much comes out in a turn, however little went in. */
  private static final int BYTES_PER_TURN = 1 << 18; // 256 KiB

  private final BodyDecoder decoder;
  private final Sink sink;
  private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private boolean isFull; // there is more within the decoder
  private boolean isPumping;

  /** By a decoder, which stays the caller's to close. */
  public Inflation(BodyDecoder decoder, Sink sink) {
    this.decoder = decoder;
    this.sink = sink;
  }

  /** Inflates what came; all of it is taken. */
  public void give(ByteBuffer data) throws Exception {
    pump(data);
    if (data.hasRemaining()) {
      rest = ByteBuffer.allocate(data.remaining()).put(data).flip();
    }
  }

  /** Goes on with what was left; false from within itself, which does so. */
  public boolean goOn() throws Exception {
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
        BodyDecoder.Result result = decoder.decode(in, out.clear());
        isFull = result == BodyDecoder.Result.FULL;
        isMore = isFull;
        if (out.flip().hasRemaining()) {
          left -= out.remaining();
          sink.take(out);
        }
        if (result == BodyDecoder.Result.REFUSED && sink.isTaking()) {
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
  public boolean isDrained() {
    return !isFull && !rest.hasRemaining();
  }

  /** All came; whether that was a whole. */
  public boolean end() {
    boolean isWhole = decoder.end() == BodyDecoder.Result.DONE;
    if (!isWhole) {
      refuse();
    }
    return isWhole;
  }

  private void refuse() {
    sink.refuse(decoder.status(), String.valueOf(decoder.problem()));
  }
}

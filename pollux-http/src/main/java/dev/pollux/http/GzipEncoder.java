package dev.pollux.http;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Deflates a body into gzip, piece by piece: a member without a name or a time, so that equal
 * bodies come to equal bytes.
 *
 * <p>Each step says whether it is done. If not, the room that was given is full, and the same is to
 * be asked for with more room.
 *
 * <p>Ownership: holds native memory until it is {@linkplain #close closed}. Passive; allocates
 * nothing. Source: RFC 1952.
 */
final class GzipEncoder implements AutoCloseable {

  private static final byte[] HEADER = {
    0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff // which is no system that there is
  };
  private static final int TRAILER_BYTES = 8;

  // More than a flush writes, which is 6 bytes at most: where it fills the room it is asked for
  // again, and were that for ever too little, it would go on for ever.
  private static final int PENDING_BYTES = 1 << 10;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private enum State {
    OPEN,
    FLUSHING,
    FINISHING,
    OVER
  }

  private final Deflater deflater;
  private final CRC32 check = new CRC32();

  // What was deflated and not taken yet.
  private final ByteBuffer pending =
      ByteBuffer.allocate(PENDING_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private State state = State.OPEN;
  private long total;
  private boolean isClosed;

  /**
   * An encoder.
   *
   * @param level from 0, which takes the bytes as they are, to 9, which comes to the fewest
   */
  GzipEncoder(int level) {
    this(new Deflater(level, true));
  }

  /** With a deflater of bare data, which it owns. */
  GzipEncoder(Deflater deflater) {
    this.deflater = deflater;
    pending.put(HEADER).flip();
  }

  /** Begins with another body. */
  void begin() {
    requireOpen();
    deflater.reset();
    check.reset();
    pending.clear().put(HEADER).flip();
    total = 0;
    state = State.OPEN;
  }

  /** Takes what there is. Some of it may come out later, behind more or a {@link #flush}. */
  boolean encode(ByteBuffer in, ByteBuffer out) {
    requireState(State.OPEN);
    while (give(out) && in.hasRemaining()) {
      int from = in.position();
      int limit = in.limit();
      deflater.setInput(in);
      int _ = deflate(Deflater.NO_FLUSH);
      deflater.setInput(NOTHING); // it keeps no buffer of the caller
      int to = in.position();
      in.position(from).limit(to);
      check.update(in);
      in.limit(limit);
      total += to - from;
    }
    return !in.hasRemaining() && !pending.hasRemaining();
  }

  /** Brings out all that was taken, so that the peer can inflate that. */
  boolean flush(ByteBuffer out) {
    requireOpen();
    if (state != State.FLUSHING) {
      requireState(State.OPEN);
    }
    state = State.FLUSHING;
    while (give(out)) {
      if (state == State.OPEN) {
        return true;
      }
      if (deflate(Deflater.SYNC_FLUSH) < PENDING_BYTES) {
        state = State.OPEN;
      }
    }
    return false;
  }

  /** Brings out all that is left. Nothing can be taken then, before another body begins. */
  boolean finish(ByteBuffer out) {
    requireOpen();
    if (state != State.FINISHING && state != State.OVER) {
      requireState(State.OPEN);
      deflater.finish();
      state = State.FINISHING;
    }
    while (give(out)) {
      if (state == State.OVER) {
        return true;
      }
      int _ = deflate(Deflater.NO_FLUSH);
      if (deflater.finished() && pending.remaining() <= PENDING_BYTES - TRAILER_BYTES) {
        pending.compact().putInt((int) check.getValue()).putInt((int) total).flip();
        state = State.OVER;
      }
    }
    return false;
  }

  /** Fills what is pending, which is empty. */
  private int deflate(int flush) {
    pending.clear();
    int count = deflater.deflate(pending, flush);
    pending.flip();
    return count;
  }

  /** Whether nothing is pending any more. */
  private boolean give(ByteBuffer out) {
    int count = Math.min(pending.remaining(), out.remaining());
    out.put(out.position(), pending, pending.position(), count);
    out.position(out.position() + count);
    pending.position(pending.position() + count);
    return !pending.hasRemaining();
  }

  private void requireState(State wanted) {
    requireOpen();
    if (state != wanted) {
      throw new IllegalStateException("the encoder is not " + wanted + " but " + state);
    }
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the encoder is closed");
    }
  }

  /** Gives the native memory back. */
  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      deflater.end();
    }
  }
}

package dev.pollux.http.wire;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Inflates a body in the coding "deflate", as many bytes at a time as there are. Any split of the
 * same bytes comes to the same, but for the words where a body is damaged and too much as well.
 *
 * <p>That is data in the format of zlib; but some servers send it bare, which is told by the first
 * byte: that of zlib says method 8 and a window of at most 32 KiB, which bare data does not begin
 * with, unless its first block is stored and oddly padded, as no program makes it. What is behind
 * the end is refused. All that comes out is at most so long as was said.
 *
 * <p>Ownership: holds native memory until it is {@linkplain #close closed}. Passive. Source: RFC
 * 9110, 8.4.1.2; RFC 1950, 2.2; RFC 1951, 3.2.3.
 */
public final class DeflateDecoder implements BodyDecoder {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int METHOD_MASK = 0x0f;
  private static final int METHOD = 8;
  private static final int WINDOW_MASK = 0x80;

  private final long maxBytes;
  private final ByteBuffer beyond = ByteBuffer.allocate(1); // takes what is too much
  private @Nullable Inflater inflater; // from the first byte on
  private boolean isWhole;
  private long total;
  private int status;
  private @Nullable String problem;
  private boolean isClosed;

  /** One of which so much comes out at most. */
  public DeflateDecoder(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public Result decode(ByteBuffer in, ByteBuffer out) {
    requireOpen();
    while (status == 0) {
      if (isWhole) {
        if (in.hasRemaining()) {
          refuse(400, "there is something behind the deflated data");
        } else {
          return Result.MORE;
        }
      } else if (inflater == null && !in.hasRemaining()) {
        return Result.MORE;
      } else if (!out.hasRemaining() && total < maxBytes) {
        return Result.FULL;
      } else if (!inflate(begun(in), in, total < maxBytes ? out : beyond)) {
        return status == 0 ? Result.MORE : Result.REFUSED;
      }
    }
    return Result.REFUSED;
  }

  private Inflater begun(ByteBuffer in) {
    Inflater known = inflater;
    if (known == null) {
      byte first = in.get(in.position());
      boolean isZlib = (first & METHOD_MASK) == METHOD && (first & WINDOW_MASK) == 0;
      known = new Inflater(!isZlib);
      inflater = known;
    }
    return known;
  }

  /** Whether something was done. */
  private boolean inflate(Inflater by, ByteBuffer in, ByteBuffer out) {
    int inFrom = in.position();
    int limit = out.limit();
    int from = out.position();
    int count = 0;
    try {
      long room = total < maxBytes ? maxBytes - total : out.remaining();
      var _ = out.limit(from + (int) Math.min(limit - from, room));
      by.setInput(in);
      count = by.inflate(out);
    } catch (DataFormatException e) {
      refuse(400, "the deflated data is damaged");
    } finally {
      var _ = out.limit(limit);
      by.setInput(NOTHING); // it keeps no buffer of the caller
    }
    total += count;
    if (total > maxBytes) {
      refuse(413, "the body has more than " + maxBytes + " bytes when it is inflated");
    } else if (status == 0 && by.needsDictionary()) {
      refuse(400, "the deflated data asks for a dictionary");
    }
    isWhole = status == 0 && by.finished();
    boolean hasMoved = in.position() > inFrom || count > 0 || isWhole;
    if (status == 0 && !hasMoved && in.hasRemaining()) {
      refuse(400, "the deflated data leads to nothing");
    }
    return status == 0 && hasMoved;
  }

  @Override
  public Result end() {
    requireOpen();
    if (!isWhole) {
      refuse(400, "the deflated data is not whole");
    }
    return status == 0 ? Result.DONE : Result.REFUSED;
  }

  private void refuse(int newStatus, String why) {
    if (status == 0) {
      status = newStatus;
      problem = why;
    }
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public @Nullable String problem() {
    return problem;
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the decoder is closed");
    }
  }

  @Override
  public void close() {
    isClosed = true;
    Inflater known = inflater;
    inflater = null;
    if (known != null) {
      known.end();
    }
  }
}

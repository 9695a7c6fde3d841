package dev.pollux.http.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Inflates a body in gzip, as many bytes at a time as there are. Any split of the same bytes comes
 * to the same.
 *
 * <p>There may be several members, one behind the other. What is behind the last one and is none is
 * refused, as is a member whose checksum or size is another one. Names and comments mean nothing,
 * and a header is at most {@link GzipHeader#MAX_BYTES} long. All that comes out is at most so long
 * as was said, however little came in.
 *
 * <p>Ownership: holds native memory until it is {@linkplain #close closed}. Passive; allocates
 * nothing. Source: RFC 1952; RFC 9110, 8.4.1.3.
 */
public final class GzipDecoder implements BodyDecoder {

  private enum State {
    HEADER,
    DATA,
    TRAILER
  }

  private static final int TRAILER_BYTES = 8;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Inflater inflater;
  private final long maxBytes;
  private final GzipHeader header = new GzipHeader();
  private final CRC32 check = new CRC32();
  private final ByteBuffer beyond = ByteBuffer.allocate(1); // takes what is too much
  private State state = State.HEADER;
  private boolean isWhole; // a member at least was read
  private long trailer; // the first byte is the least
  private int trailerBytes;
  private long memberBytes;
  private long total;
  private int status;
  private @Nullable String problem;
  private boolean isClosed;

  /** One of which so much comes out at most. */
  public GzipDecoder(long maxBytes) {
    this(maxBytes, new Inflater(true));
  }

  /** With an inflater of bare data, which it owns. */
  GzipDecoder(long maxBytes, Inflater inflater) {
    this.maxBytes = maxBytes;
    this.inflater = inflater;
  }

  /** Begins with another body. */
  void begin() {
    requireOpen();
    isWhole = false;
    total = 0;
    status = 0;
    problem = null;
    beyond.clear();
    beginMember();
  }

  private void beginMember() {
    state = State.HEADER;
    header.begin();
    inflater.reset();
    check.reset();
    memberBytes = 0;
  }

  @Override
  public Result decode(ByteBuffer in, ByteBuffer out) {
    requireOpen();
    while (status == 0) {
      if (state == State.DATA) {
        if (!out.hasRemaining() && total < maxBytes) {
          return Result.FULL;
        }
        boolean hasRoom = total < maxBytes;
        long room = hasRoom ? maxBytes - total : beyond.remaining();
        if (!inflate(in, hasRoom ? out : beyond, room)) {
          return status == 0 ? Result.MORE : Result.REFUSED;
        }
      } else if (!in.hasRemaining()) {
        return Result.MORE;
      } else if (state == State.TRAILER) {
        readTrailer(in.get());
      } else {
        readHeader(in.get());
      }
    }
    return Result.REFUSED;
  }

  @Override
  public Result end() {
    requireOpen();
    if (state != State.HEADER || !header.isBefore() || !isWhole) {
      refuse(400, "the gzip data is not whole");
    }
    return status == 0 ? Result.DONE : Result.REFUSED;
  }

  /** Whether something was done. */
  private boolean inflate(ByteBuffer in, ByteBuffer out, long room) {
    int inFrom = in.position();
    int from = out.position();
    int limit = out.limit();
    try {
      out.limit(from + (int) Math.min(limit - from, room));
      inflater.setInput(in);
      int count = inflater.inflate(out);
      out.limit(from + count).position(from);
      check.update(out);
      memberBytes += count;
      total += count;
    } catch (DataFormatException e) {
      refuse(400, "the gzip data is damaged");
    } finally {
      out.limit(limit);
      inflater.setInput(NOTHING); // it keeps no buffer of the caller
    }
    if (total > maxBytes) {
      refuse(413, "the body has more than " + maxBytes + " bytes when it is inflated");
    } else if (status == 0 && inflater.finished()) {
      state = State.TRAILER;
      trailer = 0;
      trailerBytes = 0;
      return true;
    }
    boolean hasMoved = in.position() > inFrom || out.position() > from;
    if (status == 0 && !hasMoved && in.hasRemaining()) {
      refuse(400, "the gzip data leads to nothing");
    }
    return hasMoved;
  }

  private void readTrailer(byte c) {
    trailer |= (c & 0xffL) << (8 * trailerBytes);
    trailerBytes++;
    if (trailerBytes < TRAILER_BYTES) {
      return;
    }
    if ((trailer & 0xffff_ffffL) != check.getValue()) {
      refuse(400, "the gzip data has another checksum than it says");
    } else if (trailer >>> 32 != (memberBytes & 0xffff_ffffL)) {
      refuse(400, "the gzip data has another size than it says");
    } else {
      isWhole = true;
      beginMember();
    }
  }

  private void readHeader(byte c) {
    header.read(c);
    String wrong = header.problem();
    if (wrong != null) {
      refuse(400, wrong);
    } else if (header.isOver()) {
      state = State.DATA;
    }
  }

  private void refuse(int newStatus, String why) {
    if (status == 0) {
      status = newStatus;
      problem = why;
    }
  }

  /** How many bytes came out. */
  long total() {
    return total;
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

  /** Gives the native memory back. */
  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      inflater.end();
    }
  }
}

package dev.pollux.http.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the data in a chunked body: moves over sizes, extensions and line ends, and stops where
 * data is. Any split of the same bytes comes to the same.
 *
 * <p>Extensions are looked at, as what follows them depends on where they end, and mean nothing.
 * Lines end with CR LF, data too. Passive; allocates for trailers alone.
 *
 * <p>Source: RFC 9112, 7.1.
 */
public final class ChunkParser {

  /** What comes next. */
  public enum Result {
    /** Nothing that is there by now. */
    MORE,
    /** Data: at most {@link #left} bytes, to be {@linkplain #took taken}. */
    DATA,
    /** The body is over, with its trailers. */
    DONE,
    /** This is no chunked body: {@link #status} and {@link #problem} say why. */
    REFUSED
  }

  private enum State {
    SIZE,
    EXTENSION, // behind a size, or a value
    BEHIND, // the same, and blanks
    BEFORE_NAME,
    NAME,
    BEHIND_NAME,
    BEFORE_VALUE,
    VALUE,
    QUOTED,
    ESCAPED,
    SIZE_END,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILERS,
    OVER
  }

  private static final int MAX_DIGITS = 15; // hexadecimal ones, of a long
  private static final int FIRST_TRAILER_BYTES = 256;
  private static final String[] FORBIDDEN = {
    "content-length",
    "transfer-encoding",
    "host",
    "trailer",
    "te",
    "connection",
    "upgrade",
    "expect",
    "content-encoding",
    "content-type",
    "content-range",
    "cache-control",
    "max-forwards",
    "range",
    "authorization",
    "set-cookie",
    "cookie",
    "keep-alive",
    "proxy-connection"
  };

  private final long maxBytes;
  private final int maxExtensionBytes;
  private final int maxTrailerBytes;
  private final FieldParser trailers;
  private byte[] trailerBytes = {};
  private int trailerSize;
  private State state = State.SIZE;
  private int digits;
  private long left; // of the chunk
  private long total;
  private int extensionBytes;
  private int status;
  private @Nullable String problem;

  /**
   * A parser.
   *
   * @param maxBytes so much data at most
   * @param maxExtensionBytes so much in the extensions of all chunks
   * @param maxTrailers so many fields behind them
   * @param maxTrailerBytes so much in all their lines
   */
  public ChunkParser(long maxBytes, int maxExtensionBytes, int maxTrailers, int maxTrailerBytes) {
    this.maxBytes = maxBytes;
    this.maxExtensionBytes = maxExtensionBytes;
    this.maxTrailerBytes = maxTrailerBytes;
    this.trailers = new FieldParser(maxTrailers, maxTrailerBytes);
  }

  /** Begins with another body. */
  public void begin() {
    state = State.SIZE;
    digits = 0;
    left = 0;
    total = 0;
    extensionBytes = 0;
    trailerSize = 0;
    status = 0;
    problem = null;
  }

  /** Moves over what is no data, up to some or to the end of what has come. */
  public Result parse(ByteBuffer in) {
    while (status == 0 && state != State.OVER) {
      if (state == State.DATA) {
        if (left > 0) {
          return in.hasRemaining() ? Result.DATA : Result.MORE;
        }
        state = State.DATA_CR;
      } else if (!in.hasRemaining()) {
        return Result.MORE;
      } else if (state == State.TRAILERS) {
        readTrailers(in);
      } else {
        read(in.get());
      }
    }
    return status == 0 ? Result.DONE : Result.REFUSED;
  }

  private void read(byte c) {
    switch (state) {
      case SIZE -> readSize(c);
      case EXTENSION,
          BEHIND,
          BEFORE_NAME,
          NAME,
          BEHIND_NAME,
          BEFORE_VALUE,
          VALUE,
          QUOTED,
          ESCAPED ->
          readExtension(c);
      case SIZE_END -> {
        expect(c, '\n', "a chunk's size", left == 0 ? State.TRAILERS : State.DATA);
        trailers.begin(0);
      }
      case DATA_CR -> expect(c, '\r', "a chunk's data", State.DATA_LF);
      case DATA_LF -> {
        expect(c, '\n', "a chunk's data", State.SIZE);
        digits = 0;
      }
      default -> throw new AssertionError(state);
    }
  }

  private void expect(byte c, char wanted, String behind, State next) {
    if (c == wanted) {
      state = next;
    } else {
      refuse(400, behind + " is followed by " + Octets.show(c));
    }
  }

  private void readSize(byte c) {
    if (Octets.is(c, Octets.HEX)) {
      if (++digits > MAX_DIGITS) {
        refuse(400, "a chunk's size has more than " + MAX_DIGITS + " digits");
      }
      left = (left << 4) + Octets.hex(c);
    } else if (digits == 0) {
      refuse(400, "a chunk's size begins with " + Octets.show(c));
    } else if (left > maxBytes - total) {
      refuse(413, "the body has more than " + maxBytes + " bytes");
    } else {
      total += left;
      state = State.EXTENSION;
      readExtension(c);
    }
  }

  private void readExtension(byte c) {
    if (c == '\r' && mayEnd()) {
      state = State.SIZE_END;
      return;
    }
    if (++extensionBytes > maxExtensionBytes) {
      refuse(400, "chunks have more than " + maxExtensionBytes + " bytes of extensions");
      return;
    }
    State next = after(c);
    if (next == null) {
      refuse(400, "a chunk's extension has " + Octets.show(c));
    } else {
      state = next;
    }
  }

  /** Not behind blanks, which would stand for nothing. */
  private boolean mayEnd() {
    return state == State.EXTENSION || state == State.NAME || state == State.VALUE;
  }

  /** Where this leads to; null if it may not stand there. */
  private @Nullable State after(byte c) {
    boolean isToken = Octets.is(c, Octets.TOKEN);
    boolean isBlank = Octets.isBlank(c);
    return switch (state) {
      case EXTENSION, BEHIND -> c == ';' ? State.BEFORE_NAME : isBlank ? State.BEHIND : null;
      case BEHIND_NAME ->
          switch (c) {
            case ';' -> State.BEFORE_NAME;
            case '=' -> State.BEFORE_VALUE;
            default -> isBlank ? State.BEHIND_NAME : null;
          };
      case BEFORE_NAME -> isToken ? State.NAME : isBlank ? State.BEFORE_NAME : null;
      case NAME ->
          switch (c) {
            case ';' -> State.BEFORE_NAME;
            case '=' -> State.BEFORE_VALUE;
            default -> isToken ? State.NAME : isBlank ? State.BEHIND_NAME : null;
          };
      case BEFORE_VALUE ->
          c == '"' ? State.QUOTED : isToken ? State.VALUE : isBlank ? State.BEFORE_VALUE : null;
      case VALUE ->
          c == ';' ? State.BEFORE_NAME : isToken ? State.VALUE : isBlank ? State.BEHIND : null;
      case QUOTED ->
          switch (c) {
            case '"' -> State.EXTENSION;
            case '\\' -> State.ESCAPED;
            default -> Octets.is(c, Octets.VALUE) ? State.QUOTED : null;
          };
      case ESCAPED -> Octets.is(c, Octets.VALUE) ? State.QUOTED : null;
      default -> throw new AssertionError(state);
    };
  }

  private void readTrailers(ByteBuffer in) {
    int before = trailerSize;
    int most = Math.min(in.remaining(), maxTrailerBytes + 3 - before); // one too many
    int size = before + most;
    if (trailerBytes.length < size) {
      int room = Math.max(FIRST_TRAILER_BYTES, Math.max(size, 2 * trailerBytes.length));
      trailerBytes = Arrays.copyOf(trailerBytes, room);
    }
    in.get(in.position(), trailerBytes, before, most);
    trailerSize = size;
    switch (trailers.parse(trailerBytes, 0, size)) {
      case MORE -> in.position(in.position() + most);
      case REFUSED -> refuse(trailers.status(), String.valueOf(trailers.problem()));
      case DONE -> {
        in.position(in.position() + trailers.position() - before);
        checkTrailers();
        state = State.OVER;
      }
    }
  }

  private void checkTrailers() {
    for (int i = 0; i < trailers.count(); i++) {
      for (String name : FORBIDDEN) {
        if (Octets.equalsIgnoreCase(trailerBytes, trailers.nameFrom(i), trailers.nameTo(i), name)) {
          refuse(400, "there is a " + name + " in the trailers");
        }
      }
    }
  }

  private void refuse(int newStatus, String why) {
    if (status == 0) {
      status = newStatus;
      problem = why;
    }
  }

  /** How many bytes of data come, before there is something else. */
  public long left() {
    return left;
  }

  /** So many of them were taken. */
  public void took(int count) {
    left -= count;
  }

  /** How many bytes of data the chunks have, so far as their sizes were read. */
  public long total() {
    return total;
  }

  /** What came behind the data, when it is over. */
  public FieldParser trailers() {
    return trailers;
  }

  /** Where they lie, from 0 on. */
  public byte[] trailerBytes() {
    return trailerBytes;
  }

  /** How a refusal is answered. */
  public int status() {
    return status;
  }

  /** Why it is refused. */
  public @Nullable String problem() {
    return problem;
  }
}

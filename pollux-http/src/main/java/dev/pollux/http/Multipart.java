package dev.pollux.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.http.wire.FieldParser;
import dev.pollux.http.wire.Octets;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a form in multipart/form-data, as many bytes at a time as there are, and gives them to a
 * handler. Any split of the same bytes comes to the same.
 *
 * <p>Strict: lines end with CR LF, nothing stands behind a boundary in its line, and a line that
 * begins with the boundary is one. What stands before the first and behind the last means nothing,
 * and is bounded. Fields of a part are text in UTF-8, those that are not of forms are passed over.
 *
 * <p>Ownership: holds no data; a part goes to the handler as it comes. Threads: one at a time.
 * Errors: {@link HttpException} says what is wrong, and at which byte; nothing goes on after one.
 * Source: RFC 7578; RFC 2046, 5.1.1.
 */
public final class Multipart {

  private enum State {
    PREAMBLE,
    DATA,
    AFTER, // a boundary
    AFTER_CR,
    AFTER_DASH,
    HEAD,
    CLOSED,
    CLOSED_CR,
    EPILOGUE,
    OVER,
    BROKEN
  }

  private static final String BEFORE_BOUNDARY = "\r\n--";
  private static final int LINE_END = 2; // bytes of it
  private static final int MAX_BOUNDARY_BYTES = 70;
  private static final String BOUNDARY_MARKS = "'()+_,-./:=? ";
  private static final int MAX_FIELDS = 16; // of a part
  private static final int FIRST_HEAD_BYTES = 256;

  private final byte[] delimiter; // its first byte is nowhere else in it
  private final MultipartHandler handler;
  private final MultipartLimits limits;
  private final FieldParser fields;
  private State state = State.PREAMBLE;
  private int assumed = LINE_END; // of what matched, as if a line had ended before
  private int matched = LINE_END; // of the delimiter
  private byte[] head = new byte[FIRST_HEAD_BYTES];
  private int headSize;
  private int partCount;
  private long partBytes;
  private long totalBytes;
  private long paddingBytes;
  private long headAt; // in the body
  private long before; // bytes of the body, of those buffers that were taken

  private Multipart(String boundary, MultipartHandler handler, MultipartLimits limits) {
    this.delimiter = (BEFORE_BOUNDARY + boundary).getBytes(US_ASCII);
    this.handler = handler;
    this.limits = limits;
    this.fields = new FieldParser(MAX_FIELDS, limits.headBytes());
  }

  /**
   * A parser with the limits by default.
   *
   * @throws HttpException if it is not multipart/form-data with a boundary
   */
  public static Multipart parser(String contentType, MultipartHandler handler) {
    return parser(contentType, handler, MultipartLimits.DEFAULT);
  }

  /**
   * A parser.
   *
   * @param contentType the value of the request's Content-Type field
   * @throws HttpException if it is not multipart/form-data with a boundary
   */
  public static Multipart parser(
      String contentType, MultipartHandler handler, MultipartLimits limits) {
    try {
      Parameters parameters = Parameters.of(contentType);
      if (!parameters.value().equals("multipart/form-data")) {
        throw new IllegalArgumentException("it is not multipart/form-data");
      }
      return new Multipart(boundary(parameters.all().get("boundary")), handler, limits);
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, "the Content-Type is not good: " + e.getMessage());
    }
  }

  private static String boundary(@Nullable String text) {
    if (text == null) {
      throw new IllegalArgumentException("there is no boundary");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isLetter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      if (!isLetter && (c < '0' || c > '9') && BOUNDARY_MARKS.indexOf(c) < 0) {
        throw new IllegalArgumentException("the boundary has a character that it may not");
      }
    }
    if (text.isEmpty() || text.length() > MAX_BOUNDARY_BYTES || text.endsWith(" ")) {
      throw new IllegalArgumentException(
          "the boundary is empty, has more than "
              + MAX_BOUNDARY_BYTES
              + " bytes or ends in a blank");
    }
    return text;
  }

  /** Takes what has come, all of it. */
  public void feed(ByteBuffer in) throws Exception {
    State last = state;
    requireGood(last);
    before -= in.position();
    state = State.BROKEN; // where something is thrown
    while (in.hasRemaining()) {
      last = read(last, in);
    }
    state = last;
    before += in.position();
  }

  /** There is no more to come: the form is whole, or it is refused. */
  public void end() throws Exception {
    State last = state;
    requireGood(last);
    state = State.BROKEN;
    if (last != State.CLOSED && last != State.EPILOGUE) {
      throw new HttpException(400, "the form is not whole; it ends at byte " + before);
    }
    handler.end();
    state = State.OVER;
  }

  private static void requireGood(State state) {
    if (state == State.BROKEN || state == State.OVER) {
      throw new IllegalStateException("the form is " + (state == State.OVER ? "over" : "refused"));
    }
  }

  /** Reads a byte or more, and says what comes then. */
  private State read(State now, ByteBuffer in) throws Exception {
    return switch (now) {
      case PREAMBLE, DATA -> scan(now, in);
      case AFTER -> {
        byte c = in.get();
        if (c == '-') {
          yield State.AFTER_DASH;
        }
        yield expect(c == '\r', "a boundary is followed by", c, in, State.AFTER_CR);
      }
      case AFTER_CR -> {
        byte c = in.get();
        State then = expect(c == '\n', "a boundary's CR is followed by", c, in, State.HEAD);
        beginPart(in);
        yield then;
      }
      case AFTER_DASH -> {
        byte c = in.get();
        yield expect(c == '-', "a boundary's - is followed by", c, in, State.CLOSED);
      }
      case HEAD -> readHead(in);
      case CLOSED -> {
        byte c = in.get();
        paddingBytes = 0;
        yield expect(c == '\r', "the last boundary is followed by", c, in, State.CLOSED_CR);
      }
      case CLOSED_CR -> {
        byte c = in.get();
        yield expect(c == '\n', "the last boundary's CR is followed by", c, in, State.EPILOGUE);
      }
      case EPILOGUE -> {
        addPadding(in.remaining());
        in.position(in.limit());
        yield now;
      }
      case OVER, BROKEN -> throw new AssertionError(now);
    };
  }

  private State expect(boolean isSo, String what, byte c, ByteBuffer in, State then) {
    if (!isSo) {
      throw refused(what + " " + Octets.show(c), in);
    }
    return then;
  }

  private void beginPart(ByteBuffer in) {
    if (partCount == limits.partCount()) {
      throw new HttpException(413, "there are more than " + partCount + " parts");
    }
    partCount++;
    partBytes = 0;
    headSize = 0;
    headAt = before + in.position();
    fields.begin(0);
  }

  private State readHead(ByteBuffer in) throws Exception {
    int old = headSize;
    int most = Math.min(in.remaining(), limits.headBytes() + 3 - old); // one too many
    headSize = old + most;
    if (head.length < headSize) {
      head = Arrays.copyOf(head, Math.max(headSize, 2 * head.length));
    }
    in.get(in.position(), head, old, most);
    switch (fields.parse(head, 0, headSize)) {
      case MORE -> {
        in.position(in.position() + most);
        return State.HEAD;
      }
      case REFUSED -> {
        int status = fields.status() == 431 ? 413 : 400;
        throw badHead(status, String.valueOf(fields.problem()));
      }
      case DONE -> {
        in.position(in.position() + fields.position() - old);
        handler.part(partHead());
      }
    }
    assumed = LINE_END;
    matched = LINE_END;
    return State.DATA;
  }

  private PartHead partHead() {
    try {
      return PartHead.of(fields, head);
    } catch (IllegalArgumentException e) {
      throw badHead(400, String.valueOf(e.getMessage()));
    }
  }

  private HttpException badHead(int status, String why) {
    return new HttpException(
        status, "the head of a part is not good: " + why + ", in what begins at byte " + headAt);
  }

  /**
   * Looks for the delimiter. What began like it and was none is data: the part of that which came
   * before is taken from the delimiter, as it is the same.
   */
  private State scan(State now, ByteBuffer in) throws Exception {
    int from = in.position();
    int end = in.limit();
    int held = matched;
    int i = from;
    while (i < end && matched < delimiter.length) {
      byte c = in.get(i);
      if (c == delimiter[matched]) {
        matched++;
        i++;
      } else if (matched > 0) {
        give(now, ByteBuffer.wrap(delimiter, assumed, held - assumed).asReadOnlyBuffer());
        held = 0;
        matched = 0;
        assumed = 0;
      } else {
        i++;
      }
    }
    int dataEnd = i - (matched - held);
    give(now, in.slice(from, dataEnd - from));
    in.position(i);
    if (matched < delimiter.length) {
      return now;
    }
    if (now == State.DATA && assumed > 0) {
      throw refused("a part's data begins with the boundary, which ends", in);
    }
    matched = 0;
    assumed = 0;
    if (now == State.DATA) {
      handler.partEnd();
    }
    return State.AFTER;
  }

  private void give(State now, ByteBuffer data) throws Exception {
    int count = data.remaining();
    if (now == State.PREAMBLE) {
      addPadding(count);
    } else if (count > 0) {
      partBytes += count;
      totalBytes += count;
      if (partBytes > limits.partBytes() || totalBytes > limits.totalBytes()) {
        throw new HttpException(413, "a part, or all of them, have too many bytes");
      }
      handler.data(data);
    }
  }

  private void addPadding(int count) {
    paddingBytes += count;
    if (paddingBytes > limits.paddingBytes()) {
      throw new HttpException(
          413, "there are more than " + limits.paddingBytes() + " bytes in no part");
    }
  }

  private HttpException refused(String what, ByteBuffer in) {
    return new HttpException(400, what + ", at byte " + (before + in.position() - 1));
  }
}

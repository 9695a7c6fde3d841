package dev.pollux.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.wire.ChunkParser;
import dev.pollux.http.wire.GzipDecoder;
import dev.pollux.http.wire.Inflation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What comes behind the head of a request: read once, as a {@linkplain #stream stream} or as a
 * {@linkplain #whole whole}; or not at all, then it is passed over, or the connection ends with the
 * answer where that would be much.
 *
 * <p>Nothing is read before it is asked for, and a client that waits for being asked is told to go
 * on then. What comes is the content; how it was cut in pieces on the wire is gone.
 *
 * <p>Ownership: the request's. Threads: the loop's.
 */
public final class HttpBody {

  /** Takes a whole body. */
  @FunctionalInterface
  public interface Taker {

    /**
     * It is there.
     *
     * @param body lent until this returns
     */
    void accept(ByteBuffer body) throws Exception;
  }

  /** Takes the fields of a form. */
  @FunctionalInterface
  public interface FormTaker {

    /** They are there. */
    void accept(HttpForm form) throws Exception;
  }

  private static final String FORM = "application/x-www-form-urlencoded";

  private static final String MULTIPART = "multipart/form-data";

  private final Exchange exchange;
  private final HttpFields trailers = new HttpFields();
  private long length;
  private boolean isOver;
  private boolean isPaused;
  private @Nullable HttpBodyHandler reader;
  private @Nullable Inflation inflation;
  private boolean isWireOver; // what is left is within the inflation
  private boolean isDropped; // nobody reads it any more
  private boolean isAhead; // read before anybody waits for it

  HttpBody(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Begins with that of another request: of so many bytes, or -1. */
  void begin(long bytes) {
    length = bytes;
    isOver = bytes == 0;
    isPaused = false;
    reader = null;
    inflation = null;
    isWireOver = false;
    isDropped = false;
    isAhead = false;
    trailers.clear();
  }

  /** How many bytes it has; 0 where there is none, -1 where that is not known yet. */
  public long length() {
    return length;
  }

  /** Whether all of it was read. */
  public boolean isOver() {
    return isOver;
  }

  /** The fields behind the body: there when it is over. */
  public HttpFields trailers() {
    return trailers;
  }

  /**
   * Reads it piece by piece, however long it is; the answer comes {@linkplain HttpResponse#later
   * later}. Where there is no body, its end is told before this returns.
   *
   * @throws IllegalStateException if it is read already, or the answer is complete
   */
  public void stream(HttpBodyHandler handler) throws Exception {
    requireUnread("HttpBody.stream");
    if (!exchange.response.isOpen()) { // the client is gone
      isDropped = true;
      handler.failed();
      return;
    }
    reader = handler;
    exchange.response.later();
    if (isOver) {
      handler.end();
    } else {
      exchange.bodyWanted();
    }
  }

  private void requireUnread(String call) {
    exchange.requireInLoop(call);
    if (reader != null || isDropped) {
      throw new IllegalStateException("the body of " + exchange.request + " is read already");
    }
    exchange.response.requireOpen(call);
  }

  /**
   * Reads all of it, up to {@link HttpLimits#bodyBytes}: the answer comes {@linkplain
   * HttpResponse#later later}, mostly from the one that is told. Beyond that the answer is 413.
   */
  public void whole(Taker taker) throws Exception {
    whole(exchange.limits().bodyBytes(), taker);
  }

  /** Reads all of it, as {@link #whole(Taker)}, up to so many bytes. */
  public void whole(long maxBytes, Taker taker) throws Exception {
    if (length > maxBytes) {
      requireUnread("HttpBody.whole");
      isDropped = true;
      exchange.response.later();
      exchange.soon(() -> refuse(tooLong(length, maxBytes)));
    } else {
      stream(new Whole(exchange, maxBytes, taker));
    }
  }

  private void refuse(String tooLong) {
    if (exchange.response.isOpen()) {
      exchange.refuse(413, tooLong);
    }
  }

  /**
   * Reads the fields of an HTML form, whole: {@code application/x-www-form-urlencoded}. Another
   * content type is answered by 415, what cannot be decoded by 400.
   */
  public void form(FormTaker taker) throws Exception {
    String type = exchange.request.field("Content-Type");
    if (type == null || !isOf(type, FORM)) {
      throw new HttpException(415, "this takes " + FORM);
    }
    whole(body -> taker.accept(HttpForm.of(text(body))));
  }

  /** Text in UTF-8, which is what browsers send where they do not encode. */
  private static String text(ByteBuffer bytes) {
    try {
      return UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new HttpException(400, "the form is not in UTF-8");
    }
  }

  /** Whether a content type is this one, with parameters or without. */
  private static boolean isOf(String type, String wanted) {
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().equalsIgnoreCase(wanted);
  }

  /**
   * Reads a form with files, part by part: {@code multipart/form-data}, of any size within {@link
   * MultipartLimits#DEFAULT}. Another content type is answered by 415, what is no such form by 400,
   * what is too much by 413.
   */
  public void multipart(MultipartHandler handler) throws Exception {
    multipart(MultipartLimits.DEFAULT, handler);
  }

  /** Reads a form with files, as {@link #multipart(MultipartHandler)}, within these limits. */
  public void multipart(MultipartLimits limits, MultipartHandler handler) throws Exception {
    String type = exchange.request.field("Content-Type");
    if (type == null || !isOf(type, MULTIPART)) {
      throw new HttpException(415, "this takes " + MULTIPART);
    }
    stream(new MultipartReader(type, handler, limits));
  }

  private static String tooLong(long bytes, long maxBytes) {
    return "the body has " + bytes + " bytes, of " + maxBytes + " at most";
  }

  /** Reads nothing more until {@link #resume}. */
  public void pause() {
    exchange.requireInLoop("HttpBody.pause");
    isPaused = true;
    exchange.bodyWanted();
  }

  /** Goes on reading. */
  public void resume() {
    exchange.requireInLoop("HttpBody.resume");
    isPaused = false;
    if (isOver || isDropped) {
      return;
    }
    Inflation between = inflation;
    if (between != null) {
      goOn(between);
    }
    exchange.bodyWanted();
  }

  private void goOn(Inflation between) {
    try {
      boolean isAtRest = !isDropped && between.goOn();
      if (isAtRest && isWireOver && between.isDrained() && !isOver && !isDropped) {
        finish();
      }
    } catch (Throwable t) {
      exchange.failed(t);
    }
  }

  /** What comes is in gzip, and is given as what is in that. */
  void inflate(GzipDecoder decoder) {
    length = -1;
    inflation = new Inflation(decoder, new Inflated());
  }

  /** Whether all of it came off the wire. */
  boolean isWireOver() {
    return isWireOver || isOver;
  }

  /** Whether something of it may be given to the program now. */
  boolean isWanted() {
    Inflation between = inflation;
    boolean isDrained = between == null || between.isDrained();
    return reader != null && !isPaused && !isOver && !isWireOver && !isDropped && isDrained;
  }

  boolean isRead() {
    return reader != null;
  }

  /** Whether who reads it has asked for more than came by itself. */
  boolean isReadOn() {
    return reader != null && !isAhead;
  }

  /** It is read before anybody waits for it, and no client is too slow; or that is over. */
  void readAhead(boolean isBefore) {
    isAhead = isBefore;
    if (!isBefore && !isOver && !isDropped) {
      exchange.bodyWanted();
    }
  }

  /** Whether somebody waits for what may be given. */
  boolean isAwaited() {
    return isWanted() && !isAhead;
  }

  // ---- what comes

  /** Gives so many bytes, and has moved over them, whatever is done with the buffer. */
  void give(ByteBuffer data, int count) throws Exception {
    int end = data.limit();
    int next = data.position() + count;
    var _ = data.limit(next);
    try {
      give(data);
    } finally {
      var _ = data.limit(end).position(next);
    }
  }

  void give(ByteBuffer data) throws Exception {
    HttpBodyHandler known = reader;
    Inflation between = inflation;
    if (known == null || isDropped) {
      return;
    }
    if (between == null) {
      known.data(data);
    } else {
      between.give(data);
    }
  }

  /** All of it came, and behind it these. */
  void end(@Nullable ChunkParser chunks) throws Exception {
    isWireOver = true;
    if (chunks != null) {
      trailers.show(chunks.trailerBytes(), 0, chunks.trailers());
    }
    Inflation between = inflation;
    if (between == null || reader == null || isDropped || between.isDrained()) {
      finish();
    }
  }

  private void finish() throws Exception {
    HttpBodyHandler known = reader;
    Inflation between = inflation;
    if (known == null || isDropped) {
      isOver = true;
    } else if (between == null || between.end()) {
      isOver = true;
      known.end();
    }
  }

  /** Nobody reads the rest, who has thrown something. */
  void drop() {
    isDropped = true;
  }

  /** The rest is not given; who reads it is told once. */
  void fail() {
    HttpBodyHandler known = reader;
    if (known != null && !isOver && !isDropped) {
      isDropped = true;
      known.failed();
    }
  }

  /** The reader, as what inflates sees it. */
  private final class Inflated implements Inflation.Sink {

    @Override
    public boolean isTaking() {
      return reader != null && !isPaused && !isOver && !isDropped;
    }

    @Override
    public void take(ByteBuffer data) throws Exception {
      HttpBodyHandler known = reader;
      if (known != null) {
        known.data(data);
      }
    }

    @Override
    public void refuse(int status, String problem) {
      if (!isDropped && exchange.response.isOpen()) {
        exchange.refuse(status, problem);
      }
    }

    @Override
    public void again() {
      exchange.soon(HttpBody.this::resumeInflation);
    }
  }

  private void resumeInflation() {
    Inflation between = inflation;
    if (between != null && !isOver && !isPaused) {
      goOn(between);
      exchange.bodyWanted();
    }
  }

  /** Puts the pieces together. */
  private static final class Whole implements HttpBodyHandler {

    private static final int FIRST_BYTES = 1 << 10;

    private final Exchange exchange;
    private final long maxBytes;
    private final Taker taker;
    private byte[] bytes = {};
    private int size;

    Whole(Exchange exchange, long maxBytes, Taker taker) {
      this.exchange = exchange;
      this.maxBytes = Math.min(maxBytes, Integer.MAX_VALUE - 8);
      this.taker = taker;
    }

    @Override
    public void data(ByteBuffer data) {
      int count = data.remaining();
      if (count > maxBytes - size) {
        exchange.refuse(413, tooLong((long) size + count, maxBytes));
        return;
      }
      if (size + count > bytes.length) {
        bytes = Arrays.copyOf(bytes, room(size + count));
      }
      data.get(bytes, size, count);
      size += count;
    }

    /**
     * What is declared is believed when half of it is there, so that nobody gets room for words.
     */
    private int room(int needed) {
      long declared = exchange.body.length();
      long doubled = Math.max(FIRST_BYTES, 2L * needed);
      long most = declared >= 0 ? declared : maxBytes;
      return (int) Math.max(needed, Math.min(doubled, most));
    }

    @Override
    public void end() throws Exception {
      taker.accept(ByteBuffer.wrap(bytes, 0, size).slice());
      bytes = new byte[0];
    }
  }
}

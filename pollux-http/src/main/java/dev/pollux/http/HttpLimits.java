package dev.pollux.http;

import dev.pollux.http.wire.ChunkParser;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How much a peer may ask for, and how long it may take. What is beyond is answered as each says,
 * and the connection ends.
 *
 * <p>Immutable. Threads: any. Errors: each {@code with} throws IllegalArgumentException for a value
 * out of bounds.
 */
public final class HttpLimits {

  /** The limits by default. */
  public static final HttpLimits DEFAULT = new HttpLimits(new Values());

  private static final Duration MAX_TIME = Duration.ofDays(36_500);

  private final Values values;

  private HttpLimits(Values values) {
    this.values = values;
  }

  // ---- the head

  /** The request line, without its end: 8 KiB by default; beyond, 414. */
  public int requestLineBytes() {
    return values.requestLineBytes;
  }

  /** As these, with another {@link #requestLineBytes}: 16 to 1 MiB. */
  public HttpLimits withRequestLineBytes(int value) {
    int bytes = within("requestLineBytes", value, 16, 1 << 20);
    return with(v -> v.requestLineBytes = bytes);
  }

  /** Fields of a head, and of trailers: 100 by default; beyond, 431. */
  public int fieldCount() {
    return values.fieldCount;
  }

  /** As these, with another {@link #fieldCount}: 1 to 65,536. */
  public HttpLimits withFieldCount(int value) {
    int count = within("fieldCount", value, 1, 1 << 16);
    return with(v -> v.fieldCount = count);
  }

  /** The lines of all fields of a head, or of trailers: 32 KiB by default; beyond, 431. */
  public int fieldBytes() {
    return values.fieldBytes;
  }

  /** As these, with another {@link #fieldBytes}: 16 to 16 MiB. */
  public HttpLimits withFieldBytes(int value) {
    int bytes = within("fieldBytes", value, 16, 1 << 24);
    return with(v -> v.fieldBytes = bytes);
  }

  /**
   * From the first byte of a head, or from the beginning of the connection, to its last: 10 s by
   * default; later, 408, or an end without a word where none had come.
   */
  public Duration headTime() {
    return Duration.ofNanos(values.headNanos);
  }

  /** As these, with another {@link #headTime}. */
  public HttpLimits withHeadTime(Duration value) {
    long nanos = nanos("headTime", value);
    return with(v -> v.headNanos = nanos);
  }

  // ---- the body

  /**
   * A body that is read {@linkplain HttpBody#whole whole}: 1 MiB by default, {@link Long#MAX_VALUE}
   * is none; beyond, 413. One that is read as a stream is bounded by who reads it.
   */
  public long bodyBytes() {
    return values.bodyBytes;
  }

  /** As these, with another {@link #bodyBytes}. */
  public HttpLimits withBodyBytes(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("bodyBytes: " + value + " is negative");
    }
    return with(v -> v.bodyBytes = value);
  }

  /** All extensions of a body's chunks together: 4 KiB by default; beyond, 400. */
  public int chunkExtensionBytes() {
    return values.chunkExtensionBytes;
  }

  /** As these, with another {@link #chunkExtensionBytes}; 0 takes none. */
  public HttpLimits withChunkExtensionBytes(int value) {
    int bytes = within("chunkExtensionBytes", value, 0, 1 << 20);
    return with(v -> v.chunkExtensionBytes = bytes);
  }

  /**
   * How much of a body comes in a second, on the average, after {@link #bodyGrace}: 1 KiB by
   * default, 0 does not look; slower, 408. What comes faster counts for 30 s at most: then it is
   * silence. While the program pauses, nothing is counted.
   */
  public int bodyBytesPerSecond() {
    return values.bodyBytesPerSecond;
  }

  /** As these, with another {@link #bodyBytesPerSecond}. */
  public HttpLimits withBodyBytesPerSecond(int value) {
    int rate = within("bodyBytesPerSecond", value, 0, Integer.MAX_VALUE);
    return with(v -> v.bodyBytesPerSecond = rate);
  }

  /** How long a body may be slow in all, before its rate counts: 5 s by default. */
  public Duration bodyGrace() {
    return Duration.ofNanos(values.bodyGraceNanos);
  }

  /** As these, with another {@link #bodyGrace}. */
  public HttpLimits withBodyGrace(Duration value) {
    long nanos = nanos("bodyGrace", value);
    return with(v -> v.bodyGraceNanos = nanos);
  }

  /**
   * How much of a body nobody reads is passed over, so that the connection can be used again: 64
   * KiB by default; where more is to come, the connection ends with the answer.
   */
  public int drainBytes() {
    return values.drainBytes;
  }

  /** As these, with another {@link #drainBytes}; 0 passes over nothing. */
  public HttpLimits withDrainBytes(int value) {
    int bytes = within("drainBytes", value, 0, Integer.MAX_VALUE);
    return with(v -> v.drainBytes = bytes);
  }

  /** How long that may take: 5 s by default; later, the connection ends. */
  public Duration drainTime() {
    return Duration.ofNanos(values.drainNanos);
  }

  /** As these, with another {@link #drainTime}. */
  public HttpLimits withDrainTime(Duration value) {
    long nanos = nanos("drainTime", value);
    return with(v -> v.drainNanos = nanos);
  }

  // ---- the connection

  /** How long a connection may wait for another request: 60 s by default; then it ends. */
  public Duration keepAlive() {
    return Duration.ofNanos(values.keepAliveNanos);
  }

  /** As these, with another {@link #keepAlive}. */
  public HttpLimits withKeepAlive(Duration value) {
    long nanos = nanos("keepAlive", value);
    return with(v -> v.keepAliveNanos = nanos);
  }

  /** Requests of a connection: 1,000 by default; it ends with the answer to the last. */
  public int requests() {
    return values.requests;
  }

  /** As these, with another {@link #requests}: 1 or more. */
  public HttpLimits withRequests(int value) {
    int count = within("requests", value, 1, Integer.MAX_VALUE);
    return with(v -> v.requests = count);
  }

  /**
   * How many requests of a connection, sent without waiting for answers, are answered in one turn
   * of its loop: 16 by default; the others wait for the next, so that nobody has the loop for
   * himself. One is in work at a time, and no more are read meanwhile.
   */
  public int pipelinedDepth() {
    return values.pipelinedDepth;
  }

  /** As these, with another {@link #pipelinedDepth}: 1 or more. */
  public HttpLimits withPipelinedDepth(int value) {
    int depth = within("pipelinedDepth", value, 1, Integer.MAX_VALUE);
    return with(v -> v.pipelinedDepth = depth);
  }

  /**
   * How much memory of a loop answers may have that wait for clients to read: 64 MiB by default.
   * While there is more, a long answer of which the kernel does not take enough, so that more would
   * wait than {@link dev.pollux.net.ConnectionOptions#highWaterBytes}, is not kept, and its
   * connection is reset; short ones, files, and those that are written as there is room go on.
   */
  public long queuedBytes() {
    return values.queuedBytes;
  }

  /** As these, with another {@link #queuedBytes}. */
  public HttpLimits withQueuedBytes(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("queuedBytes: " + value + " is negative");
    }
    return with(v -> v.queuedBytes = value);
  }

  /** How many bytes a head has at most, with all that may stand before it. */
  int headBytes() {
    return 2 * HeadParser.SKIPPED_LINES
        + values.requestLineBytes
        + values.fieldBytes
        + Integer.BYTES
        + 2;
  }

  /** What reads chunked bodies of so many bytes at most. */
  ChunkParser chunkParser(long maxBytes) {
    return new ChunkParser(
        maxBytes, values.chunkExtensionBytes, values.fieldCount, values.fieldBytes);
  }

  long headNanos() {
    return values.headNanos;
  }

  long keepAliveNanos() {
    return values.keepAliveNanos;
  }

  long bodyGraceNanos() {
    return values.bodyGraceNanos;
  }

  long drainNanos() {
    return values.drainNanos;
  }

  private static int within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " is not within " + least + " and " + most);
    }
    return value;
  }

  private static long nanos(String name, Duration value) {
    if (value.isNegative() || value.isZero() || value.compareTo(MAX_TIME) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " is not more than zero and at most " + MAX_TIME);
    }
    return value.toNanos();
  }

  private HttpLimits with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new HttpLimits(copy);
  }

  @Override
  public String toString() {
    return "HttpLimits[requestLineBytes="
        + requestLineBytes()
        + ", fieldCount="
        + fieldCount()
        + ", fieldBytes="
        + fieldBytes()
        + ", headTime="
        + headTime()
        + ", bodyBytes="
        + bodyBytes()
        + ", chunkExtensionBytes="
        + chunkExtensionBytes()
        + ", bodyBytesPerSecond="
        + bodyBytesPerSecond()
        + ", bodyGrace="
        + bodyGrace()
        + ", drainBytes="
        + drainBytes()
        + ", drainTime="
        + drainTime()
        + ", keepAlive="
        + keepAlive()
        + ", requests="
        + requests()
        + ", pipelinedDepth="
        + pipelinedDepth()
        + ", queuedBytes="
        + queuedBytes()
        + "]";
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    int requestLineBytes = 8 << 10;
    int fieldCount = 100;
    int fieldBytes = 32 << 10;
    long headNanos = 10_000_000_000L; // 10 s
    long bodyBytes = 1 << 20;
    int chunkExtensionBytes = 4 << 10;
    int bodyBytesPerSecond = 1 << 10;
    long bodyGraceNanos = 5_000_000_000L; // 5 s
    int drainBytes = 64 << 10;
    long drainNanos = 5_000_000_000L; // 5 s
    long keepAliveNanos = 60_000_000_000L; // 60 s
    int requests = 1_000;
    int pipelinedDepth = 16;
    long queuedBytes = 64 << 20;

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}

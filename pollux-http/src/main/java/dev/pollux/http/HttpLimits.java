package dev.pollux.http;

/**
 * How much a peer may ask for. What is beyond is answered with the status named, and the connection
 * ends.
 *
 * <p>Immutable. Threads: any.
 */
public final class HttpLimits {

  /** The limits by default. */
  public static final HttpLimits DEFAULT = new HttpLimits();

  private int requestLineBytes = 8 << 10;
  private int fieldCount = 100;
  private int fieldBytes = 32 << 10;
  private long bodyBytes = 1 << 20;
  private int chunkExtensionBytes = 4 << 10;

  private HttpLimits() {}

  private HttpLimits(HttpLimits like) {
    requestLineBytes = like.requestLineBytes;
    fieldCount = like.fieldCount;
    fieldBytes = like.fieldBytes;
    bodyBytes = like.bodyBytes;
    chunkExtensionBytes = like.chunkExtensionBytes;
  }

  /** The request line, without its end: 8 KiB by default; beyond, 414. */
  public int requestLineBytes() {
    return requestLineBytes;
  }

  /** As these, with another {@link #requestLineBytes}. */
  public HttpLimits withRequestLineBytes(int value) {
    HttpLimits changed = new HttpLimits(this);
    changed.requestLineBytes = atLeast(16, value, "requestLineBytes");
    return changed;
  }

  /** Fields of a head, and of trailers: 100 by default; beyond, 431. */
  public int fieldCount() {
    return fieldCount;
  }

  /** As these, with another {@link #fieldCount}. */
  public HttpLimits withFieldCount(int value) {
    HttpLimits changed = new HttpLimits(this);
    changed.fieldCount = atLeast(1, value, "fieldCount");
    return changed;
  }

  /** The lines of all fields of a head, or of trailers: 32 KiB by default; beyond, 431. */
  public int fieldBytes() {
    return fieldBytes;
  }

  /** As these, with another {@link #fieldBytes}. */
  public HttpLimits withFieldBytes(int value) {
    HttpLimits changed = new HttpLimits(this);
    changed.fieldBytes = atLeast(16, value, "fieldBytes");
    return changed;
  }

  /** The body: 1 MiB by default, {@link Long#MAX_VALUE} is none; beyond, 413. */
  public long bodyBytes() {
    return bodyBytes;
  }

  /** As these, with another {@link #bodyBytes}. */
  public HttpLimits withBodyBytes(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("bodyBytes: " + value + " is negative");
    }
    HttpLimits changed = new HttpLimits(this);
    changed.bodyBytes = value;
    return changed;
  }

  /** All extensions of a body's chunks together: 4 KiB by default; beyond, 400. */
  public int chunkExtensionBytes() {
    return chunkExtensionBytes;
  }

  /** As these, with another {@link #chunkExtensionBytes}; 0 takes none. */
  public HttpLimits withChunkExtensionBytes(int value) {
    HttpLimits changed = new HttpLimits(this);
    changed.chunkExtensionBytes = atLeast(0, value, "chunkExtensionBytes");
    return changed;
  }

  private static int atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " is less than " + least);
    }
    return value;
  }
}

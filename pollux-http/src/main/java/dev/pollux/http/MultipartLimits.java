package dev.pollux.http;

/**
 * How much a form in multipart/form-data may have. What is beyond is refused, with 413.
 *
 * <p>Immutable. Threads: any.
 */
public final class MultipartLimits {

  /** The limits by default. */
  public static final MultipartLimits DEFAULT = new MultipartLimits();

  private static final int MAX_HEAD_BYTES = 1 << 24; // 16 MiB

  private int partCount = 1_000;
  private long partBytes = Long.MAX_VALUE;
  private long totalBytes = Long.MAX_VALUE;
  private int headBytes = 4 << 10;
  private int paddingBytes = 1 << 10;

  private MultipartLimits() {}

  private MultipartLimits(MultipartLimits like) {
    partCount = like.partCount;
    partBytes = like.partBytes;
    totalBytes = like.totalBytes;
    headBytes = like.headBytes;
    paddingBytes = like.paddingBytes;
  }

  /** The parts: 1,000 by default. */
  public int partCount() {
    return partCount;
  }

  /** As these, with another {@link #partCount}. */
  public MultipartLimits withPartCount(int value) {
    MultipartLimits changed = new MultipartLimits(this);
    changed.partCount = (int) atLeast(0, value, "partCount");
    return changed;
  }

  /** The data of each part: without a bound by default, as it is not kept; beyond, 413. */
  public long partBytes() {
    return partBytes;
  }

  /** As these, with another {@link #partBytes}. */
  public MultipartLimits withPartBytes(long value) {
    MultipartLimits changed = new MultipartLimits(this);
    changed.partBytes = atLeast(0, value, "partBytes");
    return changed;
  }

  /** The data of all parts together: without a bound by default; beyond, 413. */
  public long totalBytes() {
    return totalBytes;
  }

  /** As these, with another {@link #totalBytes}. */
  public MultipartLimits withTotalBytes(long value) {
    MultipartLimits changed = new MultipartLimits(this);
    changed.totalBytes = atLeast(0, value, "totalBytes");
    return changed;
  }

  /** The fields before the data of each part: 4 KiB by default. */
  public int headBytes() {
    return headBytes;
  }

  /** As these, with another {@link #headBytes}. */
  public MultipartLimits withHeadBytes(int value) {
    MultipartLimits changed = new MultipartLimits(this);
    if (value > MAX_HEAD_BYTES) {
      throw new IllegalArgumentException("headBytes: " + value + " > " + MAX_HEAD_BYTES);
    }
    changed.headBytes = (int) atLeast(16, value, "headBytes");
    return changed;
  }

  /** What stands before the first part, and what behind the last, for nothing: 1 KiB by default. */
  public int paddingBytes() {
    return paddingBytes;
  }

  /** As these, with another {@link #paddingBytes}. */
  public MultipartLimits withPaddingBytes(int value) {
    MultipartLimits changed = new MultipartLimits(this);
    changed.paddingBytes = (int) atLeast(0, value, "paddingBytes");
    return changed;
  }

  private static long atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " is less than " + least);
    }
    return value;
  }
}

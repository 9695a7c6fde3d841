package dev.pollux.http.client;

import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * How much of an answer is taken. What is beyond is a failure, {@link FailureReason#TOO_LARGE}
 * unless something else is said, and its connection ends.
 *
 * <p>Immutable. Threads: any. Errors: each {@code with} throws IllegalArgumentException for a value
 * out of bounds.
 */
public final class ClientLimits {

  /** The limits by default. */
  public static final ClientLimits DEFAULT = new ClientLimits(new Values());

  private final Values values;

  private ClientLimits(Values values) {
    this.values = values;
  }

  /** The status line, without its end: 8 KiB by default. */
  public int statusLineBytes() {
    return values.statusLineBytes;
  }

  /** As these, with another {@link #statusLineBytes}: 16 to 1 MiB. */
  public ClientLimits withStatusLineBytes(int value) {
    int bytes = within("statusLineBytes", value, 16, 1 << 20);
    return with(v -> v.statusLineBytes = bytes);
  }

  /** Fields of a head, and of trailers: 100 by default. */
  public int fieldCount() {
    return values.fieldCount;
  }

  /** As these, with another {@link #fieldCount}: 1 to 65,536. */
  public ClientLimits withFieldCount(int value) {
    int count = within("fieldCount", value, 1, 1 << 16);
    return with(v -> v.fieldCount = count);
  }

  /** The lines of all fields of a head, or of trailers: 32 KiB by default. */
  public int fieldBytes() {
    return values.fieldBytes;
  }

  /** As these, with another {@link #fieldBytes}: 16 to 16 MiB. */
  public ClientLimits withFieldBytes(int value) {
    int bytes = within("fieldBytes", value, 16, 1 << 24);
    return with(v -> v.fieldBytes = bytes);
  }

  /** A body that is taken {@linkplain WholeAnswer whole}: 1 MiB by default. A stream has none. */
  public int wholeBytes() {
    return values.wholeBytes;
  }

  /** As these, with another {@link #wholeBytes}: 0 to 1 GiB. */
  public ClientLimits withWholeBytes(int value) {
    int bytes = within("wholeBytes", value, 0, 1 << 30);
    return with(v -> v.wholeBytes = bytes);
  }

  /**
   * All extensions of a body's chunks together: 4 KiB by default; beyond, {@link
   * FailureReason#BAD_ANSWER}.
   */
  public int chunkExtensionBytes() {
    return values.chunkExtensionBytes;
  }

  /** As these, with another {@link #chunkExtensionBytes}: 0, which takes none, to 1 MiB. */
  public ClientLimits withChunkExtensionBytes(int value) {
    int bytes = within("chunkExtensionBytes", value, 0, 1 << 20);
    return with(v -> v.chunkExtensionBytes = bytes);
  }

  /** Informational answers, 1xx, before the answer: 16 by default. */
  public int informationalCount() {
    return values.informationalCount;
  }

  /** As these, with another {@link #informationalCount}: 0 to 1,024. */
  public ClientLimits withInformationalCount(int value) {
    int count = within("informationalCount", value, 0, 1 << 10);
    return with(v -> v.informationalCount = count);
  }

  /** What comes out of a body that is inflated, however small it is: 64 MiB by default. */
  public long inflatedBytes() {
    return values.inflatedBytes;
  }

  /** As these, with another {@link #inflatedBytes}; {@link Long#MAX_VALUE} is none. */
  public ClientLimits withInflatedBytes(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("inflatedBytes: " + value + " is negative");
    }
    return with(v -> v.inflatedBytes = value);
  }

  private static int within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " is not within " + least + " and " + most);
    }
    return value;
  }

  private ClientLimits with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new ClientLimits(copy);
  }

  @Override
  public String toString() {
    return new StringJoiner(", ", "ClientLimits[", "]")
        .add("statusLineBytes=" + statusLineBytes())
        .add("fieldCount=" + fieldCount())
        .add("fieldBytes=" + fieldBytes())
        .add("wholeBytes=" + wholeBytes())
        .add("chunkExtensionBytes=" + chunkExtensionBytes())
        .add("informationalCount=" + informationalCount())
        .add("inflatedBytes=" + inflatedBytes())
        .toString();
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    int statusLineBytes = 8 << 10;
    int fieldCount = 100;
    int fieldBytes = 32 << 10;
    int wholeBytes = 1 << 20;
    int chunkExtensionBytes = 4 << 10;
    int informationalCount = 16;
    long inflatedBytes = 64 << 20;

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

package dev.pollux.http.wire;

import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a member of gzip data, of which nothing means anything but where it ends.
 *
 * <p>Passive; allocates nothing. Source: RFC 1952, 2.3.
 */
final class GzipHeader {

  /** How long it may be, with all that is optional. */
  static final int MAX_BYTES = 4 << 10;

  private enum State {
    MAGIC,
    MAGIC_2,
    METHOD,
    FLAGS,
    TIMES, // and two bytes that mean nothing
    EXTRA_SIZE,
    EXTRA,
    NAME,
    COMMENT,
    CHECK,
    OVER
  }

  private static final byte MAGIC = 0x1f;
  private static final byte MAGIC_2 = (byte) 0x8b;
  private static final byte DEFLATE = 8;
  private static final int HAS_CHECK = 1 << 1;
  private static final int HAS_EXTRA = 1 << 2;
  private static final int HAS_NAME = 1 << 3;
  private static final int HAS_COMMENT = 1 << 4;
  private static final int RESERVED = 0xe0;
  private static final int TIMES_BYTES = 6;

  private final CRC32 check = new CRC32();
  private State state = State.MAGIC;
  private int flags;
  private int size; // of what was read
  private int left; // of a part of known size
  private int number; // of two bytes, the first one less
  private int numberBytes;
  private @Nullable String problem;

  /** Begins with another member. */
  void begin() {
    state = State.MAGIC;
    check.reset();
    size = 0;
    problem = null;
  }

  /** Whether nothing was read of it. */
  boolean isBefore() {
    return size == 0;
  }

  /** Whether the data comes next. */
  boolean isOver() {
    return state == State.OVER;
  }

  /** What is wrong with it; null if nothing. */
  @Nullable String problem() {
    return problem;
  }

  void read(byte c) {
    size++;
    if (size > MAX_BYTES) {
      problem = "a gzip header has more than " + MAX_BYTES + " bytes";
      return;
    }
    if (state != State.CHECK) {
      check.update(c);
    }
    switch (state) {
      case MAGIC -> expect(c == MAGIC, "the first byte", c, State.MAGIC_2);
      case MAGIC_2 -> expect(c == MAGIC_2, "the second byte", c, State.METHOD);
      case METHOD -> expect(c == DEFLATE, "the method", c, State.FLAGS);
      case FLAGS -> {
        expect((c & RESERVED) == 0, "the flags", c, State.TIMES);
        flags = c;
        left = TIMES_BYTES;
      }
      case TIMES, EXTRA -> {
        left--;
        if (left == 0) {
          next(state);
        }
      }
      case NAME, COMMENT -> {
        if (c == 0) {
          next(state);
        }
      }
      case EXTRA_SIZE, CHECK -> {
        number |= (c & 0xff) << (8 * numberBytes);
        numberBytes++;
        if (numberBytes == 2) {
          endNumber();
        }
      }
      case OVER -> throw new AssertionError(state);
    }
  }

  private void expect(boolean isSo, String what, byte c, State then) {
    state = then;
    if (!isSo) {
      problem = what + " of a gzip header is " + Octets.show(c);
    }
  }

  private void endNumber() {
    if (state == State.EXTRA_SIZE && number > 0) {
      left = number;
      state = State.EXTRA;
      return;
    }
    if (state == State.CHECK && number != (check.getValue() & 0xffff)) {
      problem = "a gzip header has another checksum than it says";
    }
    next(state);
  }

  /** Goes to the next part that is there. */
  private void next(State before) {
    if (before.compareTo(State.EXTRA_SIZE) < 0 && (flags & HAS_EXTRA) != 0) {
      state = State.EXTRA_SIZE;
    } else if (before.compareTo(State.NAME) < 0 && (flags & HAS_NAME) != 0) {
      state = State.NAME;
    } else if (before.compareTo(State.COMMENT) < 0 && (flags & HAS_COMMENT) != 0) {
      state = State.COMMENT;
    } else if (before.compareTo(State.CHECK) < 0 && (flags & HAS_CHECK) != 0) {
      state = State.CHECK;
    } else {
      state = State.OVER;
    }
    number = 0;
    numberBytes = 0;
  }
}

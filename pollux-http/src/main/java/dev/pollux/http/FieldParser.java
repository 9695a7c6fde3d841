package dev.pollux.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads field lines up to the empty one behind them, as many bytes at a time as there are: of a
 * head, and of trailers.
 *
 * <p>A line is a token, a colon at once, and a value without control characters, between blanks
 * that do not count; it ends with CR LF. A line that begins with a blank would go on with the one
 * before, which is refused, as is whatever else is not so: a space before the colon, a bare CR or
 * LF, NUL.
 *
 * <p>Passive, without bytes of its own: positions count from the beginning of the head, so that it
 * may move in memory. Allocates only where there are more fields than ever before.
 *
 * <p>Source: RFC 9112, 5 and 2.2.
 */
final class FieldParser {

  /** What came of some bytes. */
  enum Result {
    /** There is more to come. */
    MORE,
    /** The empty line was read. */
    DONE,
    /** This is no HTTP: {@link #status} and {@link #problem} say why. */
    REFUSED
  }

  private enum State {
    LINE,
    NAME,
    BEFORE_VALUE,
    VALUE,
    LINE_END,
    LAST_END
  }

  // Of each field: where its name begins and ends, and its value.
  private static final int NAME_FROM = 0;
  private static final int NAME_TO = 1;
  private static final int VALUE_FROM = 2;
  private static final int VALUE_TO = 3;
  private static final int WIDTH = 4;
  private static final int FEW = 16;

  private final int maxCount;
  private final int maxBytes;
  private int[] places = new int[FEW * WIDTH];
  private int count;
  private State state = State.LINE;
  private int first; // where the lines begin
  private int at; // the next byte to look at
  private int status;
  private @Nullable String problem;

  FieldParser(HttpLimits limits) {
    this.maxCount = limits.fieldCount();
    this.maxBytes = limits.fieldBytes();
  }

  /** Begins anew, at this position. */
  void begin(int position) {
    first = position;
    at = position;
    count = 0;
    state = State.LINE;
    status = 0;
    problem = null;
  }

  /**
   * Looks at what has come.
   *
   * @param base where the head begins
   * @param end behind the last byte there is
   */
  Result parse(byte[] in, int base, int end) {
    int last = (int) Math.min(end, (long) base + first + maxBytes + 2); // and the empty line
    int i = base + at;
    while (i < last) {
      byte c = in[i];
      switch (state) {
        case LINE -> {
          if (c == '\r') {
            state = State.LAST_END;
          } else if (Octets.is(c, Octets.TOKEN)) {
            if (count == maxCount) {
              return refuse(431, "there are more than " + maxCount + " fields");
            }
            place(NAME_FROM, i - base);
            state = State.NAME;
          } else {
            return refuse(
                400,
                Octets.isBlank(c)
                    ? "a field's line begins with " + Octets.show(c)
                    : "a field's name has " + Octets.show(c));
          }
        }
        case NAME -> {
          i = skip(in, i, last, Octets.TOKEN);
          if (i == last) {
            continue;
          }
          if (in[i] != ':') {
            return refuse(400, "a field's name has " + Octets.show(in[i]));
          }
          place(NAME_TO, i - base);
          state = State.BEFORE_VALUE;
        }
        case BEFORE_VALUE -> {
          if (!Octets.isBlank(c)) {
            place(VALUE_FROM, i - base);
            state = State.VALUE;
            continue;
          }
        }
        case VALUE -> {
          i = skip(in, i, last, Octets.VALUE);
          if (i == last) {
            continue;
          }
          if (in[i] != '\r') {
            return refuse(400, "a field's value has " + Octets.show(in[i]));
          }
          endValue(in, base, i);
          state = State.LINE_END;
        }
        case LINE_END, LAST_END -> {
          if (c != '\n') {
            return refuse(400, "a CR is followed by " + Octets.show(c));
          }
          if (state == State.LAST_END) {
            at = i + 1 - base;
            return Result.DONE;
          }
          state = State.LINE;
        }
      }
      i++;
    }
    at = i - base;
    return last < end ? refuse(431, "the fields have more than " + maxBytes + " bytes") : Result.MORE;
  }

  private static int skip(byte[] in, int from, int end, int mask) {
    int i = from;
    while (i < end && Octets.is(in[i], mask)) {
      i++;
    }
    return i;
  }

  private void endValue(byte[] in, int base, int end) {
    int to = end;
    int from = base + places[count * WIDTH + VALUE_FROM];
    while (to > from && Octets.isBlank(in[to - 1])) {
      to--;
    }
    place(VALUE_TO, to - base);
    count++;
  }

  private void place(int what, int position) {
    int index = count * WIDTH + what;
    if (index >= places.length) {
      places = Arrays.copyOf(places, 2 * places.length);
    }
    places[index] = position;
  }

  private Result refuse(int newStatus, String why) {
    status = newStatus;
    problem = why;
    return Result.REFUSED;
  }

  /** How many fields there are, of those read whole. */
  int count() {
    return count;
  }

  int nameFrom(int index) {
    return places[index * WIDTH + NAME_FROM];
  }

  int nameTo(int index) {
    return places[index * WIDTH + NAME_TO];
  }

  int valueFrom(int index) {
    return places[index * WIDTH + VALUE_FROM];
  }

  int valueTo(int index) {
    return places[index * WIDTH + VALUE_TO];
  }

  /** The next byte to look at; behind the empty line, when that was read. */
  int position() {
    return at;
  }

  /** How a refusal is answered. */
  int status() {
    return status;
  }

  /** Why it is refused. */
  @Nullable String problem() {
    return problem;
  }
}

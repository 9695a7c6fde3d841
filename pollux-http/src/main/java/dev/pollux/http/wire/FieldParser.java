package dev.pollux.http.wire;

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
public final class FieldParser {

  /** What came of some bytes. */
  public enum Result {
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
    LAST_END,
    OVER
  }

  // Of each field: where its name begins and ends, and its value.
  private static final int NAME_FROM = 0;
  private static final int NAME_TO = 1;
  private static final int VALUE_FROM = 2;
  private static final int VALUE_TO = 3;
  private static final int WIDTH = 4;
  private static final int FEW = 16;
  private static final int REFUSED = -1;

  private final int maxCount;
  private final int maxBytes;
  private int[] places = new int[FEW * WIDTH];
  private int count;
  private State state = State.LINE;
  private int first; // where the lines begin
  private int at; // the next byte to look at
  private int status;
  private @Nullable String problem;

  /**
   * A parser.
   *
   * @param maxCount so many fields at most
   * @param maxBytes so much in all their lines
   */
  public FieldParser(int maxCount, int maxBytes) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
  }

  /** Begins anew, at this position. */
  public void begin(int position) {
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
  public Result parse(byte[] in, int base, int end) {
    int last = (int) Math.min(end, (long) base + first + maxBytes + 2); // and the empty line
    int i = base + at;
    while (i >= 0 && i < last && state != State.OVER) {
      i =
          switch (state) {
            case LINE -> readLine(in, base, i, last);
            case NAME -> readName(in, base, i, last);
            case BEFORE_VALUE -> readBeforeValue(in, base, i, last);
            case VALUE -> readValue(in, base, i, last);
            case LINE_END, LAST_END -> readEnd(in, i, last);
            case OVER -> throw new AssertionError(state);
          };
    }
    if (i < 0) {
      return Result.REFUSED;
    }
    at = i - base;
    if (state == State.OVER) {
      return Result.DONE;
    }
    if (last < end) {
      int _ = refuse(431, "the fields have more than " + maxBytes + " bytes");
      return Result.REFUSED;
    }
    return Result.MORE;
  }

  // Each reads something, has the next one go on while there is more of the line, and says where
  // that ended; or refuses.

  private int readLine(byte[] in, int base, int i, int end) {
    byte c = in[i];
    if (c == '\r') {
      state = State.LAST_END;
      return readEnd(in, i + 1, end);
    }
    if (Octets.isBlank(c)) {
      return refuse(400, "a field's line begins with " + Octets.show(c));
    }
    if (!Octets.is(c, Octets.TOKEN)) {
      return refuse(400, "a field's name has " + Octets.show(c));
    }
    if (count == maxCount) {
      return refuse(431, "there are more than " + maxCount + " fields");
    }
    if (count * WIDTH == places.length) {
      places = Arrays.copyOf(places, 2 * places.length);
    }
    place(NAME_FROM, i - base);
    state = State.NAME;
    return readName(in, base, i, end);
  }

  private int readName(byte[] in, int base, int from, int end) {
    int i = Octets.skip(in, from, end, Octets.TOKEN);
    if (i == end) {
      return i;
    }
    if (in[i] != ':') {
      return refuse(400, "a field's name has " + Octets.show(in[i]));
    }
    place(NAME_TO, i - base);
    state = State.BEFORE_VALUE;
    return readBeforeValue(in, base, i + 1, end);
  }

  private int readBeforeValue(byte[] in, int base, int from, int end) {
    int i = from;
    while (i < end && Octets.isBlank(in[i])) {
      i++;
    }
    if (i == end) {
      return i;
    }
    place(VALUE_FROM, i - base);
    state = State.VALUE;
    return readValue(in, base, i, end);
  }

  private int readValue(byte[] in, int base, int from, int end) {
    int i = Octets.skip(in, from, end, Octets.VALUE);
    if (i == end) {
      return i;
    }
    if (in[i] != '\r') {
      return refuse(400, "a field's value has " + Octets.show(in[i]));
    }
    endValue(in, base, i);
    state = State.LINE_END;
    return readEnd(in, i + 1, end);
  }

  private int readEnd(byte[] in, int i, int end) {
    if (i == end) {
      return i;
    }
    if (in[i] != '\n') {
      return refuse(400, "a CR is followed by " + Octets.show(in[i]));
    }
    state = state == State.LAST_END ? State.OVER : State.LINE;
    return i + 1;
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
    places[count * WIDTH + what] = position;
  }

  private int refuse(int newStatus, String why) {
    status = newStatus;
    problem = why;
    return REFUSED;
  }

  /** How many fields there are, of those read whole. */
  public int count() {
    return count;
  }

  /** Where the name of one begins. */
  public int nameFrom(int index) {
    return places[index * WIDTH + NAME_FROM];
  }

  /** Where it ends. */
  public int nameTo(int index) {
    return places[index * WIDTH + NAME_TO];
  }

  /** Where the value of one begins, behind blanks. */
  public int valueFrom(int index) {
    return places[index * WIDTH + VALUE_FROM];
  }

  /** Where it ends, before blanks. */
  public int valueTo(int index) {
    return places[index * WIDTH + VALUE_TO];
  }

  /** The next byte to look at; behind the empty line, when that was read. */
  public int position() {
    return at;
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

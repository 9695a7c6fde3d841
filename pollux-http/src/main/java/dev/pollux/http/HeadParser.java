package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.wire.FieldParser;
import dev.pollux.http.wire.Octets;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of a request of HTTP/1.0 or 1.1: the request line, the fields, the empty line; as
 * many bytes at a time as there are. Any split of the same bytes comes to the same.
 *
 * <p>The head lies in an array of the caller's, from {@code base} on, and stays there until it is
 * done; positions count from {@code base}. When it is, {@link Framing} knows what comes behind it.
 *
 * <p>Lines end with CR LF; up to {@link #SKIPPED_LINES} empty ones are skipped before the request
 * line. Passive. Allocates only where a head has more fields than any before it.
 *
 * <p>Source: RFC 9112, 2.2, 3, 3.2 and 6; RFC 9110, 2.5.
 */
final class HeadParser {

  /** How many empty lines may stand before a request. */
  static final int SKIPPED_LINES = 2;

  private static final int MAX_METHOD_BYTES = 32; // no registered one has more than 17
  private static final String VERSION = "HTTP/1.1";
  private static final int MAJOR_INDEX = 5;
  private static final int MINOR_INDEX = 7;
  private static final int LINE_BYTES = VERSION.length() + 2; // with its end
  private static final int REFUSED = -1;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long USUAL = (long) LONGS.get(VERSION.getBytes(ISO_8859_1), 0);

  private enum State {
    BEFORE,
    BEFORE_END,
    METHOD,
    TARGET,
    PERCENT,
    DIGIT,
    VERSION,
    LINE_END,
    FIELDS,
    OVER
  }

  private final HttpLimits limits;
  private final FieldParser fields;
  private final int targetMask;
  private final Framing framing;
  private State state = State.BEFORE;
  private int skipped;
  private int at;
  private int first; // of the request line
  private int methodTo;
  private int targetTo;
  private boolean hasBracket; // in the target
  private int major; // of the version
  private int minor;
  private int status;
  private @Nullable String problem;

  HeadParser(HttpLimits limits) {
    this(limits, HttpOptions.DEFAULT);
  }

  /** One that takes what these options take. */
  HeadParser(HttpLimits limits, HttpOptions options) {
    this.limits = limits;
    this.targetMask = options.looseTargets() ? Octets.TARGET | Octets.LOOSE : Octets.TARGET;
    this.framing = new Framing(!options.missingHost());
    this.fields = new FieldParser(limits.fieldCount(), limits.fieldBytes());
  }

  /** Begins with another request. */
  void begin() {
    state = State.BEFORE;
    skipped = 0;
    at = 0;
    status = 0;
    problem = null;
    hasBracket = false;
    methodTo = 0;
  }

  /**
   * Looks at what has come.
   *
   * @param in where the head lies, from base on
   * @param end behind the last byte there is
   */
  FieldParser.Result parse(byte[] in, int base, int end) {
    if (state != State.FIELDS && state != State.OVER && !parseLine(in, base, end)) {
      return status == 0 ? FieldParser.Result.MORE : FieldParser.Result.REFUSED;
    }
    if (state == State.OVER) {
      return status == 0 ? FieldParser.Result.DONE : FieldParser.Result.REFUSED;
    }
    FieldParser.Result result = fields.parse(in, base, end);
    switch (result) {
      case MORE -> {}
      case REFUSED -> {
        int _ = refuse(fields.status(), String.valueOf(fields.problem()));
      }
      case DONE -> {
        state = State.OVER;
        at = fields.position();
        framing.decide(this, in, base, limits.bodyBytes());
        if (framing.status() != 0) {
          int _ = refuse(framing.status(), String.valueOf(framing.problem()));
          return FieldParser.Result.REFUSED;
        }
      }
    }
    return result;
  }

  /** The request line; false if it is not over, or refused. */
  private boolean parseLine(byte[] in, int base, int end) {
    int i = base + at;
    while (i >= 0 && i < end && state != State.FIELDS) {
      i =
          switch (state) {
            case BEFORE -> readBefore(in, base, i, end);
            case METHOD -> readMethod(in, base, i, end);
            case TARGET -> readTarget(in, base, i, end);
            case PERCENT, DIGIT -> readPercent(in[i], i);
            case VERSION -> readVersion(in, base, i, end);
            case BEFORE_END, LINE_END -> readEnd(in[i], base, i);
            case FIELDS, OVER -> throw new AssertionError(state);
          };
    }
    at = i - base;
    return state == State.FIELDS;
  }

  // Each reads something, has the next one go on where that is the rule, and says where that ended;
  // or refuses.

  private int readBefore(byte[] in, int base, int i, int end) {
    byte c = in[i];
    if (c == '\r' && skipped < SKIPPED_LINES) {
      skipped++;
      state = State.BEFORE_END;
      return i + 1;
    }
    if (!Octets.is(c, Octets.TOKEN)) {
      return refuse(400, "a request begins with " + Octets.show(c));
    }
    first = i - base;
    state = State.METHOD;
    return readMethod(in, base, i, end);
  }

  private int readMethod(byte[] in, int base, int from, int end) {
    int i = Octets.skip(in, from, end, Octets.TOKEN);
    if (i - base - first > MAX_METHOD_BYTES) {
      return refuse(501, "the method has more than " + MAX_METHOD_BYTES + " bytes");
    }
    if (i == end) {
      return i;
    }
    if (in[i] != ' ') {
      return refuse(400, "the method has " + Octets.show(in[i]));
    }
    methodTo = i - base;
    state = State.TARGET;
    return readTarget(in, base, i + 1, end);
  }

  private int readTarget(byte[] in, int base, int from, int end) {
    int i = Octets.skip(in, from, end, targetMask);
    if (isTooLong(i - base)) {
      return refuseLength();
    }
    if (i == end) {
      return i;
    }
    switch (in[i]) {
      case ' ' -> {
        targetTo = i - base;
        if (targetTo == methodTo + 1) {
          return refuse(400, "the target has " + Octets.show(in[i]));
        }
        state = State.VERSION;
        return readVersion(in, base, i + 1, end);
      }
      case '%' -> state = State.PERCENT;
      case '[', ']' -> hasBracket = true;
      default -> {
        return refuse(400, "the target has " + Octets.show(in[i]));
      }
    }
    return i + 1;
  }

  private int readPercent(byte c, int i) {
    if (!Octets.is(c, Octets.HEX)) {
      return refuse(400, "a percent in the target is followed by " + Octets.show(c));
    }
    state = state == State.PERCENT ? State.DIGIT : State.TARGET;
    return i + 1;
  }

  /** The version and its line's end: at a glance if it is the usual one, else byte by byte. */
  private int readVersion(byte[] in, int base, int from, int end) {
    boolean isWhole = from - base == targetTo + 1 && end - from >= LINE_BYTES;
    if (isWhole && isUsual(in, from) && !isTooLong(from + VERSION.length() - base)) {
      major = 1;
      minor = 1;
      fields.begin(from + LINE_BYTES - base);
      state = State.FIELDS;
      return from + LINE_BYTES;
    }
    int i = from;
    while (i >= 0 && i < end && state == State.VERSION) {
      i = readVersion(in[i], base, i);
    }
    return i;
  }

  private static boolean isUsual(byte[] in, int from) {
    return (long) LONGS.get(in, from) == USUAL
        && in[from + LINE_BYTES - 2] == '\r'
        && in[from + LINE_BYTES - 1] == '\n';
  }

  private int readVersion(byte c, int base, int i) {
    int index = i - base - targetTo - 1;
    if (isTooLong(i - base)) {
      return refuseLength();
    }
    if (index == VERSION.length() && c == '\r') {
      if (major != 1) {
        return refuse(505, "there is HTTP/1.1 here, and no version " + major);
      }
      state = State.LINE_END;
    } else if (index == MAJOR_INDEX && Octets.is(c, Octets.DIGIT)) {
      major = c - '0';
    } else if (index == MINOR_INDEX && Octets.is(c, Octets.DIGIT)) {
      minor = c - '0';
    } else if (index >= MINOR_INDEX || c != VERSION.charAt(index)) {
      return refuse(400, "the version has " + Octets.show(c));
    }
    return i + 1;
  }

  private int readEnd(byte c, int base, int i) {
    if (c != '\n') {
      return refuse(400, "a CR is followed by " + Octets.show(c));
    }
    if (state == State.LINE_END) {
      fields.begin(i + 1 - base);
      state = State.FIELDS;
    } else {
      state = State.BEFORE;
    }
    return i + 1;
  }

  private boolean isTooLong(int position) {
    return position - first > limits.requestLineBytes();
  }

  private int refuseLength() {
    return refuse(414, "the request line has more than " + limits.requestLineBytes() + " bytes");
  }

  private int refuse(int newStatus, String why) {
    state = State.OVER;
    status = newStatus;
    problem = why;
    return REFUSED;
  }

  // ---- what was read

  /** How many bytes the head has, empty lines before it included. */
  int sizeBytes() {
    return at;
  }

  int methodFrom() {
    return first;
  }

  int methodTo() {
    return methodTo;
  }

  /** Whether it takes what browsers send in targets. */
  boolean isLoose() {
    return targetMask != Octets.TARGET;
  }

  /** Whether there is a bracket in the target, which only an address of IPv6 has. */
  boolean hasBracket() {
    return hasBracket;
  }

  /** Whether the method is HEAD, also of what is refused behind it. */
  boolean isHead(byte[] in, int base) {
    return methodTo > first && Octets.equals(in, base + first, base + methodTo, "HEAD");
  }

  int targetFrom() {
    return methodTo + 1;
  }

  int targetTo() {
    return targetTo;
  }

  /** Whether it is a request of HTTP/1.0; else 1.1, or a later one, which is taken for that. */
  boolean isHttp10() {
    return minor == 0;
  }

  FieldParser fields() {
    return fields;
  }

  /** What comes behind the head. */
  Framing framing() {
    return framing;
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

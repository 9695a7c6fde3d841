package dev.pollux.http;

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

  private enum State {
    BEFORE,
    BEFORE_END,
    METHOD,
    TARGET,
    VERSION,
    LINE_END,
    FIELDS,
    OVER
  }

  private final HttpLimits limits;
  private final FieldParser fields;
  private final Framing framing = new Framing();
  private State state = State.BEFORE;
  private int skipped;
  private int at;
  private int first; // of the request line
  private int methodTo;
  private int targetTo;
  private int minor; // of the version
  private int status;
  private @Nullable String problem;

  HeadParser(HttpLimits limits) {
    this.limits = limits;
    this.fields = new FieldParser(limits);
  }

  /** Begins with another request. */
  void begin() {
    state = State.BEFORE;
    skipped = 0;
    at = 0;
    status = 0;
    problem = null;
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
      case REFUSED -> refuse(fields.status(), String.valueOf(fields.problem()));
      case DONE -> {
        state = State.OVER;
        at = fields.position();
        framing.decide(this, in, base, limits.bodyBytes());
        if (framing.status() != 0) {
          refuse(framing.status(), String.valueOf(framing.problem()));
          return FieldParser.Result.REFUSED;
        }
      }
    }
    return result;
  }

  /** The request line; false if it is not over, or refused. */
  private boolean parseLine(byte[] in, int base, int end) {
    int i = base + at;
    while (i < end) {
      byte c = in[i];
      switch (state) {
        case BEFORE -> {
          if (c == '\r' && skipped < SKIPPED_LINES) {
            skipped++;
            state = State.BEFORE_END;
          } else if (Octets.is(c, Octets.TOKEN)) {
            first = i - base;
            state = State.METHOD;
            continue;
          } else {
            return refuse(400, "a request begins with " + Octets.show(c));
          }
        }
        case METHOD -> {
          i = skip(in, i, end, Octets.TOKEN);
          if (i - base - first > MAX_METHOD_BYTES) {
            return refuse(501, "the method has more than " + MAX_METHOD_BYTES + " bytes");
          }
          if (i == end) {
            continue;
          }
          if (in[i] != ' ') {
            return refuse(400, "the method has " + Octets.show(in[i]));
          }
          methodTo = i - base;
          state = State.TARGET;
        }
        case TARGET -> {
          i = skip(in, i, end, Octets.TARGET);
          if (isTooLong(i - base)) {
            return refuse(414, "the request line has more than " + limits.requestLineBytes() + " bytes");
          }
          if (i == end) {
            continue;
          }
          targetTo = i - base;
          if (in[i] != ' ' || targetTo == methodTo + 1) {
            return refuse(400, "the target has " + Octets.show(in[i]));
          }
          state = State.VERSION;
        }
        case VERSION -> {
          int index = i - base - targetTo - 1;
          if (index == VERSION.length()) {
            if (c != '\r') {
              return refuse(400, "the version has " + Octets.show(c));
            }
            state = State.LINE_END;
          } else if (!isOfVersion(c, index)) {
            return status == 0 && refuse(400, "the version has " + Octets.show(c));
          }
          if (isTooLong(i - base)) {
            return refuse(414, "the request line has more than " + limits.requestLineBytes() + " bytes");
          }
        }
        case BEFORE_END, LINE_END -> {
          if (c != '\n') {
            return refuse(400, "a CR is followed by " + Octets.show(c));
          }
          if (state == State.LINE_END) {
            fields.begin(i + 1 - base);
            state = State.FIELDS;
            return true;
          }
          state = State.BEFORE;
        }
        default -> throw new AssertionError(state);
      }
      i++;
    }
    at = i - base;
    return false;
  }

  /** Whether this may stand there; of another major version it is refused by its own status. */
  private boolean isOfVersion(byte c, int index) {
    boolean isDigit = Octets.is(c, Octets.DIGIT);
    return switch (index) {
      case 5 -> isDigit && (c == '1' || refuse(505, "there is HTTP/1.1 here, and no version " + (char) c));
      case 7 -> {
        minor = c - '0';
        yield isDigit;
      }
      default -> c == VERSION.charAt(index);
    };
  }

  private boolean isTooLong(int position) {
    return position - first > limits.requestLineBytes();
  }

  private static int skip(byte[] in, int from, int end, int mask) {
    int i = from;
    while (i < end && Octets.is(in[i], mask)) {
      i++;
    }
    return i;
  }

  private boolean refuse(int newStatus, String why) {
    state = State.OVER;
    status = newStatus;
    problem = why;
    return false;
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

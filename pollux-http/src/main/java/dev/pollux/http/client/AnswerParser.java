package dev.pollux.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.HttpFields;
import dev.pollux.http.wire.FieldParser;
import dev.pollux.http.wire.Octets;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of an answer of HTTP/1.0 or 1.1: the status line, the fields, the empty line; as
 * many bytes at a time as there are. Any split of the same bytes comes to the same.
 *
 * <p>The reason may be missing, and the blank before it with it; nothing else is taken that RFC
 * 9112 does not say. Passive. Source: RFC 9112, 4 and 5.
 */
final class AnswerParser {

  private static final int FIRST_BYTES = 1 << 10;
  private static final int STEP_BYTES = 1 << 12; // 4 KiB
  private static final String VERSION = "HTTP/1.";
  private static final int MINOR_INDEX = 7; // behind the version
  private static final int STATUS_INDEX = MINOR_INDEX + 2;
  private static final int REASON_INDEX = STATUS_INDEX + 3;

  private final int maxLineBytes;
  private final FieldParser fields;
  private byte[] bytes = new byte[FIRST_BYTES];
  private int size; // of what was copied
  private int at; // in the status line
  private int lineEnd; // where its CR stands; -1 before that
  private boolean isLineOver;
  private boolean isTooLarge;
  private @Nullable String problem;

  AnswerParser(ClientLimits limits) {
    this.maxLineBytes = limits.statusLineBytes();
    this.fields = new FieldParser(limits.fieldCount(), limits.fieldBytes());
  }

  /** Begins with another head. */
  void begin() {
    size = 0;
    at = 0;
    lineEnd = -1;
    isLineOver = false;
    isTooLarge = false;
    problem = null;
    if (bytes.length > 2 * STEP_BYTES) {
      bytes = new byte[FIRST_BYTES];
    }
  }

  /** Takes what has come, up to the end of the head. */
  FieldParser.Result parse(ByteBuffer in) {
    FieldParser.Result result = FieldParser.Result.MORE;
    while (result == FieldParser.Result.MORE && in.hasRemaining()) {
      int before = size;
      int count = Math.min(STEP_BYTES, in.remaining());
      if (bytes.length < before + count) {
        bytes = Arrays.copyOf(bytes, Math.max(before + count, 2 * bytes.length));
      }
      var _ = in.get(in.position(), bytes, before, count);
      size = before + count;
      result = look();
      int taken = result == FieldParser.Result.DONE ? fields.position() - before : count;
      var _ = in.position(in.position() + taken);
    }
    return result;
  }

  private FieldParser.Result look() {
    while (!isLineOver && at < size && problem == null) {
      readLine(bytes[at]);
    }
    if (problem != null) {
      return FieldParser.Result.REFUSED;
    }
    FieldParser.Result result = isLineOver ? fields.parse(bytes, 0, size) : FieldParser.Result.MORE;
    if (result == FieldParser.Result.REFUSED) {
      refuse(fields.status() == 431, String.valueOf(fields.problem()));
    }
    return result;
  }

  private void readLine(byte c) {
    if (lineEnd >= 0) {
      if (c == '\n') {
        isLineOver = true;
        fields.begin(at + 1);
      } else {
        refuse(false, "a CR is followed by " + Octets.show(c));
      }
    } else if (c == '\r' && at >= REASON_INDEX) {
      lineEnd = at;
    } else if (at == maxLineBytes) {
      refuse(true, "the status line has more than " + maxLineBytes + " bytes");
    } else if (!isGood(c)) {
      refuse(false, "the status line has " + Octets.show(c) + " as its byte " + (at + 1));
    }
    at++;
  }

  private boolean isGood(byte c) {
    if (at < MINOR_INDEX) {
      return c == VERSION.charAt(at);
    }
    return switch (at) {
      case MINOR_INDEX -> c == '0' || c == '1';
      case MINOR_INDEX + 1, REASON_INDEX -> c == ' ';
      case STATUS_INDEX -> c >= '1' && c <= '5';
      case STATUS_INDEX + 1, STATUS_INDEX + 2 -> Octets.is(c, Octets.DIGIT);
      default -> Octets.is(c, Octets.VALUE);
    };
  }

  private void refuse(boolean isTooMuch, String why) {
    isTooLarge = isTooMuch;
    problem = why;
  }

  /** What was read, when it is done. */
  AnswerHead head() {
    int status = 0;
    for (int i = STATUS_INDEX; i < REASON_INDEX; i++) {
      status = 10 * status + (bytes[i] - '0');
    }
    int reasonFrom = Math.min(REASON_INDEX + 1, lineEnd);
    String reason = new String(bytes, reasonFrom, lineEnd - reasonFrom, ISO_8859_1);
    byte[] lines = Arrays.copyOfRange(bytes, lineEnd + 2, fields.position());
    boolean isHttp10 = bytes[MINOR_INDEX] == '0';
    return new AnswerHead(status, reason, isHttp10, HttpFields.parse(lines));
  }

  /** Whether it was refused for its size. */
  boolean isTooLarge() {
    return isTooLarge;
  }

  /** Why it was refused. */
  @Nullable String problem() {
    return problem;
  }
}

package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes behind the head of an answer, and whether another one may: decided once, from all that
 * says something of it, and refused where two of them could be understood in two ways.
 *
 * <p>Source: RFC 9112, 6.1, 6.3 and 9.3; RFC 9110, 8.6.
 *
 * @param length of the body; -1 where it is not known before
 * @param isLast whether the connection ends with this answer
 * @param problem why it is refused; null if it is not
 */
record AnswerFraming(Kind kind, long length, boolean isLast, @Nullable String problem) {

  /** How the end of a body is told. */
  enum Kind {
    /** There is none. */
    NONE,
    /** By its length. */
    LENGTH,
    /** By chunks. */
    CHUNKED,
    /** By the end of the connection. */
    CLOSE,
    /** It is no HTTP any more. */
    TUNNEL
  }

  private static final int MAX_DIGITS = 18; // of a long

  static AnswerFraming of(ClientRequest request, AnswerHead head) {
    int status = head.status();
    if (request.isConnect() && status >= 200 && status < 300) {
      return new AnswerFraming(Kind.TUNNEL, 0, true, null); // whatever the fields say
    }
    HttpFields fields = head.fields();
    List<String> lengths = fields.all("Content-Length");
    List<String> codings = fields.all("Transfer-Encoding");
    String problem = problem(head, lengths, codings);
    if (problem != null) {
      return new AnswerFraming(Kind.NONE, 0, true, problem);
    }
    long length = lengths.isEmpty() ? -1 : Long.parseLong(lengths.getFirst());
    boolean isLast = request.isLast() || head.isHttp10() || says(fields, "Connection", "close");
    boolean speaksOfBody = !codings.isEmpty() || length > 0;
    if (status < 200) {
      String why = speaksOfBody ? "an answer with status " + status + " speaks of a body" : null;
      return new AnswerFraming(Kind.NONE, 0, isLast, why);
    }
    if (request.isHead() || status == 204 || status == 304) {
      boolean isDoubtful = status == 204 && speaksOfBody; // somebody may send it
      return new AnswerFraming(Kind.NONE, 0, isLast || isDoubtful, null);
    }
    if (!codings.isEmpty()) {
      return new AnswerFraming(Kind.CHUNKED, -1, isLast, null);
    }
    if (length < 0) {
      return new AnswerFraming(Kind.CLOSE, -1, true, null);
    }
    return new AnswerFraming(length == 0 ? Kind.NONE : Kind.LENGTH, length, isLast, null);
  }

  private static @Nullable String problem(
      AnswerHead head, List<String> lengths, List<String> codings) {
    if (lengths.size() > 1) {
      return "there are two Content-Length fields";
    }
    if (!lengths.isEmpty() && !isNumber(lengths.getFirst())) {
      return "Content-Length is no number of at most " + MAX_DIGITS + " digits";
    }
    if (codings.size() > 1) {
      return "there are two Transfer-Encoding fields";
    }
    if (!codings.isEmpty() && !codings.getFirst().equalsIgnoreCase("chunked")) {
      return "Transfer-Encoding is not chunked alone";
    }
    if (!codings.isEmpty() && head.isHttp10()) {
      return "there is a Transfer-Encoding in HTTP/1.0";
    }
    if (!codings.isEmpty() && !lengths.isEmpty()) {
      return "there is a Content-Length beside a Transfer-Encoding";
    }
    return null;
  }

  private static boolean isNumber(String text) {
    boolean isNumber = !text.isEmpty() && text.length() <= MAX_DIGITS;
    for (int i = 0; i < text.length(); i++) {
      isNumber &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return isNumber;
  }

  /** Whether a list of tokens has one, in whatever case. */
  static boolean says(HttpFields fields, String name, String token) {
    for (String value : fields.all(name)) {
      for (String each : value.split(",", -1)) {
        if (each.strip().equalsIgnoreCase(token)) {
          return true;
        }
      }
    }
    return false;
  }
}

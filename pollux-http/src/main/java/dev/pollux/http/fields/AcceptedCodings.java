package dev.pollux.http.fields;

import java.util.List;
import java.util.Locale;

/**
 * Which codings of a content a client takes, by its Accept-Encoding: read once, in one pass.
 * Passive. Source: RFC 9110, 12.4.2 and 12.5.3.
 */
public final class AcceptedCodings {

  private static final int MOST = 1000; // a weight of 1
  private static final int UNSAID = -1;
  private static final int DIGITS = 3; // behind the point
  private static final int LONGEST = "identity".length(); // name of those that are told apart
  private static final List<String> NAMES = List.of("br", "gzip", "zstd", "identity", "*");
  private static final int ANY = NAMES.indexOf("*");

  private final int[] weights = {UNSAID, UNSAID, UNSAID, UNSAID, UNSAID}; // as NAMES are

  /** Of the lines of the field; none is as good as identity alone. */
  public AcceptedCodings(List<String> lines) {
    for (String line : lines) {
      int start = 0;
      while (start <= line.length()) {
        int comma = line.indexOf(',', start);
        int end = comma < 0 ? line.length() : comma;
        read(line, start, end);
        start = end + 1;
      }
    }
  }

  private void read(String line, int from, int to) {
    int mark = line.indexOf(';', from);
    boolean isWeighed = mark >= 0 && mark < to;
    int nameTo = isWeighed ? mark : to;
    int start = skipBlanks(line, from, nameTo);
    int end = nameTo;
    while (end > start && isBlank(line.charAt(end - 1))) {
      end--;
    }
    if (end - start > LONGEST) {
      return;
    }
    String name = line.substring(start, end).toLowerCase(Locale.ROOT);
    int index = NAMES.indexOf(name.equals("x-gzip") ? "gzip" : name);
    if (index >= 0) {
      int weight = isWeighed ? quality(line, mark + 1, to) : MOST;
      weights[index] = Math.max(weights[index], weight);
    }
  }

  /** How much a coding is liked, in thousandths; 0 is not at all. */
  public int weight(String coding) {
    int named = weights[NAMES.indexOf(coding)];
    if (named != UNSAID) {
      return named;
    }
    int others = weights[ANY];
    if (coding.equals("identity")) {
      return others == 0 ? 0 : 1; // the least, but there
    }
    return Math.max(0, others);
  }

  /** Of "q=0.5"; what is none is taken for 0. */
  private static int quality(String line, int from, int to) {
    int i = skipBlanks(line, from, to);
    if (i == to || (line.charAt(i) | 0x20) != 'q') {
      return 0;
    }
    i = skipBlanks(line, i + 1, to);
    if (i == to || line.charAt(i) != '=') {
      return 0;
    }
    i = skipBlanks(line, i + 1, to);
    int end = to;
    while (end > i && isBlank(line.charAt(end - 1))) {
      end--;
    }
    return thousandths(line, i, end);
  }

  /** Of 0, 0.123, 1 or 1.000; 0 of anything else. */
  private static int thousandths(String line, int from, int to) {
    int first = from < to ? line.charAt(from) - '0' : -1;
    boolean isShort = to - from <= 2 + DIGITS;
    if ((first != 0 && first != 1) || !isShort || (to - from > 1 && line.charAt(from + 1) != '.')) {
      return 0;
    }
    int value = first;
    for (int i = 0; i < DIGITS; i++) {
      int at = from + 2 + i;
      int digit = at < to ? line.charAt(at) - '0' : 0;
      if (digit < 0 || digit > 9) {
        return 0;
      }
      value = 10 * value + digit;
    }
    return value > MOST ? 0 : value;
  }

  private static int skipBlanks(String line, int from, int to) {
    int i = from;
    while (i < to && isBlank(line.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}

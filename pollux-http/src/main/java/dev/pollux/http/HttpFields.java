package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.wire.FieldParser;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request or an answer, or its trailers, in the order in which they came. Names are
 * the same in whatever case.
 *
 * <p>Values are text of bytes, ISO-8859-1, without the blanks around them. They are made when asked
 * for; {@link #is} and {@link #has} make none.
 *
 * <p>Ownership: those of a request are the request's, for as long as that, and for the loop's
 * thread. Those of {@link #parse} do not change, and are for any thread.
 */
public final class HttpFields {

  private byte[] bytes = {};
  private int base;
  private @Nullable FieldParser places;

  HttpFields() {}

  /**
   * Fields of their lines, of which each ends with CR LF, and the empty line behind them: as
   * strictly as a server takes them.
   *
   * @param lines copied
   * @throws IllegalArgumentException if that is something else, or there is something behind it
   */
  public static HttpFields parse(byte[] lines) {
    byte[] copy = lines.clone();
    FieldParser parser = new FieldParser(Integer.MAX_VALUE, copy.length);
    parser.begin(0);
    FieldParser.Result result = parser.parse(copy, 0, copy.length);
    if (result != FieldParser.Result.DONE || parser.position() != copy.length) {
      String problem = parser.problem();
      String other = result == FieldParser.Result.MORE ? "no empty line ends them" : "more follows";
      throw new IllegalArgumentException(
          "these are no fields: " + (problem == null ? other : problem));
    }
    HttpFields fields = new HttpFields();
    fields.show(copy, 0, parser);
    return fields;
  }

  /** Shows fields that lie in an array. */
  void show(byte[] in, int from, FieldParser parsed) {
    bytes = in;
    base = from;
    places = parsed;
  }

  /** Shows none. */
  void clear() {
    places = null;
  }

  /** How many there are. */
  public int count() {
    FieldParser known = places;
    return known == null ? 0 : known.count();
  }

  /** The name of one, as it came. */
  public String name(int index) {
    FieldParser known = at(index);
    return text(known.nameFrom(index), known.nameTo(index));
  }

  /** The value of one. */
  public String value(int index) {
    FieldParser known = at(index);
    return text(known.valueFrom(index), known.valueTo(index));
  }

  /** Whether there is a field of this name. */
  public boolean has(String name) {
    return find(name, 0) >= 0;
  }

  /** Whether there is one field of this name, and has this value, in whatever case. */
  public boolean is(String name, String value) {
    int index = find(name, 0);
    if (index < 0 || find(name, index + 1) >= 0) {
      return false;
    }
    FieldParser known = at(index);
    return equals(known.valueFrom(index), known.valueTo(index), value);
  }

  /**
   * The value of a field; null if there is none. Of several, all of them, with commas between: what
   * that means where a list is not meant, nobody knows.
   */
  public @Nullable String get(String name) {
    int first = find(name, 0);
    if (first < 0) {
      return null;
    }
    int second = find(name, first + 1);
    if (second < 0) {
      return value(first);
    }
    StringJoiner joined = new StringJoiner(", ");
    for (int i = first; i >= 0; i = find(name, i + 1)) {
      var _ = joined.add(value(i));
    }
    return joined.toString();
  }

  /** The values of all fields of this name. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>();
    for (int i = find(name, 0); i >= 0; i = find(name, i + 1)) {
      values.add(value(i));
    }
    return values;
  }

  /** The index of the next field of this name, from one on; -1 without. */
  int find(String name, int from) {
    FieldParser known = places;
    if (known != null) {
      for (int i = from; i < known.count(); i++) {
        if (equals(known.nameFrom(i), known.nameTo(i), name)) {
          return i;
        }
      }
    }
    return -1;
  }

  private FieldParser at(int index) {
    FieldParser known = places;
    if (known == null || index < 0 || index >= known.count()) {
      throw new IndexOutOfBoundsException("field " + index + " of " + count());
    }
    return known;
  }

  private boolean equals(int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (small(bytes[base + from + i] & 0xff) != small(word.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static int small(int c) {
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
  }

  private String text(int from, int to) {
    return new String(bytes, base + from, to - from, ISO_8859_1);
  }

  /** The lines, for logs: whatever is secret in them is shown. */
  @Override
  public String toString() {
    StringJoiner lines = new StringJoiner(", ", "[", "]");
    for (int i = 0; i < count(); i++) {
      var _ = lines.add(name(i) + ": " + value(i));
    }
    return lines.toString();
  }
}

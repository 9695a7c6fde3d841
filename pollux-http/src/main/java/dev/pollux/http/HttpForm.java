package dev.pollux.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a query or of a form, {@code a=1&b=2&a=3}: names with values, in the order in which
 * they came. A name may have several values; one without {@code =} has the empty one.
 *
 * <p>Immutable. Threads: any. Units: fields, each a pair of name and value. Complexity: parsing is
 * one pass, finding a name takes logarithmic time at worst, whatever names a peer invents.
 *
 * <p>Source: the URL standard, application/x-www-form-urlencoded.
 */
public final class HttpForm {

  /** How many fields a form may have by default. */
  public static final int MAX_FIELDS = 1_000;

  // Names whose hashes are equal lie in trees there, as strings are comparable.
  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private int size;

  private HttpForm() {}

  /**
   * Reads the fields, at most {@link #MAX_FIELDS} of them.
   *
   * @param text what stands behind the {@code ?} of a target, or a body
   * @throws IllegalArgumentException where there are more, or a field is no text: a {@code %}
   *     without two hexadecimal digits, bytes that are no UTF-8, NUL
   */
  public static HttpForm parse(String text) {
    return parse(text, MAX_FIELDS);
  }

  /**
   * Reads the fields.
   *
   * @param text what stands behind the {@code ?} of a target, or a body
   * @param maxFields how many there may be
   * @throws IllegalArgumentException where there are more, or a field is no text: a {@code %}
   *     without two hexadecimal digits, bytes that are no UTF-8, NUL
   */
  public static HttpForm parse(String text, int maxFields) {
    if (maxFields < 0) {
      throw new IllegalArgumentException("maxFields: " + maxFields + " is negative");
    }
    HttpForm form = new HttpForm();
    for (int from = 0; from < text.length(); ) {
      int mark = text.indexOf('&', from);
      int to = mark < 0 ? text.length() : mark;
      if (from < to) {
        if (form.size == maxFields) {
          throw new IllegalArgumentException("there are more than " + maxFields + " fields");
        }
        form.add(text, from, to);
      }
      from = to + 1;
    }
    return form;
  }

  private void add(String text, int from, int to) {
    int mark = text.indexOf('=', from, to);
    int nameTo = mark < 0 ? to : mark;
    String name = Percent.decodeForm(text, from, nameTo);
    String value = mark < 0 ? "" : Percent.decodeForm(text, mark + 1, to);
    values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
    size++;
  }

  /** The first value of this name; null if there is none. */
  public @Nullable String first(String name) {
    List<String> all = values.get(name);
    return all == null ? null : all.getFirst();
  }

  /** All values of this name, in their order; empty if there is none. */
  public List<String> all(String name) {
    return Collections.unmodifiableList(values.getOrDefault(name, List.of()));
  }

  /** The names, each once, in the order in which they came first. */
  public Set<String> names() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** How many fields there are, those of equal names counted each. */
  public int size() {
    return size;
  }

  /** As {@link #parse(String)}, for what a client sent. */
  static HttpForm of(String text) throws HttpException {
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, String.valueOf(e.getMessage()));
    }
  }
}

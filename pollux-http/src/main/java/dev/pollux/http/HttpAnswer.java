package dev.pollux.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a handler answered to an {@link HttpCall}.
 *
 * <p>Immutable. Threads: any.
 */
public final class HttpAnswer {

  /** A field. */
  record Line(String name, String value) {}

  private final int status;
  private final List<Line> fields;
  private final List<Line> trailers;
  private final byte[] content;

  HttpAnswer(int status, List<Line> fields, List<Line> trailers, byte[] content) {
    this.status = status;
    this.fields = List.copyOf(fields);
    this.trailers = List.copyOf(trailers);
    this.content = content;
  }

  /** Its status. */
  public int status() {
    return status;
  }

  /** The value of a field, the first one; null if there is none. */
  public @Nullable String field(String name) {
    return all(name).stream().findFirst().orElse(null);
  }

  /** The values of all fields of this name. */
  public List<String> all(String name) {
    return values(fields, name);
  }

  /** The value of a trailer, the first one; null if there is none. */
  public @Nullable String trailer(String name) {
    return values(trailers, name).stream().findFirst().orElse(null);
  }

  private static List<String> values(List<Line> lines, String name) {
    List<String> values = new ArrayList<>();
    for (Line line : lines) {
      if (line.name.equalsIgnoreCase(name)) {
        values.add(line.value);
      }
    }
    return values;
  }

  /** Its content, as text in UTF-8. */
  public String text() {
    return new String(content, UTF_8);
  }

  /** Its content. */
  public byte[] bytes() {
    return content.clone();
  }

  @Override
  public String toString() {
    return status + " " + fields + ", " + content.length + " bytes";
  }
}

package dev.pollux.lab;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes values as JSON: records and maps as objects, everything else as what it prints. */
final class Json {

  private static final int INDENT = 2;

  private final StringBuilder text = new StringBuilder();

  private Json() {}

  /** The value as JSON, broken into lines. */
  static String write(Object value) {
    Json json = new Json();
    json.value(value, 0);
    return json.text.toString();
  }

  private void value(@Nullable Object value, int depth) {
    switch (value) {
      case null -> text.append("null");
      case Integer number -> text.append(number);
      case Boolean truth -> text.append(truth);
      case Collection<?> values -> array(values, depth);
      case Map<?, ?> map -> object(map, depth);
      case Mask mask -> string(mask.toString());
      case Record fields -> object(JsonForm.of(fields), depth);
      default -> string(value.toString());
    }
  }

  private void array(Collection<?> values, int depth) {
    boolean isFlat = values.stream().allMatch(v -> v instanceof String || v instanceof Integer);
    text.append('[');
    for (Iterator<?> i = values.iterator(); i.hasNext(); ) {
      if (!isFlat) {
        line(depth + 1);
      }
      value(i.next(), depth + 1);
      if (i.hasNext()) {
        text.append(isFlat ? ", " : ",");
      } else if (!isFlat) {
        line(depth);
      }
    }
    text.append(']');
  }

  private void object(Map<?, ?> map, int depth) {
    text.append('{');
    for (Iterator<? extends Map.Entry<?, ?>> i = map.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<?, ?> field = i.next();
      line(depth + 1);
      string(String.valueOf(field.getKey()));
      text.append(": ");
      value(field.getValue(), depth + 1);
      if (i.hasNext()) {
        text.append(',');
      } else {
        line(depth);
      }
    }
    text.append('}');
  }

  private void line(int depth) {
    text.append('\n').append(" ".repeat(INDENT * depth));
  }

  private void string(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        default -> {
          if (c < ' ') {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}

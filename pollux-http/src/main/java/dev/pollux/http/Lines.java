package dev.pollux.http;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The fields of an answer, and behind them its trailers. Passive. */
final class Lines {

  private static final int FEW = 8;

  private String[] names = new String[FEW];
  private String[] values = new String[FEW];
  private int count;
  private int fieldCount;

  void clear() {
    Arrays.fill(names, 0, count, null);
    Arrays.fill(values, 0, count, null);
    count = 0;
    fieldCount = 0;
  }

  /** Whether a program may set this; throws if not. */
  static void requireOwn(String name, String value) {
    var _ = Tokens.requireToken("the name of a field", name);
    var _ = Tokens.requireValue("the field " + name, value);
    String reason =
        switch (name.toLowerCase(Locale.ROOT)) {
          case "content-length" -> "length says how much is to come";
          case "transfer-encoding", "trailer" -> "it follows from what is written";
          case "connection", "keep-alive" -> "last ends the connection";
          case "date" -> "the server does";
          case "upgrade" -> "switchTo does";
          default -> "";
        };
    if (!reason.isEmpty()) {
      throw new IllegalArgumentException(name + " is not for the handler to set: " + reason);
    }
  }

  /** Adds a field. Before any trailer. */
  void add(String name, String value) {
    addTrailer(name, value);
    fieldCount = count;
  }

  /** Adds a trailer. */
  void addTrailer(String name, String value) {
    if (count == names.length) {
      names = Arrays.copyOf(names, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    names[count] = name;
    values[count] = value;
    count++;
  }

  /** Removes all of this name. Before any trailer. */
  void remove(String name) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!names[i].equalsIgnoreCase(name)) {
        names[kept] = names[i];
        values[kept] = values[i];
        kept++;
      }
    }
    count = kept;
    fieldCount = kept;
  }

  /** The value of the first field of this name; null without. */
  @Nullable String first(String name) {
    for (int i = 0; i < fieldCount; i++) {
      if (names[i].equalsIgnoreCase(name)) {
        return values[i];
      }
    }
    return null;
  }

  int fieldCount() {
    return fieldCount;
  }

  /** Fields and trailers. */
  int count() {
    return count;
  }

  String name(int index) {
    return names[index];
  }

  String value(int index) {
    return values[index];
  }
}

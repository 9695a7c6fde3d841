package dev.pollux.http.fields;

import java.util.List;
import java.util.Locale;

/** What is known of media types. */
public final class MediaTypes {

  /** How those end that shrink, beside text. */
  private static final List<String> SHRINKING =
      List.of(
          "+json",
          "+xml",
          "/json",
          "/javascript",
          "/xml",
          "/wasm",
          "/yaml",
          "/sql",
          "/bmp",
          "/ttf",
          "/otf");

  private MediaTypes() {}

  /** Whether content of a type, with parameters or without, gets smaller by compression. */
  public static boolean shrinks(String type) {
    int end = type.indexOf(';');
    String name = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return name.startsWith("text/") || SHRINKING.stream().anyMatch(name::endsWith);
  }
}

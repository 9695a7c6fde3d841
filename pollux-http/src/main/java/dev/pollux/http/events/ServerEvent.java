package dev.pollux.http.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event as a client hears it.
 *
 * @param data of any number of lines; whether one ends with CR, LF or both, the client sees LF
 * @param type what it is called; null for "message"
 * @param id what the client says to have heard last, when it comes again; null leaves that as it
 *     is, and empty forgets it
 */
public record ServerEvent(String data, @Nullable String type, @Nullable String id) {

  /**
   * An event.
   *
   * @throws IllegalArgumentException if the type or the id has the end of a line, or the id NUL
   */
  public ServerEvent {
    Objects.requireNonNull(data, "data");
    requireLine("type", type, "\r\n");
    requireLine("id", id, "\r\n\0");
  }

  /** One of the type "message", without an id. */
  public static ServerEvent of(String data) {
    return new ServerEvent(data, null, null);
  }

  /** As this, of another type. */
  public ServerEvent withType(@Nullable String newType) {
    return new ServerEvent(data, newType, id);
  }

  /** As this, with another id. */
  public ServerEvent withId(@Nullable String newId) {
    return new ServerEvent(data, type, newId);
  }

  private static void requireLine(String what, @Nullable String text, String not) {
    for (int i = 0; text != null && i < text.length(); i++) {
      if (not.indexOf(text.charAt(i)) >= 0) {
        throw new IllegalArgumentException(
            what + " is more than a line: it has a control character");
      }
    }
  }

  /** As it is sent. */
  byte[] bytes() {
    StringBuilder lines = new StringBuilder();
    String ofType = type;
    String ofId = id;
    if (ofType != null) {
      var _ = lines.append("event: ").append(ofType).append('\n');
    }
    if (ofId != null) {
      var _ = lines.append("id: ").append(ofId).append('\n');
    }
    for (String line : data.split("\r\n|\r|\n", -1)) {
      var _ = lines.append("data: ").append(line).append('\n');
    }
    return lines.append('\n').toString().getBytes(UTF_8);
  }
}

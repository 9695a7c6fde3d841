package dev.pollux.http.files;

import dev.pollux.http.HttpFields;
import dev.pollux.http.fields.HttpDates;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conditions of a request, in the order in which they count. Source: RFC 9110, 13.2.2. */
final class Conditions {

  /** What follows from them. */
  enum Result {
    /** They are met. */
    GO_ON,
    /** The client has it: 304. */
    NOT_MODIFIED,
    /** It is another one than the client wants: 412. */
    FAILED
  }

  private Conditions() {}

  /** Of a GET or HEAD. */
  static Result of(HttpFields fields, Validators validators) {
    String match = list(fields, "If-Match");
    if (match != null) {
      if (!validators.isIn(match, true)) {
        return Result.FAILED;
      }
    } else if (isModified(fields.get("If-Unmodified-Since"), validators)) {
      return Result.FAILED;
    }
    String noneMatch = list(fields, "If-None-Match");
    if (noneMatch != null) {
      return validators.isIn(noneMatch, false) ? Result.NOT_MODIFIED : Result.GO_ON;
    }
    return validators.isSince(fields.get("If-Modified-Since")) ? Result.NOT_MODIFIED : Result.GO_ON;
  }

  private static boolean isModified(@Nullable String date, Validators validators) {
    return date != null && HttpDates.second(date) != HttpDates.NONE && !validators.isSince(date);
  }

  /** All lines of a field as one list; null without. */
  private static @Nullable String list(HttpFields fields, String name) {
    List<String> lines = fields.all(name);
    return lines.isEmpty() ? null : String.join(",", lines);
  }
}

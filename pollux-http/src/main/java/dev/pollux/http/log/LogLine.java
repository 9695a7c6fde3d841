package dev.pollux.http.log;

import dev.pollux.http.HttpOutcome;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.RequestIds;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes the lines of a loop. Threads: the loop's. Source: the common log format of NCSA's server;
 * RFC 8259.
 */
final class LogLine {

  private static final DateTimeFormatter COMMON =
      DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneId.systemDefault());
  private static final DateTimeFormatter JSON =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final long NANOS_PER_MICRO = 1000;
  private static final long MILLIS_PER_SECOND = 1000;
  private static final int MILLIS_DIGITS = 3;

  private final AccessLogFormat format;
  private final LineBuffer line = new LineBuffer();
  private long second = Long.MIN_VALUE;
  private String time = "";

  LogLine(AccessLogFormat format) {
    this.format = format;
  }

  /** What is said of lines that were lost. */
  static String lost(AccessLogFormat format, long count) {
    return format == AccessLogFormat.JSON
        ? "{\"lost\":" + count + "}\n"
        : "# " + count + " lines were lost\n";
  }

  /** The line of an exchange; there until the next one. */
  LineBuffer of(HttpOutcome outcome, int status) {
    line.clear();
    if (format == AccessLogFormat.JSON) {
      putJson(outcome, status);
    } else {
      putCommon(outcome, status);
    }
    return line.put('\n');
  }

  private void putCommon(HttpOutcome outcome, int status) {
    HttpRequest request = outcome.request();
    long millis = outcome.wallClock().millis();
    line.put(outcome.client()).put(" - - [").put(time(millis, COMMON)).put("] \"");
    if (request == null) {
      String seen = outcome.seen();
      line.putLogged(seen.isEmpty() ? "-" : seen);
    } else {
      line.putLogged(request.method())
          .put(' ')
          .putLogged(request.target())
          .put(' ')
          .put(request.protocol());
    }
    line.put("\" ").put(status).put(' ').put(outcome.contentBytes());
    if (format == AccessLogFormat.COMBINED) {
      putQuoted(request, "Referer");
      putQuoted(request, "User-Agent");
    }
  }

  private void putQuoted(@Nullable HttpRequest request, String field) {
    String value = request == null ? null : request.field(field);
    line.put(" \"").putLogged(value == null ? "-" : value).put('"');
  }

  private void putJson(HttpOutcome outcome, int status) {
    HttpRequest request = outcome.request();
    long millis = outcome.wallClock().millis();
    line.put("{\"time\":\"").put(time(millis, JSON)).put('.');
    line.put(Math.floorMod(millis, MILLIS_PER_SECOND), MILLIS_DIGITS).put("Z\",\"client\":");
    line.putJson(outcome.client());
    if (request == null) {
      put("seen", outcome.seen());
    } else {
      put("method", request.method());
      put("target", request.target());
      put("protocol", request.protocol());
      put("host", request.host());
      put("referer", request.field("Referer"));
      put("userAgent", request.field("User-Agent"));
      put("id", request.attribute(RequestIds.ID) instanceof String id ? id : null);
    }
    line.put(",\"status\":").put(status);
    line.put(",\"bytes\":").put(outcome.contentBytes());
    line.put(",\"micros\":").put(outcome.durationNanos() / NANOS_PER_MICRO);
    line.put(",\"end\":\"").put(outcome.end().label());
    line.put("\",\"whole\":").put(outcome.isComplete() ? "true}" : "false}");
  }

  private void put(String name, @Nullable String value) {
    if (value != null) {
      line.put(",\"").put(name).put("\":").putJson(value);
    }
  }

  /** Made once a second. */
  private String time(long millis, DateTimeFormatter how) {
    long now = Math.floorDiv(millis, MILLIS_PER_SECOND);
    if (now != second) {
      second = now;
      time = how.format(Instant.ofEpochSecond(now));
    }
    return time;
  }
}

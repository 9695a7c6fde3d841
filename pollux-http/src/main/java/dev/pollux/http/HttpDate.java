package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The line of the Date field, made once a second. Source: RFC 9110, 5.6.7 and 6.6.1.
 *
 * <p>Threads: a loop's.
 */
final class HttpDate {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final InstantSource source;
  private long second = Long.MIN_VALUE;
  private byte[] line = {};

  HttpDate(InstantSource source) {
    this.source = source;
  }

  boolean isOf(InstantSource other) {
    return source.equals(other);
  }

  /** The line, with its end; not to be written to. */
  byte[] line() {
    long now = Math.floorDiv(source.millis(), 1000L);
    if (now != second) {
      String text = FORMAT.format(java.time.Instant.ofEpochSecond(now));
      line = ("Date: " + text + "\r\n").getBytes(ISO_8859_1);
      second = now;
    }
    return line;
  }
}

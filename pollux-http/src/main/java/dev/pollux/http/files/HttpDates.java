package dev.pollux.http.files;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** Dates of fields, to the second; three forms are read, one is written. RFC 9110, 5.6.7. */
final class HttpDates {

  /** What is said of a text that is no date. */
  static final long NONE = Long.MIN_VALUE;

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ROOT);

  private HttpDates() {}

  /** With a year of two digits: one that is not more than 50 years ahead. */
  private static DateTimeFormatter rfc850() {
    int first = LocalDateTime.now(ZoneOffset.UTC).getYear() - 49;
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, first)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.ENGLISH); // whose names of days are long
  }

  static String text(long second) {
    return FORMAT.format(Instant.ofEpochSecond(second));
  }

  /** The second since 1970; {@link #NONE} if it is no date. */
  static long second(String text) {
    long second = second(text, FORMAT);
    if (second == NONE) {
      second = second(text, text.indexOf('-') < 0 ? ASCTIME : rfc850());
    }
    return second;
  }

  private static long second(String text, DateTimeFormatter format) {
    try {
      return LocalDateTime.parse(text, format).toEpochSecond(ZoneOffset.UTC);
    } catch (DateTimeException _) {
      return NONE;
    }
  }
}

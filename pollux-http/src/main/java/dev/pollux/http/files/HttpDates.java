package dev.pollux.http.files;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;

/** Dates of fields, to the second; three forms are read, one is written. RFC 9110, 5.6.7. */
final class HttpDates {

  /** What is said of a text that is no date. */
  static final long NONE = Long.MIN_VALUE;

  /** The first that can be written: of the year 0. */
  static final long FIRST = -62_167_219_200L;

  private static final DateTimeFormatter FORMAT =
      strict("EEE, dd MMM uuuu HH:mm:ss 'GMT'").withZone(ZoneOffset.UTC);

  /** With a year of two digits: one that is not more than 50 years ahead. */
  private static final DateTimeFormatter RFC_850 =
      new DateTimeFormatterBuilder()
          .appendPattern("EEEE, dd-MMM-")
          .appendValueReduced(
              ChronoField.YEAR, 2, 2, LocalDateTime.now(ZoneOffset.UTC).getYear() - 49)
          .appendPattern(" HH:mm:ss 'GMT'")
          .toFormatter(Locale.US) // whose days have long names, too
          .withResolverStyle(ResolverStyle.STRICT);

  private static final DateTimeFormatter ASCTIME = strict("EEE MMM ppd HH:mm:ss uuuu");

  private static final List<DateTimeFormatter> READ = List.of(FORMAT, RFC_850, ASCTIME);

  private HttpDates() {}

  /** Of days and hours that there are: none is moved to the next one. */
  private static DateTimeFormatter strict(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.US).withResolverStyle(ResolverStyle.STRICT);
  }

  static String text(long second) {
    return FORMAT.format(Instant.ofEpochSecond(second));
  }

  /** The second since 1970; {@link #NONE} if it is no date. */
  static long second(String text) {
    for (DateTimeFormatter format : READ) {
      try {
        return LocalDateTime.parse(text, format).toEpochSecond(ZoneOffset.UTC);
      } catch (DateTimeException _) {
        // one of the others, or none
      }
    }
    return NONE;
  }
}

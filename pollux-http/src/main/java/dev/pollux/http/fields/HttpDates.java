package dev.pollux.http.fields;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** Dates of fields, to the second; three forms are read, one is written. RFC 9110, 5.6.7. */
public final class HttpDates {

  /** What is said of a text that is no date. */
  public static final long NONE = Long.MIN_VALUE;

  /** The first that can be written: of the year 0. */
  public static final long FIRST = -62_167_219_200L;

  private static final DateTimeFormatter FORMAT =
      strict("EEE, dd MMM uuuu HH:mm:ss 'GMT'").withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter ASCTIME = strict("EEE MMM ppd HH:mm:ss uuuu");

  private HttpDates() {}

  /** Of days and hours that there are: none is moved to the next one. */
  private static DateTimeFormatter strict(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.US).withResolverStyle(ResolverStyle.STRICT);
  }

  /** With a year of two digits: one that is not more than 50 years ahead. */
  private static DateTimeFormatter rfc850() {
    int first = LocalDateTime.now(ZoneOffset.UTC).getYear() - 49;
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, first)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.US) // whose days have long names, too
        .withResolverStyle(ResolverStyle.STRICT);
  }

  /** As the fields say it. */
  public static String text(long second) {
    return FORMAT.format(Instant.ofEpochSecond(second));
  }

  /** The second since 1970; {@link #NONE} if it is no date. */
  public static long second(String text) {
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

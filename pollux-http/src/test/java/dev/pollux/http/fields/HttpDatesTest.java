package dev.pollux.http.fields;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dates of fields. Source: RFC 9110, 5.6.7. */
class HttpDatesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sun, 06 Nov 1994 08:49:37 GMT | 784111777",
        "Sunday, 06-Nov-94 08:49:37 GMT | 784111777",
        "Sun Nov  6 08:49:37 1994 | 784111777",
        "Wed Nov 16 08:49:37 1994 | 784975777",
        "Thu, 01 Jan 1970 00:00:00 GMT | 0",
        "Wed, 31 Dec 1969 23:59:59 GMT | -1",
        "Thu, 29 Feb 2024 23:59:59 GMT | 1709251199",
        "Tue, 19 Jan 2038 03:14:08 GMT | 2147483648",
      })
  void threeForms_areRead(String text, long second) {
    assertEquals(second, HttpDates.second(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "now",
        "784111777",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "sun, 06 nov 1994 08:49:37 gmt",
        "Mon, 06 Nov 1994 08:49:37 GMT", // it was a Sunday
        "Sun, 06 Nov 1994 24:00:00 GMT", // the next day's
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Fri, 30 Feb 2024 00:00:00 GMT",
        "Wed, 28 Feb 2024 24:00:00 GMT",
        "Wed, 29 Feb 2023 00:00:00 GMT",
        "Tue, 28 Feb 2023 00:00:00 GMTx",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov +1994 08:49:37 GMT",
        "Sun, 06 Nov -001 08:49:37 GMT",
        "Sun, 06 Nov 19940 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Sun, 0\u0666 Nov 1994 08:49:37 GMT",
      })
  void others_areNone(String text) {
    assertEquals(HttpDates.NONE, HttpDates.second(text));
  }

  @Test
  void yearsOfTwoDigits_areNotFarAhead() {
    int year = LocalDate.now(ZoneOffset.UTC).getYear();
    DateTimeFormatter form =
        DateTimeFormatter.ofPattern("EEEE, dd-MMM-uu '00:00:00 GMT'", Locale.ENGLISH);
    for (int i = year - 48; i <= year + 49; i++) {
      LocalDate day = LocalDate.of(i, 6, 1);
      long second = day.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
      assertEquals(second, HttpDates.second(form.format(day)), form.format(day));
    }
  }

  @Test
  void text_isTheFirstForm_andReadAgain() {
    assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDates.text(784111777));
    for (int month = 1; month <= 12; month++) {
      for (int i = 1; i <= 7; i++) {
        long second = LocalDate.of(2026, month, i).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        String text = HttpDates.text(second);
        assertEquals(second, HttpDates.second(text));
        assertTrue(
            text.matches(
                "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), 0[1-7] "
                    + "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 2026 00:00:00 GMT"),
            text);
      }
    }
  }
}

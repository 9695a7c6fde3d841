package dev.pollux.http.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpObserver;
import dev.pollux.http.RequestIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lines of access logs: what they say, and that nothing a client sends forges or breaks one. */
class LogLineTest {

  private static final HttpHandler HELLO = (_, response) -> response.send("Hello");

  /** Quotes and backslashes are inside of a part only as \xHH. */
  private static final String PART = "\"((?:[ !#-\\[\\]-~]|\\\\x[0-9a-f]{2})*)\"";

  private static final Pattern COMMON =
      Pattern.compile(
          "([0-9a-f:.]+|unix|-) - - \\[(\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d"
              + " [+-]\\d{4})\\] "
              + PART
              + " (\\d{3}) (\\d+)");
  private static final Pattern COMBINED =
      Pattern.compile(COMMON.pattern() + " " + PART + " " + PART);

  private static final Pattern STRING =
      Pattern.compile("\"((?:[ !#-\\[\\]-~]|\\\\[\"\\\\]|\\\\u[0-9a-f]{4})*)\"");
  private static final Pattern MEMBER =
      Pattern.compile(STRING + ":(?:" + STRING + "|(0|[1-9][0-9]*)|(true|false))");
  private static final Pattern JSON = Pattern.compile("\\{" + MEMBER + "(?:," + MEMBER + ")*\\}");

  private final List<String> lines = new ArrayList<>();

  /** Notes lines, which end once, at their end. */
  private HttpObserver noting(AccessLogFormat format) {
    LogLine made = new LogLine(format);
    return outcome -> {
      LineBuffer line = made.of(outcome, outcome.status());
      String text = new String(line.bytes(), 0, line.size(), ISO_8859_1);
      assertEquals(text.length() - 1, text.indexOf('\n'), text);
      lines.add(text.substring(0, text.length() - 1));
    };
  }

  private String line(AccessLogFormat format, String request, HttpHandler handler)
      throws Exception {
    try (LogWire wire = new LogWire(noting(format), handler)) {
      String _ = wire.ask(request);
    }
    return lines.getLast();
  }

  private static void requireWellFormed(AccessLogFormat format, String line) {
    Pattern pattern =
        switch (format) {
          case COMMON -> COMMON;
          case COMBINED -> COMBINED;
          case JSON -> JSON;
        };
    assertTrue(pattern.matcher(line).matches(), line);
  }

  private static String time() {
    return java.time.format.DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ROOT)
        .withZone(java.time.ZoneId.systemDefault())
        .format(java.time.Instant.EPOCH);
  }

  @Test
  void request_isSaid() throws Exception {
    String request =
        "GET /a?b=c HTTP/1.1\r\nHost: h:1\r\nReferer: http://r/\r\nUser-Agent: curl/8\r\n\r\n";
    assertEquals(
        "unix - - [" + time() + "] \"GET /a?b=c HTTP/1.1\" 200 5",
        line(AccessLogFormat.COMMON, request, HELLO));
    assertEquals(
        "unix - - [" + time() + "] \"GET /a?b=c HTTP/1.1\" 200 5 \"http://r/\" \"curl/8\"",
        line(AccessLogFormat.COMBINED, request, HELLO));
    String json = line(AccessLogFormat.JSON, request, HELLO);
    assertEquals(
        "{\"time\":\"1970-01-01T00:00:00.000Z\",\"client\":\"unix\",\"method\":\"GET\","
            + "\"target\":\"/a?b=c\",\"protocol\":\"HTTP/1.1\",\"host\":\"h:1\","
            + "\"referer\":\"http://r/\",\"userAgent\":\"curl/8\",\"status\":200,\"bytes\":5,"
            + "\"micros\":N,\"end\":\"answered\",\"whole\":true}",
        json.replaceAll("\"micros\":\\d+", "\"micros\":N"));
  }

  @Test
  void request_withoutFields_orNone_isSaid() throws Exception {
    String bare = "GET / HTTP/1.0\r\n\r\n";
    assertEquals(
        "unix - - [" + time() + "] \"GET / HTTP/1.0\" 200 5 \"-\" \"-\"",
        line(AccessLogFormat.COMBINED, bare, HELLO));
    String none = "\u0001\"\\\r\n\r\n";
    assertTrue(
        line(AccessLogFormat.COMBINED, none, HELLO)
            .matches("unix - - \\[.*\\] \"\\\\x01\\\\x22\\\\x5c\" 400 \\d+ \"-\" \"-\""),
        lines.getLast());
    String json = line(AccessLogFormat.JSON, none, HELLO);
    assertTrue(
        json.matches(
            "\\{\"time\":\"[^\"]+\",\"client\":\"unix\",\"seen\":\"\\\\u0001\\\\\"\\\\\\\\\","
                + "\"status\":400,\"bytes\":\\d+,\"micros\":0,"
                + "\"end\":\"refused\",\"whole\":true\\}"),
        json);
  }

  @Test
  void id_isSaidInJson_whateverIsInIt() throws Exception {
    HttpHandler named =
        (request, response) -> {
          request.setAttribute(RequestIds.ID, "a\"\n\u2028\ud83d\ude00\\");
          response.send("Hello");
        };
    String json = line(AccessLogFormat.JSON, LogWire.GET, named);
    requireWellFormed(AccessLogFormat.JSON, json);
    assertTrue(json.contains(",\"id\":\"a\\\"\\u000a\\u2028\\ud83d\\ude00\\\\\","), json);
  }

  @Test
  void lost_isALineOfTheFormat() {
    assertEquals("{\"lost\":3}\n", LogLine.lost(AccessLogFormat.JSON, 3));
    assertEquals("# 3 lines were lost\n", LogLine.lost(AccessLogFormat.COMMON, 3));
  }

  /** Each byte in the method, the target, the version and the fields; refused or not. */
  @ParameterizedTest
  @EnumSource
  void bytes_all_inAllPlaces_makeNoOtherLine(AccessLogFormat format) throws Exception {
    List<String> places =
        List.of(
            "G%T / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /a%b HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.%\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a%b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nReferer: x%y\r\nUser-Agent: x%y\r\n\r\n",
            "%GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    for (String place : places) {
      for (int c = 0; c < 256; c++) {
        int before = lines.size();
        String request = place.replace("%", String.valueOf((char) c));
        String line = line(format, request, HELLO);
        assertEquals(before + 1, lines.size(), request);
        requireWellFormed(format, line);
      }
    }
  }

  /** What a client sends comes back as it was, from each format. */
  @Test
  void field_comesBackAsItWas() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int c = 0x20; c < 256; c++) {
      all.append(c == 0x7f ? "" : String.valueOf((char) c));
    }
    String value = "x" + all + "\ty";
    String request = "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: " + value + "\r\n\r\n";
    Matcher combined = COMBINED.matcher(line(AccessLogFormat.COMBINED, request, HELLO));
    assertTrue(combined.matches());
    assertEquals(value, decoded(combined.group(7), "\\\\x([0-9a-f]{2})"));
    String json = line(AccessLogFormat.JSON, request, HELLO);
    requireWellFormed(AccessLogFormat.JSON, json);
    Matcher agent = Pattern.compile("\"userAgent\":" + STRING).matcher(json);
    assertTrue(agent.find(), json);
    assertEquals(value, decoded(agent.group(1), "\\\\(?:u([0-9a-f]{4})|([\"\\\\]))"));
  }

  private static String decoded(String text, String escape) {
    return Pattern.compile(escape)
        .matcher(text)
        .replaceAll(found ->
            Matcher.quoteReplacement(
                found.group(1) == null
                    ? found.group(2)
                    : String.valueOf((char) Integer.parseInt(found.group(1), 16))));
  }

  @ParameterizedTest
  @EnumSource
  void requests_random_makeOneLineEach(AccessLogFormat format) throws Exception {
    long seed = 1;
    Random random = new Random(seed);
    String alphabet = "\"\\{}[]:,- \t#x0a\u007f\u0080\u00ff%'<>/";
    for (int i = 0; i < 300; i++) {
      StringBuilder value = new StringBuilder();
      for (int k = random.nextInt(20); k > 0; k--) {
        value.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String agent = value.toString();
      String request = "GET / HTTP/1.1\r\nHost: a\r\nReferer: " + agent + "\r\n\r\n";
      requireWellFormed(format, line(format, request, HELLO));
      assertEquals(i + 1, lines.size(), "seed " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void texts_long_areCut(AccessLogFormat format) throws Exception {
    String request = "GET /" + "\"".repeat(6000) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    String line = line(format, request, HELLO);
    requireWellFormed(format, withoutMost(line));
    assertTrue(line.length() < 20_000, "length " + line.length());
    String field = "GET / HTTP/1.1\r\nHost: a\r\nReferer: " + "\u0080".repeat(6000) + "\r\n\r\n";
    requireWellFormed(format, withoutMost(line(format, field, HELLO)));
    assertTrue(lines.getLast().length() < 20_000, "length " + lines.getLast().length());
  }

  /** One for many: the patterns above have a stack. */
  private static String withoutMost(String line) {
    return line.replaceAll("(\\\\(x..|u....|\"))\\1++", "$1");
  }

  /** Each number of digits, and more zeros than needed. */
  @Test
  void numbers_areAsTheJdkHasThem() {
    for (long number = 1; number > 0; number *= 10) {
      for (long each : new long[] {number - 1, number, Long.MAX_VALUE}) {
        LineBuffer line = new LineBuffer().put(each).put(' ').put(each, 3);
        String text = new String(line.bytes(), 0, line.size(), ISO_8859_1);
        assertEquals(each + " " + String.format("%03d", each), text);
      }
    }
  }
}

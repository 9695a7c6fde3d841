package dev.pollux.http.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.http.HttpContent;
import dev.pollux.http.HttpHandler;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is counted, and the text of it, read as strictly as can be. */
class HttpMetricsTest {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final Pattern HELP =
      Pattern.compile("# HELP (" + NAME + ") ((?:[^\\\\\\n]|\\\\\\\\|\\\\n)*)");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary|untyped)");
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern ROW =
      Pattern.compile(
          "("
              + NAME
              + ")(\\{"
              + LABEL
              + "(?:,"
              + LABEL
              + ")*\\})? "
              + "([+-]?(?:[0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?|Inf)|NaN)");
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final HttpContent CONTENT = HttpContent.text("Hello");
  private static final HttpHandler HELLO = (_, response) -> response.send(CONTENT);

  private final HttpMetrics metrics = new HttpMetrics();

  /** Its series, having checked all that the format asks of them. */
  private static Map<String, Double> parsed(String text) {
    assertTrue(text.endsWith("\n") && !text.contains("\n\n") && !text.contains("\r"), text);
    Map<String, Double> series = new LinkedHashMap<>();
    Map<String, String> types = new HashMap<>();
    Set<String> helped = new HashSet<>();
    String family = "";
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      Matcher help = HELP.matcher(line);
      Matcher type = TYPE.matcher(line);
      if (help.matches()) {
        family = help.group(1);
        assertTrue(helped.add(family), "twice: " + line);
      } else if (type.matches()) {
        assertEquals(family, type.group(1));
        assertNull(types.put(family, type.group(2)), line);
      } else {
        Matcher row = ROW.matcher(line);
        assertTrue(row.matches(), line);
        boolean isHistogram = "histogram".equals(types.get(family));
        String suffix = row.group(1).substring(Math.min(family.length(), row.group(1).length()));
        assertTrue(row.group(1).startsWith(family), line);
        assertTrue(isHistogram ? suffix.matches("_(bucket|sum|count)") : suffix.isEmpty(), line);
        assertEquals("counter".equals(types.get(family)), family.endsWith("_total"), line);
        String labels = row.group(2) == null ? "" : row.group(2);
        Double before = series.put(row.group(1) + labels, Double.valueOf(row.group(3)));
        assertNull(before, "twice: " + line);
      }
    }
    requireBuckets(series, "pollux_http_request_duration_seconds");
    return series;
  }

  private static void requireBuckets(Map<String, Double> series, String name) {
    double count = 0;
    double bound = 0;
    String start = name + "_bucket{le=\"";
    for (Map.Entry<String, Double> each : series.entrySet()) {
      if (each.getKey().startsWith(start)) {
        String le = each.getKey().substring(start.length(), each.getKey().length() - 2);
        double next = le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
        assertTrue(next > bound, each.getKey());
        assertTrue(each.getValue() >= count, each.getKey());
        bound = next;
        count = each.getValue();
      }
    }
    assertEquals(Double.POSITIVE_INFINITY, bound);
    assertEquals(count, series.get(name + "_count"));
    assertTrue(series.get(name + "_sum") >= 0);
  }

  private static String requests(String method, String status) {
    return "pollux_http_requests_total{method=\"" + method + "\",status=\"" + status + "\"}";
  }

  @Test
  void nothing_isValid() {
    Map<String, Double> series = parsed(metrics.text());
    assertEquals(0, series.get("pollux_http_content_bytes_total"));
    assertEquals(0, series.get("pollux_http_request_duration_seconds_count"));
  }

  @Test
  void requests_areCounted() throws Exception {
    HttpHandler handler =
        (request, response) -> {
          switch (request.path()) {
            case "/later" -> {
              var _ = response.later();
              response.write("abc");
            }
            case "/moved" -> response.redirect(301, "/");
            case "/fails" -> throw new IllegalStateException("planted");
            default -> response.send(CONTENT);
          }
        };
    try (LogWire wire = new LogWire(metrics, handler)) {
      for (String head :
          List.of(
              "GET /",
              "GET /",
              "HEAD /",
              "FOO /",
              "get /",
              "PATCH /moved",
              "GET /fails",
              "\"GET\"x /")) {
        String _ = wire.ask(head + " HTTP/1.1\r\nHost: a\r\n\r\n");
      }
    }
    try (LogWire wire = new LogWire(metrics, handler)) {
      String _ = wire.ask("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
      wire.connection.reset();
      wire.turn();
    }
    Map<String, Double> series = parsed(metrics.text());
    assertEquals(2, series.get(requests("GET", "2xx")));
    assertEquals(1, series.get(requests("HEAD", "2xx")));
    assertEquals(2, series.get(requests("other", "2xx")), "FOO and get");
    assertEquals(1, series.get(requests("PATCH", "3xx")));
    assertEquals(1, series.get(requests("none", "4xx")));
    assertEquals(1, series.get(requests("GET", "5xx")));
    assertEquals(1, series.get(requests("GET", "lost")));
    assertEquals((double) metrics.requests(), sumOf(series, "pollux_http_requests_total"));
    assertEquals((double) metrics.requests(), sumOf(series, "pollux_http_ends_total"));
    assertEquals(6, series.get("pollux_http_ends_total{end=\"answered\"}"));
    assertEquals(1, series.get("pollux_http_ends_total{end=\"failed\"}"));
    assertEquals(1, series.get("pollux_http_ends_total{end=\"refused\"}"));
    assertEquals(1, series.get("pollux_http_ends_total{end=\"lost\"}"));
    assertEquals(0, series.get("pollux_http_ends_total{end=\"cut\"}"));
    assertEquals((double) metrics.contentBytes(), series.get("pollux_http_content_bytes_total"));
  }

  private static double sumOf(Map<String, Double> series, String name) {
    return series.entrySet().stream()
        .filter(each -> each.getKey().startsWith(name + "{"))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  @Test
  void upgrade_isOfItsClass() throws Exception {
    HttpHandler switching =
        (request, response) ->
            response.switchTo(
                request.method().equals("GET") ? "x" : null, (connection, data) -> {});
    try (LogWire wire = new LogWire(metrics, switching)) {
      String _ = wire.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    }
    try (LogWire wire = new LogWire(metrics, switching)) {
      String _ = wire.ask("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
    }
    Map<String, Double> series = parsed(metrics.text());
    assertEquals(1, series.get(requests("GET", "1xx")));
    assertEquals(1, series.get(requests("CONNECT", "2xx")));
  }

  @Test
  void servers_loops_andCountersOfOthers_areShown() throws Exception {
    metrics.addCounter("x_total", "Back\\slash,\nline and \"quotes\".", () -> 42);
    try (LogWire wire = new LogWire(metrics, metrics.handler())) {
      metrics.addLoops(List.of(wire.loop, wire.loop));
      metrics.addLoops(List.of(wire.loop));
      String answer = wire.ask(LogWire.GET);
      assertTrue(answer.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
      Map<String, Double> series = parsed(answer.substring(answer.indexOf("\r\n\r\n") + 4));
      assertEquals(42, series.get("x_total"));
      assertTrue(series.get("pollux_loop_turns_total{loop=\"2\"}") > 0);
    }
  }

  @Test
  void counters_thatClash_areRefused() {
    metrics.addCounter("x_total", "x", () -> 0);
    for (String name :
        List.of(
            "x_total",
            "pollux_http_requests_total",
            "pollux_loop_turns_total",
            "x",
            "x_total\n",
            "1_total",
            "x-y_total",
            "x{a=\"b\"}_total",
            "")) {
      assertThrows(
          IllegalArgumentException.class, () -> metrics.addCounter(name, "x", () -> 0), name);
    }
    parsed(metrics.text());
  }

  @Test
  void gaugesOfOthers_areShown_andTheirLabelsCannotBreakTheText() {
    metrics.addGauge("x_up", "Is it up?", "target", () -> Map.of("a\\\"b\"\n", 1L));
    metrics.addGauge("y_bytes", "y", "of", () -> Map.of("one", 2L));
    Map<String, Double> series = parsed(metrics.text());
    assertEquals(1, series.get("x_up{target=\"a\\\\\\\"b\\\"\\n\"}"));
    assertEquals(2, series.get("y_bytes{of=\"one\"}"));
    for (String name : List.of("x_up", "pollux_connections_open", "x_total", "1", "x-y", "")) {
      assertThrows(
          IllegalArgumentException.class, () -> metrics.addGauge(name, "x", "y", Map::of), name);
    }
    assertThrows(IllegalArgumentException.class, () -> metrics.addGauge("z", "x", "=", Map::of));
  }

  @Test
  void requests_countedByLoops_areSummed() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (LogWire wire = new LogWire(metrics, HELLO)) {
        String _ = wire.ask(LogWire.GET);
      }
    }
    assertEquals(3, metrics.requests());
    assertEquals(15, metrics.contentBytes());
    assertEquals(3, parsed(metrics.text()).get("pollux_http_request_duration_seconds_count"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PROPFIND"})
  void counting_allocatesNothing(String method) throws Exception {
    byte[] request = (method + " / HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(US_ASCII);
    int count = 5000;
    try (LogWire wire = new LogWire(metrics, HELLO)) {
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 20 && least > 0; round++) { // until it is compiled
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < count; i++) {
          var _ = wire.io().buffer().put(0, request);
          int _ = wire.exchange(request.length);
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(0, least);
    }
    assertTrue(metrics.requests() >= count);
  }
}

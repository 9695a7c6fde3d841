package dev.pollux.micrometer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What Prometheus reads of a server that runs, and the documents that speak of it. */
class DashboardTest {

  private static final Path DOCUMENTS = Path.of("..", "docs");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][\\w:]*)[{ ]");
  private static final Pattern METRIC = Pattern.compile("\\b(?:pollux|http_server|jvm)_\\w+");
  private static final Pattern LABEL = Pattern.compile("\\{\\{(\\w+)}}");
  private static final Pattern METER = Pattern.compile("(?m)^\\| `([a-z.]+)` \\|");

  /** What a server that has answered a request shows. */
  private static String scrape(PrometheusMeterRegistry registry) throws IOException {
    MetricsOptions options = MetricsOptions.DEFAULT.withHistograms(true);
    PolluxHttpMetrics http = new PolluxHttpMetrics(options);
    HttpOptions observed = HttpOptions.DEFAULT.withObserver(http);
    Router router =
        new Router()
            .get("/hello", (_, response) -> response.send("Hello"))
            .get("/metrics", (_, response) -> response.send(registry.scrape()));
    try (Box box = new Box();
        HttpServer server = HttpServer.open(box.loop, Box.at(), observed, router);
        PolluxLoopMetrics loops = new PolluxLoopMetrics(List.of(box.loop), options);
        PolluxServerMetrics connections = new PolluxServerMetrics(server.server(), options);
        JvmGcMetrics gc = new JvmGcMetrics()) {
      http.bindTo(registry);
      loops.bindTo(registry);
      connections.bindTo(registry);
      gc.bindTo(registry);
      new JvmMemoryMetrics().bindTo(registry);
      Box.Peer peer = box.connect(server.address()).ask("GET", "/hello", "Hello");
      return peer.ask("GET", "/metrics", "pollux_server_transferred_bytes_total").read();
    }
  }

  private static String scrape() throws IOException {
    return scrape(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(each -> each.groupCount() > 0 ? each.group(1) : each.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static JsonObject dashboard() throws IOException {
    String text = Files.readString(DOCUMENTS.resolve("grafana-dashboard.json"), UTF_8);
    return JsonParser.parseString(text).getAsJsonObject();
  }

  @Test
  void scrape_hasRequestsAndTheirHistogram() throws Exception {
    String scrape = scrape();
    String hello = "{method=\"GET\",outcome=\"SUCCESS\",status=\"200\",uri=\"/hello\"}";
    assertTrue(scrape.contains("http_server_requests_seconds_count" + hello + " 1"), scrape);
    assertTrue(scrape.contains("http_server_requests_seconds_bucket{"), scrape);
    assertTrue(scrape.contains("pollux_http_requests_active 1"), scrape); // this one
    assertTrue(scrape.contains("pollux_loop_lag_histogram_total{"), scrape);
    String open = "pollux_server_connections_open\\{server=\"127.0.0.1:\\d+\"} 1.0";
    assertTrue(Pattern.compile(open).matcher(scrape).find(), scrape);
  }

  @Test
  void dashboard_namesMetricsThatAreThere() throws Exception {
    Set<String> there = found(SAMPLE, scrape());
    Set<String> named = new TreeSet<>();
    JsonArray panels = dashboard().getAsJsonArray("panels");
    for (JsonElement panel : panels) {
      JsonArray targets = panel.getAsJsonObject().getAsJsonArray("targets");
      for (JsonElement target : targets == null ? new JsonArray() : targets) {
        named.addAll(found(METRIC, target.getAsJsonObject().get("expr").getAsString()));
      }
    }
    assertTrue(named.size() > 25, named.toString());
    named.removeAll(there);
    assertEquals(Set.of(), named, () -> "not in " + there);
  }

  /** What a legend says of a series is one of its labels. */
  @Test
  void dashboard_namesLabelsThatAreThere() throws Exception {
    String scrape = scrape();
    for (JsonElement panel : dashboard().getAsJsonArray("panels")) {
      JsonArray targets = panel.getAsJsonObject().getAsJsonArray("targets");
      for (JsonElement each : targets == null ? new JsonArray() : targets) {
        JsonObject target = each.getAsJsonObject();
        Matcher metric = METRIC.matcher(target.get("expr").getAsString());
        assertTrue(metric.find(), target.toString());
        for (String label : found(LABEL, target.get("legendFormat").getAsString())) {
          String series = "(?m)^" + metric.group() + "\\{[^}]*\\b" + label + "=\"";
          boolean isTargets = label.equals("instance"); // which Prometheus adds
          assertTrue(isTargets || Pattern.compile(series).matcher(scrape).find(), series);
        }
      }
    }
  }

  @Test
  void dashboard_isOfGrafana10_withPanelsThatDoNotOverlap() throws Exception {
    JsonObject dashboard = dashboard();
    assertTrue(dashboard.get("schemaVersion").getAsInt() >= 38);
    Set<String> places = new TreeSet<>();
    Set<Integer> ids = new TreeSet<>();
    for (JsonElement panel : dashboard.getAsJsonArray("panels")) {
      JsonObject at = panel.getAsJsonObject().getAsJsonObject("gridPos");
      assertTrue(places.add(at.get("x") + " " + at.get("y")), at.toString());
      assertTrue(at.get("x").getAsInt() + at.get("w").getAsInt() <= 24, at.toString());
      assertTrue(ids.add(panel.getAsJsonObject().get("id").getAsInt()));
    }
  }

  /** The guide's table has each meter, and no other. */
  @Test
  void guide_hasEachMeter() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    MetricsOptions options = MetricsOptions.DEFAULT.withHistograms(true);
    try (Box box = new Box();
        PolluxHttpMetrics http = new PolluxHttpMetrics(options.withTags(Tags.of("app", "a")));
        HttpServer server =
            HttpServer.open(
                box.loop,
                Box.at(),
                HttpOptions.DEFAULT.withObserver(http),
                (_, response) -> response.send("Hello"));
        PolluxLoopMetrics loops = new PolluxLoopMetrics(List.of(box.loop), options);
        PolluxServerMetrics connections = new PolluxServerMetrics(server.server(), options)) {
      http.bindTo(registry);
      loops.bindTo(registry);
      connections.bindTo(registry);
      Box.Peer _ = box.connect(server.address()).ask("GET", "/", "Hello");
      String guide = Files.readString(DOCUMENTS.resolve("metrics.md"), UTF_8);
      assertEquals(new TreeSet<>(Box.names(registry)), found(METER, guide));
    }
  }
}

package dev.pollux.http.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.HttpContent;
import dev.pollux.http.HttpEnd;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOutcome;
import dev.pollux.http.HttpRequest;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopLocal;
import dev.pollux.loop.LoopStats;
import dev.pollux.net.ServerStats;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Counts what a server answers, and shows it, as Prometheus reads it.
 *
 * <pre>{@code
 * HttpMetrics metrics = new HttpMetrics();
 * HttpOptions options = HttpOptions.DEFAULT.withObserver(metrics);
 * Router operators = new Router().get("/metrics", metrics.handler());
 * }</pre>
 *
 * <p>Counting allocates nothing, and loops share no counter. The set of series is bounded: methods
 * that are not registered are "other".
 *
 * <p>Threads: any. Source: the text exposition format, 0.0.4.
 */
public final class HttpMetrics implements HttpObserver {

  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final String[] METHODS = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "other", "none"
  };
  private static final int OTHER = METHODS.length - 2;
  private static final int NONE = METHODS.length - 1;
  private static final String[] CLASSES = {"1xx", "2xx", "3xx", "4xx", "5xx", "lost"};
  private static final int LOST = CLASSES.length - 1;

  /** The names of its own. */
  private static final Set<String> OWN =
      Set.of(
          "pollux_http_requests_total",
          "pollux_http_ends_total",
          "pollux_http_content_bytes_total",
          "pollux_connections_accepted_total",
          "pollux_connections_shed_total",
          "pollux_loop_turns_total",
          "pollux_loop_events_total",
          "pollux_http_request_duration_seconds",
          "pollux_connections_open",
          "pollux_loop_busy_ratio");

  /** Upper bounds of durations; beyond them is +Inf. */
  private static final double[] SECONDS = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  private static final double NANOS = 1e9;
  private static final int REQUESTS = 0;
  private static final int DURATIONS = REQUESTS + METHODS.length * CLASSES.length;
  private static final int DURATION_SUM = DURATIONS + SECONDS.length + 1;
  private static final int BYTES = DURATION_SUM + 1;
  private static final int ENDS = BYTES + 1;
  private static final HttpEnd[] ALL_ENDS = HttpEnd.values();
  private static final int SIZE = ENDS + ALL_ENDS.length;

  private final List<LoopCounts> all = new CopyOnWriteArrayList<>();
  private final LoopLocal<LoopCounts> counts = new LoopLocal<>(_ -> newCounts());
  private final List<Supplier<ServerStats>> servers = new CopyOnWriteArrayList<>();
  private final List<EventLoop> loops = new CopyOnWriteArrayList<>();
  private final List<Counter> counters = new CopyOnWriteArrayList<>();
  private final List<Gauge> gauges = new CopyOnWriteArrayList<>();
  private final Set<String> names = new HashSet<>(OWN); // guarded by itself

  /** What somebody else counts. */
  private record Counter(String name, String help, LongSupplier value) {}

  /** What somebody else measures, of several things. */
  private record Gauge(
      String name, String help, String label, Supplier<Map<String, Long>> values) {}

  /** Figures that are all 0. */
  public HttpMetrics() {}

  private LoopCounts newCounts() {
    LoopCounts made = new LoopCounts(SIZE);
    all.add(made);
    return made;
  }

  /** Shows the connections of a server, too. */
  public void addServer(Supplier<ServerStats> stats) {
    servers.add(stats);
  }

  /** Shows these loops, too. */
  public void addLoops(List<EventLoop> more) {
    loops.addAll(more);
  }

  /**
   * Shows a counter of somebody else's, too.
   *
   * @param name as Prometheus has it, with its unit, ending in {@code _total}
   * @throws IllegalArgumentException if it is no such name, or there is one of that name
   */
  public void addCounter(String name, String help, LongSupplier value) {
    if (!name.matches("[a-zA-Z_:][a-zA-Z0-9_:]*_total")) {
      throw new IllegalArgumentException("'" + name + "' is no name of a counter");
    }
    claim(name);
    counters.add(new Counter(name, oneLine(help), value));
  }

  /**
   * Shows what somebody else measures, too: a value that goes up and down, of each of several
   * things.
   *
   * @param name as Prometheus has it, with its unit
   * @param label by what the things are told apart
   * @param values of all things, by what each has for the label; any thread asks
   * @throws IllegalArgumentException if either is no such name, or there is one of that name
   */
  public void addGauge(String name, String help, String label, Supplier<Map<String, Long>> values) {
    if (!name.matches("[a-zA-Z_:][a-zA-Z0-9_:]*") || name.endsWith("_total")) {
      throw new IllegalArgumentException("'" + name + "' is no name of a gauge");
    }
    if (!label.matches("[a-zA-Z_][a-zA-Z0-9_]*")) {
      throw new IllegalArgumentException("'" + label + "' is no name of a label");
    }
    claim(name);
    gauges.add(new Gauge(name, oneLine(help), label, values));
  }

  private void claim(String name) {
    synchronized (names) {
      if (!names.add(name)) {
        throw new IllegalArgumentException("there are figures '" + name + "' already");
      }
    }
  }

  private static String oneLine(String help) {
    return help.replace('\n', ' ').replace("\\", "\\\\");
  }

  @Override
  public void over(HttpOutcome outcome) {
    LoopCounts own = counts.of(outcome.loop());
    HttpRequest request = outcome.request();
    int method = request == null ? NONE : method(request.method());
    int status = outcome.isComplete() ? outcome.status() / 100 - 1 : LOST;
    own.add(REQUESTS + method * CLASSES.length + Math.clamp(status, 0, LOST), 1);
    own.add(BYTES, outcome.contentBytes());
    own.add(ends(outcome.end()), 1);
    if (request != null) {
      long nanos = outcome.durationNanos();
      own.add(DURATIONS + bucket(nanos / NANOS), 1);
      own.add(DURATION_SUM, nanos);
    }
  }

  private static int method(String name) {
    for (int i = 0; i < OTHER; i++) {
      if (METHODS[i].equals(name)) {
        return i;
      }
    }
    return OTHER;
  }

  private static int ends(HttpEnd end) {
    int i = 0;
    while (!ALL_ENDS[i].equals(end)) {
      i++;
    }
    return ENDS + i;
  }

  private static int bucket(double seconds) {
    int i = 0;
    while (i < SECONDS.length && seconds > SECONDS[i]) {
      i++;
    }
    return i;
  }

  private long sum(int index) {
    long sum = 0;
    for (LoopCounts each : all) {
      sum += each.get(index);
    }
    return sum;
  }

  /** How many requests were answered, or lost, so far. */
  public long requests() {
    long sum = 0;
    for (int i = REQUESTS; i < DURATIONS; i++) {
      sum += sum(i);
    }
    return sum;
  }

  /** How many bytes of content were written so far. */
  public long contentBytes() {
    return sum(BYTES);
  }

  /** Answers with all figures. */
  public HttpHandler handler() {
    return (_, response) -> response.send(HttpContent.of(TYPE, text().getBytes(UTF_8)));
  }

  // ---- as text

  String text() {
    Exposition out = new Exposition();
    out.head("pollux_http_requests_total", "counter", "Requests that were answered, or lost.");
    for (int m = 0; m < METHODS.length; m++) {
      for (int c = 0; c < CLASSES.length; c++) {
        long count = sum(REQUESTS + m * CLASSES.length + c);
        if (count > 0) {
          out.row("{method=\"" + METHODS[m] + "\",status=\"" + CLASSES[c] + "\"}", count);
        }
      }
    }
    out.head("pollux_http_ends_total", "counter", "The same, by how they came to their end.");
    for (HttpEnd each : ALL_ENDS) {
      out.row("{end=\"" + each.label() + "\"}", sum(ends(each)));
    }
    out.one("pollux_http_content_bytes_total", "counter", "Bytes of content written.", sum(BYTES));
    putDurations(out);
    putServers(out);
    putLoops(out);
    for (Counter each : counters) {
      out.one(each.name(), "counter", each.help(), each.value().getAsLong());
    }
    for (Gauge each : gauges) {
      out.head(each.name(), "gauge", each.help());
      each.values().get().forEach((thing, value) -> out.row(label(each.label(), thing), value));
    }
    return out.text();
  }

  private static String label(String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return "{" + name + "=\"" + escaped + "\"}";
  }

  private void putDurations(Exposition out) {
    out.head(
        "pollux_http_request_duration_seconds",
        "histogram",
        "From the whole head of a request to the end of its answer.");
    long count = 0;
    for (int i = 0; i <= SECONDS.length; i++) {
      count += sum(DURATIONS + i);
      String bound = i == SECONDS.length ? "+Inf" : plain(SECONDS[i]);
      out.row("_bucket{le=\"" + bound + "\"}", count);
    }
    out.row("_sum", sum(DURATION_SUM) / NANOS);
    out.row("_count", count);
  }

  private static String plain(double bound) {
    return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
  }

  private void putServers(Exposition out) {
    if (servers.isEmpty()) {
      return;
    }
    List<ServerStats> stats = servers.stream().map(Supplier::get).toList();
    out.one(
        "pollux_connections_open",
        "gauge",
        "Connections that are open.",
        stats.stream().mapToLong(ServerStats::open).sum());
    out.one(
        "pollux_connections_accepted_total",
        "counter",
        "Connections that were accepted.",
        stats.stream().mapToLong(ServerStats::accepted).sum());
    out.head("pollux_connections_shed_total", "counter", "Connections that were closed at once.");
    out.row("{for=\"connections\"}", stats.stream().mapToLong(ServerStats::shedConnections).sum());
    out.row("{for=\"tasks\"}", stats.stream().mapToLong(ServerStats::shedTasks).sum());
    out.row("{for=\"descriptors\"}", stats.stream().mapToLong(ServerStats::shedDescriptors).sum());
  }

  private void putLoops(Exposition out) {
    List<LoopStats> stats = new ArrayList<>();
    for (EventLoop each : loops) {
      stats.add(each.stats());
    }
    if (stats.isEmpty()) {
      return;
    }
    out.head("pollux_loop_turns_total", "counter", "Turns of an event loop.");
    for (int i = 0; i < stats.size(); i++) {
      out.row(loop(i), stats.get(i).turns());
    }
    out.head("pollux_loop_events_total", "counter", "Events that its waits brought.");
    for (int i = 0; i < stats.size(); i++) {
      out.row(loop(i), stats.get(i).events());
    }
    out.head("pollux_loop_busy_ratio", "gauge", "Of its time since its start, what it worked.");
    for (int i = 0; i < stats.size(); i++) {
      out.row(loop(i), stats.get(i).busyRatio());
    }
  }

  private static String loop(int index) {
    return "{loop=\"" + index + "\"}";
  }

  /** Text of the format, as it grows. */
  private static final class Exposition {
    private final StringBuilder text = new StringBuilder(4096);
    private String name = "";

    void head(String newName, String type, String help) {
      name = newName;
      text.append("# HELP ").append(name).append(' ').append(help).append('\n');
      text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    void row(String labels, long value) {
      text.append(name).append(labels).append(' ').append(value).append('\n');
    }

    void row(String labels, double value) {
      String number = String.format(Locale.ROOT, "%.9f", value);
      text.append(name).append(labels).append(' ').append(number).append('\n');
    }

    void one(String newName, String type, String help, long value) {
      head(newName, type, help);
      row("", value);
    }

    String text() {
      return text.toString();
    }
  }
}

package dev.pollux.bench;

import dev.pollux.bench.Samples.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the rows of the HTTP benchmark show. */
final class HttpReport {

  /** The figures of the load, and those of the server's process beside them. */
  static final List<String> COLUMNS =
      List.of(
          "scenario",
          "server",
          "round",
          "phase",
          "rate",
          "requests",
          "nanos",
          "p50_nanos",
          "p99_nanos",
          "user_ticks",
          "system_ticks",
          "rss_bytes",
          "peak_rss_bytes",
          "allocated_bytes",
          "allocated_nanos");

  /** Rounds that a verdict on a ratio needs at least. */
  static final int ROUNDS = 9;

  /**
   * What still counts as nothing allocated for each request: far less than an object. Once a second
   * the line of the date is made.
   */
  private static final double NO_BYTES = 0.5;

  private static final double NANOS_PER_TICK = 1e7;
  private static final double MICROS = 1e-3;
  private static final double MIB = 1.0 / (1 << 20);
  private static final double MEGA = 1e-6;

  private static final String ABOUT_FILES =
      "Files: the same for all, access logs off. pollux-serve, pollux-arena and netty-files find"
          + " and open each file anew; netty-files knows no conditions and no ranges. nginx has"
          + " sendfile, tcp_nopush, tcp_nodelay and open_file_cache: it keeps open what was asked"
          + " for, and may be a minute behind. All say Last-Modified; ETag and Accept-Ranges all"
          + " but netty-files, Vary the two of Pollux, X-Content-Type-Options pollux-serve, Server"
          + " and Connection nginx. pollux-serve has the launcher's JVM options, and no end of"
          + " connections after 1,000 requests. MB/s: requests by the mean of the files.";

  private static final String ABOUT_TLS =
      "TLS: 1.3 with AES-256-GCM and one RSA key of 2048 bits, no session resumed: the 64"
          + " handshakes at the start of each turn are in the figures, and are the less of them the"
          + " longer it takes.";

  private static final String ABOUT_SOCKETS =
      "WebSockets: a request is a message there and back; handshakes are over before a turn. No"
          + " compression. netty-epoll flushes once in a turn; vertx makes a string of each text;"
          + " c-ws looks at no text and knows frames of at most 125 bytes: a lower bound.";

  private static final String ABOUT_PROXIES =
      "Proxies: in front of the server in C, which runs where the load does, on kept connections;"
          + " only the proxy is measured. All say X-Forwarded-For, -Proto and -Host to it,"
          + " pollux-proxy Forwarded and Via besides; to the client pollux-proxy says Via, nginx"
          + " Server and Connection. Access logs off, one process or thread.";

  /** A bar on the processor time of Pollux for a request, or of a server on it. */
  private record CpuBar(HttpScenario scenario, String server, String other, double limit) {

    CpuBar(HttpScenario scenario, String other, double limit) {
      this(scenario, HttpServers.POLLUX, other, limit);
    }
  }

  private static final List<CpuBar> CPU =
      List.of(
          new CpuBar(HttpScenario.PLAINTEXT64, HttpServers.C, 1.10),
          new CpuBar(HttpScenario.PLAINTEXT512, HttpServers.C, 1.10),
          new CpuBar(HttpScenario.PLAINTEXT64, HttpServers.NETTY, 0.70),
          new CpuBar(HttpScenario.PLAINTEXT512, HttpServers.NETTY, 0.70),
          new CpuBar(HttpScenario.PIPELINED16, HttpServers.C, 1.30),
          new CpuBar(HttpScenario.PIPELINED16, HttpServers.NETTY, 0.35),
          new CpuBar(HttpScenario.CHURN10, HttpServers.NETTY, 0.75),
          new CpuBar(HttpScenario.CHURN10, HttpServers.ARENA, HttpServers.NETTY, 0.75),
          new CpuBar(HttpScenario.FILES20, HttpServers.SERVE, HttpServers.NGINX, 1.10),
          new CpuBar(HttpScenario.WS64, HttpServers.NETTY, 0.70),
          new CpuBar(HttpScenario.PROXY64, HttpServers.PROXY, HttpServers.NGINX_PROXY, 1.20));

  private final Samples rows;
  private final List<HttpScenario> scenarios;

  HttpReport(Samples rows) {
    this.rows = rows;
    List<String> measured = rows.values("scenario");
    this.scenarios =
        HttpScenario.labels().stream().filter(measured::contains).map(HttpScenario::named).toList();
  }

  void print(Report report) {
    for (HttpScenario scenario : scenarios) {
      report.say(scenario.label() + ": " + scenario.description());
      report.table(table(scenario, of(scenario, "closed")));
      Samples fixed = of(scenario, "fixed");
      if (!fixed.isEmpty()) {
        report.say(scenario.label() + " at " + fixed.values("rate").getFirst() + " a second");
        report.table(table(scenario, fixed));
      }
      report.say("");
    }
    report.say(
        terms()
            + ". "
            + rows.medians()
            + " CPU: of the server, user and system, for each request, its share of opening the"
            + " connections included, but for idle ones; user, system: the same, split as the"
            + " kernel's ticks of 10 ms were. /: ratio of two turns in the same round. busy: the"
            + " share of its processor that the server took. µs: from the sending on. MiB:"
            + " resident, of the process that ran everything before; peak: the most it has had."
            + " heap B: allocated for each request while connections are open.");
    if (scenarios.stream().anyMatch(HttpScenario::isOfFiles)) {
      report.say(ABOUT_FILES);
    }
    if (scenarios.stream().anyMatch(HttpScenario::isTls)) {
      report.say(ABOUT_TLS);
    }
    if (scenarios.stream().anyMatch(HttpScenario::isOfSockets)) {
      report.say(ABOUT_SOCKETS);
    }
    if (scenarios.stream().anyMatch(HttpScenario::isProxied)) {
      report.say(ABOUT_PROXIES);
    }
  }

  /** Those that all others of a scenario are compared with. */
  private static List<String> units(HttpScenario scenario) {
    if (scenario.isOfFiles()) {
      return List.of(HttpServers.NGINX, HttpServers.NETTY_FILES);
    }
    if (scenario.isProxied()) {
      return List.of(HttpServers.NGINX_PROXY, HttpServers.HAPROXY);
    }
    if (scenario.isOfSockets()) {
      return List.of(HttpServers.C_SOCKETS, HttpServers.NETTY);
    }
    return scenario.isTls()
        ? List.of(HttpServers.NETTY_JDK, HttpServers.NGINX_TLS)
        : List.of(HttpServers.C, HttpServers.NETTY);
  }

  private Table table(HttpScenario scenario, Samples turns) {
    List<String> others =
        units(scenario).stream().filter(other -> !turns.where("server", other).isEmpty()).toList();
    boolean isOfMany = scenario == HttpScenario.FILES20;
    List<String> heads = new ArrayList<>(List.of("server", "CPU ns"));
    others.forEach(other -> heads.add("/ " + other));
    heads.addAll(List.of("user ns", "system ns", "requests/s"));
    heads.addAll(isOfMany ? List.of("MB/s") : List.of());
    heads.addAll(List.of("busy", "p50 µs", "p99 µs"));
    heads.addAll(List.of("MiB", "peak", "heap B"));
    Table table = new Table(1, heads.toArray(String[]::new));
    for (String server : turns.values("server")) {
      Samples each = turns.where("server", server);
      List<String> cells = new ArrayList<>(List.of(server));
      cells.add(each.spread(HttpReport::cpu).cell("%.0f"));
      others.forEach(other -> cells.add(ratio(turns, server, other).cell("%.3f")));
      cells.add(each.spread(row -> ticks(row, "user_ticks")).cell("%.0f"));
      cells.add(each.spread(row -> ticks(row, "system_ticks")).cell("%.0f"));
      Spread requests = each.spread(row -> 1e9 * row.ratio("requests", "nanos"));
      cells.add(requests.cell("%.0f"));
      if (isOfMany) {
        cells.add(requests.times(HttpFiles.meanBytes() * MEGA).cell("%.0f"));
      }
      cells.add(each.spread(row -> 100 * cpu(row) * row.ratio("requests", "nanos")).cell("%.0f%%"));
      cells.add(each.spread("p50_nanos").times(MICROS).cell("%.0f"));
      cells.add(each.spread("p99_nanos").times(MICROS).cell("%.0f"));
      cells.add(each.spread("rss_bytes").times(MIB).cell("%.0f"));
      cells.add(each.spread("peak_rss_bytes").times(MIB).cell("%.0f"));
      cells.add(each.spread(HttpReport::allocated).cell("%.2f"));
      table.row(cells.toArray());
    }
    return table;
  }

  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    for (CpuBar bar : CPU) {
      bars.add(
          Bar.atMost(
                  bar.limit(),
                  "%.3f",
                  "http %s: %s / %s".formatted(bar.scenario().label(), bar.server(), bar.other()),
                  ratio(of(bar.scenario(), "closed"), bar.server(), bar.other()))
              .needs(ROUNDS, "both of them in the run"));
    }
    Samples fixed = of(HttpScenario.PLAINTEXT64, "fixed");
    bars.add(
        Bar.atMost(
                1.15,
                "%.3f",
                "http plaintext64: p99 at the fixed rate, %s / %s"
                    .formatted(HttpServers.POLLUX, HttpServers.NETTY),
                fixed.ratio(
                    "server",
                    HttpServers.POLLUX,
                    HttpServers.NETTY,
                    row -> row.number("p99_nanos")))
            .needs(ROUNDS, "both of them in the run"));
    bars.add(
        Bar.atMost(
            NO_BYTES,
            "%.2f B",
            "http plaintext64: what %s allocates for a request in the worst round"
                .formatted(HttpServers.POLLUX),
            worst(HttpScenario.PLAINTEXT64, HttpReport::allocated)));
    bars.add(
        Bar.atMost(
            110,
            "%.0f MB",
            "http plaintext512: what %s has in memory in the worst round"
                .formatted(HttpServers.POLLUX),
            worst(HttpScenario.PLAINTEXT512, row -> row.number("rss_bytes") / 1e6)));
    return bars;
  }

  /** Processor time of each scenario in which one server was, as a multiple of that one's. */
  Chart chart() {
    List<String> servers = rows.values("server");
    String unit = servers.contains(HttpServers.C) ? HttpServers.C : servers.getFirst();
    List<HttpScenario> shown = of(unit);
    Chart chart =
        new Chart(
            "Processor time of HTTP servers for each request: " + terms(),
            "scenario",
            "ratio within a round, " + unit + " = 1: median, least and greatest");
    chart.names(shown.stream().map(HttpScenario::label).toList());
    for (int i = 0; i < servers.size(); i++) {
      List<Double> xs = new ArrayList<>();
      List<Spread> ys = new ArrayList<>();
      for (int s = 0; s < shown.size(); s++) {
        Spread ratio = ratio(of(shown.get(s), "closed"), servers.get(i), unit);
        if (!ratio.isEmpty()) {
          xs.add(s + 1 + 0.7 * (i - (servers.size() - 1) / 2.0) / servers.size());
          ys.add(ratio);
        }
      }
      if (!xs.isEmpty()) {
        chart.series(servers.get(i), i, -1, xs, ys);
      }
    }
    return chart;
  }

  private String terms() {
    double seconds = rows.where("phase", "closed").spread("nanos").median() / 1e9;
    return "%d rounds of %.1f s".formatted(rows.values("round").size(), seconds);
  }

  /** The scenarios in which a server was measured. */
  List<HttpScenario> of(String server) {
    return scenarios.stream()
        .filter(each -> !of(each, "closed").where("server", server).isEmpty())
        .toList();
  }

  private Samples of(HttpScenario scenario, String phase) {
    return rows.where("scenario", scenario.label()).where("phase", phase);
  }

  private Spread worst(HttpScenario scenario, ToDoubleFunction<Row> figure) {
    Samples turns = of(scenario, "closed").where("server", HttpServers.POLLUX);
    Spread spread = turns.spread(figure);
    return spread.isEmpty() ? Spread.NONE : Spread.of(spread.greatest());
  }

  private static Spread ratio(Samples of, String server, String other) {
    return of.ratio("server", server, other, HttpReport::cpu);
  }

  private static double cpu(Row row) {
    return ticks(row, "user_ticks") + ticks(row, "system_ticks");
  }

  private static double ticks(Row row, String column) {
    return row.ratio(column, "requests") * NANOS_PER_TICK;
  }

  private static double allocated(Row row) {
    return row.ratio("allocated_bytes", "allocated_nanos") / row.ratio("requests", "nanos");
  }
}

package dev.pollux.bench;

import dev.pollux.bench.Samples.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the rows of the echo benchmark show. */
final class EchoReport {

  /** The figures of the load, and those of the server's process beside them. */
  static final List<String> COLUMNS =
      List.of(
          "profile",
          "server",
          "round",
          "phase",
          "rate",
          "messages",
          "nanos",
          "server_cpu_nanos",
          "load_cpu_nanos",
          "total",
          "p50_nanos",
          "p99_nanos",
          "p999_nanos",
          "max_nanos",
          "recorded",
          "user_ticks",
          "system_ticks",
          "rss_bytes",
          "peak_rss_bytes",
          "allocated_bytes");

  /** What still counts as nothing allocated for each message. */
  private static final double NO_BYTES = 0.005;

  private static final double MICROS = 1e-3;
  private static final double MIB = 1.0 / (1 << 20);
  private static final int MEMORY_ROUNDS = 3;

  /** A bar on the processor time of the shipped server. */
  private record CpuBar(EchoProfile profile, String other, double limit) {}

  private static final List<CpuBar> CPU =
      List.of(
          new CpuBar(EchoProfile.PINGPONG64, EchoServers.C_THREAD, 1.05),
          new CpuBar(EchoProfile.CHURN, EchoServers.C_THREAD, 1.08),
          new CpuBar(EchoProfile.PIPELINE16, EchoServers.C_THREAD, 1.08),
          new CpuBar(EchoProfile.CONNS1000, EchoServers.C_THREAD, 1.10),
          new CpuBar(EchoProfile.PINGPONG64, EchoServers.NETTY, 0.95),
          new CpuBar(EchoProfile.CHURN, EchoServers.NETTY, 0.85));

  private final Samples rows;
  private final List<EchoProfile> profiles;

  EchoReport(Samples rows) {
    this.rows = rows;
    List<String> measured = rows.values("profile");
    this.profiles =
        EchoProfile.labels().stream().filter(measured::contains).map(EchoProfile::named).toList();
  }

  void print(Report report) {
    for (EchoProfile profile : profiles) {
      String rate =
          of(profile, "fixed").values("rate").stream()
              .map(each -> "; fixed: at " + each + " a second")
              .findFirst()
              .orElse("");
      report.say(profile.label() + ": " + profile.description() + rate);
      report.table(table(profile));
      report.say("");
    }
    report.say(
        terms()
            + ". "
            + rows.medians()
            + " CPU: of the server, user and system, for each message; user, system: the same,"
            + " split as the kernel's ticks of 10 ms were. /: ratio of two turns in the same round,"
            + " in the closed loop. busy: the share of its processor that the server took there."
            + " µs: from the time at which a message was due, sent or not. MiB: resident; on idle"
            + " of a fresh process, else of the one that ran everything before. heap B: allocated"
            + " for each message in the closed loop; worst B: in all of it, warm-up included, in"
            + " the worst round.");
  }

  private Table table(EchoProfile profile) {
    Samples closed = of(profile, "closed");
    Samples fixed = of(profile, "fixed");
    List<String> others =
        List.of(EchoServers.C, EchoServers.C_THREAD, EchoServers.NETTY).stream()
            .filter(other -> !closed.where("server", other).isEmpty())
            .toList();
    List<String> heads = new ArrayList<>(List.of("server", "CPU ns"));
    others.forEach(other -> heads.add("/ " + other));
    heads.addAll(List.of("messages/s", "busy", "user ns", "system ns"));
    heads.addAll(List.of("fixed: CPU", "p50 µs", "p99 µs", "p99.9 µs", "MiB", "heap B"));
    heads.add("worst B");
    Table table = new Table(1, heads.toArray(String[]::new));
    for (String server : closed.values("server")) {
      Samples turns = closed.where("server", server);
      Samples paced = fixed.where("server", server);
      Samples memory =
          profile == EchoProfile.IDLE ? of(profile, "fresh").where("server", server) : turns;
      List<String> cells = new ArrayList<>(List.of(server));
      cells.add(turns.spread(EchoReport::cpu).cell("%.0f"));
      others.forEach(other -> cells.add(ratio(closed, server, other).cell("%.3f")));
      cells.add(turns.spread(row -> 1e9 * row.ratio("messages", "nanos")).cell("%.0f"));
      cells.add(turns.spread(row -> 100 * row.ratio("server_cpu_nanos", "nanos")).cell("%.0f%%"));
      cells.add(turns.spread(row -> cpu(row) * userShare(row)).cell("%.0f"));
      cells.add(turns.spread(row -> cpu(row) * (1 - userShare(row))).cell("%.0f"));
      cells.add(paced.spread(EchoReport::cpu).cell("%.0f"));
      for (String column : List.of("p50_nanos", "p99_nanos", "p999_nanos")) {
        cells.add(paced.spread(column).times(MICROS).cell("%.0f"));
      }
      cells.add(memory.spread("rss_bytes").times(MIB).cell("%.0f"));
      cells.add(turns.spread(row -> row.ratio("allocated_bytes", "total")).cell("%.2f"));
      cells.add(Spread.of(turns.spread("allocated_bytes").greatest()).cell("%.0f"));
      table.row(cells.toArray());
    }
    return table;
  }

  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    for (CpuBar bar : CPU) {
      Spread fixed = ratio(of(bar.profile(), "fixed"), EchoServers.SHIPPED, bar.other());
      bars.add(
          Bar.atMost(
                  bar.limit(),
                  "%.3f",
                  "echo %s: %s / %s"
                      .formatted(bar.profile().label(), EchoServers.SHIPPED, bar.other()),
                  ratio(of(bar.profile(), "closed"), EchoServers.SHIPPED, bar.other()))
              .needs(BarOptions.ROUNDS, "both of them in the run")
              .with(fixed.isEmpty() ? "" : "; at the fixed rate " + fixed.text("%.3f")));
    }
    Samples pingpong = of(EchoProfile.PINGPONG64, "closed");
    Samples level = pingpong.where("server", EchoServers.POLLUX);
    bars.add(
        Bar.atMost(
            NO_BYTES,
            "%.3f B",
            "pingpong64: what %s allocates for a message in the worst round"
                .formatted(EchoServers.POLLUX),
            worst(level, row -> row.ratio("allocated_bytes", "total"))));
    bars.add(
        Bar.atMost(
            85,
            "%.0f MB",
            "pingpong64: what %s has in memory in the worst round".formatted(EchoServers.SHIPPED),
            worst(
                pingpong.where("server", EchoServers.SHIPPED),
                row -> row.number("rss_bytes") / 1e6)));
    bars.add(idleMemory(EchoServers.NIO, 1.25));
    bars.add(idleMemory(EchoServers.NETTY, 0.5));
    return bars;
  }

  private Bar idleMemory(String other, double most) {
    Samples fresh = of(EchoProfile.IDLE, "fresh");
    Spread ratios =
        fresh.ratio("server", EchoServers.SHIPPED, other, row -> row.number("rss_bytes"));
    return Bar.atMost(
            most,
            "%.3f",
            "idle: the memory of %s / %s".formatted(EchoServers.SHIPPED, other),
            ratios)
        .needs(MEMORY_ROUNDS, "both of them in the run");
  }

  /** Processor time of each profile, as a multiple of one server's. */
  Chart chart() {
    List<String> servers = rows.values("server");
    String unit =
        List.of(EchoServers.C, EchoServers.C_THREAD).stream()
            .filter(servers::contains)
            .findFirst()
            .orElse(servers.getFirst());
    Chart chart =
        new Chart(
            "Processor time of echo servers for each message: " + terms(),
            "profile",
            "ratio within a round, " + unit + " = 1: median, least and greatest");
    chart.names(profiles.stream().map(EchoProfile::label).toList());
    for (int i = 0; i < servers.size(); i++) {
      List<Double> xs = new ArrayList<>();
      List<Spread> ys = new ArrayList<>();
      for (int p = 0; p < profiles.size(); p++) {
        Spread ratio = ratio(of(profiles.get(p), "closed"), servers.get(i), unit);
        if (!ratio.isEmpty()) {
          xs.add(p + 1 + 0.7 * (i - (servers.size() - 1) / 2.0) / servers.size());
          ys.add(ratio);
        }
      }
      if (!xs.isEmpty()) {
        chart.series(servers.get(i), i, -1, xs, ys);
      }
    }
    return chart;
  }

  /** What stands below the tables and above the chart of a run, the same at both. */
  private String terms() {
    double seconds = rows.where("phase", "closed").spread("nanos").median() / 1e9;
    return "%d rounds of %.1f s".formatted(rows.values("round").size(), seconds);
  }

  private Samples of(EchoProfile profile, String phase) {
    return rows.where("profile", profile.label()).where("phase", phase);
  }

  private static Spread worst(Samples turns, ToDoubleFunction<Row> figure) {
    return Spread.of(turns.spread(figure).greatest());
  }

  private static Spread ratio(Samples of, String server, String other) {
    return of.ratio("server", server, other, EchoReport::cpu);
  }

  private static double cpu(Row row) {
    return row.ratio("server_cpu_nanos", "messages");
  }

  private static double userShare(Row row) {
    double user = row.number("user_ticks");
    return user / (user + row.number("system_ticks"));
  }
}

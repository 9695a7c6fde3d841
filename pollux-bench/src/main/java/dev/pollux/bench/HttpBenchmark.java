package dev.pollux.bench;

import dev.pollux.bench.EchoBenchmark.Processors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Measures HTTP servers against one another.
 *
 * <p>The method is that of {@link EchoBenchmark}, with a load that is not ours: every server is a
 * process that lives through the whole run, tied to one processor, and the load is tied to another.
 * A round takes the scenarios one after the other, and within one all servers, in an order that
 * rotates from round to round; ratios are taken within a round.
 *
 * <p>A turn is a run of the load, from its start to its end: connections are opened and closed in
 * it, but for idle ones, which are there before. The processor time is what {@code /proc/PID/stat}
 * counts for the server in that time, in ticks of 10 ms. What is resident, and what is allocated on
 * the heap, is looked at while the connections are open and the load has run for a while: bytes
 * over the requests of that time, as many as the throughput of the turn says.
 *
 * <p>Not guaranteed: that the server is what limits a turn. Where it waits for the load it pays for
 * more and smaller batches; the report shows how busy each was. At the fixed rate, half of what the
 * slowest took in its warm-up, all have the same work.
 */
final class HttpBenchmark {

  /** The lowest rate that is chosen, in requests a second: a window shall see some. */
  private static final long LEAST_RATE = 1000;

  /** Of a turn in percent: when the steady part begins, and when it ends. */
  private static final int STEADY_FROM = 40;

  private static final int STEADY_TO = 85;

  /**
   * What is measured.
   *
   * @param rate requests a second at the fixed rate; empty for half the slowest throughput
   * @param warmupSeconds for each server and scenario, once
   * @param seconds of each turn
   */
  record Plan(
      List<HttpScenario> scenarios,
      List<String> servers,
      int rounds,
      OptionalLong rate,
      int warmupSeconds,
      int seconds) {

    /** As this, with other scenarios. */
    Plan with(List<HttpScenario> others) {
      return new Plan(others, servers, rounds, rate, warmupSeconds, seconds);
    }
  }

  private final Plan plan;
  private final HttpServers servers;
  private final Processors processors;
  private final HttpLoad load;
  private final Progress progress;
  private final Samples rows;
  private final Map<String, EchoProcess> running = new LinkedHashMap<>();
  private long rate = LEAST_RATE;

  /**
   * A benchmark.
   *
   * @param rows where the samples go, as they come
   */
  HttpBenchmark(
      Plan plan,
      HttpServers servers,
      Processors processors,
      HttpLoad load,
      Progress progress,
      Samples rows) {
    this.plan = plan;
    this.servers = servers;
    this.processors = processors;
    this.load = load;
    this.progress = progress;
    this.rows = rows;
  }

  /** Measures everything; every process it started has ended when it returns or throws. */
  void run(Report report) throws IOException {
    try {
      startServers(report);
      warmUp();
      for (int round = 1; round <= plan.rounds(); round++) {
        for (HttpScenario scenario : plan.scenarios()) {
          List<String> order = answering(scenario);
          Collections.rotate(order, 1 - round);
          for (String server : order) {
            progress.show(
                "round %d of %d: %s, %s".formatted(round, plan.rounds(), scenario.label(), server));
            measure(scenario, server, round);
          }
        }
      }
    } finally {
      progress.end();
      for (EchoProcess process : running.values()) {
        process.close();
      }
      running.clear();
    }
  }

  private void startServers(Report report) throws IOException {
    List<String> asked =
        plan.servers().stream()
            .filter(server ->
                plan.scenarios().stream().anyMatch(each -> HttpServers.answers(server, each)))
            .toList();
    if (asked.size() < plan.servers().size()) {
      List<String> others = new ArrayList<>(plan.servers());
      others.removeAll(asked);
      report.say("answering in none of these scenarios: " + String.join(", ", others));
    }
    for (String server : asked) {
      progress.show("starting " + server);
      try {
        running.put(server, servers.start(server, processors));
      } catch (UnsupportedOperationException e) {
        report.say(server + ": " + e.getMessage());
      }
    }
    if (running.isEmpty()) {
      throw new IOException("none of the servers answers in a scenario, and runs here");
    }
    for (HttpScenario scenario : plan.scenarios()) {
      if (answering(scenario).isEmpty()) {
        report.say(scenario.label() + ": not measured, as no server that runs here answers there");
      }
    }
  }

  /** The servers that run and answer what is asked in a scenario. */
  private List<String> answering(HttpScenario scenario) {
    return new ArrayList<>(
        running.keySet().stream().filter(each -> HttpServers.answers(each, scenario)).toList());
  }

  private EchoProcess process(String server) {
    EchoProcess process = running.get(server);
    if (process == null) {
      throw new IllegalStateException(server + " does not run");
    }
    return process;
  }

  /** The last second of a warm-up shows how fast a server is. */
  private void warmUp() throws IOException {
    double slowest = Double.MAX_VALUE;
    for (HttpScenario scenario : plan.scenarios()) {
      for (String server : answering(scenario)) {
        progress.show("warm-up: " + scenario.label() + ", " + server);
        EchoProcess process = process(server);
        if (plan.warmupSeconds() > 1) {
          HttpLoad.Sample _ = closed(scenario, process, plan.warmupSeconds() - 1);
        }
        HttpLoad.Sample sample = closed(scenario, process, 1);
        if (scenario.isPaced()) {
          slowest = Math.min(slowest, sample.throughput());
        }
      }
    }
    if (slowest < Double.MAX_VALUE) {
      rate = plan.rate().orElse(Math.max(LEAST_RATE, Math.round(slowest / 2)));
    }
  }

  private HttpLoad.Sample closed(HttpScenario scenario, EchoProcess process, int seconds)
      throws IOException {
    try (HttpLoad.Run run = load.closed(scenario, process.port(), seconds)) {
      run.begin();
      return run.sample();
    }
  }

  private void measure(HttpScenario scenario, String server, int round) throws IOException {
    EchoProcess process = process(server);
    try (HttpLoad.Run run = load.closed(scenario, process.port(), plan.seconds())) {
      Turn closed = new Turn(process, plan.seconds());
      run.begin();
      closed.watch(run);
      rows.add(closed.cells(scenario, server, round, "closed", 0));
    }
    if (scenario.isPaced()) {
      Turn fixed = new Turn(process, plan.seconds());
      try (HttpLoad.Run run = load.fixed(scenario, process.port(), rate, plan.seconds())) {
        fixed.watch(run);
      }
      rows.add(fixed.cells(scenario, server, round, "fixed", rate));
    }
  }

  /** What is seen of a server while it is loaded. */
  private static final class Turn {

    private final EchoProcess process;
    private final int seconds;
    private final EchoProcess.Usage before;
    private List<Object> seen = List.of();

    Turn(EchoProcess process, int seconds) throws IOException {
      this.process = process;
      this.seconds = seconds;
      this.before = process.usage();
    }

    /** Waits for the end of the load. */
    void watch(HttpLoad.Run run) throws IOException {
      run.goOn(STEADY_FROM * 10L * seconds);
      long start = System.nanoTime();
      OptionalLong allocatedBefore = process.allocatedBytes();
      run.goOn((STEADY_TO - STEADY_FROM) * 10L * seconds);
      long nanos = System.nanoTime() - start;
      OptionalLong allocated = process.allocatedBytes();
      long resident = process.usage().residentBytes();
      HttpLoad.Sample sample = run.sample();
      EchoProcess.Usage usage = process.usage().since(before);
      seen =
          List.of(
              sample.requests(),
              sample.nanos(),
              sample.p50(),
              sample.p99(),
              usage.userTicks(),
              usage.systemTicks(),
              resident,
              usage.peakBytes(),
              allocated.isPresent() && allocatedBefore.isPresent()
                  ? allocated.getAsLong() - allocatedBefore.getAsLong()
                  : "",
              nanos);
    }

    Object[] cells(HttpScenario scenario, String server, int round, String phase, long rate) {
      List<Object> cells = new ArrayList<>(List.of(scenario.label(), server, round, phase, rate));
      cells.addAll(seen);
      return cells.toArray();
    }
  }
}

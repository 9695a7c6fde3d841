package dev.pollux.bench;

import dev.pollux.bench.EchoLoad.Terms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Measures echo servers against one another.
 *
 * <p>The method:
 *
 * <ol>
 *   <li>Every server is a process of its own, tied to one processor, and lives through the whole
 *       run, so that its JIT warm-up is paid for once. A server that has no connections is blocked
 *       and takes no time from the others. One load, tied to another processor, serves all. With a
 *       processor of its own it never sleeps: no server pays for waking it.
 *   <li>The warm-up loads each server with each profile. The slowest throughput seen there, of all
 *       servers, gives the profile's fixed rate: half of it.
 *   <li>A round takes the profiles one after the other, and within a profile all servers, in an
 *       order that rotates from round to round. So what is compared was measured within a minute,
 *       and ratios are taken within a round, never between rounds.
 *   <li>A measurement opens the connections, each of which echoes a greeting, then measures a
 *       closed loop (processor time and throughput) and after it an open loop at the fixed rate
 *       (latency). Both begin with an uncounted part; before the first, a server that still
 *       allocates less than an object for each message, in code that is not compiled yet, is given
 *       a few more of these.
 *   <li>Processor time is the kernel's count in nanoseconds for the whole process of the server,
 *       read by the load at both ends of its window: user and system, all threads, those of the JVM
 *       included. On the loopback interface, sending includes the receiver's side of TCP: the
 *       server pays for what it sends, the load for what it does.
 *   <li>Memory under {@link EchoProfile#IDLE} is that of one more process, which has done nothing
 *       else. Elsewhere it is that of the process that lives.
 * </ol>
 *
 * <p>Not guaranteed: that the server is what limits the closed loop. A server that costs less than
 * the load waits for it, and then pays for more and smaller batches than a slow one. The report
 * shows how busy each was; at the fixed rate all have the same work.
 */
final class EchoBenchmark {

  /** The lowest rate that is chosen, in messages a second: a window shall see some. */
  private static final long LEAST_RATE = 200;

  /** The smallest object: who allocates less for each message does so in code not yet compiled. */
  private static final double LEAST_OBJECT_BYTES = 16;

  /** How often at most a server is given time to be compiled, after its warm-up. */
  private static final int MAX_SETTLES = 5;

  /** The memory of a fresh process is read after at most so long. */
  private static final long MAX_FRESH_MILLIS = 1000;

  /**
   * What is measured.
   *
   * @param rate messages a second at the fixed rate; empty for half the slowest throughput
   * @param idle the idle connections of the profile that has them
   * @param warmupMillis for each server and profile, once
   * @param settleMillis before each window
   * @param windowMillis of each measurement
   * @param fixedRate whether there is an open loop, too
   */
  record Plan(
      List<EchoProfile> profiles,
      List<String> servers,
      int rounds,
      OptionalLong rate,
      int idle,
      long warmupMillis,
      long settleMillis,
      long windowMillis,
      boolean fixedRate) {}

  /** Where the processes run; empty for anywhere. */
  record Processors(OptionalInt server, OptionalInt load) {

    /** Whether the load has a processor that no server uses. */
    boolean areApart() {
      return server.isPresent() && load.isPresent() && !server.equals(load);
    }
  }

  private final Plan plan;
  private final EchoServers servers;
  private final Processors processors;
  private final Progress progress;
  private final Samples rows;
  private final Map<String, EchoProcess> running = new LinkedHashMap<>();
  private final Map<EchoProfile, Long> rates = new EnumMap<>(EchoProfile.class);

  /**
   * A benchmark.
   *
   * @param rows where the samples go, as they come
   */
  EchoBenchmark(
      Plan plan, EchoServers servers, Processors processors, Progress progress, Samples rows) {
    this.plan = plan;
    this.servers = servers;
    this.processors = processors;
    this.progress = progress;
    this.rows = rows;
  }

  /** Measures everything; every process it started has ended when it returns or throws. */
  void run(Report report) throws IOException {
    try (EchoLoad load = servers.load(processors.areApart(), processors.load())) {
      startServers(report);
      warmUp(load);
      for (int round = 1; round <= plan.rounds(); round++) {
        for (EchoProfile profile : plan.profiles()) {
          List<String> order = new ArrayList<>(running.keySet());
          Collections.rotate(order, 1 - round);
          for (String server : order) {
            progress.show(
                "round %d of %d: %s, %s".formatted(round, plan.rounds(), profile.label(), server));
            measure(load, profile, server, round);
          }
        }
      }
      progress.end();
    } finally {
      endServers();
    }
  }

  private void startServers(Report report) throws IOException {
    for (String server : plan.servers()) {
      progress.show("starting " + server);
      try {
        running.put(server, servers.start(server, processors.server()));
      } catch (UnsupportedOperationException e) {
        report.say(server + ": " + e.getMessage());
      }
    }
    if (running.isEmpty()) {
      throw new IOException("none of the servers runs here: " + plan.servers());
    }
  }

  private void endServers() throws IOException {
    for (EchoProcess process : running.values()) {
      process.close();
    }
    running.clear();
  }

  /** The first half of a warm-up warms up, the second half shows how fast the server is. */
  private void warmUp(EchoLoad load) throws IOException {
    long half = Math.max(1, plan.warmupMillis() / 2);
    for (EchoProfile profile : plan.profiles()) {
      double slowest = Double.MAX_VALUE;
      for (Map.Entry<String, EchoProcess> each : running.entrySet()) {
        progress.show("warm-up: " + profile.label() + ", " + each.getKey());
        load.connect(each.getValue(), profile, plan.idle());
        EchoLoad.Sample sample = load.run(each.getValue(), profile, new Terms(0, half, half));
        load.disconnect();
        slowest = Math.min(slowest, sample.throughput());
      }
      rates.put(profile, plan.rate().orElse(Math.max(LEAST_RATE, Math.round(slowest / 2))));
    }
  }

  private void measure(EchoLoad load, EchoProfile profile, String server, int round)
      throws IOException {
    EchoProcess process = running.get(server);
    if (process == null) {
      throw new IllegalStateException(server + " does not run");
    }
    load.connect(process, profile, plan.idle());
    Terms closed = new Terms(0, plan.settleMillis(), plan.windowMillis());
    settle(load, process, profile);
    add(load, profile, server, process, round, "closed", closed);
    if (plan.fixedRate()) {
      long rate = rates.getOrDefault(profile, LEAST_RATE);
      Terms fixed = new Terms(rate, plan.settleMillis(), plan.windowMillis());
      add(load, profile, server, process, round, "fixed", fixed);
    }
    load.disconnect();
    if (profile == EchoProfile.IDLE) {
      try (EchoProcess fresh = servers.start(server, processors.server())) {
        load.connect(fresh, profile, plan.idle());
        long millis = Math.min(MAX_FRESH_MILLIS, plan.windowMillis());
        Terms terms = new Terms(0, plan.settleMillis(), millis);
        add(load, profile, server, fresh, round, "fresh", terms);
        load.disconnect();
      }
    }
  }

  /**
   * Loads the server, uncounted, until it has done its one-time work: a downcall that is not yet
   * compiled in full allocates a segment of 40 bytes, and another profile may undo what was.
   */
  private void settle(EchoLoad load, EchoProcess process, EchoProfile profile) throws IOException {
    Terms terms = new Terms(0, 1, plan.settleMillis());
    OptionalLong before = process.allocatedBytes();
    for (int i = 0; i < MAX_SETTLES && before.isPresent(); i++) {
      EchoLoad.Sample sample = load.run(process, profile, terms);
      OptionalLong after = process.allocatedBytes();
      long bytes = after.orElse(0) - before.getAsLong();
      if (bytes <= 0 || bytes >= LEAST_OBJECT_BYTES * sample.total()) {
        return;
      }
      before = after;
    }
  }

  private void add(
      EchoLoad load,
      EchoProfile profile,
      String server,
      EchoProcess process,
      int round,
      String phase,
      Terms terms)
      throws IOException {
    EchoProcess.Usage before = process.usage();
    OptionalLong allocatedBefore = process.allocatedBytes();
    EchoLoad.Sample sample = load.run(process, profile, terms);
    OptionalLong allocated = process.allocatedBytes();
    EchoProcess.Usage usage = process.usage().since(before);
    List<Object> cells =
        new ArrayList<>(List.of(profile.label(), server, round, phase, terms.rate()));
    cells.addAll(sample.figures());
    cells.addAll(
        List.of(usage.userTicks(), usage.systemTicks(), usage.residentBytes(), usage.peakBytes()));
    cells.add(
        allocated.isPresent() && allocatedBefore.isPresent()
            ? allocated.getAsLong() - allocatedBefore.getAsLong()
            : "");
    rows.add(cells.toArray());
  }
}

package dev.pollux.bench;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench allocation}: counts what the shipped server allocates. */
@Command(
    name = "allocation",
    description = {
      "Bytes that ./pollux echo allocates for its messages. A count, not a time.",
      "",
      "Ends with 1 if there are more than the noise, or if the server runs without its AOT cache."
    })
final class AllocationCommand implements Callable<Integer> {

  private static final List<String> COLUMNS = List.of("round", "cache", "messages", "bytes");

  private static final int MESSAGES = 200_000;

  /**
   * The rounding at both ends, and what the JVM itself makes now and then. The smallest object has
   * 16 bytes, so one for each message would be 3.2 MB.
   */
  private static final long NOISE_BYTES = 2 * ThreadAllocation.UNIT_BYTES; // 2.1 MB

  /** By count and not by time: a slow machine compiles later, but after as many messages. */
  private static final int WARMUP_MESSAGES = 3 * MESSAGES;

  private static final long WINDOW_MILLIS = 500;

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    Samples rows = common.rows(COLUMNS, this::measure);
    Report report = common.report();
    String cache = rows.values("cache").getLast();
    boolean used = cache.endsWith(AotCache.IN_USE);
    report.verdict(
        "%-12s  ./pollux echo runs with the AOT cache of its launcher: %s"
            .formatted((used ? Bar.Verdict.MET : Bar.Verdict.MISSED).label(), cache));
    Spread bytes = rows.spread(row -> row.ratio("bytes", "messages") * MESSAGES);
    // All of them have to be within the noise: a fault may come and go.
    Bar bar =
        Bar.atMost(
                NOISE_BYTES,
                "%,.0f bytes",
                "after %,d messages, what ./pollux echo allocates for each %,d, in the worst round"
                    .formatted(WARMUP_MESSAGES, MESSAGES),
                Spread.of(bytes.greatest()))
            .with(" of " + bytes.count());
    report.verdict(bar.line(true));
    return used && bar.verdict() == Bar.Verdict.MET ? 0 : 1;
  }

  private void measure(Samples rows, Report report) throws IOException {
    OptionalInt anywhere = OptionalInt.empty();
    try (EchoServers programs = EchoServers.open();
        EchoLoad load = programs.load(false, anywhere);
        EchoProcess server = programs.start(EchoServers.SHIPPED, anywhere)) {
      report.say(Machine.describe());
      AotCache cache = AotCache.of(server.pid());
      load.connect(server, EchoProfile.PINGPONG64, 0);
      // No look before: one into a JVM that compiles nothing yet changes what it does.
      long _ = echo(load, server, WARMUP_MESSAGES);
      long before = ThreadAllocation.ofMain(server.pid());
      int rounds = common.rounds(3, 3);
      for (int round = 1; round <= rounds; round++) {
        long messages = echo(load, server, MESSAGES);
        long after = ThreadAllocation.ofMain(server.pid());
        rows.add(round, cache.toString().replace(',', ';'), messages, after - before);
        before = after;
      }
      load.disconnect();
    }
  }

  /** At least so many messages; returns how many. */
  private static long echo(EchoLoad load, EchoProcess server, long wanted) throws IOException {
    long messages = 0;
    while (messages < wanted) {
      EchoLoad.Terms terms = new EchoLoad.Terms(0, 1, WINDOW_MILLIS);
      messages += load.run(server, EchoProfile.PINGPONG64, terms).total();
    }
    return messages;
  }
}

package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
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

  private static final int MESSAGES = 200_000;

  /**
   * The rounding at both ends, and what the JVM itself makes now and then. The smallest object has
   * 16 bytes, so one for each message would be 3.2 MB.
   */
  private static final long NOISE_BYTES = 2 * ThreadAllocation.UNIT_BYTES; // 2.1 MB

  /** By count and not by time: a slow machine compiles later, but after as many messages. */
  private static final int WARMUP_MESSAGES = 3 * MESSAGES;

  /** All of them have to be within the noise: a fault may come and go. */
  private static final int COUNTED = 3;

  private static final long WINDOW_MILLIS = 500;

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = common.out();
    common.require(CProgram.isAvailable(), "the load needs gcc");
    OptionalInt anywhere = OptionalInt.empty();
    EchoContestant shipped = EchoContestant.SHIPPED;
    boolean met = true;
    List<String> figures = new ArrayList<>();
    AotCache cache;
    try (EchoPrograms programs = EchoPrograms.open(false);
        EchoLoad load = EchoLoad.start(programs.load(false), anywhere);
        EchoProcess server =
            EchoProcess.start(shipped.command(programs.server()), anywhere, shipped.answers())) {
      cache = AotCache.of(server.pid());
      load.connect(server, EchoProfile.PINGPONG64, 0);
      // No look before: one into a JVM that compiles nothing yet changes what it does.
      long _ = echo(load, server, WARMUP_MESSAGES);
      long before = ThreadAllocation.ofMain(server.pid());
      for (int i = 0; i < COUNTED; i++) {
        long messages = echo(load, server, MESSAGES);
        long after = ThreadAllocation.ofMain(server.pid());
        long bytes = (after - before) * MESSAGES / messages;
        figures.add("%,d".formatted(bytes));
        met &= bytes <= NOISE_BYTES;
        before = after;
      }
      load.disconnect();
    }
    out.println(
        Bar.of(
            "./pollux echo runs with the AOT cache of its launcher",
            cache.mapped(),
            cache.toString()));
    out.println(
        Bar.of(
            "after %,d messages, ./pollux echo allocates at most %,d bytes for each %,d"
                .formatted(WARMUP_MESSAGES, NOISE_BYTES, MESSAGES),
            met,
            String.join(", then ", figures)));
    return met && cache.mapped() ? 0 : 1;
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

package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
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
      "Ends with 1 if there are more than the noise."
    })
final class AllocationCommand implements Callable<Integer> {

  private static final int MESSAGES = 200_000;

  /**
   * The rounding at both ends, and what the JVM itself makes now and then. The smallest object has
   * 16 bytes, so one for each message would be 3.2 MB.
   */
  private static final long NOISE_BYTES = 2 * ThreadAllocation.UNIT_BYTES; // 2.1 MB

  /** So often at most: a server that is not compiled in full yet allocates. */
  private static final int MAX_TRIES = 10;

  private static final long WINDOW_MILLIS = 500;

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = common.out();
    common.require(CProgram.isAvailable(), "the load needs gcc");
    String claim =
        "./pollux echo allocates at most %,d bytes for %,d messages"
            .formatted(NOISE_BYTES, MESSAGES);
    StringBuilder figures = new StringBuilder();
    boolean met = false;
    OptionalInt anywhere = OptionalInt.empty();
    EchoContestant shipped = EchoContestant.SHIPPED;
    try (EchoPrograms programs = EchoPrograms.open(false);
        EchoLoad load = EchoLoad.start(programs.load(false), anywhere);
        EchoProcess server =
            EchoProcess.start(shipped.command(programs.server()), anywhere, shipped.answers())) {
      load.connect(server, EchoProfile.PINGPONG64, 0);
      long _ =
          echo(load, server); // a look into a JVM that compiles nothing yet changes what it does
      for (int i = 0; i < MAX_TRIES && !met; i++) {
        long before = ThreadAllocation.ofMain(server.pid());
        long messages = echo(load, server);
        long bytes = (ThreadAllocation.ofMain(server.pid()) - before) * MESSAGES / messages;
        figures.append(i == 0 ? "" : ", then ").append("%,d".formatted(bytes));
        met = bytes <= NOISE_BYTES;
      }
      load.disconnect();
    }
    out.println(Bar.of(claim, met, figures.toString()));
    return met ? 0 : 1;
  }

  /** At least so many messages; returns how many. */
  private static long echo(EchoLoad load, EchoProcess server) throws IOException {
    long messages = 0;
    while (messages < MESSAGES) {
      EchoLoad.Terms terms = new EchoLoad.Terms(0, 1, WINDOW_MILLIS);
      messages += load.run(server, EchoProfile.PINGPONG64, terms).total();
    }
    return messages;
  }
}

package dev.pollux.bench;

import dev.pollux.sys.SysException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench input}: what it costs to receive a frame of many parts. */
@Command(
    name = "input",
    description = {
      "What a connection costs whose frames are larger than one read, in this process: a loop that"
          + " is turned by hand, over a pair of Unix sockets.",
      "",
      "Dribble: microseconds of one turn that receives a byte, when so much of the frame is there."
          + " Whole frames: milliseconds a MiB. Beside both the same without Pollux: one recv into"
          + " a buffer for each send."
    })
final class InputCommand implements Callable<Integer> {

  private static final int[] FILLED_BYTES = {0, 1 << 10, 1 << 14, 1 << 16, 1 << 20, 1 << 23};
  private static final int[] FRAME_BYTES = {1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 23, 1 << 25};

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--packets",
      paramLabel = "COUNT",
      description = "how many bytes are dribbled at each filling. Default: 20000")
  private @Nullable Integer packets;

  @Override
  public Integer call() throws SysException {
    PrintWriter out = common.out();
    int count = common.orDefault(packets, 20_000, 200);
    common.require(count >= 1, "--packets is at least 1, not " + count);
    int totalBytes = common.isQuick() ? 1 << 22 : 1 << 28;
    out.println(Machine.describe());
    try (InputBenchmark benchmark = InputBenchmark.open()) {
      boolean isWarm = common.isQuick();
      double _ = isWarm ? 0 : benchmark.bareDribble(count);
      double bare = benchmark.bareDribble(count);
      out.println("µs a packet of one byte      Pollux     bare");
      for (int filled : FILLED_BYTES) {
        double _ = isWarm ? 0 : benchmark.dribble(filled, count);
        double micros = benchmark.dribble(filled, count);
        out.printf("  behind %,10d bytes %10.2f %8.2f%n", filled, micros, bare);
        out.flush();
      }
      out.println("ms a MiB                     Pollux     bare");
      for (int frame : FRAME_BYTES) {
        double _ = isWarm ? 0 : benchmark.frames(frame, totalBytes / 4);
        double millis = benchmark.frames(frame, totalBytes);
        out.printf(
            "  frames of %,10d bytes %7.2f %8.2f%n", frame, millis, benchmark.bare(totalBytes));
        out.flush();
      }
    }
    return 0;
  }
}

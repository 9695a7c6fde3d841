package dev.pollux.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench start}: how long the shipped commands take to start. */
@Command(
    name = "start",
    description = {
      "Milliseconds until ./pollux echo has printed its first line, and until short commands"
          + " ended.",
      "",
      "The first start after a build makes the AOT cache, which later ones use. It is measured on"
          + " a copy of what was built."
    })
final class StartCommand implements Callable<Integer> {

  private static final double NANOS_PER_MILLI = 1e6;

  /** Whose start is measured: until the first line where the command would go on for ever. */
  private enum Start {
    ECHO("echo --port 0", true),
    ECHO_BY_PICOCLI("echo --port=0", true), // which echo's own, quick reading leaves to picocli
    HELP("--help", false),
    ECHO_HELP("echo --help", false),
    LAB("lab list", false),
    DOCTOR("doctor", false);

    private final String arguments;
    private final boolean goesOn;

    Start(String arguments, boolean goesOn) {
      this.arguments = arguments;
      this.goesOn = goesOn;
    }

    List<String> command(Path launcher) {
      List<String> command = new ArrayList<>();
      command.add(launcher.toString());
      command.addAll(List.of(arguments.split(" ", -1)));
      return command;
    }
  }

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      description = "how often each is started. Default: 15")
  private @Nullable Integer rounds;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = common.out();
    int count = common.orDefault(rounds, 15, 1);
    common.require(count >= 1, "--rounds is at least 1, not " + count);
    Path launcher = EchoContestant.launcher();
    double _ = millis(Start.HELP, launcher); // builds what is older than its sources
    out.println(Machine.describe());
    out.println("ms                   median    least     most    first start after a build");
    try (ShippedCopy copy = ShippedCopy.of(launcher.resolveSibling(""))) {
      Map<Start, List<Double>> later = laterMillis(count, launcher);
      for (Start start : Start.values()) {
        // A first start takes seconds: a quick run shows by one of them that it works.
        boolean isFirstWanted = !common.isQuick() || start == Start.ECHO;
        double first = isFirstWanted ? firstMillis(start, copy) : Double.NaN;
        List<Double> millis = later.getOrDefault(start, List.of());
        out.printf(
            "%-18s %8.0f %8.0f %8.0f %8s%n",
            start.arguments,
            Stats.median(millis),
            Stats.minimum(millis),
            Stats.maximum(millis),
            isFirstWanted ? "%.0f".formatted(first) : "-");
      }
    }
    return 0;
  }

  /** In turns, so that what else the machine does meets all of them. */
  private static Map<Start, List<Double>> laterMillis(int count, Path launcher) throws IOException {
    Map<Start, List<Double>> millis = new EnumMap<>(Start.class);
    for (int round = 0; round <= count; round++) {
      for (Start start : Start.values()) {
        double one = millis(start, launcher);
        if (round > 0) { // the first reads files that nobody has read lately
          millis.computeIfAbsent(start, _ -> new ArrayList<>()).add(one);
        }
      }
    }
    return millis;
  }

  /** Of a start that finds no AOT cache and makes it. */
  private static double firstMillis(Start start, ShippedCopy copy) throws IOException {
    copy.removeCache();
    double result = millis(start, copy.launcher());
    copy.checkCache();
    return result;
  }

  private static double millis(Start start, Path launcher) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(start.command(launcher)).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().remove("POLLUX_JAVA_OPTS"); // what ships has none
    long begin = System.nanoTime();
    Process process = Children.start(builder);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      if (output.readLine() == null) {
        throw new IOException(String.join(" ", builder.command()) + " printed nothing");
      }
      if (!start.goesOn) {
        while (output.readLine() != null) {
          // to the end
        }
        int status = Machine.exitCode(process);
        if (status != 0) {
          throw new IOException(String.join(" ", builder.command()) + " ended with " + status);
        }
      }
      return (System.nanoTime() - begin) / NANOS_PER_MILLI;
    } finally {
      boolean _ = process.toHandle().destroy();
      int _ = Machine.exitCode(process);
    }
  }
}

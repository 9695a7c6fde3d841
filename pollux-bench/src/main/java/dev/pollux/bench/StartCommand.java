package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  private static final List<String> COLUMNS = List.of("command", "start", "round", "millis");

  private static final String ECHO = "echo --port 0";

  /** The same, which echo's own, quick reading of its arguments leaves to picocli. */
  private static final String ECHO_BY_PICOCLI = "echo --port=0";

  private static final String HELP = "--help";
  private static final List<String> COMMANDS =
      List.of(ECHO, ECHO_BY_PICOCLI, HELP, "echo --help", "lab list", "doctor");

  /** They go on for ever: their start is over with the first line; that of the others at the end. */
  private static final Set<String> ENDLESS = Set.of(ECHO, ECHO_BY_PICOCLI);

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    Samples rows = common.rows(COLUMNS, this::measure);
    Table table = new Table(1, "ms", "median", "least", "most", "first after a build");
    for (String command : rows.values("command")) {
      Samples of = rows.where("command", command);
      Spread later = of.where("start", "later").spread("millis");
      table.row(
          command,
          "%.0f".formatted(later.median()),
          "%.0f".formatted(later.least()),
          "%.0f".formatted(later.greatest()),
          of.where("start", "first").spread("millis").cell("%.0f"));
    }
    Report report = common.report();
    report.table(table);
    report.say(
        "%d starts each; the first one after a build makes the AOT cache"
            .formatted(rows.where("start", "later").values("round").size()));
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    int count = common.rounds(15, 1);
    Path launcher = EchoServers.launcher();
    double _ = millis(HELP, launcher); // builds what is older than its sources
    report.say(Machine.describe());
    try (ShippedCopy copy = ShippedCopy.of(launcher.resolveSibling(""))) {
      for (String command : COMMANDS) {
        // A first start takes seconds: a quick run shows by one of them that it works.
        if (!common.isQuick() || command.equals(ECHO)) {
          copy.removeCache();
          rows.add(command, "first", 1, millis(command, copy.launcher()));
          copy.checkCache();
        }
        double _ = millis(command, launcher);
      }
      for (int round = 1; round <= count; round++) {
        for (String command : COMMANDS) {
          rows.add(command, "later", round, millis(command, launcher));
        }
      }
    }
  }

  private static double millis(String arguments, Path launcher) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments.split(" ", -1)));
    long begin = System.nanoTime();
    try (Child child = Child.start(command, OptionalInt.empty())) {
      String _ = child.line();
      int status = ENDLESS.contains(arguments) ? 0 : child.ended();
      if (status != 0) {
        throw new IOException(String.join(" ", command) + " ended with " + status);
      }
      return (System.nanoTime() - begin) / 1e6;
    }
  }
}

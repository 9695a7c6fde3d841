package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that the benchmarks share, and what they do with their rows. */
final class CommonOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      description = "how often everything is measured: the more, the surer")
  private @Nullable Integer rounds;

  @Option(names = "--quick", description = "few seconds: shows that it works, not how fast it is")
  private boolean quick;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "write the row of every turn there, as it comes")
  private @Nullable Path csv;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "measure nothing; take the rows that --csv wrote there before")
  private @Nullable Path from;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "print this")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  /** How a benchmark comes to its rows. */
  @FunctionalInterface
  interface Measuring {

    void into(Samples rows, Report report) throws IOException;
  }

  /** Where the results go. */
  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  Report report() {
    return new Report(out(), quick, ((Main) spec.root().userObject()).isColoured());
  }

  /** Looks at the file of a chart, if one is wanted, before anything is measured. */
  void check(@Nullable Path chartFile) throws IOException {
    if (chartFile != null) {
      require(Chart.isKnown(chartFile), "--chart takes a file .svg or .png, not " + chartFile);
      UserFile.requireWritable("--chart", chartFile);
    }
  }

  /** The rows of a file if one is named; else those of a run that happens now. */
  Samples rows(List<String> columns, Measuring measuring) throws IOException {
    if (from != null) {
      require(csv == null, "--csv writes what is measured, and --from measures nothing");
      report().say("from " + from + ": nothing is measured");
      out().println();
      Samples rows = Samples.read(from, columns);
      quick |= rows.isQuick();
      return rows;
    }
    Samples rows = csv == null ? Samples.of(columns) : Samples.writingTo(csv, columns);
    if (quick) {
      rows.markQuick();
    }
    measuring.into(rows, report());
    return rows;
  }

  /** Writes a chart if one is wanted, and says what was written. */
  void written(@Nullable Path chartFile, Chart chart) throws IOException {
    if (chartFile != null) {
      try {
        chart.write(chartFile);
      } catch (IOException e) {
        throw UserFile.unwritten("--chart", chartFile, e);
      }
    }
    for (Path file : new Path[] {csv, chartFile}) {
      if (file != null) {
        out().println("written: " + file);
      }
    }
  }

  boolean isQuick() {
    return quick;
  }

  int rounds(int normal, int whenQuick) {
    return atLeast(1, "--rounds", rounds, normal, whenQuick);
  }

  /** The value given, or else one of the two defaults. */
  int atLeast(int least, String option, @Nullable Integer value, int normal, int whenQuick) {
    int result = value != null ? value : quick ? whenQuick : normal;
    require(result >= least, option + " is at least " + least + ", not " + result);
    return result;
  }

  /** Ends with a message about the options unless the condition holds. */
  void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  /** Says so if the run is too quick to mean much. */
  void printQuick(Report report) {
    if (quick) {
      report.say("a quick run: it shows that everything works, its figures mean little");
    }
  }
}

package dev.pollux.cli.sim;

import dev.pollux.cli.terminal.Exits;
import dev.pollux.cli.terminal.Look;
import dev.pollux.cli.terminal.Progress;
import dev.pollux.cli.terminal.Signals;
import dev.pollux.sys.NativeSys;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Watches over the runs of {@code pollux sim}: shows how far they are, and ends them in order at a
 * signal, so that what they came to until then is told.
 *
 * <p>Threads: one; a signal's only asks for the end.
 */
final class SimWatch implements AutoCloseable {

  private final PrintStream out;
  private final long runs;
  private final Progress progress;
  private volatile int stopCode; // 0 as long as nobody asks

  private SimWatch(PrintStream out, long runs, Progress progress) {
    this.out = out;
    this.runs = runs;
    this.progress = progress;
  }

  /** Begins to watch so many runs. */
  static SimWatch begin(PrintStream out, long runs) {
    SimWatch watch = new SimWatch(out, runs, Progress.onStandardError(NativeSys.open()));
    Signals.onStop(exitCode -> watch.stopCode = exitCode);
    return watch;
  }

  /** Whether another run follows, after so many. */
  boolean goesOn(long doneCount) {
    return doneCount < runs && !isStopAsked();
  }

  /** Whether the run at hand is to end. Any thread. */
  boolean isStopAsked() {
    return stopCode != 0;
  }

  /** A run is over. */
  void ran(long doneCount, long seed) {
    progress.at(() -> line(doneCount, runs, seed, Look.columns(Look.DEFAULT_COLUMNS)));
  }

  /** How far it is, in as many words as the columns hold: what is written over is one line. */
  static String line(long doneCount, long runs, long seed, int columns) {
    String line = String.format(Locale.ROOT, "pollux sim: %,d of %,d runs", doneCount, runs);
    for (String more : new String[] {", seed " + seed, " (Ctrl-C tells the sums so far)"}) {
      if (line.length() + more.length() > columns) {
        return line;
      }
      line += more;
    }
    return line;
  }

  /**
   * Prints what the runs came to.
   *
   * @return the exit code
   */
  int sum(long doneCount, String sums) {
    progress.close();
    String text = doneCount < runs ? "stopped, of " + runs + " runs: " + sums : sums;
    out.println(Look.wrapped(text, 2, Look.columns(Integer.MAX_VALUE)));
    return doneCount < runs ? stopCode : 0;
  }

  /** A run failed: what was traced of it comes first. */
  int failed(String report) {
    progress.close();
    out.flush();
    System.err.println(report);
    return Exits.FAILURE;
  }

  @Override
  public void close() {
    progress.close();
  }
}

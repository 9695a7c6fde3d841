package dev.pollux.bench;

import java.io.PrintStream;

/** What is being measured just now: one line that changes on a terminal, else plain lines. */
final class Progress {

  private static final String ERASE_LINE = "\r\033[K";

  private final PrintStream out;
  private final boolean terminal;
  private boolean open;

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Progress on standard error. */
  static Progress onStandardError() {
    return new Progress(System.err, Machine.isTerminal(Machine.STANDARD_ERROR));
  }

  /** Says what happens now. */
  void show(String text) {
    if (terminal) {
      out.print(ERASE_LINE + text);
      out.flush();
      open = true;
    } else {
      out.println(text);
    }
  }

  /** Removes the line from a terminal, so that the results stand alone. */
  void end() {
    if (open) {
      out.print(ERASE_LINE);
      out.flush();
      open = false;
    }
  }
}

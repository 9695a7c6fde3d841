package dev.pollux.cli.terminal;

import dev.pollux.sys.Sys;
import java.io.PrintStream;
import java.util.function.Supplier;

/**
 * How far long work has come, on standard error: on a terminal a line that is written over, once a
 * second; else a line each half minute, for who reads a log. Work that takes less says nothing.
 *
 * <p>Threads: one.
 */
public final class Progress implements AutoCloseable {

  private static final int STDERR = 2;
  private static final long TERMINAL_NANOS = 1_000_000_000; // 1 s
  private static final long LOG_NANOS = 30_000_000_000L; // 30 s
  private static final String CLEAR = "\r\u001b[K"; // to the left, and the rest of the line away

  private final Sys clock;
  private final PrintStream out;
  private final boolean isTerminal;
  private final long periodNanos;
  private long lastNanos;
  private boolean shown;

  /**
   * Progress of work that begins now.
   *
   * @param isTerminal whether lines can be written over
   */
  Progress(Sys clock, PrintStream out, boolean isTerminal) {
    this.clock = clock;
    this.out = out;
    this.isTerminal = isTerminal;
    this.periodNanos = isTerminal ? TERMINAL_NANOS : LOG_NANOS;
    this.lastNanos = clock.nanoTime();
  }

  /** On standard error. */
  public static Progress onStandardError(Sys sys) {
    return new Progress(sys, System.err, StandardStreams.isTerminal(sys, STDERR));
  }

  /** Called as often as one likes: asks for the text, and prints it, when it is time. */
  public void at(Supplier<String> text) {
    long nanos = clock.nanoTime();
    if (nanos - lastNanos < periodNanos) {
      return;
    }
    lastNanos = nanos;
    shown = true;
    if (isTerminal) {
      out.print(CLEAR + text.get());
      out.flush();
    } else {
      out.println(text.get());
    }
  }

  /** Takes the line away, so that what is printed next stands at the margin. */
  @Override
  public void close() {
    if (shown && isTerminal) {
      out.print(CLEAR);
      out.flush();
    }
    shown = false;
  }
}

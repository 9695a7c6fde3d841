package dev.pollux.lab.fuzz;

import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program on two kernels, operation by operation, and stops where they disagree.
 *
 * <p>The first kernel is the oracle. Each run starts and ends with all handles closed, on a new
 * kernel if the supplier makes one.
 *
 * <p>Threads: one.
 */
final class Lockstep {
  /** How often a difference must be seen with pauses in between before it is believed. */
  private static final int CONFIRMATIONS = 2;

  private static final int PAUSE_MILLIS = 2;

  private final Executor oracle;
  private final Executor subject;

  /**
   * Two kernels and where their handles stand. If both are the native one, the ranges of {@link
   * Op#HANDLES} descriptors must not overlap; bases are multiples of 8.
   */
  Lockstep(Supplier<Sys> oracle, int oracleBase, Supplier<Sys> subject, int subjectBase) {
    this.oracle = new Executor(oracle, oracleBase);
    this.subject = new Executor(subject, subjectBase);
  }

  /** Runs a program; the first difference, or null. Coverage is counted if it is given. */
  @Nullable Difference run(List<Op> program, @Nullable Coverage coverage) {
    return run(program, coverage, 0);
  }

  /**
   * Runs a program as often as it takes to believe its difference, with pauses for deliveries. Null
   * if it does not come each time.
   */
  @Nullable Difference confirm(List<Op> program) {
    Difference difference = null;
    for (int i = 0; i < CONFIRMATIONS; i++) {
      difference = run(program, null, PAUSE_MILLIS);
      if (difference == null) {
        return null;
      }
    }
    return difference;
  }

  /** The results of the oracle for each operation up to and with one index, in words. */
  List<String> narrate(List<Op> program, int last) {
    oracle.restart();
    Concessions concessions = new Concessions();
    List<String> lines = new ArrayList<>();
    try {
      for (Op op : program.subList(0, last + 1)) {
        if (!concessions.allows(op)) {
          lines.add("%-60s (left out)".formatted(op));
          continue;
        }
        Outcome outcome = oracle.execute(op);
        if (concessions.concernsNetwork(op)) {
          oracle.pause(PAUSE_MILLIS);
        }
        concessions.record(op, outcome.result());
        lines.add("%-60s %s".formatted(op, outcome.text(op)));
      }
    } finally {
      oracle.closeAll();
    }
    return lines;
  }

  private @Nullable Difference run(List<Op> program, @Nullable Coverage coverage, int pauseMillis) {
    oracle.restart();
    subject.restart();
    Concessions concessions = new Concessions();
    try {
      for (int i = 0; i < program.size(); i++) {
        Op op = program.get(i);
        if (!concessions.allows(op)) {
          continue;
        }
        Outcome expected = oracle.execute(op);
        Outcome actual;
        try {
          actual = subject.execute(op);
        } catch (RuntimeException | AssertionError e) {
          return new Difference(i, op, expected.text(op), "threw " + e);
        }
        if (!expected.matches(actual)) {
          return new Difference(i, op, expected.text(op), actual.text(op));
        }
        if (pauseMillis > 0 && concessions.concernsNetwork(op)) {
          oracle.pause(pauseMillis);
        }
        concessions.record(op, expected.result());
        if (coverage != null) {
          coverage.count(op.kind(), expected.result());
        }
      }
      return null;
    } finally {
      oracle.closeAll();
      subject.closeAll();
    }
  }
}

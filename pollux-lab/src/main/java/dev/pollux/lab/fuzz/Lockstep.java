package dev.pollux.lab.fuzz;

import dev.pollux.sys.NativeSys;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program on two kernels, operation by operation, and stops where they disagree.
 *
 * <p>The first kernel is the oracle. Each run starts and ends with all handles closed, on a new
 * kernel if there is one for each program. After each operation all threads are at rest.
 *
 * <p>Threads: one.
 */
final class Lockstep {
  /** How often a difference must be seen with pauses in between before it is believed. */
  private static final int CONFIRMATIONS = 2;

  /** How often a difference must be seen where threads may have raced each other. */
  private static final int CONFIRMATIONS_WITH_THREADS = 6;

  private static final int PAUSE_MILLIS = 2;

  /** How much longer ticks are where there are pauses. */
  private static final int SLOW = 5;

  private final Executor oracle;
  private final Executor subject;
  private final Ticks ticks;
  private final OlderKernels older = OlderKernels.running();
  private long late;
  private long declined;
  private long raced;
  private long explained;

  /**
   * Two kernels and where their handles stand. If both are the native one, the ranges of {@link
   * Handles#RANGE} descriptors must not overlap; bases are multiples of 8.
   */
  Lockstep(Kernels oracle, int oracleBase, Kernels subject, int subjectBase) {
    this.ticks = new Ticks(NativeSys.open()::nanoTime);
    this.oracle = new Executor(oracle, oracleBase, ticks);
    this.subject = new Executor(subject, subjectBase, ticks);
  }

  /** Runs a program; the first difference, or null. Coverage is counted if it is given. */
  @Nullable Difference run(List<Op> program, @Nullable Coverage coverage) {
    return new Run(program, coverage, 0).go();
  }

  /**
   * Runs a program as often as it takes to believe its difference, with pauses for deliveries. Null
   * if it does not come each time, in the same words.
   */
  @Nullable Difference confirm(List<Op> program) {
    int times = hasThreads(program) ? CONFIRMATIONS_WITH_THREADS : CONFIRMATIONS;
    Difference difference = null;
    for (int i = 0; i < times; i++) {
      Difference before = difference;
      difference = new Run(program, null, PAUSE_MILLIS).go();
      if (difference == null || (before != null && !difference.equals(before))) {
        return null;
      }
    }
    return difference;
  }

  /** How many programs had no verdict, because they were too slow for their ticks. */
  long late() {
    return late;
  }

  /** How many programs ended where the subject said that it does not know a call. */
  long declined() {
    return declined;
  }

  /** How many programs ended where a difference was one of speed. */
  long raced() {
    return raced;
  }

  /** How many programs ended where the oracle does as older kernels do. */
  long explained() {
    return explained;
  }

  /** In which ways it does so, in words. */
  Set<String> older() {
    return older.met();
  }

  /** What the subject has said it does not know, in its words; options too. */
  Set<String> unknown() {
    return subject.unknown();
  }

  private static boolean hasThreads(List<Op> program) {
    return program.stream().anyMatch(op -> op.thread() > 0);
  }

  private static boolean hasTicks(List<Op> program) {
    return program.stream().anyMatch(Lockstep::usesTicks);
  }

  private static Kernels.Mode mode(List<Op> program) {
    if (hasThreads(program) || hasTicks(program)) {
      return Kernels.Mode.REAL_TIME;
    }
    boolean isDelayed = program.stream().anyMatch(op -> op.kind() == Kind.DELAY);
    return isDelayed ? Kernels.Mode.DELAYED : Kernels.Mode.PLAIN;
  }

  private static boolean usesTicks(Op op) {
    boolean waits = op.thread() > 0 && op.kind().takesTimeout() && op.ticks() != Op.FOREVER;
    return waits
        || op.kind() == Kind.PASS
        || (op.kind() == Kind.SETTIME && op.arg(1) >= Deadline.TIMELESS);
  }

  /** The results of the oracle for each operation up to and with one index, in words. */
  List<String> narrate(List<Op> program, int last) {
    oracle.restart(mode(program));
    ticks.restart(SLOW);
    Concessions concessions = new Concessions();
    @Nullable Op[] calls = new Op[Op.THREADS + 1];
    List<String> lines = new ArrayList<>();
    try {
      for (Op op : program.subList(0, last + 1)) {
        String line = "%-60s ".formatted(op);
        if (!concessions.allows(op)) {
          lines.add(line + "(left out)");
          continue;
        }
        if (op.thread() > 0) {
          calls[op.thread()] = op;
          concessions.started(op);
          oracle.start(op);
        } else {
          Outcome outcome = oracle.execute(op);
          concessions.record(op, outcome.result());
          line += outcome.text(op);
          pass(op);
        }
        if (concessions.concernsNetwork(op)) {
          oracle.pause(PAUSE_MILLIS);
        }
        int returned = oracle.settle(op);
        for (int thread = 1; thread <= Op.THREADS; thread++) {
          Op call = calls[thread];
          if (call != null && (returned >>> thread & 1) != 0) {
            Outcome outcome = oracle.outcome(thread);
            line += " [thread " + thread + " returns " + outcome.text(call) + "]";
            concessions.returned(thread);
            concessions.record(call, outcome.result());
          }
        }
        lines.add(line);
      }
    } finally {
      oracle.closeAll();
    }
    return lines;
  }

  private void pass(Op op) {
    if (op.kind() == Kind.PASS) {
      ticks.pass(op.arg(0));
    }
  }

  /** One run of a program on both. */
  private final class Run {
    private final List<Op> program;
    private final @Nullable Coverage coverage;
    private final int pauseMillis;
    private final Concessions concessions = new Concessions();

    /** What each thread is doing. */
    private final @Nullable Op[] calls = new Op[Op.THREADS + 1];

    private final Races races = new Races(oracle, subject);
    private final boolean[] countFree = new boolean[Op.THREADS + 1];

    /** The options that the subject has said it does not know. */
    private final Set<Integer> declinedOptions = new HashSet<>();

    /** The subject has said that it does not know something, so there is nothing to compare. */
    private boolean ended;

    /** Threads have done what depends on which was faster. */
    private boolean raced;

    /** The oracle is older than what the subject is made after, and it shows. */
    private boolean explained;

    Run(List<Op> program, @Nullable Coverage coverage, int pauseMillis) {
      this.program = program;
      this.coverage = coverage;
      this.pauseMillis = pauseMillis;
    }

    @Nullable Difference go() {
      boolean hasTicks = hasTicks(program);
      oracle.restart(mode(program));
      subject.restart(mode(program));
      ticks.restart(pauseMillis > 0 ? SLOW : 1);
      try {
        for (int i = 0; i < program.size(); i++) {
          Op op = program.get(i);
          if (concessions.allows(op)) {
            Difference difference = step(i, op);
            if (hasTicks && ticks.isLate()) {
              late++;
              return null;
            }
            if (difference != null) {
              return difference;
            }
            if (ended) {
              declined++;
              return null;
            }
            if (raced) {
              Lockstep.this.raced++;
              return null;
            }
            if (explained) {
              Lockstep.this.explained++;
              return null;
            }
          }
        }
        return null;
      } finally {
        oracle.closeAll();
        subject.closeAll();
      }
    }

    private @Nullable Difference step(int index, Op op) {
      Difference difference = op.thread() > 0 ? start(index, op) : execute(index, op);
      if (difference != null) {
        return difference;
      }
      if (pauseMillis > 0 && concessions.concernsNetwork(op)) {
        oracle.pause(pauseMillis);
      }
      return settle(index, op);
    }

    private @Nullable Difference execute(int index, Op op) {
      Outcome expected = oracle.execute(op);
      if (!concessions.isBurst(op)) {
        subject.deliver();
      }
      Outcome actual;
      try {
        actual = subject.execute(op);
      } catch (RuntimeException | AssertionError e) {
        return new Difference(index, op, expected.text(op), "threw " + e);
      }
      boolean declined = subject.declined();
      boolean isSame = agree(op, expected, actual);
      boolean isOption = op.kind() == Kind.SETOPT || op.kind() == Kind.GETOPT;
      if (declined && isOption) {
        declinedOptions.add(op.arg(1));
      } else if (declined) {
        ended = true;
      }
      boolean isForgiven = declined || (isOption && declinedOptions.contains(op.arg(1)));
      if (!isSame && !isForgiven) {
        explained = older.explain(op.kind(), expected.text(op), actual.text(op));
        return explained ? null : new Difference(index, op, expected.text(op), actual.text(op));
      }
      explained = older.isOlder() && older.explain(op.kind(), expected.text(op), actual.text(op));
      note(op, expected.result());
      races.executed(op, calls);
      pass(op);
      return null;
    }

    private @Nullable Difference start(int index, Op op) {
      calls[op.thread()] = op;
      countFree[op.thread()] = concessions.isCountFree(op);
      concessions.started(op);
      races.started(op);
      oracle.start(op);
      try {
        subject.start(op);
      } catch (RuntimeException | AssertionError e) {
        return new Difference(index, op, "started", "threw " + e);
      }
      return null;
    }

    /** Lets both come to rest, and compares what the threads got. */
    private @Nullable Difference settle(int index, Op op) {
      int returned = oracle.settle(op);
      int returnedToo;
      try {
        returnedToo = subject.settle(op);
      } catch (RuntimeException | AssertionError e) {
        return new Difference(index, op, "rest", "threw " + e);
      }
      if (subject.declined()) { // a thread's call was
        ended = true;
        return null;
      }
      if (hasRaced(returned, returnedToo)) {
        raced = true;
        return null;
      }
      boolean blurred = areBlurred(returned & returnedToo);
      for (int thread = 1; thread <= Op.THREADS; thread++) {
        Op call = calls[thread];
        if (call == null) {
          continue;
        }
        boolean isBack = (returned >>> thread & 1) != 0;
        boolean isBackToo = (returnedToo >>> thread & 1) != 0;
        if (isBack != isBackToo || (isBack && !agree(call, thread))) {
          explained =
              older.explain(
                  call.kind(), said(oracle, call, isBack), said(subject, call, isBackToo));
          return explained
              ? null
              : new Difference(
                  index, op, told(oracle, thread, isBack), told(subject, thread, isBackToo));
        }
        if (isBack) {
          calls[thread] = null;
          concessions.returned(thread);
          note(call, oracle.outcome(thread).result());
        } else if (call.equals(op) && coverage != null) {
          coverage.countSleep();
        }
      }
      raced = blurred;
      return null;
    }

    /** Whether two have returned together, and what comes next depends on which did first. */
    private boolean areBlurred(int returned) {
      Op first = calls[1];
      Op second = calls[2];
      return returned == 6 && first != null && second != null && races.blurEdges(first, second);
    }

    /** Whether threads got different things only because one of them was faster. */
    private boolean hasRaced(int returned, int returnedToo) {
      Op first = calls[1];
      Op second = calls[2];
      if (first == null || second == null) {
        return false;
      }
      int both = returned & returnedToo;
      int different = returned ^ returnedToo;
      different |= (both & 2) != 0 && !agree(first, 1) ? 2 : 0;
      different |= (both & 4) != 0 && !agree(second, 2) ? 4 : 0;
      if (different == 0) {
        return false;
      }
      return races.explain(first, second, returned, returnedToo, different);
    }

    private boolean agree(Op call, int thread) {
      Outcome expected = oracle.outcome(thread);
      Outcome actual = subject.outcome(thread);
      return countFree[thread] ? expected.matchesInSign(actual) : agree(call, expected, actual);
    }

    private boolean agree(Op op, Outcome expected, Outcome actual) {
      return (Races.isEpollWait(op) && concessions.isOrderFree())
          ? expected.matchesInAnyOrder(actual)
          : expected.matches(actual);
    }

    private String told(Executor kernel, int thread, boolean isBack) {
      Op call = calls[thread];
      return call == null || !isBack
          ? "thread " + thread + " sleeps"
          : "thread " + thread + " returns " + kernel.outcome(thread).text(call);
    }

    /** What a thread's call has returned, if it has. */
    private String said(Executor kernel, Op call, boolean isBack) {
      return isBack ? kernel.outcome(call.thread()).text(call) : "";
    }

    private void note(Op op, int result) {
      concessions.record(op, result);
      if (coverage != null) {
        coverage.count(op.kind(), result);
      }
    }
  }
}

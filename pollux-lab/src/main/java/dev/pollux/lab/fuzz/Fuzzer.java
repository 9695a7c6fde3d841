package dev.pollux.lab.fuzz;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs the programs of a seed, one after the other, and shrinks those on which two kernels
 * disagree.
 *
 * <p>Threads: one.
 */
final class Fuzzer {
  /** Where the oracle's handles stand: far above what a JVM opens, below FD_SETSIZE. */
  static final int ORACLE_BASE = 704;

  /** Where the other kernel's handles stand. */
  static final int SUBJECT_BASE = 768;

  private final Lockstep lockstep;
  private final long seed;
  private final Coverage coverage = new Coverage();
  private long programs;
  private long unconfirmed;
  private long repeated;
  private final Set<String> seen = new HashSet<>();

  /**
   * A fuzzer of two kernels. There may be one instance for each program; the native one is the same
   * for all.
   */
  Fuzzer(Kernels oracle, Kernels subject, long seed) {
    this.lockstep = new Lockstep(oracle, ORACLE_BASE, subject, SUBJECT_BASE);
    this.seed = seed;
  }

  /** Runs one program of the seed; what is wrong, shrunk, or null. */
  @Nullable Failure run(long number) {
    programs++;
    List<Op> program = Generator.program(seed, number);
    try {
      return look(program, number);
    } catch (IllegalStateException e) {
      throw new IllegalStateException("--seed " + seed + " --program " + number + ": " + e, e);
    }
  }

  private @Nullable Failure look(List<Op> program, long number) {
    Difference difference = lockstep.run(program, coverage);
    if (difference == null) {
      return null;
    }
    if (seen.contains(difference.signature())) {
      repeated++;
      return null;
    }
    Failure failure = failure(program.subList(0, difference.index() + 1), number);
    if (failure == null) {
      unconfirmed++;
    } else {
      seen.add(difference.signature());
      seen.add(failure.difference().signature());
    }
    return failure;
  }

  /** What is to be told of a program: as small as can be, if the small one differs as surely. */
  private @Nullable Failure failure(List<Op> program, long number) {
    if (lockstep.confirm(program) == null) {
      return null;
    }
    List<Op> small =
        Shrinker.shrink(
            program, ops -> lockstep.run(ops, null) != null && lockstep.confirm(ops) != null);
    Difference difference = lockstep.confirm(small);
    if (difference == null) {
      small = program;
      difference = lockstep.confirm(program);
    }
    if (difference == null) {
      return null;
    }
    List<Op> prefix = List.copyOf(small.subList(0, difference.index() + 1));
    List<String> story = lockstep.narrate(prefix, difference.index());
    return new Failure(seed, number, prefix, difference, story);
  }

  /** What was executed. */
  Coverage coverage() {
    return coverage;
  }

  /** How many differences looked like an earlier one, and were not looked at again. */
  long repeated() {
    return repeated;
  }

  /** How many programs were run. */
  long programs() {
    return programs;
  }

  /** How many programs had no verdict, because the machine was too busy for their ticks. */
  long late() {
    return lockstep.late();
  }

  /** How many programs ended where the other kernel said that it does not know a call. */
  long declined() {
    return lockstep.declined();
  }

  /** How many programs ended where a difference was one of speed between threads. */
  long raced() {
    return lockstep.raced();
  }

  /** How many programs ended where the oracle does as older kernels do. */
  long explained() {
    return lockstep.explained();
  }

  /** In which ways it does so, in words. */
  Set<String> older() {
    return lockstep.older();
  }

  /** What the other kernel has said it does not know. */
  Set<String> unknown() {
    return lockstep.unknown();
  }

  /** How many differences went away when the kernel was given time. */
  long unconfirmed() {
    return unconfirmed;
  }
}

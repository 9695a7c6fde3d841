package dev.pollux.lab.fuzz;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The fuzzer's command line: {@code ./dev fuzz}.
 *
 * <p>Random programs run on the real kernel and on the model, in step. A difference is shrunk and
 * printed with the command that replays it. The exit status is 0 without a difference, 1 with, and
 * 2 after a mistake in the arguments.
 */
public final class FuzzMain {
  private static final String USAGE =
      """
      ./dev fuzz [--seconds N] [--ops N] [--seed S] [--program N] [--most N] [--self]
        --seconds N   stop after N seconds (10 if neither is given)
        --ops N       stop after N operations
        --seed S      the series of programs; a random one is printed
        --program N   only this program of the series
        --most N      stop after N differences (5)
        --self        the real kernel against itself: a check of the fuzzer
      """;

  private static final int DEFAULT_SECONDS = 10;
  private static final int PROGRAMS_PER_LOOK = 16;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private long seconds = -1;
  private long ops = Long.MAX_VALUE;
  private long seed = new SplittableRandom().nextLong(1_000_000_000);
  private long program = -1;
  private int most = 5;
  private boolean self;
  private final Set<String> seen = new HashSet<>();

  private FuzzMain() {}

  /** Runs the fuzzer and ends the JVM with its status. */
  public static void main(String[] args) {
    Sys clock = NativeSys.open();
    System.exit(run(args, Kernels.model(0, clock::nanoTime), System.out, System.err));
  }

  /** Runs the fuzzer; its exit status. */
  static int run(String[] args, Kernels model, PrintStream out, PrintStream err) {
    return new FuzzMain().start(args, model, out, err);
  }

  private int start(String[] args, Kernels model, PrintStream out, PrintStream err) {
    try {
      parse(args);
    } catch (IllegalArgumentException e) {
      err.println("fuzz: " + e.getMessage());
      err.print(USAGE);
      return 2;
    }
    Sys kernel = NativeSys.open();
    Fuzzer fuzzer = new Fuzzer(_ -> kernel, self ? _ -> kernel : model, seed);
    long start = kernel.nanoTime();
    int differences = program >= 0 ? replay(fuzzer, out) : series(fuzzer, kernel, out, err);
    double elapsed = (kernel.nanoTime() - start) / (double) NANOS_PER_SECOND;
    long total = fuzzer.coverage().total();
    out.print(fuzzer.coverage().table());
    out.printf(
        "seed %d: %d programs, %d operations, %.0f operations/s, %d differences"
            + " (%d more that look the same, %d gone when run again with pauses, %d late,"
            + " %d races between threads, %d at a call that the model does not know)%n",
        seed,
        fuzzer.programs(),
        total,
        total / elapsed,
        differences,
        fuzzer.repeated(),
        fuzzer.unconfirmed(),
        fuzzer.late(),
        fuzzer.raced(),
        fuzzer.declined());
    fuzzer.unknown().forEach(call -> out.println("not known to the model: " + call));
    if (fuzzer.explained() > 0) {
      out.printf("programs that ended where this kernel is an older one: %d%n", fuzzer.explained());
      fuzzer.older().forEach(way -> out.println("older kernels: " + way));
    }
    out.printf("calls of other threads that slept: %d%n", fuzzer.coverage().slept());
    return differences == 0 ? 0 : 1;
  }

  private int replay(Fuzzer fuzzer, PrintStream out) {
    Generator.program(seed, program).forEach(op -> out.println("  " + op));
    return report(fuzzer.run(program), out);
  }

  private int series(Fuzzer fuzzer, Sys clock, PrintStream out, PrintStream err) {
    err.println("fuzz: seed " + seed);
    long end = seconds < 0 ? Long.MAX_VALUE : clock.nanoTime() + seconds * NANOS_PER_SECOND;
    long nextWord = clock.nanoTime() + NANOS_PER_SECOND;
    int differences = 0;
    for (long number = 0; differences < most; number++) {
      if (number % PROGRAMS_PER_LOOK == 0) {
        long now = clock.nanoTime();
        if (now >= end) {
          break;
        }
        if (now >= nextWord) {
          err.printf("fuzz: %d operations%n", fuzzer.coverage().total());
          nextWord += 10 * NANOS_PER_SECOND;
        }
      }
      if (fuzzer.coverage().total() >= ops) {
        break;
      }
      differences += report(fuzzer.run(number), out);
    }
    return differences;
  }

  /** Tells of a failure, unless another one looked the same. */
  private int report(@Nullable Failure failure, PrintStream out) {
    if (failure == null || !seen.add(failure.signature())) {
      return 0;
    }
    out.println(failure.text());
    return 1;
  }

  private void parse(String[] args) {
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--seconds" -> seconds = number(args, i++);
        case "--ops" -> ops = number(args, i++);
        case "--seed" -> seed = number(args, i++);
        case "--program" -> program = number(args, i++);
        case "--most" -> most = (int) Math.min(number(args, i++), Integer.MAX_VALUE);
        case "--self" -> self = true;
        default -> throw new IllegalArgumentException("there is no option '" + args[i] + "'");
      }
    }
    if (seconds < 0 && ops == Long.MAX_VALUE) {
      seconds = DEFAULT_SECONDS;
    }
  }

  /** The value of the option that stands at an index. */
  private static long number(String[] args, int option) {
    String value = option + 1 < args.length ? args[option + 1] : "";
    if (!value.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException(
          args[option] + " takes a number from 0 on, and not '" + value + "'");
    }
    return Long.parseLong(value);
  }
}

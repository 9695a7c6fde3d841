package dev.pollux.kqueue.fuzz;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Random programs of changes and waits, on a queue and on the reference, for as long as is wanted:
 * {@code KqueueFuzz --operations N --seed S --kernel model|native}. A difference is shrunk and
 * printed, with what replays it.
 */
public final class KqueueFuzz {

  private static final int OPERATIONS_PER_WORD = 250_000;

  private final String name;
  private final boolean hasTimers;
  private final Supplier<Kernel> kernels;
  private final Lists lists = new Lists();

  private KqueueFuzz(String name, boolean hasTimers, Supplier<Kernel> kernels) {
    this.name = name;
    this.hasTimers = hasTimers;
    this.kernels = kernels;
  }

  /** On the model, under virtual time. */
  static KqueueFuzz model() {
    return new KqueueFuzz("model", true, () -> Kernel.model(1));
  }

  /** On the real kernel. */
  static KqueueFuzz real() {
    Kernel kernel = Kernel.real();
    return new KqueueFuzz("native", false, () -> kernel);
  }

  /** Runs programs of a seed from a first one on; what is wrong, in words, or null. */
  @Nullable String run(long seed, long first, long operations, PrintStream progress) {
    long nextWord = OPERATIONS_PER_WORD;
    long number = first;
    for (long done = 0; done < operations; number++) {
      List<Step> program = program(seed, number);
      if (run(program) != null) {
        return text(seed, number, program);
      }
      done += program.size();
      if (done >= nextWord) {
        progress.println(name + ": " + done + " operations");
        nextWord += OPERATIONS_PER_WORD;
      }
    }
    return null;
  }

  private List<Step> program(long seed, long number) {
    return Programs.program(seed, number, hasTimers);
  }

  private @Nullable Difference run(List<Step> program) {
    return Lockstep.run(program, kernels.get(), lists);
  }

  private String text(long seed, long number, List<Step> program) {
    List<Step> small = Shrinker.shrink(program, steps -> run(steps) != null);
    Difference difference = run(small);
    String steps = small.stream().map(step -> "  " + step).collect(Collectors.joining("\n"));
    return "--kernel "
        + name
        + " --seed "
        + seed
        + " --program "
        + number
        + "\n"
        + steps
        + "\n"
        + difference;
  }

  /** Runs it, and ends with 1 if there is a difference. */
  public static void main(String[] args) {
    long operations = 1_000_000;
    long seed = 1;
    long program = 0;
    boolean isReal = false;
    for (int i = 0; i < args.length; i += 2) {
      String value = args[i + 1];
      switch (args[i]) {
        case "--operations" -> operations = Long.parseLong(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--program" -> program = Long.parseLong(value);
        case "--kernel" -> isReal = value.equals("native");
        default -> throw new IllegalArgumentException(args[i]);
      }
    }
    String wrong = (isReal ? real() : model()).run(seed, program, operations, System.out);
    if (wrong != null) {
      throw new AssertionError(wrong);
    }
    System.out.println("seed " + seed + ": " + operations + " without a difference");
  }
}

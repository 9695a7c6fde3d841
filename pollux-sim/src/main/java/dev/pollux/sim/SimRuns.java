package dev.pollux.sim;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs of one test with many seeds; start from {@link Sim#seeds}.
 *
 * <p>System properties change what is run, without another word in the test:
 *
 * <ul>
 *   <li>{@code pollux.sim.seed=N} replays one seed
 *   <li>{@code pollux.sim.runs=N} runs so many
 *   <li>{@code pollux.sim.threads=N} runs so many at a time
 *   <li>{@code pollux.sim.shrink=false} leaves a failing run as it is
 *   <li>{@code pollux.sim.steps=N} stops each run after so many steps, which is a failure: to see
 *       what was before one
 *   <li>{@code pollux.sim.trace=true} keeps all lines of a failure's trace
 *   <li>{@code pollux.sim.pcap=FILE} writes the packets of the run that failed, or, if none did, of
 *       the last seed, for Wireshark and tcpdump
 * </ul>
 *
 * <p>Immutable. Threads: any.
 */
public final class SimRuns {

  private final Values values;

  private SimRuns(Values values) {
    this.values = values;
  }

  static SimRuns of(int count) {
    Values values = new Values();
    Long seed = number("pollux.sim.seed");
    Long runs = number("pollux.sim.runs");
    values.count = seed != null ? 1 : runs != null ? Math.toIntExact(runs) : count;
    if (values.count < 1) {
      throw new IllegalArgumentException("runs: " + values.count + " is less than 1");
    }
    values.firstSeed = seed == null ? 1 : seed;
    Long steps = number("pollux.sim.steps");
    values.steps = steps == null ? Long.MAX_VALUE : steps;
    Long threads = number("pollux.sim.threads");
    return new SimRuns(values).threads(threads == null ? 1 : Math.toIntExact(threads));
  }

  /** A number that a property has; null if it is not set. */
  static @Nullable Long number(String property) {
    String text = System.getProperty(property);
    try {
      return text == null ? null : Long.valueOf(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("-D" + property + "=" + text + " is no number", e);
    }
  }

  /** As this, beginning with another seed than 1; the property for one seed goes before. */
  public SimRuns from(long seed) {
    boolean isGiven = number("pollux.sim.seed") != null;
    return isGiven ? this : with(v -> v.firstSeed = seed);
  }

  /**
   * As this, each run ending after so much of its time, or later, if a property has until then. By
   * default ten minutes.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public SimRuns lasting(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("lasting: " + value + " is negative");
    }
    return with(v -> v.lasting = value);
  }

  /** As this, not held of its runs. */
  public SimRuns without(Invariant invariant) {
    EnumSet<Invariant> left = EnumSet.copyOf(values.invariants);
    boolean _ = left.remove(invariant);
    return with(v -> v.invariants = left);
  }

  /**
   * As this, running each seed twice, and holding that both runs are the same: the packets, when
   * they left, their addresses, sequence numbers and sizes, what was noted, and how many steps
   * there were; not the bytes, which TLS makes anew each time.
   */
  public SimRuns repeated() {
    return with(v -> v.repeats = true);
  }

  /**
   * As this, so many runs at a time, each on a thread of its own: what the test keeps then belongs
   * to its run. By default one, on the caller's thread. The seed that a failure names is the same
   * for any number.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public SimRuns threads(int value) {
    if (value < 1) {
      throw new IllegalArgumentException("threads: " + value + " is less than 1");
    }
    return with(v -> v.threads = value);
  }

  /**
   * As this, telling somebody each line of each run's trace as it comes, on the thread of the run;
   * not of those that make a failure smaller.
   */
  public SimRuns traced(Consumer<String> lines) {
    return with(v -> v.reader = lines);
  }

  /** As this, a failure not being made smaller, which may take hundreds of runs. */
  public SimRuns unshrunk() {
    return with(v -> v.shrinks = false);
  }

  /**
   * As this, a run being given up that throws such an exception: an assumption of the test does not
   * hold there, see {@link Sim#giveUp}.
   */
  public SimRuns givingUpOn(Class<? extends Throwable> thrown) {
    Objects.requireNonNull(thrown, "thrown");
    return with(v -> v.givesUpOn = thrown);
  }

  /** As this, a failure naming something that runs this test alone, before the seed. */
  public SimRuns replay(String how) {
    Objects.requireNonNull(how, "how");
    return with(v -> v.replay = how + " ");
  }

  /**
   * Runs them.
   *
   * @throws SimFailure of the first seed that fails: the message has it, what is needed for the
   *     failure, the last lines of the trace and how to replay it
   */
  public SimReport run(SimBody body) {
    return new Campaign(values, body).run();
  }

  @Override
  public String toString() {
    return values.count == 1
        ? "seed " + values.firstSeed
        : values.count + " seeds from " + values.firstSeed;
  }

  private SimRuns with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new SimRuns(copy);
  }

  /** What nobody throws. */
  private static final class NoException extends Exception {
    private static final long serialVersionUID = 1;
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  static final class Values implements Cloneable {
    long firstSeed;
    int count;
    Duration lasting = Duration.ofMinutes(10);
    EnumSet<Invariant> invariants = EnumSet.allOf(Invariant.class);
    boolean repeats;
    long steps = Long.MAX_VALUE;
    int threads = 1;
    boolean shrinks = true;
    @Nullable Consumer<String> reader;
    String replay = "";
    Class<? extends Throwable> givesUpOn = NoException.class;

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}

package dev.pollux.sim;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Runs of one test with many seeds; start from {@link Sim#seeds}.
 *
 * <p>The property {@code pollux.sim.seed} replays one seed, {@code pollux.sim.runs} changes how
 * many there are, and {@code pollux.sim.trace=true} keeps all lines of a failure's trace.
 *
 * <p>Immutable. Threads: any.
 */
public final class SimRuns {

  private static final Duration LASTING = Duration.ofMinutes(10);

  private final long firstSeed;
  private final int count;
  private final Duration lasting;
  private final Set<Invariant> invariants;
  private final boolean repeats;

  private SimRuns(
      long firstSeed, int count, Duration lasting, Set<Invariant> invariants, boolean repeats) {
    this.firstSeed = firstSeed;
    this.count = count;
    this.lasting = lasting;
    this.invariants = invariants;
    this.repeats = repeats;
  }

  static SimRuns of(int count) {
    Long seed = Long.getLong("pollux.sim.seed");
    int runs = seed != null ? 1 : Integer.getInteger("pollux.sim.runs", count);
    if (runs < 1) {
      throw new IllegalArgumentException("runs: " + runs + " is less than 1");
    }
    return new SimRuns(
        seed == null ? 1 : seed, runs, LASTING, EnumSet.allOf(Invariant.class), false);
  }

  /** As this, beginning with another seed than 1; the property for one seed goes before. */
  public SimRuns from(long seed) {
    boolean isGiven = Long.getLong("pollux.sim.seed") != null;
    return isGiven ? this : new SimRuns(seed, count, lasting, invariants, repeats);
  }

  /**
   * As this, each run ending after so much of its time, or later, if a property has until then. By
   * default ten minutes.
   */
  public SimRuns lasting(Duration value) {
    return new SimRuns(firstSeed, count, value, invariants, repeats);
  }

  /** As this, not held of its runs. */
  public SimRuns without(Invariant invariant) {
    EnumSet<Invariant> left = EnumSet.copyOf(invariants);
    boolean _ = left.remove(invariant);
    return new SimRuns(firstSeed, count, lasting, left, repeats);
  }

  /**
   * As this, running each seed twice, and holding that both runs are the same: the packets, when
   * they left, their addresses, sequence numbers and sizes, what was noted, and how many steps
   * there were; not the bytes, which TLS makes anew each time.
   */
  public SimRuns repeated() {
    return new SimRuns(firstSeed, count, lasting, invariants, true);
  }

  /**
   * Runs them, one after the other.
   *
   * @throws SimFailure of the first seed that fails: the message has it, the last lines of the
   *     trace and how to replay it
   */
  public SimReport run(SimBody body) {
    Map<String, Integer> faults = new TreeMap<>();
    Set<String> met = new TreeSet<>();
    Set<String> unmet = new TreeSet<>();
    long steps = 0;
    for (int i = 0; i < count; i++) {
      long seed = firstSeed + i;
      Sim sim = runOne(seed, body);
      if (repeats && !isSame(sim, runOne(seed, body))) {
        throw new SimFailure(
            seed, "seed " + seed + " is not the same run when it is run again", null);
      }
      sim.faultCounts().forEach((name, n) -> faults.merge(name, n, Integer::sum));
      boolean _ = met.addAll(sim.met());
      boolean _ = unmet.addAll(sim.unmet());
      steps += sim.steps();
    }
    unmet.removeAll(met);
    boolean isReplay = Long.getLong("pollux.sim.seed") != null; // one run need not meet everything
    if (!unmet.isEmpty() && !isReplay) {
      throw new SimFailure(firstSeed, "in none of " + count + " runs: " + unmet, null);
    }
    return new SimReport(count, steps, faults);
  }

  private static boolean isSame(Sim one, Sim other) {
    return one.trace().hash() == other.trace().hash()
        && one.steps() == other.steps()
        && one.faultCounts().equals(other.faultCounts());
  }

  private Sim runOne(long seed, SimBody body) {
    Trace trace = new Trace(Boolean.getBoolean("pollux.sim.trace"));
    Sim sim = new Sim(seed, invariants, trace);
    try {
      sim.run(body, lasting);
      return sim;
    } catch (SimFailure e) {
      String text =
          e.getMessage()
              + "\nseed "
              + seed
              + ", after "
              + sim.elapsed()
              + ", faults "
              + sim.faultCounts()
              + "; the last of the trace:\n  "
              + String.join("\n  ", trace.lines())
              + "\nreplay: -Dpollux.sim.seed="
              + seed;
      throw new SimFailure(seed, text, e.getCause());
    }
  }
}

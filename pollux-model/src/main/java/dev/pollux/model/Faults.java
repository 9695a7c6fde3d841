package dev.pollux.model;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The fault dials of a model kernel: how probable each {@link Fault} is at each opportunity.
 *
 * <p>Immutable. Threads: any.
 */
public final class Faults {

  private static final long DEFAULT_MAX_DELAY_NANOS = 10_000_000; // 10 ms
  private static final double SWARM_STRONGEST = 0.25;

  private static final Faults NONE = new Faults(Map.of(), DEFAULT_MAX_DELAY_NANOS);

  private final Map<Fault, Double> probabilities;
  private final long maxDelayNanos;

  /** Checks the dials and copies them. */
  private Faults(Map<Fault, Double> probabilities, long maxDelayNanos) {
    EnumMap<Fault, Double> copy = new EnumMap<>(Fault.class);
    probabilities.forEach((fault, p) -> {
      if (!(p >= 0 && p <= 1)) {
        throw new IllegalArgumentException(fault + " with a probability of " + p);
      }
      if (p > 0) {
        copy.put(fault, p);
      }
    });
    this.probabilities = Collections.unmodifiableMap(copy);
    this.maxDelayNanos = maxDelayNanos;
  }

  /** Nothing goes wrong. */
  public static Faults none() {
    return NONE;
  }

  /**
   * Each fault on or off, and each that is on as strong as the seed wants: runs with many seeds
   * find what a run with everything on a little would not.
   *
   * <p>Source: Groce et al.: Swarm Testing, ISSTA 2012.
   */
  public static Faults swarm(long seed) {
    Dice dice = new Dice(seed);
    EnumMap<Fault, Double> chosen = new EnumMap<>(Fault.class);
    for (Fault fault : Fault.values()) {
      boolean on = dice.below(2) == 1;
      double strength = dice.unit() * SWARM_STRONGEST;
      if (on) {
        chosen.put(fault, strength);
      }
    }
    return new Faults(chosen, 1 + dice.below(5 * DEFAULT_MAX_DELAY_NANOS));
  }

  /** These dials with one of them turned; 0 turns it off. */
  public Faults with(Fault fault, double probability) {
    EnumMap<Fault, Double> changed = new EnumMap<>(Fault.class);
    changed.putAll(probabilities);
    changed.put(fault, probability);
    return new Faults(changed, maxDelayNanos);
  }

  /** These dials with another longest delay; more than 146 years counts as 146 years. */
  public Faults withMaxDelay(Duration maxDelay) {
    if (maxDelay.isNegative()) {
      throw new IllegalArgumentException("maxDelay: " + maxDelay + " is less than PT0S");
    }
    Duration longest = Duration.ofNanos(Long.MAX_VALUE / 2);
    return new Faults(
        probabilities, (maxDelay.compareTo(longest) < 0 ? maxDelay : longest).toNanos());
  }

  /** How late {@link Fault#DELAY} makes a segment at most. By default 10 ms. */
  public Duration maxDelay() {
    return Duration.ofNanos(maxDelayNanos);
  }

  long maxDelayNanos() {
    return maxDelayNanos;
  }

  /** The dials, from 0 to 1; a fault that is absent never happens. */
  public Map<Fault, Double> probabilities() {
    return probabilities;
  }

  /** How probable a fault is at each opportunity. */
  public double probability(Fault fault) {
    return probabilities.isEmpty() ? 0 : probabilities.getOrDefault(fault, 0.0);
  }

  @Override
  public String toString() {
    return "Faults[probabilities=" + probabilities + ", maxDelay=" + maxDelay() + "]";
  }
}

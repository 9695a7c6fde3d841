package dev.pollux.model;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a host of a {@link ModelNetwork} is like; start from {@link #at}.
 *
 * <p>Immutable. Threads: any.
 */
public final class HostOptions {

  private static final int MAX_DRIFT_PPM = 100_000;
  private static final Duration MAX_SKEW = Duration.ofDays(1);

  private final Set<InetAddress> addresses;
  private final long seed;
  private final Faults faults;
  private final Limits limits;
  private final Duration skew;
  private final int driftPpm;

  private HostOptions(
      Collection<InetAddress> addresses,
      long seed,
      Faults faults,
      Limits limits,
      Duration skew,
      int driftPpm) {
    this.addresses = new LinkedHashSet<>(addresses);
    this.seed = seed;
    this.faults = faults;
    this.limits = limits;
    this.skew = skew;
    this.driftPpm = driftPpm;
  }

  /** Of these addresses: the first of each family is the one it sends from. */
  public static HostOptions at(InetAddress... addresses) {
    return new HostOptions(
        List.of(addresses), 0, Faults.none(), Limits.defaults(), Duration.ZERO, 0);
  }

  /** These options with another seed, for the chance of its faults. */
  public HostOptions withSeed(long value) {
    return new HostOptions(addresses, value, faults, limits, skew, driftPpm);
  }

  /** These options with other faults of its system calls. By default none. */
  public HostOptions withFaults(Faults value) {
    return new HostOptions(addresses, seed, value, limits, skew, driftPpm);
  }

  /** These options with other limits. */
  public HostOptions withLimits(Limits value) {
    return new HostOptions(addresses, seed, faults, value, skew, driftPpm);
  }

  /**
   * These options with a clock that is ahead by so much, or behind. By default it is right.
   *
   * @throws IllegalArgumentException beyond a day
   */
  public HostOptions withSkew(Duration value) {
    if (value.abs().compareTo(MAX_SKEW) > 0) {
      throw new IllegalArgumentException("skew: " + value + " is more than " + MAX_SKEW);
    }
    return new HostOptions(addresses, seed, faults, limits, value, driftPpm);
  }

  /**
   * These options with a clock that gains so many millionths, or loses them, from when the host is
   * switched on. By default 0.
   *
   * @throws IllegalArgumentException beyond a tenth, 100,000
   */
  public HostOptions withDriftPpm(int value) {
    if (Math.abs(value) > MAX_DRIFT_PPM) {
      throw new IllegalArgumentException(
          "driftPpm: " + value + " is not within " + -MAX_DRIFT_PPM + " to " + MAX_DRIFT_PPM);
    }
    return new HostOptions(addresses, seed, faults, limits, skew, value);
  }

  Set<InetAddress> addresses() {
    return addresses;
  }

  long seed() {
    return seed;
  }

  Faults faults() {
    return faults;
  }

  Limits limits() {
    return limits;
  }

  Duration skew() {
    return skew;
  }

  int driftPpm() {
    return driftPpm;
  }
}

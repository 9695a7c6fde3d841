package dev.pollux.sim;

import java.time.Duration;
import java.util.Objects;

/**
 * What a link does to what goes over it, in one direction; start from {@link #DEFAULT}.
 *
 * <p>What is lost of a TCP stream is sent again, and seen as delay; datagrams are gone. Segments
 * that overtake each other are put in order by the receiver; datagrams are not.
 *
 * <p>Immutable. Threads: any.
 */
public final class LinkOptions {

  private static final Duration MOST = Duration.ofDays(36_500);

  /** A millisecond, and nothing goes wrong. */
  public static final LinkOptions DEFAULT =
      new LinkOptions(Duration.ofMillis(1), Duration.ZERO, 0, 0, 0);

  private final Duration latency;
  private final Duration jitter;
  private final long latencyNanos; // for each packet, without a conversion
  private final long jitterNanos;
  private final long bytesPerSecond;
  private final double loss;
  private final double duplication;

  private LinkOptions(
      Duration latency, Duration jitter, long bytesPerSecond, double loss, double duplication) {
    this.latency = latency;
    this.jitter = jitter;
    this.latencyNanos = latency.toNanos();
    this.jitterNanos = jitter.toNanos();
    this.bytesPerSecond = bytesPerSecond;
    this.loss = loss;
    this.duplication = duplication;
  }

  /** As this, taking at least so long. */
  public LinkOptions withLatency(Duration value) {
    return new LinkOptions(within("latency", value), jitter, bytesPerSecond, loss, duplication);
  }

  /** How long a packet takes at least. By default a millisecond. */
  public Duration latency() {
    return latency;
  }

  long latencyNanos() {
    return latencyNanos;
  }

  /** As this, taking up to so much longer, by chance: what takes less overtakes. */
  public LinkOptions withJitter(Duration value) {
    return new LinkOptions(latency, within("jitter", value), bytesPerSecond, loss, duplication);
  }

  /** By how much a packet may be later than others. By default zero. */
  public Duration jitter() {
    return jitter;
  }

  long jitterNanos() {
    return jitterNanos;
  }

  /**
   * As this, with a bandwidth: packets wait for those before them, without a limit. 0 is endless.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public LinkOptions withBytesPerSecond(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("bytesPerSecond: " + value + " is negative");
    }
    return new LinkOptions(latency, jitter, value, loss, duplication);
  }

  /** Bytes a second, headers included; 0 is endless, and the default. */
  public long bytesPerSecond() {
    return bytesPerSecond;
  }

  /** As this, losing packets with a probability from 0 to 1. */
  public LinkOptions withLoss(double value) {
    return new LinkOptions(
        latency, jitter, bytesPerSecond, probability("loss", value), duplication);
  }

  /** How probable it is that a packet is lost. By default 0. */
  public double loss() {
    return loss;
  }

  /** As this, delivering packets twice with a probability from 0 to 1. */
  public LinkOptions withDuplication(double value) {
    return new LinkOptions(
        latency, jitter, bytesPerSecond, loss, probability("duplication", value));
  }

  /** How probable it is that a packet arrives twice. By default 0. */
  public double duplication() {
    return duplication;
  }

  private static Duration within(String name, Duration value) {
    Objects.requireNonNull(value, name);
    if (value.isNegative() || value.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " is not within zero and " + MOST + ", which is 100 years");
    }
    return value;
  }

  private static double probability(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + ": " + value + " is no probability");
    }
    return value;
  }
}

package dev.pollux.http;

import dev.pollux.net.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many requests each client may have answered: those beyond are answered with 429, and
 * Retry-After says when there is another one.
 *
 * <pre>{@code
 * HttpHandler bounded = RateLimit.of(100, Duration.ofMinutes(1)).around(handler);
 * }</pre>
 *
 * <p>A client is an address of IPv4, or a network of 64 bits of IPv6: that of the request, as those
 * have {@linkplain HttpRequest#remoteAddress said} it that stand around this. All that have no such
 * address, as those of a Unix socket, are one.
 *
 * <p>At most {@link #withMaxClients} are known. One for whom there is no place, where those that it
 * could have all have something to pay off, is one client with all such, so that no crowd makes the
 * table grow, or those forget that are in it.
 *
 * <p>Immutable; each handler that it makes counts by itself. Threads: any; a handler serves all
 * loops together, under locks that are held for a few steps. What is answered allocates nothing
 * here for a client that is known. Not guaranteed: a table for 16,384 clients or more has parts, of
 * which one may be full before the others.
 */
public final class RateLimit {

  /** How many clients are known, unless it is said otherwise. */
  public static final int MAX_CLIENTS = 100_000;

  private static final Duration MAX_TIME = Duration.ofDays(366);
  private static final int PARTS = 16; // a power of two
  private static final int MIN_OF_PARTS = 1 << 14;
  private static final long SECOND = 1_000_000_000L;
  private static final HttpContent REFUSED = HttpContent.text("429 Too Many Requests\n");

  private final int requests;
  private final long periodNanos;
  private final int burst;
  private final int maxClients;
  private final @Nullable LongSupplier clock;

  private RateLimit(
      int requests, long periodNanos, int burst, int maxClients, @Nullable LongSupplier clock) {
    this.requests = requests;
    this.periodNanos = periodNanos;
    this.burst = burst;
    this.maxClients = maxClients;
    this.clock = clock;
    if (Duration.ofNanos(intervalNanos()).multipliedBy(burst).compareTo(MAX_TIME) > 0) {
      throw new IllegalArgumentException(
          "burst: " + burst + " requests are those of more than " + MAX_TIME);
    }
  }

  /**
   * So many requests in a period, on the average, and all of them at once if there were none
   * before.
   *
   * @throws IllegalArgumentException if there is none, or not one in a nanosecond, or the period is
   *     longer than 366 days
   */
  public static RateLimit of(int requests, Duration period) {
    if (requests < 1) {
      throw new IllegalArgumentException("requests: " + requests + " < 1");
    }
    if (period.compareTo(MAX_TIME) > 0 || period.compareTo(Duration.ofNanos(requests)) < 0) {
      throw new IllegalArgumentException(
          "period: " + period + " is not within " + requests + " ns and " + MAX_TIME);
    }
    return new RateLimit(requests, period.toNanos(), requests, MAX_CLIENTS, null);
  }

  /** As this, with so many at once: 1 or more. By default as many as in a period. */
  public RateLimit withBurst(int newBurst) {
    return new RateLimit(requests, periodNanos, atLeastOne("burst", newBurst), maxClients, clock);
  }

  /** As this, knowing so many clients: 1 or more. By default {@link #MAX_CLIENTS}. */
  public RateLimit withMaxClients(int newMaxClients) {
    return new RateLimit(
        requests, periodNanos, burst, atLeastOne("maxClients", newMaxClients), clock);
  }

  /**
   * As this, with another clock, of nanoseconds from whenever on, which the threads of all loops
   * ask. By default that of the connection's loop; without a connection, in a test, no time passes.
   */
  public RateLimit withClock(LongSupplier newClock) {
    Objects.requireNonNull(newClock, "clock");
    return new RateLimit(requests, periodNanos, burst, maxClients, newClock);
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " < 1");
    }
    return value;
  }

  private long intervalNanos() {
    return periodNanos / requests;
  }

  /** A handler that has another one answer what is within the bound. */
  public HttpHandler around(HttpHandler next) {
    Objects.requireNonNull(next, "next");
    long salt = ThreadLocalRandom.current().nextLong();
    RateTable[] parts = new RateTable[maxClients < MIN_OF_PARTS ? 1 : PARTS];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = table(maxClients / parts.length, salt);
    }
    RateTable others = table(1, salt);
    return (request, response) -> {
      long now = now(request);
      long key = request.client();
      int part = (int) (RateTable.mix(key + salt) >>> 32) & parts.length - 1;
      long left = parts[part].take(key, now);
      if (left == RateTable.FULL) {
        left = others.take(ClientKeys.NONE, now);
      }
      if (left == 0) {
        next.handle(request, response);
      } else {
        String seconds = String.valueOf((left + SECOND - 1) / SECOND);
        var _ = response.status(429).field("Retry-After", seconds).send(REFUSED);
      }
    };
  }

  private RateTable table(int max, long salt) {
    long interval = intervalNanos();
    return new RateTable(max, interval, interval * (burst - 1), salt);
  }

  private long now(HttpRequest request) {
    LongSupplier own = clock;
    if (own != null) {
      return own.getAsLong();
    }
    Connection connection = request.exchange().connection();
    return connection == null ? 0 : connection.loop().nowNanos();
  }

  @Override
  public String toString() {
    return "RateLimit[requests="
        + requests
        + ", period="
        + Duration.ofNanos(periodNanos)
        + ", burst="
        + burst
        + ", maxClients="
        + maxClients
        + "]";
  }
}

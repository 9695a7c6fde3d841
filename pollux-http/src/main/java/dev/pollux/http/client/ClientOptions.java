package dev.pollux.http.client;

import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Resolver;
import java.time.Duration;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * How an {@link HttpClient} asks: its times, how many connections it has and keeps, and what it
 * does on its own, which is nothing but inflating.
 *
 * <p>Immutable. Threads: any.
 *
 * <p>Units: a time of zero means never, and one of more than 146 years counts as 146 years.
 *
 * <p>Errors: each {@code with} throws IllegalArgumentException for a value out of bounds.
 */
public final class ClientOptions {

  /** What is so by default. */
  public static final ClientOptions DEFAULT = new ClientOptions(new Values());

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  private final Values values;

  private ClientOptions(Values values) {
    this.values = values;
  }

  /** As this, with other limits. */
  public ClientOptions withLimits(ClientLimits limits) {
    Objects.requireNonNull(limits, "limits");
    return with(v -> v.limits = limits);
  }

  /** How much of an answer is taken. By default {@link ClientLimits#DEFAULT}. */
  public ClientLimits limits() {
    return values.limits;
  }

  // ---- times

  /** As this, with another time to connect; zero is as long as the kernel tries. */
  public ClientOptions withConnectTime(Duration connectTime) {
    long nanos = nanos("connectTime", connectTime);
    return with(v -> v.connectNanos = nanos);
  }

  /**
   * How long a connection may take, with looking the name up; beyond, {@link
   * FailureReason#CONNECT_TIMEOUT}. By default 10 s. A TLS handshake has a time of its own: {@link
   * dev.pollux.net.Tls#withHandshakeTime}.
   */
  public Duration connectTime() {
    return Duration.ofNanos(values.connectNanos);
  }

  /** As this, with another time for the head of an answer. */
  public ClientOptions withHeadTime(Duration headTime) {
    long nanos = nanos("headTime", headTime);
    return with(v -> v.headNanos = nanos);
  }

  /**
   * From the end of a request to that of the head of its answer; beyond, {@link
   * FailureReason#HEAD_TIMEOUT}. By default 30 s. A request may have {@linkplain
   * ClientRequest#withHeadTime another}.
   */
  public Duration headTime() {
    return Duration.ofNanos(values.headNanos);
  }

  long headNanos() {
    return values.headNanos;
  }

  /** As this, with another time in which a body gets on. */
  public ClientOptions withBodyTime(Duration bodyTime) {
    long nanos = nanos("bodyTime", bodyTime);
    return with(v -> v.bodyNanos = nanos);
  }

  /**
   * How long nothing may come of a body that is taken; beyond, {@link FailureReason#BODY_TIMEOUT}.
   * By default 30 s. While the program pauses, nothing is counted. That the server takes nothing of
   * the request's is for {@link ConnectionOptions#writeStall} to see, which is the same reason.
   */
  public Duration bodyTime() {
    return Duration.ofNanos(values.bodyNanos);
  }

  long bodyNanos() {
    return values.bodyNanos;
  }

  /** As this, with another time for all of it. */
  public ClientOptions withTotalTime(Duration totalTime) {
    long nanos = nanos("totalTime", totalTime);
    return with(v -> v.totalNanos = nanos);
  }

  /**
   * From {@link HttpClient#send} to the end of the answer, with waiting, redirects and a retry;
   * beyond, {@link FailureReason#TOTAL_TIMEOUT}. By default never. A request may have {@linkplain
   * ClientRequest#withTotalTime another}.
   */
  public Duration totalTime() {
    return Duration.ofNanos(values.totalNanos);
  }

  long totalNanos() {
    return values.totalNanos;
  }

  /** As this, with another time for a 100. */
  public ClientOptions withContinueTime(Duration continueTime) {
    long nanos = nanos("continueTime", continueTime);
    return with(v -> v.continueNanos = nanos);
  }

  /**
   * How long a request that {@linkplain ClientRequest#withContinue expects} to be told to go on
   * waits before it goes on without that. By default 1 s; zero waits as long as for a head.
   */
  public Duration continueTime() {
    return Duration.ofNanos(values.continueNanos);
  }

  long continueNanos() {
    return values.continueNanos;
  }

  /** As this, with another time to wait for a connection. */
  public ClientOptions withWaitTime(Duration waitTime) {
    long nanos = nanos("waitTime", waitTime);
    return with(v -> v.waitNanos = nanos);
  }

  /**
   * How long a request waits for one of the {@link #connectionsPerOrigin}; beyond, {@link
   * FailureReason#TOO_MANY}. By default never: {@link #totalTime} bounds it.
   */
  public Duration waitTime() {
    return Duration.ofNanos(values.waitNanos);
  }

  long waitNanos() {
    return values.waitNanos;
  }

  // ---- connections

  /** As this, with so many connections to an origin; at least 1. */
  public ClientOptions withConnectionsPerOrigin(int connectionsPerOrigin) {
    int count = atLeast("connectionsPerOrigin", connectionsPerOrigin, 1);
    return with(v -> v.connectionsPerOrigin = count);
  }

  /**
   * How many connections there may be to an origin, which is a scheme, a host and a port; a request
   * beyond waits for one of them. By default 64.
   */
  public int connectionsPerOrigin() {
    return values.connectionsPerOrigin;
  }

  /** As this, with so many connections in all; at least 1. */
  public ClientOptions withConnections(int connections) {
    int count = atLeast("connections", connections, 1);
    return with(v -> v.connections = count);
  }

  /**
   * How many connections there may be in all; where one more is needed, one that nobody uses is
   * closed, and if all are used the request fails, with {@link FailureReason#TOO_MANY}. By default
   * 1,024. Those that are closed and wait for the server to close them too do not count.
   */
  public int connections() {
    return values.connections;
  }

  /** As this, keeping so many connections that nobody uses; 0 keeps none. */
  public ClientOptions withIdleConnections(int idleConnections) {
    int count = atLeast("idleConnections", idleConnections, 0);
    return with(v -> v.idleConnections = count);
  }

  /**
   * How many connections that nobody uses are kept; beyond, the one is closed that was not used for
   * the longest time. By default 256.
   */
  public int idleConnections() {
    return values.idleConnections;
  }

  /** As this, keeping a connection that nobody uses for so long; zero is for ever. */
  public ClientOptions withIdleTime(Duration idleTime) {
    long nanos = nanos("idleTime", idleTime);
    return with(v -> v.idleNanos = nanos);
  }

  /**
   * How long a connection is kept that nobody uses. By default 30 s: less than most servers do, as
   * a request that meets the server's end of it may have to fail.
   */
  public Duration idleTime() {
    return Duration.ofNanos(values.idleNanos);
  }

  long idleNanos() {
    return values.idleNanos;
  }

  /** As this, with so many requests that wait; 0 has none wait. */
  public ClientOptions withWaitingRequests(int waitingRequests) {
    int count = atLeast("waitingRequests", waitingRequests, 0);
    return with(v -> v.waitingRequests = count);
  }

  /**
   * How many requests may wait for a connection, of all origins together; beyond, {@link
   * FailureReason#TOO_MANY}. By default 1,024.
   */
  public int waitingRequests() {
    return values.waitingRequests;
  }

  /** As this, with other connections. */
  public ClientOptions withConnection(ConnectionOptions connection) {
    Objects.requireNonNull(connection, "connection");
    return with(v -> v.connection = connection);
  }

  /** What the connections are like. By default {@link ConnectionOptions#DEFAULT}. */
  public ConnectionOptions connection() {
    return values.connection;
  }

  /** As this, looking names up elsewhere. */
  public ClientOptions withResolver(Resolver resolver) {
    Objects.requireNonNull(resolver, "resolver");
    return with(v -> v.resolver = resolver);
  }

  /** Who looks names up. By default {@link Resolver#SYSTEM}. */
  public Resolver resolver() {
    return values.resolver;
  }

  /** As this, with other TLS for https. */
  public ClientOptions withTls(TlsFactory tls) {
    Objects.requireNonNull(tls, "tls");
    return with(v -> v.tls = tls);
  }

  /** What makes the TLS of each server. By default {@link TlsFactory#DEFAULT}. */
  public TlsFactory tls() {
    return values.tls;
  }

  // ---- what it does on its own

  /** As this, following so many redirects; 0 follows none. */
  public ClientOptions withRedirects(int redirects) {
    int count = atLeast("redirects", redirects, 0);
    return with(v -> v.redirects = count);
  }

  /**
   * How many redirects of a request are followed, one after the other; one more is a failure,
   * {@link FailureReason#BAD_REDIRECT}. By default 0: they are answers like others.
   */
  public int redirects() {
    return values.redirects;
  }

  /** As this, following redirects from https to http, or not. */
  public ClientOptions withDowngrade(boolean downgrade) {
    return with(v -> v.downgrade = downgrade);
  }

  /** Whether redirects may lead from https to http. By default they fail. */
  public boolean downgrade() {
    return values.downgrade;
  }

  /** As this, inflating what servers deflated, or giving everything as it came. */
  public ClientOptions withDecompression(boolean decompression) {
    return with(v -> v.decompression = decompression);
  }

  /**
   * Whether servers are asked for gzip and deflate, and what they send so is inflated. By default
   * it is; not where a request has an Accept-Encoding of its own, or a Range.
   */
  public boolean decompression() {
    return values.decompression;
  }

  private static int atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " is less than " + least);
    }
    return value;
  }

  static long nanos(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + ": " + value + " is negative");
    }
    return value.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : value.toNanos();
  }

  private ClientOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new ClientOptions(copy);
  }

  @Override
  public String toString() {
    return new StringJoiner(", ", "ClientOptions[", "]")
        .add("limits=" + limits())
        .add("connectTime=" + connectTime())
        .add("headTime=" + headTime())
        .add("bodyTime=" + bodyTime())
        .add("totalTime=" + totalTime())
        .add("waitTime=" + waitTime())
        .add("continueTime=" + continueTime())
        .add("connectionsPerOrigin=" + connectionsPerOrigin())
        .add("connections=" + connections())
        .add("idleConnections=" + idleConnections())
        .add("idleTime=" + idleTime())
        .add("waitingRequests=" + waitingRequests())
        .add("connection=" + connection())
        .add("redirects=" + redirects())
        .add("downgrade=" + downgrade())
        .add("decompression=" + decompression())
        .toString();
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    ClientLimits limits = ClientLimits.DEFAULT;
    long connectNanos = 10 * SECOND_NANOS;
    long headNanos = 30 * SECOND_NANOS;
    long bodyNanos = 30 * SECOND_NANOS;
    long totalNanos;
    long waitNanos;
    long continueNanos = SECOND_NANOS;
    int connectionsPerOrigin = 64;
    int connections = 1_024;
    int idleConnections = 256;
    long idleNanos = 30 * SECOND_NANOS;
    int waitingRequests = 1_024;
    ConnectionOptions connection = ConnectionOptions.DEFAULT;
    Resolver resolver = Resolver.SYSTEM;
    TlsFactory tls = TlsFactory.DEFAULT;
    int redirects;
    boolean downgrade;
    boolean decompression = true;

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

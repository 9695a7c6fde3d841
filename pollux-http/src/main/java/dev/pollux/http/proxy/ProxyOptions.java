package dev.pollux.http.proxy;

import dev.pollux.http.client.ClientException;
import dev.pollux.http.client.ClientOptions;
import dev.pollux.http.wire.Tokens;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link ReverseProxy} asks the servers behind it.
 *
 * <p>Immutable. Threads: any. Errors: each {@code with} throws IllegalArgumentException for a value
 * out of bounds.
 */
public final class ProxyOptions {

  /** What is so by default. */
  public static final ProxyOptions DEFAULT = new ProxyOptions(new Values());

  private static final Duration MAX_TIME = Duration.ofDays(1);

  private final Values values;

  private ProxyOptions(Values values) {
    this.values = values;
  }

  /**
   * As this, with other limits and times of the client that asks, all of them: begin with {@code
   * ProxyOptions.DEFAULT.client()}, as {@link ClientOptions#DEFAULT} has not those of a proxy.
   * Redirects and decompression are off whatever it says: what comes is passed on.
   */
  public ProxyOptions withClient(ClientOptions client) {
    Objects.requireNonNull(client, "client");
    return with(v -> v.client = client);
  }

  /**
   * As this, with something of the client that asks changed, and all else as it was:
   *
   * <pre>{@code
   * ProxyOptions options = ProxyOptions.DEFAULT.withClient(client -> client.withTls(tls));
   * }</pre>
   */
  public ProxyOptions withClient(UnaryOperator<ClientOptions> change) {
    return withClient(change.apply(values.client));
  }

  /**
   * The limits and times of the client that asks, on each loop; by default connecting takes 5 s at
   * most, and so does waiting for one of the connections, and nothing is bounded in all.
   */
  public ClientOptions client() {
    return values.client.withRedirects(0).withDecompression(false);
  }

  /** As this, with another {@link #hostPolicy}. */
  public ProxyOptions withHostPolicy(HostPolicy hostPolicy) {
    Objects.requireNonNull(hostPolicy, "hostPolicy");
    return with(v -> v.hostPolicy = hostPolicy);
  }

  /** What the Host field says. By default what the client said. */
  public HostPolicy hostPolicy() {
    return values.hostPolicy;
  }

  /** As this, keeping what a request says of where it came from, and adding to it; or not. */
  public ProxyOptions withTrustedForwarding(boolean trustedForwarding) {
    return with(v -> v.trustedForwarding = trustedForwarding);
  }

  /**
   * Whether {@code X-Forwarded-*}, {@code X-Real-IP} and {@code Forwarded} of requests are kept. By
   * default not, as anybody may send them: what is behind is told of the peer alone. With an
   * underscore in its name none of them is passed on, as many would read it as one of them.
   */
  public boolean trustedForwarding() {
    return values.trustedForwarding;
  }

  /**
   * As this, passing on upgrades to these protocols; none passes on no upgrade.
   *
   * @param protocols as in the Upgrade field
   */
  public ProxyOptions withUpgrades(String... protocols) {
    List<String> all = List.of(protocols);
    for (String protocol : all) {
      var _ = Tokens.requireToken("protocol", protocol.replaceFirst("/", ""));
    }
    return with(v -> v.upgrades = all);
  }

  /**
   * To which protocols a client and a server may leave HTTP. By default {@code websocket} alone:
   * behind an upgrade to HTTP/2, or TLS, requests would pass that nobody here has seen.
   */
  public List<String> upgrades() {
    return values.upgrades;
  }

  /** As this, with another {@link #tunnelIdle}. */
  public ProxyOptions withTunnelIdle(Duration tunnelIdle) {
    long nanos = nanos("tunnelIdle", tunnelIdle);
    return with(v -> v.tunnelNanos = nanos);
  }

  /**
   * How long nothing may move either way behind an upgrade; beyond, both connections are ended in
   * order. By default 10 min. {@link dev.pollux.net.ConnectionOptions#allIdle} does not count then.
   */
  public Duration tunnelIdle() {
    return Duration.ofNanos(values.tunnelNanos);
  }

  long tunnelIdleNanos() {
    return values.tunnelNanos;
  }

  /** As this, asking each target for this path again and again; null for never. */
  public ProxyOptions withHealthPath(@Nullable String healthPath) {
    if (healthPath != null && !healthPath.startsWith("/")) {
      throw new IllegalArgumentException("healthPath: '" + healthPath + "' does not begin with /");
    }
    return with(v -> v.healthPath = healthPath);
  }

  /**
   * Where targets are asked how they are, by each loop: one that has not answered by a status below
   * 400 is asked nothing else until it does, if there is another. By default null: only requests
   * tell. Looks begin with {@link ReverseProxy#start}, or a loop's first request, which waits.
   */
  public @Nullable String healthPath() {
    return values.healthPath;
  }

  /** As this, with another {@link #healthInterval}. */
  public ProxyOptions withHealthInterval(Duration healthInterval) {
    long nanos = nanos("healthInterval", healthInterval);
    return with(v -> v.healthNanos = nanos);
  }

  /** How long after a look at a target the next one is, and how long one may take: 2 s. */
  public Duration healthInterval() {
    return Duration.ofNanos(values.healthNanos);
  }

  long healthNanos() {
    return values.healthNanos;
  }

  /** As this, with another {@link #downTime}. */
  public ProxyOptions withDownTime(Duration downTime) {
    long nanos = nanos("downTime", downTime);
    return with(v -> v.downNanos = nanos);
  }

  /**
   * How long a target that could not be connected to is asked nothing, if there is another: 2 s by
   * default.
   */
  public Duration downTime() {
    return Duration.ofNanos(values.downNanos);
  }

  long downNanos() {
    return values.downNanos;
  }

  /**
   * As this, telling of requests that a target did not answer, or not to the end; or nobody. The
   * URI is the target as it was given, of {@code unix} too.
   */
  public ProxyOptions withFailureListener(@Nullable BiConsumer<URI, ClientException> listener) {
    return with(v -> v.listener = listener);
  }

  /** Who is told of failures, by the loop's thread. By default null. */
  public @Nullable BiConsumer<URI, ClientException> failureListener() {
    return values.listener;
  }

  /** As this, telling of targets that go down or are up again; or nobody. */
  public ProxyOptions withHealthListener(@Nullable HealthListener listener) {
    return with(v -> v.healthListener = listener);
  }

  /** Who is told how targets are. By default null. */
  public @Nullable HealthListener healthListener() {
    return values.healthListener;
  }

  @Override
  public String toString() {
    return "ProxyOptions[hostPolicy="
        + hostPolicy()
        + ", trustedForwarding="
        + trustedForwarding()
        + ", upgrades="
        + upgrades()
        + ", tunnelIdle="
        + tunnelIdle()
        + ", healthPath="
        + healthPath()
        + ", healthInterval="
        + healthInterval()
        + ", downTime="
        + downTime()
        + "]";
  }

  private static long nanos(String name, Duration value) {
    if (value.isNegative() || value.isZero() || value.compareTo(MAX_TIME) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " is not more than zero and at most " + MAX_TIME);
    }
    return value.toNanos();
  }

  private ProxyOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new ProxyOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    ClientOptions client =
        ClientOptions.DEFAULT
            .withConnectTime(Duration.ofSeconds(5))
            .withWaitTime(Duration.ofSeconds(5))
            .withTotalTime(Duration.ZERO);
    HostPolicy hostPolicy = HostPolicy.CLIENT;
    boolean trustedForwarding;
    List<String> upgrades = List.of("websocket");
    long tunnelNanos = 600_000_000_000L; // 10 min
    @Nullable String healthPath;
    long healthNanos = 2_000_000_000L; // 2 s
    long downNanos = 2_000_000_000L; // 2 s
    @Nullable BiConsumer<URI, ClientException> listener;
    @Nullable HealthListener healthListener;

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

package dev.pollux.http;

import dev.pollux.http.wire.Tokens;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How requests are taken and answered, on every connection; where they come from is said by {@link
 * dev.pollux.net.ServerOptions}.
 *
 * <p>Immutable. Threads: any.
 */
public final class HttpOptions {

  /** What is so by default. */
  public static final HttpOptions DEFAULT = new HttpOptions(new Values());

  private static final int MAX_NAME = 128;

  private final Values values;

  private HttpOptions(Values values) {
    this.values = values;
  }

  /** As this, with other limits. */
  public HttpOptions withLimits(HttpLimits limits) {
    Objects.requireNonNull(limits, "limits");
    return with(v -> v.limits = limits);
  }

  /** How much a peer may ask for. By default {@link HttpLimits#DEFAULT}. */
  public HttpLimits limits() {
    return values.limits;
  }

  /**
   * As this, with another name in the Server field, or without one for null.
   *
   * @throws IllegalArgumentException if it has characters that no field's value may have, or more
   *     than 128
   */
  public HttpOptions withServerName(@Nullable String serverName) {
    if (serverName != null) {
      var _ = Tokens.requireValue("serverName", serverName);
      if (serverName.length() > MAX_NAME) {
        throw new IllegalArgumentException(
            "serverName: " + serverName.length() + " characters, of " + MAX_NAME + " at most");
      }
    }
    return with(v -> v.serverName = serverName);
  }

  /** What the Server field says. By default null: there is none. */
  public @Nullable String serverName() {
    return values.serverName;
  }

  /** As this, with another clock for the Date field. */
  public HttpOptions withWallClock(InstantSource wallClock) {
    Objects.requireNonNull(wallClock, "wallClock");
    return with(v -> v.wallClock = wallClock);
  }

  /** The clock for the Date field. By default the system's. */
  public InstantSource wallClock() {
    return values.wallClock;
  }

  /**
   * As this, keeping connections of HTTP/1.0 which ask for that by {@code Connection: keep-alive}.
   */
  public HttpOptions withKeepAliveOfHttp10(boolean keepAliveOfHttp10) {
    return with(v -> v.keepAliveOfHttp10 = keepAliveOfHttp10);
  }

  /**
   * Whether connections of HTTP/1.0 are kept. By default not: it was never standardised, and a
   * proxy of that time which passes the field on without knowing it is fooled.
   */
  public boolean keepAliveOfHttp10() {
    return values.keepAliveOfHttp10;
  }

  /**
   * As this, taking connections by way of a proxy that says before anything else whom each is from,
   * by HAProxy's PROXY protocol, version 1 or 2; or not. The header comes before TLS, too. It is
   * required: a connection without it is cut off, as is one that has not sent it within {@link
   * HttpLimits#headTime}. Who can reach the server by another way than the proxy can be whoever he
   * likes.
   */
  public HttpOptions withProxyProtocol(boolean proxyProtocol) {
    return with(v -> v.proxyProtocol = proxyProtocol);
  }

  /**
   * Whether each connection begins with a header of the PROXY protocol; {@link
   * HttpRequest#remoteAddress} is what that says. By default not.
   */
  public boolean proxyProtocol() {
    return values.proxyProtocol;
  }

  /**
   * As this, with so many connections of a client at most, 1 or more; or 0, which is no bound. One
   * more is cut off at once. A client is an address of IPv4, or a network of 64 bits of IPv6; where
   * there is a {@linkplain #withProxyProtocol proxy}, what that names. What has no such address, as
   * a Unix socket has none, is not counted.
   *
   * <p>It is {@link HttpServer#open} and {@link HttpServer#start} that count, over all loops of the
   * server; {@link HttpServer#handlers} for another server do not.
   */
  public HttpOptions withMaxConnectionsPerAddress(int maxConnectionsPerAddress) {
    if (maxConnectionsPerAddress < 0) {
      throw new IllegalArgumentException(
          "maxConnectionsPerAddress: " + maxConnectionsPerAddress + " is negative");
    }
    return with(v -> v.maxConnectionsPerAddress = maxConnectionsPerAddress);
  }

  /** How many connections a client may have. By default 0: as many as there are at all. */
  public int maxConnectionsPerAddress() {
    return values.maxConnectionsPerAddress;
  }

  /** As this, saying by this whether the server takes requests; or by nothing, for null. */
  public HttpOptions withReadiness(@Nullable Readiness readiness) {
    return with(v -> v.readiness = readiness);
  }

  /** What says no when the server stops. By default null. */
  public @Nullable Readiness readiness() {
    return values.readiness;
  }

  /**
   * As this, taking characters in targets that no URI has as they are, and browsers send in
   * queries: <code>| ^ ` { } " &lt; &gt;</code> and the backslash; and brackets behind the question
   * mark.
   */
  public HttpOptions withLooseTargets(boolean looseTargets) {
    return with(v -> v.looseTargets = looseTargets);
  }

  /**
   * Whether targets may have such characters. By default not: other programs may read them
   * otherwise.
   */
  public boolean looseTargets() {
    return values.looseTargets;
  }

  /** As this, taking requests of HTTP/1.1 that name no host: scripts and old clients send them. */
  public HttpOptions withMissingHost(boolean missingHost) {
    return with(v -> v.missingHost = missingHost);
  }

  /**
   * Whether a request of HTTP/1.1 may be without a Host field; {@link HttpRequest#host} is empty
   * then. By default not: RFC 9112, 3.2, has it answered by 400.
   */
  public boolean missingHost() {
    return values.missingHost;
  }

  /** As this, telling this of each exchange that is over; nobody, for null. */
  public HttpOptions withObserver(@Nullable HttpObserver observer) {
    return with(v -> v.observer = observer);
  }

  /** Who is told of exchanges. By default null. */
  public @Nullable HttpObserver observer() {
    return values.observer;
  }

  @Override
  public String toString() {
    return "HttpOptions[limits="
        + limits()
        + ", serverName="
        + serverName()
        + ", keepAliveOfHttp10="
        + keepAliveOfHttp10()
        + ", proxyProtocol="
        + proxyProtocol()
        + ", maxConnectionsPerAddress="
        + maxConnectionsPerAddress()
        + "]";
  }

  private HttpOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new HttpOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    HttpLimits limits = HttpLimits.DEFAULT;
    @Nullable String serverName;
    InstantSource wallClock = InstantSource.system();
    boolean keepAliveOfHttp10;
    boolean looseTargets;
    boolean missingHost;
    @Nullable Readiness readiness;
    boolean proxyProtocol;
    int maxConnectionsPerAddress;
    @Nullable HttpObserver observer;

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

package dev.pollux.net;

import dev.pollux.sys.Addresses;
import dev.pollux.sys.SockAddr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a {@link Connector} connects; start from {@link #to(String, int)} or {@link
 * #to(SocketAddress)}, and change one value after the other.
 *
 * <p>Immutable. Threads: any.
 *
 * <p>Units: a time of zero means never, and one of more than 146 years counts as 146 years.
 *
 * <p>Errors: each {@code with} throws IllegalArgumentException for a value out of bounds.
 */
public final class ConnectOptions {

  /** The shortest time between two attempts, by RFC 8305. */
  public static final Duration LEAST_ATTEMPT_DELAY = Duration.ofMillis(10);

  private static final int MAX_PORT = 65_535;

  private final Values values;

  private ConnectOptions(Values values) {
    this.values = values;
  }

  /**
   * To a host by its name, or by a literal address.
   *
   * @param port from 1 to 65,535
   */
  public static ConnectOptions to(String host, int port) {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host: '" + host + "' is blank");
    }
    return new ConnectOptions(
        new Values(host, OptionChecks.within("port", port, 1, MAX_PORT), null));
  }

  /**
   * To one address, of IP or Unix; nothing is looked up, unless it is an unresolved one: that is a
   * host and a port, as of {@link #to(String, int)}.
   */
  public static ConnectOptions to(SocketAddress address) {
    Objects.requireNonNull(address, "address");
    if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
      return to(inet.getHostString(), inet.getPort());
    }
    int _ = SockAddr.family(address); // which refuses what it does not know
    return new ConnectOptions(new Values(null, 0, address));
  }

  /** The host, or null if there is an {@link #address}. */
  public @Nullable String host() {
    return values.host;
  }

  /** The port of the {@link #host}; else 0. */
  public int port() {
    return values.port;
  }

  /** The address, or null if there is a {@link #host}. */
  public @Nullable SocketAddress address() {
    return values.address;
  }

  /** As this, in another time; zero is as long as the kernel tries. */
  public ConnectOptions withTimeout(Duration timeout) {
    long nanos = OptionChecks.nanos("timeout", timeout);
    return with(v -> v.timeoutNanos = nanos);
  }

  /**
   * How long it may take altogether: looking the name up, and connecting to however many addresses.
   * By default 10 s. A TLS handshake has a time of its own: {@link Tls#withHandshakeTime}.
   */
  public Duration timeout() {
    return Duration.ofNanos(values.timeoutNanos);
  }

  long timeoutNanos() {
    return values.timeoutNanos;
  }

  /** As this, with another time before the next address is tried; at least 10 ms. */
  public ConnectOptions withAttemptDelay(Duration attemptDelay) {
    long nanos = OptionChecks.nanos("attemptDelay", attemptDelay);
    if (attemptDelay.compareTo(LEAST_ATTEMPT_DELAY) < 0) {
      throw new IllegalArgumentException(
          "attemptDelay: " + attemptDelay + " is less than " + LEAST_ATTEMPT_DELAY);
    }
    return with(v -> v.attemptDelayNanos = nanos);
  }

  /**
   * How long an address may take before the next one is tried beside it; one that fails is followed
   * at once. By default 250 ms, as RFC 8305 recommends.
   */
  public Duration attemptDelay() {
    return Duration.ofNanos(values.attemptDelayNanos);
  }

  long attemptDelayNanos() {
    return values.attemptDelayNanos;
  }

  /** As this, looking the name up elsewhere. */
  public ConnectOptions withResolver(Resolver resolver) {
    Objects.requireNonNull(resolver, "resolver");
    return with(v -> v.resolver = resolver);
  }

  /** Who looks the name up. By default {@link Resolver#SYSTEM}. */
  public Resolver resolver() {
    return values.resolver;
  }

  /** As this, with other options of the sockets. */
  public ConnectOptions withSocket(SocketSetup socket) {
    Objects.requireNonNull(socket, "socket");
    return with(v -> v.socket = socket);
  }

  /** What is said to the kernel of each socket before it connects. */
  public SocketSetup socket() {
    return values.socket;
  }

  /** As this, with another connection. */
  public ConnectOptions withConnection(ConnectionOptions connection) {
    Objects.requireNonNull(connection, "connection");
    return with(v -> v.connection = connection);
  }

  /** What the connection is like. By default {@link ConnectionOptions#DEFAULT}. */
  public ConnectionOptions connection() {
    return values.connection;
  }

  /** As this, with TLS, or without for null. */
  public ConnectOptions withTls(@Nullable Tls tls) {
    if (tls != null) {
      tls.requireClientSide();
    }
    return with(v -> v.tls = tls);
  }

  /** If given, the connection begins with a handshake. By default null. */
  public @Nullable Tls tls() {
    return values.tls;
  }

  /** To where, for messages. */
  String target() {
    SocketAddress known = values.address;
    if (known != null) {
      return Addresses.text(known);
    }
    String host = String.valueOf(values.host);
    boolean six = host.contains(":") && !host.startsWith("[");
    return (six ? "[" + host + "]:" : host + ":") + values.port;
  }

  @Override
  public String toString() {
    return new StringJoiner(", ", "ConnectOptions[", "]")
        .add("to=" + target())
        .add("timeout=" + timeout())
        .add("attemptDelay=" + attemptDelay())
        .add("resolver=" + resolver())
        .add("socket=" + socket())
        .add("connection=" + connection())
        .add("tls=" + tls())
        .toString();
  }

  private ConnectOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new ConnectOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    final @Nullable String host;
    final int port;
    final @Nullable SocketAddress address;
    long timeoutNanos = 10_000_000_000L; // 10 s
    long attemptDelayNanos = 250_000_000; // 250 ms
    Resolver resolver = Resolver.SYSTEM;
    SocketSetup socket = SocketSetup.DEFAULT;
    ConnectionOptions connection = ConnectionOptions.DEFAULT;
    @Nullable Tls tls;

    Values(@Nullable String host, int port, @Nullable SocketAddress address) {
      this.host = host;
      this.port = port;
      this.address = address;
    }

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

package dev.pollux.net;

import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a {@link Server} listens; start from {@link #at}, and change one value after the
 * other.
 *
 * <p>Immutable. Threads: any.
 *
 * <p>Errors: each {@code with} throws IllegalArgumentException for a value out of bounds.
 */
public final class ServerOptions {

  /** The default backlog; the kernel caps it at net.core.somaxconn. */
  public static final int DEFAULT_BACKLOG = 4096;

  /**
   * For how long nothing may move on a connection of a server, unless {@link
   * ConnectionOptions#withAllIdle} says otherwise: 10 min.
   */
  public static final Duration ALL_IDLE = Duration.ofMinutes(10);

  /** Final, and not written to any more: so the options may be passed on without precautions. */
  private final Values values;

  private ServerOptions(Values values) {
    this.values = values;
  }

  /** A server at an address, with defaults for everything else. */
  public static ServerOptions at(SocketAddress address) {
    return new ServerOptions(new Values(Objects.requireNonNull(address, "address")));
  }

  /**
   * A server on a descriptor that listens already: inherited from whoever started this process, see
   * {@link ListenFds}, or handed over by a predecessor, see {@link Succession}. Its address is the
   * server's; the {@linkplain #backlog backlog} and the {@linkplain #socket setup} are as they are.
   *
   * <p>Ownership: the descriptor stays the caller's, and the server has a duplicate. So it may be
   * closed once the server has started; as long as it is open, connections wait in its backlog also
   * when the server has stopped. It is made non-blocking, for all that share it.
   */
  public static ServerOptions on(int descriptor) {
    int fd = OptionChecks.atLeast("descriptor", descriptor, 0);
    return at(UnixAddress.unnamed()).with(v -> v.descriptor = fd);
  }

  /** The descriptor it was started {@link #on}, or -1: then it binds {@link #address}. */
  int descriptor() {
    return values.descriptor;
  }

  /**
   * As this, for a server that has one connection after the other also out of descriptors: two are
   * held in reserve, which become connections, and are taken again from those that end.
   */
  ServerOptions withKeepsLast() {
    return with(v -> v.keepsLast = true);
  }

  /** Whether out of descriptors those in reserve become connections. */
  boolean keepsLast() {
    return values.keepsLast;
  }

  /** As this, at another address. */
  public ServerOptions withAddress(SocketAddress address) {
    Objects.requireNonNull(address, "address");
    return with(v -> v.address = address);
  }

  /**
   * Where it listens: an IP address and port, 0 for any free one; or a {@link
   * dev.pollux.sys.UnixAddress}. A wildcard address, as in {@code new InetSocketAddress(port)}, is
   * that of both IP families, unless {@link SocketSetup#withFamilies} says otherwise.
   */
  public SocketAddress address() {
    return values.address;
  }

  /** As this, with another backlog; at least 1. */
  public ServerOptions withBacklog(int backlog) {
    int count = OptionChecks.atLeast("backlog", backlog, 1);
    return with(v -> v.backlog = count);
  }

  /**
   * How many connections may wait in the kernel to be accepted. By default {@link
   * #DEFAULT_BACKLOG}.
   */
  public int backlog() {
    return values.backlog;
  }

  /** As this, with other options of the listening socket. */
  public ServerOptions withSocket(SocketSetup socket) {
    Objects.requireNonNull(socket, "socket");
    return with(v -> v.socket = socket);
  }

  /** What is said to the kernel of the listening socket before it is bound. */
  public SocketSetup socket() {
    return values.socket;
  }

  /** As this, accepting in another way. */
  public ServerOptions withAcceptMode(AcceptMode acceptMode) {
    Objects.requireNonNull(acceptMode, "acceptMode");
    return with(v -> v.acceptMode = acceptMode);
  }

  /** Who accepts, where there are several loops. By default {@link AcceptMode#ACCEPTOR}. */
  public AcceptMode acceptMode() {
    return values.acceptMode;
  }

  /** As this, accepting so many a turn; at least 1. */
  public ServerOptions withAcceptsPerTurn(int acceptsPerTurn) {
    int count = OptionChecks.atLeast("acceptsPerTurn", acceptsPerTurn, 1);
    return with(v -> v.acceptsPerTurn = count);
  }

  /** How many connections one turn of a loop accepts at most. By default 64. */
  public int acceptsPerTurn() {
    return values.acceptsPerTurn;
  }

  /** As this, with another bound on the connections; at least 1. */
  public ServerOptions withMaxConnections(int maxConnections) {
    int count = OptionChecks.atLeast("maxConnections", maxConnections, 1);
    return with(v -> v.maxConnections = count);
  }

  /**
   * How many connections may be open; one more is accepted and closed at once. By default
   * Integer.MAX_VALUE.
   */
  public int maxConnections() {
    return values.maxConnections;
  }

  /** As this, with other connections; an observer of {@link #withObserver} stays theirs. */
  public ServerOptions withConnection(ConnectionOptions connection) {
    Objects.requireNonNull(connection, "connection");
    return with(v -> v.connection = connection);
  }

  /**
   * What each connection is like. By default {@link ConnectionOptions#DEFAULT}, with {@link
   * #ALL_IDLE}.
   */
  public ConnectionOptions connection() {
    ConnectionObserver own = values.observer;
    return own == null ? values.connection : values.connection.withObserver(own);
  }

  /**
   * As this, telling somebody of the life of each connection, whoever {@link
   * ConnectionOptions#withObserver} says for a connection, before or after this.
   */
  public ServerOptions withObserver(ConnectionObserver observer) {
    Objects.requireNonNull(observer, "observer");
    return with(v -> v.observer = observer);
  }

  /** Who is told of each connection. By default who {@link #connection} says. */
  public ConnectionObserver observer() {
    return connection().observer();
  }

  /**
   * As this, with TLS, or without for null.
   *
   * @throws IllegalArgumentException if it is the client's side
   */
  public ServerOptions withTls(@Nullable Tls tls) {
    if (tls != null) {
      tls.requireServerSide();
    }
    return with(v -> v.tls = tls);
  }

  /** If given, every connection begins with a handshake. By default null. */
  public @Nullable Tls tls() {
    return values.tls;
  }

  @Override
  public String toString() {
    return new StringJoiner(", ", "ServerOptions[", "]")
        .add("address=" + address())
        .add("descriptor=" + descriptor())
        .add("backlog=" + backlog())
        .add("socket=" + socket())
        .add("acceptMode=" + acceptMode())
        .add("acceptsPerTurn=" + acceptsPerTurn())
        .add("maxConnections=" + maxConnections())
        .add("connection=" + connection())
        .add("tls=" + tls())
        .toString();
  }

  private ServerOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new ServerOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    SocketAddress address;
    int descriptor = -1;
    boolean keepsLast;
    int backlog = DEFAULT_BACKLOG;
    SocketSetup socket = SocketSetup.DEFAULT;
    AcceptMode acceptMode = AcceptMode.ACCEPTOR;
    int acceptsPerTurn = 64;
    int maxConnections = Integer.MAX_VALUE;
    ConnectionOptions connection = ConnectionOptions.DEFAULT;
    @Nullable ConnectionObserver observer; // null is that of the connection
    @Nullable Tls tls;

    Values(SocketAddress address) {
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

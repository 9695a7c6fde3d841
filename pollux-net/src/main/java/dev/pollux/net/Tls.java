package dev.pollux.net;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import org.jspecify.annotations.Nullable;

/**
 * How connections are encrypted: TLS 1.3 and 1.2, by the JDK's {@link SSLEngine}.
 *
 * <p>A server gives it to {@link ServerOptions#withTls}, a client to {@link Connection#connect}.
 * {@link ConnectionHandler#opened} is called after the handshake; a handshake that fails is {@link
 * CloseReason#PROTOCOL}. By TLS 1.3 a client's side is done before the server has looked at its
 * certificate: if that is refused, {@code closed} follows {@code opened}. {@link
 * Connection#tlsSession} and {@link Connection#applicationProtocol} tell what was agreed on.
 *
 * <p>Sessions are resumed as the context's session cache and tickets allow, for the name that they
 * were made for: use one {@code Tls} for all connections. Renegotiation by the peer is refused. A
 * stream that ends without the peer's close_notify ends the connection with {@link
 * CloseReason#PROTOCOL}: something may be missing.
 *
 * <p>Half-close is a thing of TLS 1.3. In TLS 1.2, who is told that the peer ends has to end as
 * well: from {@link ConnectionHandler#readClosed} on nothing more is sent, and after {@link
 * Connection#end} little may be received.
 *
 * <h2>The computations of a handshake</h2>
 *
 * <p>They take about a millisecond each, for which everybody else on the loop would wait. So a loop
 * does {@linkplain #withHandshakeStepsPerTurn few of them in a turn}, those of handshakes that are
 * nearly done before those that begin, and its other connections, timers and tasks are served in
 * between; a handshake that waits does not read. {@link #withHandshakeExecutor} has them done by
 * other threads. The engine of a connection is made in its first turn, after {@link
 * ServerOptions#maxConnections} and the handler's factory were asked: whoever is refused costs
 * none.
 *
 * <p>Errors: what can be known without a peer to be of no use in any handshake is refused by the
 * methods here, with an {@link IllegalArgumentException}: versions and cipher suites of which none
 * is left, packet sizes. Threads: immutable, any.
 */
public final class Tls {

  /** How many steps of handshakes a loop does in a turn, unless something else is said: 1. */
  public static final int HANDSHAKE_STEPS_PER_TURN = 1;

  /**
   * A server without a matcher resumes a session whatever name is asked for, with the certificate
   * and the name of the one that it was made for.
   */
  private static final SNIMatcher ANY_NAME =
      new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
        @Override
        public boolean matches(SNIServerName name) {
          return true;
        }
      };

  /** Final, and not written to any more: so it may be passed on without precautions. */
  private final Values values;

  private Tls(Values values) {
    this.values = values;
  }

  /** The server's side, with the certificates of a context. */
  public static Tls server(SSLContext context) {
    Objects.requireNonNull(context, "context");
    return checked(new Values(TlsContexts.given(context), null));
  }

  /** The server's side, with certificates chosen by the name that the client asks for. */
  public static Tls server(TlsIdentity first, TlsIdentity... others) {
    return server(TlsIdentities.of(first, others));
  }

  /**
   * The server's side, with certificates that can be replaced.
   *
   * @throws IllegalArgumentException if one of them is not for servers
   */
  public static Tls server(TlsIdentities identities) {
    identities.use(true);
    return checked(new Values(TlsContexts.of(identities, null), null));
  }

  /**
   * The client's side.
   *
   * @param context whom to trust, and what to show; for public servers, {@link
   *     SSLContext#getDefault}
   * @param host the name that is asked for, and that the certificate has to have: with or without a
   *     dot at its end, letters beyond ASCII by IDNA 2003, which the JDK has, as far as IDNA 2008
   *     means the same name; or an address. A name with an underscore is not sent, as the JDK's
   *     servers would refuse it, but has to be in the certificate
   * @param port with the name, by what sessions are found again
   * @throws IllegalArgumentException if no host can have that name
   */
  public static Tls client(SSLContext context, String host, int port) {
    Objects.requireNonNull(context, "context");
    return checked(new Values(TlsContexts.given(context), TlsHost.of(host, port)));
  }

  /**
   * The client's side, as {@link #client(SSLContext, String, int)}, of one that trusts whom the JDK
   * trusts unless {@link #withTrust} says otherwise, and shows a certificate if {@link
   * #withIdentity} gives it one.
   */
  public static Tls client(String host, int port) {
    return checked(new Values(TlsContexts.of(null, null), TlsHost.of(host, port)));
  }

  /**
   * As this, believing these and nobody else: a client, its servers; a server, the clients that it
   * asks for certificates, which it does only if {@link #withClientCertificate} or {@link
   * #withOptionalClientCertificate} says so.
   *
   * @throws IllegalStateException if it has an {@link SSLContext}, which says that
   */
  public Tls withTrust(TlsTrust trust) {
    TlsContexts contexts = values.contexts.with(Objects.requireNonNull(trust, "trust"));
    return with(v -> v.contexts = contexts);
  }

  /** As {@link #withIdentities}, with one that stays. */
  public Tls withIdentity(TlsIdentity identity) {
    return withIdentities(TlsIdentities.of(Objects.requireNonNull(identity, "identity")));
  }

  /**
   * As this; a client then shows one of these to a server that asks for it.
   *
   * @throws IllegalArgumentException if one of them is not for that side
   * @throws IllegalStateException if it has an {@link SSLContext}, which says that
   */
  public Tls withIdentities(TlsIdentities identities) {
    Objects.requireNonNull(identities, "identities");
    TlsContexts contexts = values.contexts.with(identities);
    identities.use(!isClient());
    return with(v -> v.contexts = contexts);
  }

  /** As this, with these versions only, such as {@code TLSv1.3}. */
  public Tls withProtocols(String... protocols) {
    Objects.requireNonNull(protocols, "protocols");
    if (protocols.length == 0) {
      throw new IllegalArgumentException("protocols: there has to be one, such as TLSv1.3");
    }
    String[] copy = protocols.clone();
    return with(v -> v.protocols = copy);
  }

  /** As this, offering or accepting these application protocols (ALPN), the best first. */
  public Tls withApplicationProtocols(String... applicationProtocols) {
    String[] copy = Objects.requireNonNull(applicationProtocols, "applicationProtocols").clone();
    return with(v -> v.applicationProtocols = copy);
  }

  /**
   * As this; a server then asks for the client's certificate and insists. Without {@link
   * #withTrust} it believes every authority that the JDK knows.
   *
   * @throws IllegalStateException on the client's side
   */
  public Tls withClientCertificate() {
    requireServer("withClientCertificate");
    return with(v -> v.asksFor = Asks.NEED);
  }

  /**
   * As this; a server then asks for the client's certificate and goes on without one: {@link
   * Connection#tlsSession} has no peer then. One that is not trusted ends the handshake.
   *
   * @throws IllegalStateException on the client's side
   */
  public Tls withOptionalClientCertificate() {
    requireServer("withOptionalClientCertificate");
    return with(v -> v.asksFor = Asks.WANT);
  }

  private void requireServer(String call) {
    if (isClient()) {
      throw new IllegalStateException(
          call + " is for a server; a client has its certificate by withIdentity");
    }
  }

  /**
   * As this, with something to say about each engine, after everything that is said here, so it
   * holds: cipher suites, named groups, signature schemes, name matchers, packet sizes, and also
   * what has a method here. A client without an endpoint identification algorithm talks to whoever
   * has any certificate that it trusts.
   *
   * <p>It is called here, to see whether an engine takes what it sets, and then in the turn of each
   * handshake, on its loop's thread: by several threads if there are several loops. What it throws
   * then is as if the handler had thrown it.
   */
  public Tls withParameters(Consumer<SSLParameters> change) {
    Objects.requireNonNull(change, "change");
    return with(v -> v.change = change);
  }

  /**
   * As this, with something to say about the engine of each connection by whom it is with, after
   * all that {@link #withParameters} says. It is called in the turn of the handshake alone, as that
   * is; an engine that does not take what it sets ends its connection.
   */
  public Tls withPeerParameters(BiConsumer<SSLParameters, Connection> change) {
    Objects.requireNonNull(change, "change");
    return withAside(v -> v.changeByPeer = change);
  }

  /**
   * As this; a handshake that takes longer, whoever is to blame, ends the connection with {@link
   * CloseReason#PROTOCOL}. So does one that has waited half of that for its turns on the loop
   * before anything was computed for it: those that begin can also be done.
   *
   * @param handshakeTime by default 10 s; zero: as long as it takes; more than 146 years counts as
   *     146 years
   */
  public Tls withHandshakeTime(Duration handshakeTime) {
    long nanos = OptionChecks.nanos("handshakeTime", handshakeTime);
    return withAside(v -> v.handshakeNanos = nanos);
  }

  /**
   * As this; a loop does so many steps of handshakes in a turn, then its other work, and those that
   * wait in the next turn. Where several {@code Tls} meet on one loop they share its turns.
   *
   * <p>A step is what costs something: to make an engine, or to take in a record, or several small
   * ones, and compute what they ask for. A server's handshake is three, a client's up to six, and
   * one of them costs as much as the others together.
   *
   * @param handshakeStepsPerTurn at least 1; by default {@link #HANDSHAKE_STEPS_PER_TURN}. More
   *     make handshakes faster on a loop that is busy otherwise, and everything else slower
   */
  public Tls withHandshakeStepsPerTurn(int handshakeStepsPerTurn) {
    int count = OptionChecks.atLeast("handshakeStepsPerTurn", handshakeStepsPerTurn, 1);
    return withAside(v -> v.stepsPerTurn = count);
  }

  /**
   * As this; what a handshake computes is computed by an executor, one task of a connection at a
   * time; records are read and written on the loop.
   *
   * <p>What it refuses, by whatever exception, is computed on the loop, in its turn, and counts as
   * {@link Limit#TLS_EXECUTOR}; a task that it never runs is a handshake that takes too long. A
   * connection that ends meanwhile ends at once, but without a TLS alert. Who simulates does
   * without: other threads have no virtual time.
   *
   * <p>Ownership: the executor stays the caller's, to be shut down after the loops.
   *
   * @param handshakeExecutor null, the default: the loop
   */
  public Tls withHandshakeExecutor(@Nullable Executor handshakeExecutor) {
    return withAside(v -> v.executor = handshakeExecutor);
  }

  /**
   * The server name that a client asks for in its first bytes, to choose by it before TLS begins:
   * leave everything unread in {@link ConnectionHandler#received} until it is known, then start TLS
   * with it.
   *
   * @param data what has arrived; its position stays
   * @return in lower case; empty if the client names none, or does not speak TLS, which the
   *     handshake will tell; null if there is not enough to say
   */
  public static @Nullable String serverName(ByteBuffer data) {
    return TlsHello.serverName(data);
  }

  @Override
  public String toString() {
    TlsHost host = values.host;
    String side = host == null ? "server" : "client of " + host.name() + ":" + host.port();
    return "Tls[" + side + ", " + String.join(" ", values.protocols) + "]";
  }

  /** Whether it is the client's side. */
  boolean isClient() {
    return values.host != null;
  }

  /** Refuses what is the client's side, for who serves. */
  void requireServerSide() {
    if (isClient()) {
      throw new IllegalArgumentException(
          this + " is the client's side; a server takes one of Tls.server");
    }
  }

  /** Refuses what is the server's side, for who connects. */
  void requireClientSide() {
    if (!isClient()) {
      throw new IllegalArgumentException(
          this + " is the server's side; who connects takes one of Tls.client");
    }
  }

  /** The server that is meant; null on the server's side. */
  @Nullable TlsHost host() {
    return values.host;
  }

  /** How long a handshake may take; 0 is for ever. */
  long handshakeNanos() {
    return values.handshakeNanos;
  }

  int handshakeStepsPerTurn() {
    return values.stepsPerTurn;
  }

  @Nullable Executor handshakeExecutor() {
    return values.executor;
  }

  /** Puts TLS between the wire and the handler of a connection. */
  void install(Connection connection) {
    connection.link().setFilter(filter(connection));
  }

  /** Makes what stands between the wire and the handler. */
  Filter filter(Connection connection) {
    return new TlsFilter(connection, this);
  }

  /** The engine of one connection. */
  SSLEngine engine(Connection connection) {
    TlsHost host = values.host;
    SSLContext context = values.contexts.current();
    SSLEngine engine =
        prepared(
            values,
            host == null
                ? context.createSSLEngine()
                : context.createSSLEngine(host.name(), host.port()));
    BiConsumer<SSLParameters, Connection> known = values.changeByPeer;
    if (known != null) {
      SSLParameters parameters = engine.getSSLParameters();
      known.accept(parameters, connection);
      engine.setSSLParameters(parameters);
    }
    return engine;
  }

  private static SSLEngine prepared(Values values, SSLEngine engine) {
    TlsHost host = values.host;
    engine.setUseClientMode(host != null);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(values.protocols);
    parameters.setApplicationProtocols(values.applicationProtocols);
    if (host != null) {
      host.configure(parameters);
    } else {
      parameters.setSNIMatchers(List.of(ANY_NAME));
    }
    switch (values.asksFor) {
      case NEED -> parameters.setNeedClientAuth(true);
      case WANT -> parameters.setWantClientAuth(true);
      case NOTHING -> {}
    }
    values.change.accept(parameters);
    engine.setSSLParameters(parameters);
    return engine;
  }

  private Tls with(Consumer<Values> change) {
    return checked(withAside(change).values);
  }

  /** With something that is no affair of an engine. */
  private Tls withAside(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new Tls(copy);
  }

  /**
   * What no engine takes is refused here, and not at each connection. By an engine that knows no
   * peer: it would take a session of that, and tickets can be used once.
   */
  private static Tls checked(Values values) {
    TlsEngine.check(prepared(values, values.contexts.current().createSSLEngine()));
    return new Tls(values);
  }

  /** What a server wants of the client's certificate. */
  private enum Asks {
    NOTHING,
    WANT,
    NEED
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    TlsContexts contexts;
    final @Nullable TlsHost host;
    String[] protocols = {"TLSv1.3", "TLSv1.2"};
    String[] applicationProtocols = {};
    Asks asksFor = Asks.NOTHING;
    Consumer<SSLParameters> change = _ -> {};
    @Nullable BiConsumer<SSLParameters, Connection> changeByPeer;
    long handshakeNanos = 10_000_000_000L; // 10 s
    int stepsPerTurn = HANDSHAKE_STEPS_PER_TURN;
    @Nullable Executor executor;

    Values(TlsContexts contexts, @Nullable TlsHost host) {
      this.contexts = contexts;
      this.host = host;
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

package dev.pollux.net;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How connections are encrypted: TLS 1.3 and 1.2, by the JDK's {@link SSLEngine}.
 *
 * <p>A server gives it to {@link ServerOptions#withTls}, a client to {@link Connection#connect}.
 * {@link ConnectionHandler#opened} is called after the handshake; a handshake that fails is {@link
 * CloseReason#PROTOCOL}. {@link Connection#tlsSession} and {@link Connection#applicationProtocol}
 * tell what was agreed on.
 *
 * <p>Sessions are resumed as the context's session cache and tickets allow: use one {@code Tls} for
 * all connections. Renegotiation by the peer is refused. A stream that ends without the peer's
 * close_notify ends the connection with {@link CloseReason#PROTOCOL}: something may be missing.
 *
 * <p>Half-close is a thing of TLS 1.3. In TLS 1.2, who is told that the peer ends has to end as
 * well: from {@link ConnectionHandler#readClosed} on nothing more is sent, and after {@link
 * Connection#end} little may be received.
 *
 * <p>The computations of a handshake, about a millisecond, are done on the loop's thread.
 *
 * <p>Threads: immutable, any.
 */
public final class Tls {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final long DEFAULT_HANDSHAKE_NANOS = 10_000_000_000L; // 10 s

  private final SSLContext context;
  private final @Nullable String host;
  private final int port;
  private final String[] protocols;
  private final String[] applicationProtocols;
  private final boolean clientCertificate;
  private final long handshakeNanos;

  private Tls(
      SSLContext context,
      @Nullable String host,
      int port,
      String[] protocols,
      String[] applicationProtocols,
      boolean clientCertificate,
      long handshakeNanos) {
    this.context = context;
    this.host = host;
    this.port = port;
    this.protocols = protocols;
    this.applicationProtocols = applicationProtocols;
    this.clientCertificate = clientCertificate;
    this.handshakeNanos = handshakeNanos;
  }

  /** The server's side, with the certificates of a context. */
  public static Tls server(SSLContext context) {
    return new Tls(context, null, 0, PROTOCOLS, new String[0], false, DEFAULT_HANDSHAKE_NANOS);
  }

  /** The server's side, with certificates chosen by the name that the client asks for. */
  public static Tls server(TlsIdentity first, TlsIdentity... others) {
    return server(TlsIdentity.context(first, others));
  }

  /**
   * The client's side.
   *
   * @param context whom to trust; for public servers, {@link SSLContext#getDefault}
   * @param host the name that is asked for, and that the certificate has to have
   * @param port with the name, by what sessions are found again
   */
  public static Tls client(SSLContext context, String host, int port) {
    return new Tls(context, host, port, PROTOCOLS, new String[0], false, DEFAULT_HANDSHAKE_NANOS);
  }

  /** As this, with these versions only, such as {@code TLSv1.3}. */
  public Tls withProtocols(String... newProtocols) {
    return new Tls(
        context,
        host,
        port,
        newProtocols.clone(),
        applicationProtocols,
        clientCertificate,
        handshakeNanos);
  }

  /** As this, offering or accepting these application protocols (ALPN), the best first. */
  public Tls withApplicationProtocols(String... newApplicationProtocols) {
    return new Tls(
        context,
        host,
        port,
        protocols,
        newApplicationProtocols.clone(),
        clientCertificate,
        handshakeNanos);
  }

  /** As this; a server then asks for the client's certificate and insists. */
  public Tls withClientCertificate() {
    return new Tls(context, host, port, protocols, applicationProtocols, true, handshakeNanos);
  }

  /**
   * As this; a handshake that takes longer, whoever is to blame, ends the connection with {@link
   * CloseReason#PROTOCOL}.
   *
   * @param handshakeTime by default 10 s; zero: as long as it takes; more than 146 years counts as
   *     146 years
   */
  public Tls withHandshakeTime(Duration handshakeTime) {
    long nanos = OptionChecks.nanos("handshakeTime", handshakeTime);
    return new Tls(context, host, port, protocols, applicationProtocols, clientCertificate, nanos);
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
    String side = host == null ? "server" : "client of " + host + ":" + port;
    return "Tls[" + side + ", " + String.join(" ", protocols) + "]";
  }

  /** Puts TLS between the wire and the handler of a connection. */
  void install(Connection connection) {
    connection.link().setFilter(filter(connection));
  }

  /** Makes what stands between the wire and the handler. */
  Filter filter(Connection connection) {
    return new TlsFilter(connection, engine(), handshakeNanos);
  }

  private SSLEngine engine() {
    String name = host;
    SSLEngine engine =
        name == null ? context.createSSLEngine() : context.createSSLEngine(name, port);
    engine.setUseClientMode(name != null);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(protocols);
    parameters.setApplicationProtocols(applicationProtocols);
    if (name != null) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      if (isHostName(name)) {
        parameters.setServerNames(List.of(new SNIHostName(name)));
      }
    }
    if (clientCertificate) {
      parameters.setNeedClientAuth(true);
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** RFC 6066: an address is not a name, and not to be sent as one. */
  private static boolean isHostName(String name) {
    return name.indexOf(':') < 0 && !name.matches("[0-9.]+");
  }
}

package dev.pollux.http.client;

import dev.pollux.net.Tls;

/**
 * Makes the client's side of TLS for a server, once for all its connections.
 *
 * <pre>{@code
 * TlsFactory ours =
 *     (host, port) ->
 *         TlsFactory.DEFAULT.of(host, port).withTrust(authorities).withIdentity(me);
 * }</pre>
 *
 * <p>Threads: the loop's.
 */
@FunctionalInterface
public interface TlsFactory {

  /** Trusts whom the JDK trusts, shows no certificate, and offers http/1.1. */
  TlsFactory DEFAULT = (host, port) -> Tls.client(host, port).withApplicationProtocols("http/1.1");

  /**
   * TLS with a server.
   *
   * @param host as the URI has it; an address of IPv6 without its brackets
   */
  Tls of(String host, int port);
}

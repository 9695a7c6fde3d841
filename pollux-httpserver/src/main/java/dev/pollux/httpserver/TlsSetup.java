package dev.pollux.httpserver;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import dev.pollux.loop.Threads;
import dev.pollux.net.Connection;
import dev.pollux.net.Tls;
import dev.pollux.sys.SysException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS as an {@link HttpsConfigurator} has it: asked about each connection, when its handshake
 * begins, on its loop's thread.
 */
final class TlsSetup {

  private TlsSetup() {}

  /** What a handshake computes, trust managers of the program's included, is no loop's work. */
  static Tls of(HttpsConfigurator configurator, Threads threads) {
    return Tls.server(configurator.getSSLContext())
        .withHandshakeExecutor(task -> {
          Thread _ = threads.start(Thread.ofVirtual().name("https"), task);
        })
        .withPeerParameters((parameters, connection) -> {
          Parameters asked = new Parameters(configurator, address(connection));
          configurator.configure(asked);
          asked.applyTo(parameters);
        });
  }

  private static InetSocketAddress address(Connection connection) {
    try {
      return (InetSocketAddress) connection.remoteAddress();
    } catch (SysException e) {
      throw new UncheckedIOException("the client is gone", e);
    }
  }

  /** What a configurator is asked for. */
  private static final class Parameters extends HttpsParameters {

    private final HttpsConfigurator configurator;
    private final InetSocketAddress client;
    private @Nullable SSLParameters said;

    Parameters(HttpsConfigurator configurator, InetSocketAddress client) {
      this.configurator = configurator;
      this.client = client;
    }

    @Override
    public HttpsConfigurator getHttpsConfigurator() {
      return configurator;
    }

    @Override
    public InetSocketAddress getClientAddress() {
      return client;
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
      said = parameters;
    }

    void applyTo(SSLParameters target) {
      SSLParameters known = said;
      if (known == null) {
        applyOld(target);
      } else {
        apply(known, target);
      }
    }

    /** What was said by the methods that are older than SSLParameters. */
    @SuppressWarnings("deprecation")
    private void applyOld(SSLParameters target) {
      if (getCipherSuites() != null) {
        target.setCipherSuites(getCipherSuites());
      }
      if (getProtocols() != null) {
        target.setProtocols(getProtocols());
      }
      if (getNeedClientAuth()) {
        target.setNeedClientAuth(true);
      } else if (getWantClientAuth()) {
        target.setWantClientAuth(true);
      }
    }

    private static void apply(SSLParameters from, SSLParameters to) {
      if (from.getCipherSuites() != null) {
        to.setCipherSuites(from.getCipherSuites());
      }
      if (from.getProtocols() != null) {
        to.setProtocols(from.getProtocols());
      }
      if (from.getNeedClientAuth()) {
        to.setNeedClientAuth(true);
      } else {
        to.setWantClientAuth(from.getWantClientAuth());
      }
      if (from.getSNIMatchers() != null) {
        to.setSNIMatchers(from.getSNIMatchers());
      }
      if (from.getApplicationProtocols().length > 0) {
        to.setApplicationProtocols(from.getApplicationProtocols());
      }
      if (from.getNamedGroups() != null) {
        to.setNamedGroups(from.getNamedGroups());
      }
      if (from.getSignatureSchemes() != null) {
        to.setSignatureSchemes(from.getSignatureSchemes());
      }
      if (from.getAlgorithmConstraints() != null) {
        to.setAlgorithmConstraints(from.getAlgorithmConstraints());
      }
      to.setEndpointIdentificationAlgorithm(from.getEndpointIdentificationAlgorithm());
      to.setUseCipherSuitesOrder(from.getUseCipherSuitesOrder());
      to.setMaximumPacketSize(from.getMaximumPacketSize());
    }
  }
}

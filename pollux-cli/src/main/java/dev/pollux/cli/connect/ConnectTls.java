package dev.pollux.cli.connect;

import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Places;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsTrust;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS as {@code pollux connect} speaks it: with proof of who the server is, or without. */
final class ConnectTls {

  private ConnectTls() {}

  /**
   * Believes what this file's authorities say, or the JDK's.
   *
   * @param trust a PEM file, or null
   */
  static Tls verified(String host, int port, @Nullable String trust) {
    try {
      Tls tls = Tls.client(host, port);
      return trust == null ? tls : tls.withTrust(TlsTrust.ofPem(Places.file("--trust", trust)));
    } catch (IOException | IllegalArgumentException e) { // which a bad name is, too
      throw new Failure(
          "cannot use " + (trust == null ? "--tls" : "--trust") + ": " + e.getMessage());
    }
  }

  /** Believes anybody: encrypted, but to whom nobody knows. */
  static Tls unverified(String host, int port) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, null);
      return Tls.client(context, host, port)
          .withParameters(engine -> engine.setEndpointIdentificationAlgorithm(""));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    } catch (IllegalArgumentException e) {
      throw new Failure("cannot use --tls: " + e.getMessage());
    }
  }

  /** Trusts whoever comes, as the user asked for by name. */
  private static final class Anybody extends X509ExtendedTrustManager {

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

package dev.pollux.bench.echo;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key for localhost, RSA of 2048 bits, and the certificate that it has signed itself: made by the
 * JDK's keytool for one run.
 */
public record TlsKey(PrivateKey key, X509Certificate certificate) {

  private static final String PASSWORD = "benchmark";
  private static final String ALIAS = "key";

  /** Makes one in a file, which is not there yet. */
  public static void make(Path file) throws IOException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    try (InputStream output = keytool.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new IOException("keytool: " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool worked", e);
    }
  }

  /** Reads what {@link #make} made. */
  public static TlsKey read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      return new TlsKey(
          (PrivateKey) store.getKey(ALIAS, PASSWORD.toCharArray()),
          (X509Certificate) store.getCertificate(ALIAS));
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " is no key store: " + e.getMessage(), e);
    }
  }

  /** For clients who trust this certificate, and no other. */
  public SSLContext trusting() throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("server", certificate);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("this JDK has no TLS", e);
    }
  }

  /**
   * What a server on Netty needs, with TLS 1.3.
   *
   * @throws UnsupportedOperationException if OpenSSL is wanted, and is not there
   */
  public SslContext netty(SslProvider provider) throws IOException {
    if (provider == SslProvider.OPENSSL && !OpenSsl.isAvailable()) {
      Throwable cause = OpenSsl.unavailabilityCause();
      throw new UnsupportedOperationException(String.valueOf(cause.getMessage()), cause);
    }
    return SslContextBuilder.forServer(key, certificate)
        .sslProvider(provider)
        .protocols("TLSv1.3")
        .build();
  }
}

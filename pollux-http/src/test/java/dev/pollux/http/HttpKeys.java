package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** A key for localhost, made by the JDK's keytool when it is needed, which is trusted alone. */
public final class HttpKeys {

  private static final String PASSWORD = "secret";
  private static final long PATIENCE_SECONDS = 300; // on an emulated machine a JVM starts slowly

  private HttpKeys() {}

  /** A context for both sides. */
  public static SSLContext context() {
    return Made.CONTEXT;
  }

  /** Who trusts that key. */
  public static TrustManager[] trust() {
    var _ = Made.CONTEXT;
    return Made.trust.clone();
  }

  private static final class Made {

    private static TrustManager[] trust = {};
    static final SSLContext CONTEXT = make();

    private static SSLContext make() {
      try {
        KeyStore store = store();
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(store, PASSWORD.toCharArray());
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("trusted", store.getCertificate("key"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        Made.trust = trust.getTrustManagers();
        context.init(own.getKeyManagers(), Made.trust, null);
        return context;
      } catch (GeneralSecurityException | IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private static KeyStore store()
        throws GeneralSecurityException, IOException, InterruptedException {
      Path folder = Files.createTempDirectory("pollux-http-tls");
      Path file = folder.resolve("key.p12");
      List<String> command =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
              "-genkeypair",
              "-storetype",
              "PKCS12",
              "-alias",
              "key",
              "-keystore",
              file.toString(),
              "-storepass",
              PASSWORD,
              "-dname",
              "CN=test",
              "-startdate",
              "-1d",
              "-validity",
              "300",
              "-ext",
              "san=dns:localhost,ip:127.0.0.1",
              "-keyalg",
              "EC",
              "-groupname",
              "secp256r1");
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      assertTrue(keytool.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "keytool takes too long");
      assertEquals(0, keytool.exitValue());
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, PASSWORD.toCharArray());
      }
      Files.delete(file);
      Files.delete(folder);
      return store;
    }
  }
}

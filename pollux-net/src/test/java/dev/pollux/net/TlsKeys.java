package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key and a certificate that it signed itself, made by the JDK's keytool when they are needed.
 */
record TlsKeys(KeyStore store, PrivateKey key, X509Certificate certificate) {

  private static final String PASSWORD = "secret";
  private static final long PATIENCE_SECONDS = 300; // on an emulated machine a JVM starts slowly
  private static final String[] RSA = {"-keyalg", "RSA", "-keysize", "2048"};
  private static final String[] EC = {"-keyalg", "EC", "-groupname", "secp256r1"};

  /** RSA, for localhost and 127.0.0.1. */
  static TlsKeys localhost() {
    return All.KEYS.get(0);
  }

  /** Elliptic curve, for every host in b.test, and for b.test.example by no means. */
  static TlsKeys wildcard() {
    return All.KEYS.get(1);
  }

  /** Elliptic curve, for c.test and exact.b.test. */
  static TlsKeys other() {
    return All.KEYS.get(2);
  }

  /** RSA, for localhost, another key. */
  static TlsKeys second() {
    return All.KEYS.get(3);
  }

  TlsIdentity identity() {
    return TlsIdentity.of(key, List.of(certificate));
  }

  /** A context that has this key and trusts these certificates, and no others. */
  SSLContext trusting(TlsKeys... trusted) {
    try {
      KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
      own.init(store, PASSWORD.toCharArray());
      return context(own, trusted);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A context without a key that trusts these certificates. */
  static SSLContext trustOnly(TlsKeys... trusted) {
    return context(null, trusted);
  }

  String certificatePem() {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  String keyPem() {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  static String pem(String what, byte[] der) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
  }

  private static SSLContext context(KeyManagerFactory own, TlsKeys... trusted) {
    try {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      for (int i = 0; i < trusted.length; i++) {
        anchors.setCertificateEntry("trusted" + i, trusted[i].certificate);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(anchors);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own == null ? null : own.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static final class All {

    static final List<TlsKeys> KEYS = make();

    private static List<TlsKeys> make() {
      List<Path> files = new ArrayList<>();
      try {
        Path folder = Files.createTempDirectory("pollux-tls");
        List<Process> running = new ArrayList<>();
        running.add(keytool(folder, files, RSA, "dns:localhost,ip:127.0.0.1"));
        running.add(keytool(folder, files, EC, "dns:*.b.test"));
        running.add(keytool(folder, files, EC, "dns:c.test,dns:exact.b.test"));
        running.add(keytool(folder, files, RSA, "dns:localhost"));
        List<TlsKeys> keys = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
          Process process = running.get(i);
          assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "keytool takes too long");
          assertEquals(0, process.exitValue(), () -> "keytool: " + output(process));
          keys.add(read(files.get(i)));
          Files.delete(files.get(i));
        }
        Files.delete(folder);
        return keys;
      } catch (IOException | InterruptedException | GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    private static Process keytool(Path folder, List<Path> files, String[] algorithm, String names)
        throws IOException {
      Path file = folder.resolve(files.size() + ".p12");
      files.add(file);
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
      command.addAll(List.of("-genkeypair", "-storetype", "PKCS12", "-alias", "key"));
      command.addAll(List.of("-keystore", file.toString(), "-storepass", PASSWORD));
      command.addAll(
          List.of(
              "-dname", "CN=test " + file.getFileName(), "-startdate", "-1d", "-validity", "300"));
      command.addAll(List.of("-ext", "san=" + names));
      command.addAll(List.of(algorithm));
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String output(Process process) {
      try (InputStream out = process.getInputStream()) {
        return new String(out.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static TlsKeys read(Path file) throws IOException, GeneralSecurityException {
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, PASSWORD.toCharArray());
      }
      return new TlsKeys(
          store,
          (PrivateKey) store.getKey("key", PASSWORD.toCharArray()),
          (X509Certificate) store.getCertificate("key"));
    }
  }
}

package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;

/** A certificate that signs itself, made by the JDK's keytool. */
public final class Certificates {

  private static final String PASSWORD = "secret";
  private static final int LINE_LENGTH = 64;

  private Certificates() {}

  /** Writes a key store that trusts it, and its PEM files; the password is {@code secret}. */
  public static void create(Path store, Path certificate, Path key) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process made =
        new ProcessBuilder(
                keytool,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "echo",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said = new String(made.getInputStream().readAllBytes(), US_ASCII);
    assertEquals(0, made.waitFor(), said);
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    Key own = keys.getKey("echo", PASSWORD.toCharArray());
    write(certificate, "CERTIFICATE", keys.getCertificate("echo").getEncoded());
    write(key, "PRIVATE KEY", own.getEncoded());
    keys.setCertificateEntry("trusted", keys.getCertificate("echo"));
    try (var out = Files.newOutputStream(store)) {
      keys.store(out, PASSWORD.toCharArray());
    }
  }

  private static void write(Path path, String what, byte[] der) throws Exception {
    String text = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        path, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }
}

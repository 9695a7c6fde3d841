package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Places;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsIdentities;
import dev.pollux.net.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who the server says it is: by PEM files, which are read again when asked, or for this run. */
final class Certificates {

  private static final String ALIAS = "pollux";
  private static final int WAIT_SECONDS = 60;

  private final @Nullable List<String> files;
  private final TlsIdentities identities;

  private Certificates(@Nullable List<String> files, TlsIdentity identity) {
    this.files = files;
    this.identities = TlsIdentities.of(identity);
  }

  /** Of the files of certificates and key; without them one is made for this run. */
  static Certificates of(@Nullable List<String> files) {
    try {
      return new Certificates(files, files == null ? selfSigned() : read(files));
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure("cannot use --tls: " + e.getMessage());
    }
  }

  private static TlsIdentity read(List<String> files) throws IOException {
    return TlsIdentity.ofPem(
        Places.file("--tls", files.get(0)), Places.file("--tls", files.get(1)));
  }

  Tls tls() {
    return Tls.server(identities);
  }

  /**
   * Reads the files again, if there are some.
   *
   * @return has connections from then on say what was read
   * @throws IOException if they cannot be read
   * @throws IllegalArgumentException if they are not for servers
   */
  Runnable readAgain() throws IOException {
    List<String> known = files;
    if (known == null) {
      return () -> {};
    }
    TlsIdentity next = read(known);
    var _ = Tls.server(TlsIdentities.of(next)); // which says whether it is for servers
    return () -> identities.replace(next);
  }

  // ---- for this run

  /** By the JDK's own tool, as the library has nothing that makes certificates. */
  private static TlsIdentity selfSigned() {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    if (!Files.isExecutable(tool)) {
      throw new Failure(
          "cannot make a certificate: "
              + tool
              + " is missing; use --tls with files, or a whole JDK");
    }
    try {
      Path folder = Files.createTempDirectory("pollux-serve");
      Path store = folder.resolve("identity.p12");
      try {
        run(tool, store);
        return load(store);
      } finally {
        Files.deleteIfExists(store);
        Files.deleteIfExists(folder);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new Failure("cannot make a certificate: " + e.getMessage());
    }
  }

  private static void run(Path tool, Path store) throws IOException {
    List<String> command =
        List.of(
            tool.toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-validity",
            "30",
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=dns:localhost,ip:127.0.0.1,ip:0:0:0:0:0:0:0:1",
            "-storetype",
            "PKCS12",
            "-storepass",
            ALIAS + ALIAS,
            "-keystore",
            store.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      byte[] said = process.getInputStream().readAllBytes();
      if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("keytool says: " + new String(said, StandardCharsets.UTF_8).strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static TlsIdentity load(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    char[] password = (ALIAS + ALIAS).toCharArray();
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password);
    }
    List<X509Certificate> chain =
        Arrays.stream(keys.getCertificateChain(ALIAS)).map(X509Certificate.class::cast).toList();
    return TlsIdentity.of((PrivateKey) keys.getKey(ALIAS, password), chain);
  }
}

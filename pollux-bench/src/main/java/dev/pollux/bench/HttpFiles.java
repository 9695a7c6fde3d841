package dev.pollux.bench;

import dev.pollux.bench.echo.TlsKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the HTTP servers read, in a folder of its own: the files that are asked for, the same for
 * all and in each run, and a key.
 *
 * <p>Ownership: close removes the folder, when those who read it have ended. Threads: one.
 */
final class HttpFiles implements AutoCloseable {

  /** Of 13 bytes, as many as the answer without a file has. */
  static final String SMALL = "/static/hello.txt";

  private static final String HELLO = "Hello, World!";
  private static final String[] EXTENSIONS = {"html", "css", "js", "svg", "webp"};
  private static final long SEED = 20;

  /** From 3 to 300 kB, each 1.27 times the one before. */
  private static final int[] SIZES = {
    3_000, 3_823, 4_871, 6_207, 7_910, 10_079, 12_844, 16_367, 20_856, 26_576, 33_865, 43_153,
    54_989, 70_072, 89_291, 113_781, 144_988, 184_754, 235_428, 300_000
  };

  /** What is asked for in turn. */
  static final List<String> SPREAD =
      IntStream.range(0, SIZES.length).mapToObj(HttpFiles::path).toList();

  private final Path folder;

  private HttpFiles(Path folder) {
    this.folder = folder;
  }

  private static String path(int number) {
    return "/static/file%02d.%s".formatted(number, EXTENSIONS[number % EXTENSIONS.length]);
  }

  /** What a file of {@link #SPREAD} has in the mean. */
  static double meanBytes() {
    return Arrays.stream(SIZES).average().orElse(0);
  }

  /** Writes them. */
  static HttpFiles make() throws IOException {
    HttpFiles result = new HttpFiles(Files.createTempDirectory("pollux-http"));
    boolean done = false;
    try {
      Files.createDirectories(result.site().resolve("static"));
      Files.writeString(result.file(SMALL), HELLO);
      Random random = new Random(SEED);
      for (int i = 0; i < SIZES.length; i++) {
        byte[] content = new byte[SIZES[i]];
        random.nextBytes(content);
        Files.write(result.file(SPREAD.get(i)), content);
      }
      done = true;
      return result;
    } finally {
      if (!done) {
        result.close();
      }
    }
  }

  /** The folder whose files are asked for by their names in it. */
  Path site() {
    return folder.resolve("site");
  }

  /** The file that a path asks for. */
  Path file(String path) {
    return site().resolve(path.substring(1));
  }

  /** A folder for a server to work in. */
  Path work(String server) throws IOException {
    return Files.createDirectories(folder.resolve(server));
  }

  /** The key and its certificate, for {@link TlsKey#read}; made when first asked for. */
  Path key() throws IOException {
    Path key = folder.resolve("key.p12");
    if (!Files.exists(key)) {
      TlsKey.make(key);
    }
    return key;
  }

  /** The same certificate, and the same key behind it, as PEM. */
  Path pem() throws IOException {
    Path pem = folder.resolve("key.pem");
    TlsKey key = TlsKey.read(key());
    try {
      String certificate = pem("CERTIFICATE", key.certificate().getEncoded());
      return Files.writeString(pem, certificate + pem("PRIVATE KEY", key.key().getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IOException("a certificate that cannot be written", e);
    }
  }

  private static String pem(String what, byte[] content) {
    String text = Base64.getMimeEncoder().encodeToString(content);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what);
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}

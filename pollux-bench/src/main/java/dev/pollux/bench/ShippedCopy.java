package dev.pollux.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of what ships, without sources and without the AOT cache, in a folder of its own: a start
 * there makes a cache, and nobody else's is touched.
 *
 * <p>Ownership: close removes the folder.
 */
final class ShippedCopy implements AutoCloseable {

  /** All that the launcher needs once the command line is built, beside the root's pom. */
  private static final List<String> PARTS =
      List.of("pollux", "pom.xml", "etc", "pollux-cli/target/built", "pollux-cli/target/app");

  private static final Path TARGET = Path.of("pollux-cli", "target");

  private final Path folder;

  private ShippedCopy(Path folder) {
    this.folder = folder;
  }

  /** Copies from the root of a tree in which the command line is built. */
  static ShippedCopy of(Path root) throws IOException {
    ShippedCopy copy = new ShippedCopy(Files.createTempDirectory("pollux-start"));
    boolean done = false;
    try {
      Files.createDirectories(copy.folder.resolve(TARGET));
      for (String part : PARTS) {
        // With its times, by which the launcher tells what is older than its sources.
        List<String> command =
            List.of(
                "cp", "-a", root.resolve(part).toString(), copy.folder.resolve(part).toString());
        List<String> _ = Machine.run(command).checked(command);
      }
      done = true;
      return copy;
    } finally {
      if (!done) {
        copy.close();
      }
    }
  }

  Path launcher() {
    return folder.resolve("pollux");
  }

  /** The next start is the first one. */
  void removeCache() throws IOException {
    for (Path cache : caches()) {
      Files.delete(cache);
    }
  }

  /** Fails unless a start has made a cache that can be used: an empty one means none. */
  void checkCache() throws IOException {
    List<Path> caches = caches();
    if (caches.size() != 1 || Files.size(caches.getFirst()) == 0) {
      throw new IOException("the first start made no AOT cache: " + caches);
    }
  }

  private List<Path> caches() throws IOException {
    return walk(folder.resolve(TARGET)).stream()
        .filter(file -> file.toString().endsWith(".aot"))
        .toList();
  }

  /** Folders before what is in them. */
  private static List<Path> walk(Path start) throws IOException {
    try (Stream<Path> files = Files.walk(start)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public void close() throws IOException {
    for (Path file : walk(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
      Files.delete(file);
    }
  }
}

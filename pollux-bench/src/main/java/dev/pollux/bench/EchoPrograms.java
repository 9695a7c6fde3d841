package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The C side of the echo benchmark: its server and its load, compiled into a folder of their own.
 *
 * <p>Ownership: close removes what was compiled.
 */
final class EchoPrograms implements AutoCloseable {

  /** The main class of the load in Java, named and not used: it is another program. */
  private static final String JAVA_LOAD = "dev.pollux.bench.echo.EchoLoadMain";

  private static final String LOAD = "echo_load";
  private static final String SERVER = "echo_server";

  private final Path folder;
  private final boolean compiled;
  private final boolean loadInC;

  private EchoPrograms(Path folder, boolean compiled, boolean loadInC) {
    this.folder = folder;
    this.compiled = compiled;
    this.loadInC = loadInC;
  }

  /**
   * Compiles the C programs if there is a compiler.
   *
   * @param javaLoad whether the load in Java is wanted though there is one in C
   */
  static EchoPrograms open(boolean javaLoad) throws IOException {
    boolean compiled = CProgram.isAvailable();
    Path folder = Files.createTempDirectory("pollux-bench");
    folder.toFile().deleteOnExit(); // for Ctrl-C; deleted in reverse order
    EchoPrograms result = new EchoPrograms(folder, compiled, compiled && !javaLoad);
    boolean done = false;
    try {
      for (String name : compiled ? List.of(SERVER, LOAD) : List.<String>of()) {
        CProgram.compile(name, folder).toFile().deleteOnExit();
      }
      done = true;
      return result;
    } finally {
      if (!done) {
        result.close();
      }
    }
  }

  /** The server in C; empty without a compiler. */
  Optional<Path> server() {
    return compiled ? Optional.of(folder.resolve(SERVER)) : Optional.empty();
  }

  /** Whether the load is the one in C. */
  boolean isLoadInC() {
    return loadInC;
  }

  /**
   * The command of the load.
   *
   * @param spinning whether it never sleeps; for a processor of its own
   */
  List<String> load(boolean spinning) {
    return loadInC
        ? List.of(folder.resolve(LOAD).toString(), spinning ? "spin" : "block")
        : javaLoad(spinning);
  }

  /** The command of the load in Java. */
  static List<String> javaLoad(boolean spinning) {
    return EchoContestant.java(JAVA_LOAD, spinning ? "spin" : "block");
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(folder.resolve(LOAD));
    Files.deleteIfExists(folder.resolve(SERVER));
    Files.deleteIfExists(folder);
  }
}

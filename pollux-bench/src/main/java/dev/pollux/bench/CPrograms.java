package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The C side of a benchmark: one source, compiled once, running once for each count of threads.
 *
 * <p>Ownership: close ends the processes and removes what was compiled.
 */
final class CPrograms implements AutoCloseable {

  private final Path folder;
  private final Map<Contestant, CProgram> programs = new EnumMap<>(Contestant.class);

  private CPrograms(Path folder) {
    this.folder = folder;
    folder.toFile().deleteOnExit(); // for Ctrl-C; deleted in reverse order
  }

  /**
   * Compiles and starts.
   *
   * @param threads the counts of threads wanted: 1, 2; empty for no C at all
   */
  static CPrograms open(String name, List<Integer> threads, OptionalInt processor)
      throws IOException {
    CPrograms result = new CPrograms(Files.createTempDirectory("pollux-bench"));
    boolean done = false;
    try {
      if (!threads.isEmpty() && CProgram.isAvailable()) {
        Path binary = CProgram.compile(name, result.folder);
        binary.toFile().deleteOnExit();
        for (int count : threads) {
          Contestant contestant = Contestant.ofThreads(count);
          if (!result.programs.containsKey(contestant)) {
            List<String> command = List.of(binary.toString(), String.valueOf(count));
            result.programs.put(contestant, CProgram.start(command, processor));
          }
        }
      }
      done = true;
      return result;
    } finally {
      if (!done) {
        result.close();
      }
    }
  }

  /** The running programs, in the order of their contestants. */
  Map<Contestant, CProgram> programs() {
    return Collections.unmodifiableMap(programs);
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (CProgram program : programs.values()) {
      try {
        program.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    programs.clear();
    for (Path file : list(folder)) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
    if (failure != null) {
      throw failure;
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}

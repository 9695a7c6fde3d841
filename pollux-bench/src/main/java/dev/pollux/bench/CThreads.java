package dev.pollux.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** The contestants in C that do in one process what Java does in this one. */
final class CThreads {

  /** Pollux in this JVM. */
  static final String JAVA = "Java";

  /** The C program with one thread. */
  static final String C = "C";

  /** The C program with a second, idle thread, as a JVM has several: explains part of the rest. */
  static final String C2 = "C2";

  @Option(
      names = "--c-threads",
      split = ",",
      paramLabel = "LIST",
      description = "the C programs: with 1 thread, with a second idle one; 0: none. Default 1,2")
  private List<Integer> threads = List.of(1, 2);

  /** The counts of threads of the C programs wanted. */
  private Set<Integer> wanted(CommonOptions common) {
    for (int count : threads) {
      common.require(count >= 0 && count <= 2, "--c-threads takes 0, 1 and 2, not " + count);
    }
    Set<Integer> wanted = new TreeSet<>(threads);
    wanted.remove(0);
    return wanted;
  }

  /** Says which C takes part, or why none. */
  String describe(CommonOptions common) {
    if (wanted(common).isEmpty()) {
      return "C: not wanted";
    }
    return CPrograms.isAvailable()
        ? "C: " + CPrograms.compiler() + "; C2: with a second, idle thread, as a JVM has several"
        : "C: missing, gcc is not installed, so the bars against C are not measured";
  }

  /**
   * A program for each count of threads that is wanted, by the name of the contestant.
   *
   * <p>Ownership: close ends them.
   */
  Running start(String name, CommonOptions common, OptionalInt processor) throws IOException {
    Set<Integer> counts = wanted(common);
    boolean any = CPrograms.isAvailable() && !counts.isEmpty();
    Running running =
        new Running(any ? CPrograms.compile(name) : CPrograms.compile(), new LinkedHashMap<>());
    boolean done = false;
    try {
      for (int count : any ? counts : new TreeSet<Integer>()) {
        String path = running.compiled.path(name).toString();
        running.programs.put(
            count == 1 ? C : C2, Child.start(List.of(path, String.valueOf(count)), processor));
      }
      done = true;
      return running;
    } finally {
      if (!done) {
        running.close();
      }
    }
  }

  /** Programs that run, by the name of the contestant. */
  record Running(CPrograms compiled, Map<String, Child> programs) implements AutoCloseable {

    @Override
    public void close() throws IOException {
      try (compiled) {
        for (Child program : programs.values()) {
          program.close();
        }
      }
    }
  }
}

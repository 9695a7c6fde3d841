package dev.pollux.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The AOT cache of a running JVM. A JVM that cannot use the one that it was given goes on without,
 * and its log tells at most.
 *
 * @param file what its command line names; empty if none
 * @param mapped whether that file is part of its memory: the cache is in use
 */
record AotCache(String file, boolean mapped) {

  /** How the description of one ends that is in use. */
  static final String IN_USE = " is in use";

  private static final String OPTION = "-XX:AOTCache=";

  static AotCache of(long pid) throws IOException {
    Path folder = Path.of("/proc", String.valueOf(pid));
    String command =
        new String(Files.readAllBytes(folder.resolve("cmdline")), StandardCharsets.UTF_8);
    return parse(List.of(command.split("\0", -1)), Files.readAllLines(folder.resolve("maps")));
  }

  static AotCache parse(List<String> command, List<String> maps) {
    String file =
        command.stream()
            .filter(word -> word.startsWith(OPTION))
            .map(word -> word.substring(OPTION.length()))
            .reduce("", (_, last) -> last);
    boolean mapped = !file.isEmpty() && maps.stream().anyMatch(line -> line.endsWith(" " + file));
    return new AotCache(file, mapped);
  }

  @Override
  public String toString() {
    if (file.isEmpty()) {
      return "none was given";
    }
    return file + (mapped ? IN_USE : " was given and refused by the JVM");
  }
}

package dev.pollux.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A row of {@code probes.txt}: a test of Http11Probe, and what is answered here.
 *
 * @param expected what is to be observed of each step, as {@link ProbeRun} says it
 * @param clause what of which RFC it is about
 * @param verdict what the suite calls such an answer
 * @param steps what is sent, as {@code attacks.txt} writes it; each when the one before is answered
 */
record Probe(
    String name, List<String> expected, String clause, String verdict, List<String> steps) {

  private static final Path TABLE = Path.of("src/test/resources/probes.txt");

  static List<Probe> all() throws IOException {
    return Files.readAllLines(TABLE).stream()
        .filter(line -> !line.startsWith("#"))
        .map(Probe::of)
        .toList();
  }

  private static Probe of(String line) {
    List<String> parts = Arrays.asList(line.split(" \\| ", -1));
    List<String> expected = List.of(parts.get(1).split(" then ", -1));
    return new Probe(
        parts.get(0), expected, parts.get(2), parts.get(3), parts.subList(4, parts.size()));
  }

  /** What is sent in a step. */
  byte[] bytes(int step) {
    return AttackTest.bytes(steps.get(step));
  }

  /** Whether the connection serves another request behind all this. */
  boolean isKept() {
    return expected.getLast().matches("[0-9() ]+ kept(;.*)?");
  }

  /** Whether nothing more is to come before an answer. */
  boolean isAnswered() {
    return !expected.getLast().startsWith("nothing kept");
  }

  /** As the documentation has it. */
  String line() {
    return "| `%s` | `%s` | %s | %s |"
        .formatted(name, String.join("`, then `", expected), clause, verdict);
  }
}

package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is answered to each test of Http11Probe, on a connection, however its bytes are cut. */
class ProbeTest {

  private static final Path SOURCES = Path.of("src/test/java/dev/pollux/http");
  private static final int SHORT = 300; // bytes; longer ones do not come one by one
  private static final int CUTS = 7;
  private static final String NEXT = "GET /next HTTP/1.1¶Host: h¶¶";
  private static final String NEXT_ANSWERED = "404 kept; for GET /next";

  static Stream<Probe> probes() throws IOException {
    return Probe.all().stream();
  }

  static Stream<String> names() throws IOException {
    return probes().map(Probe::name);
  }

  private static Probe probe(String name) throws IOException {
    return probes().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("names")
  void probe_isAnsweredAsTheTableSays(String name) throws IOException {
    Probe probe = probe(name);
    assertAnswered(probe, _ -> new int[0]);
    for (int i = 1; i <= CUTS; i++) {
      int part = i;
      assertAnswered(probe, size -> new int[] {size * part / (CUTS + 1)});
    }
    if (probe.steps().stream().allMatch(step -> AttackTest.bytes(step).length < SHORT)) {
      assertAnswered(probe, size -> IntStream.range(1, size).toArray());
    }
    if (probe.isAnswered()) {
      assertSameAtOnce(probe);
    }
  }

  private interface Cut {
    int[] ends(int size);
  }

  private static void assertAnswered(Probe probe, Cut cut) {
    try (ProbeRun run = new ProbeRun()) {
      for (int i = 0; i < probe.expected().size(); i++) {
        byte[] bytes = probe.bytes(i);
        String expected = probe.expected().get(i);
        String found = run.send(bytes, cut.ends(bytes.length)).observe(expected);
        String what = probe.name() + ", step " + i;
        assertEquals(plain(expanded(expected), expected), plain(found, expected), what);
        assertTrue(!found.matches("\\d.* closed\\b.*") || run.saysClose(), "Connection: close");
      }
      assertTrue(run.isOver() || probe.expected().size() == probe.steps().size(), "it goes on");
      if (probe.isKept()) {
        assertEquals(NEXT_ANSWERED, run.send(HttpWire.bytes(NEXT)).observe(NEXT_ANSWERED));
      }
      assertEquals(List.of(), run.reported());
    }
  }

  /** Where a 100 may be left out, as the body has come by then: without it. */
  private static String plain(String observed, String expected) {
    return expected.contains("(100) ") ? observed.replaceAll("\\(?\\b100\\b\\)? ", "") : observed;
  }

  /** All steps, and a request behind them, without waiting: nobody else is asked or answered. */
  private static void assertSameAtOnce(Probe probe) {
    StringBuilder all = new StringBuilder();
    probe.steps().forEach(all::append);
    List<String> expected = new ArrayList<>(probe.expected());
    if (probe.isKept()) {
      expected.add(NEXT_ANSWERED);
    }
    List<String> asked = new ArrayList<>();
    List<String> statuses = new ArrayList<>();
    for (String step : expected) {
      String[] parts = step.split("; ", -1);
      statuses.add(parts[0].substring(0, parts[0].lastIndexOf(' ')));
      Stream.of(parts)
          .filter(part -> part.startsWith("for "))
          .forEach(part -> asked.add(expanded(part).substring("for ".length())));
    }
    String end = probe.isKept() ? " kept" : " closed";
    statuses.removeIf("nothing"::equals);
    String first = statuses.isEmpty() ? "nothing" : String.join(" ", statuses);
    try (ProbeRun run = new ProbeRun()) {
      run.send(AttackTest.bytes(all + NEXT));
      assertEquals(asked, run.asked, "pipelined");
      String found = run.observe("").replaceFirst(";.*", "");
      assertEquals(plain(first + end, first), plain(found, first), "pipelined");
    }
  }

  private static String expanded(String expected) {
    return new String(AttackTest.bytes(expected), java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Test
  void table_hasEachNameOnce() throws IOException {
    List<String> expected = Files.readAllLines(Path.of("src/test/resources/probe-names.txt"));
    assertEquals(215, expected.size());
    assertEquals(expected, names().toList());
  }

  @Test
  void documentation_hasTheTable() throws IOException {
    List<String> rows =
        documentation().stream()
            .dropWhile(line -> !line.equals("### Compliance"))
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertEquals(String.join("\n", probes().map(Probe::line).toList()), String.join("\n", rows));
  }

  @Test
  void documentation_countsTheVerdicts() throws IOException {
    Map<String, Long> counts =
        probes().collect(Collectors.groupingBy(Probe::verdict, Collectors.counting()));
    String said =
        "By them %d are pass, %d warn, %d fail."
            .formatted(counts.get("pass"), counts.get("warn"), counts.get("fail"));
    assertTrue(String.join("\n", documentation()).contains(said), said);
  }

  @Test
  void documentation_hasEachLimit() throws Exception {
    Set<String> expected = new TreeSet<>();
    for (Method method : HttpLimits.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())
          && !method.getName().matches("with.*|toString")) {
        Object value = method.invoke(HttpLimits.DEFAULT);
        String text =
            value instanceof Duration time
                ? time.toSeconds() + " s"
                : String.format(Locale.ROOT, "%,d", ((Number) value).longValue());
        expected.add("| `" + method.getName() + "` | " + text + " |");
      }
    }
    Set<String> rows = new TreeSet<>();
    for (String line : documentation()) {
      Matcher row = Pattern.compile("(\\| `\\w+` \\| [\\d,]+( s)? \\|).*").matcher(line);
      if (row.matches()) {
        rows.add(row.group(1));
      }
    }
    assertEquals(expected, rows);
  }

  @Test
  void documentation_namesTestsThatAreThere() throws IOException {
    Pattern named = Pattern.compile("`(\\w+Test)\\.(\\w+)`((?:,\\s+`[a-z]\\w+`)*)");
    Matcher test = named.matcher(String.join("\n", documentation()));
    int count = 0;
    while (test.find()) {
      String source = sources(test.group(1) + ".java");
      Matcher names = Pattern.compile("\\w+").matcher(test.group(2) + test.group(3));
      while (names.find()) {
        String name = names.group();
        assertTrue(source.contains(" void " + name + "("), test.group(1) + "." + name);
        count++;
      }
    }
    assertTrue(count > 20, "names: " + count);
  }

  /** Those of all packages that have one of that name. */
  private static String sources(String name) throws IOException {
    try (Stream<Path> all = Files.walk(SOURCES)) {
      StringBuilder text = new StringBuilder();
      for (Path each : all.filter(path -> path.endsWith(name)).toList()) {
        text.append(Files.readString(each));
      }
      return text.toString();
    }
  }

  @Test
  void documentation_namesRowsThatAreThere() throws IOException {
    Set<String> rows = names().collect(Collectors.toCollection(TreeSet::new));
    for (String line : Files.readAllLines(Path.of("src/test/resources/attacks.txt"))) {
      rows.add(line.replaceFirst(" \\| .*", "").replace("ours: ", ""));
    }
    String faults =
        documentation().stream()
            .dropWhile(line -> !line.equals("## Faults of others"))
            .takeWhile(line -> !line.equals("## The matrix"))
            .collect(Collectors.joining("\n"));
    Matcher name = Pattern.compile("\\*([^*]+)\\*|`([A-Z][A-Z0-9.-]+)`").matcher(faults);
    Set<String> missing = new TreeSet<>();
    while (name.find()) {
      String row = name.group(1) == null ? name.group(2) : name.group(1);
      if (!rows.contains(row)) {
        missing.add(row);
      }
    }
    assertEquals(Set.of(), missing);
  }

  private static List<String> documentation() throws IOException {
    return Files.readAllLines(Path.of("..", "docs", "limits-and-attacks.md"));
  }
}

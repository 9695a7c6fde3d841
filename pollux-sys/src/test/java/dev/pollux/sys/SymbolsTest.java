package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table in {@code docs/symbols.md}, against the source and against this C library. */
class SymbolsTest {

  private static final Linker LINKER = Linker.nativeLinker();

  // | `name` | glibc on x86-64 | glibc on aarch64 | musl | … |
  private static final Pattern ROW =
      Pattern.compile("\\| `(\\w+)` \\| ([\\d.]+) \\| ([\\d.]+) \\| ([\\d.]+|none) \\|.*");

  private static final Pattern LOOKED_UP = Pattern.compile("find(?:Replaceable)?\\(\"(\\w+)\"\\)");

  private static Map<String, MatchResult> table() throws IOException {
    Map<String, MatchResult> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "symbols.md"))) {
      ROW.matcher(line).results().forEach(row -> rows.put(row.group(1), row));
    }
    return rows;
  }

  @Test
  void table_namesWhatTheSourceLooksUp() throws IOException {
    TreeSet<String> lookedUp = new TreeSet<>();
    try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        LOOKED_UP
            .matcher(Files.readString(source))
            .results()
            .forEach(m -> lookedUp.add(m.group(1)));
      }
    }
    assertTrue(lookedUp.contains("epoll_wait"));
    assertEquals(lookedUp, new TreeSet<>(table().keySet()));
  }

  /** Where this is musl its version is not told: all that any version has must be there. */
  @Test
  void table_agreesWithThisLibrary() throws Throwable {
    Optional<String> glibc = glibcVersion();
    for (MatchResult row : table().values()) {
      String since = row.group(glibc.isEmpty() ? 4 : Abi.CURRENT == Abi.AARCH64 ? 3 : 2);
      boolean expected = glibc.isEmpty() ? !since.equals("none") : compare(since, glibc.get()) <= 0;
      boolean found = LINKER.defaultLookup().find(row.group(1)).isPresent();
      assertEquals(expected, found, () -> row.group() + " with glibc " + glibc);
    }
  }

  @Test
  void compare_versions_isByNumber() {
    assertTrue(compare("2.9", "2.10") < 0);
    assertTrue(compare("2.2.5", "2.3") < 0);
    assertTrue(compare("2.35", "2.35") == 0);
    assertTrue(compare("2.35", "2.4") > 0);
  }

  private static int compare(String a, String b) {
    return Comparator.<List<Integer>>comparingInt(List::getFirst)
        .thenComparingInt(parts -> parts.get(1))
        .thenComparingInt(parts -> parts.size() > 2 ? parts.get(2) : 0)
        .compare(parts(a), parts(b));
  }

  private static List<Integer> parts(String version) {
    return Stream.of(version.split("\\.", -1)).map(Integer::valueOf).toList();
  }

  private static Optional<String> glibcVersion() throws Throwable {
    Optional<MemorySegment> function = LINKER.defaultLookup().find("gnu_get_libc_version");
    if (function.isEmpty()) {
      return Optional.empty();
    }
    MemorySegment text =
        (MemorySegment)
            LINKER
                .downcallHandle(function.get(), FunctionDescriptor.of(ValueLayout.ADDRESS))
                .invokeExact();
    return Optional.of(text.reinterpret(32).getString(0));
  }
}

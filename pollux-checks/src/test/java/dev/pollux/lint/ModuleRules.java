package dev.pollux.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Rules on packages, modules and what uses what. */
final class ModuleRules {
  /** What is no library may use all that is. */
  private static final Set<String> LIBRARIES =
      Set.of(
          "sys",
          "kqueue",
          "poll",
          "loop",
          "net",
          "http",
          "httpserver",
          "model",
          "sim",
          "junit",
          "micrometer",
          "inspect",
          "lab");

  /** The modules whose packages a module's main code may name, next to its own. */
  static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("sys", Set.of()),
          Map.entry("kqueue", Set.of("sys")),
          Map.entry("poll", Set.of("sys", "kqueue")),
          Map.entry("loop", Set.of("sys", "poll")),
          Map.entry("net", Set.of("sys", "poll", "loop")),
          Map.entry("http", Set.of("sys", "poll", "loop", "net")),
          Map.entry("httpserver", Set.of("sys", "loop", "net", "http")),
          Map.entry("model", Set.of("sys")),
          Map.entry("inspect", Set.of("sys", "loop")),
          Map.entry("sim", Set.of("sys", "poll", "loop", "net", "model")),
          Map.entry("junit", Set.of("sys", "sim", "inspect")),
          Map.entry("micrometer", Set.of("sys", "loop", "net", "http")),
          Map.entry("lab", Set.of("sys", "kqueue", "poll", "model")),
          Map.entry("cli", LIBRARIES),
          Map.entry("bench", LIBRARIES),
          Map.entry("checks", Set.of("sys")),
          Map.entry("examples", LIBRARIES),
          Map.entry("examples/arena", LIBRARIES));

  private static final Set<String> PROGRAMS = Set.of("pollux-cli", "pollux-bench", "pollux-checks");

  private static final Pattern PACKAGE_NAME = Pattern.compile("\\bdev\\.pollux\\.(\\w+)");
  private static final Pattern MAIN = Pattern.compile("\\bstatic\\s+void\\s+main\\s*\\(");
  private static final Pattern NULL_MARKED = Pattern.compile("@NullMarked\\b");

  private ModuleRules() {}

  /** A module uses only the modules below it. */
  static List<String> order(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.mainFiles()) {
      String module = file.module().replaceFirst("pollux-", "");
      Set<String> allowed = MAY_USE.get(module);
      if (allowed == null) {
        problems.add(
            file.problem(1, "module " + module + " has no place in the order; give it one"));
        continue;
      }
      for (MatchResult name : PACKAGE_NAME.matcher(file.code()).results().toList()) {
        String used = name.group(1);
        boolean isOwn = ("/" + module).endsWith("/" + used);
        if (!isOwn && !allowed.contains(used)) {
          problems.add(
              file.problemAt(
                  name.start(), module + " must not use " + used + "; move the code down a layer"));
        }
      }
    }
    return problems;
  }

  /** Each module has a module-info, and each package a package-info marked for null checks. */
  static List<String> descriptors(SourceTree tree) {
    Set<String> problems = new TreeSet<>();
    for (SourceFile file : tree.mainFiles()) {
      String root = file.module() + "/src/main/java";
      if (!tree.contains(root + "/module-info.java")) {
        problems.add(root + "/module-info.java:1: is missing; add it");
      }
      if (!file.folder().equals(root) && !tree.contains(file.folder() + "/package-info.java")) {
        problems.add(file.folder() + "/package-info.java:1: is missing; add it");
      }
      if (file.baseName().equals("package-info") && !NULL_MARKED.matcher(file.code()).find()) {
        problems.add(file.problem(1, "is not @NullMarked; mark it"));
      }
    }
    return List.copyOf(problems);
  }

  /**
   * Each class is used by other code. What starts by itself is excepted: a class with a main
   * method, and a benchmark. Of library modules, use in a test counts, as users stand there.
   */
  static List<String> deadFiles(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    Map<SourceFile, Set<String>> words = new LinkedHashMap<>();
    for (SourceFile file : tree.javaFiles()) {
      words.put(file, new HashSet<>(List.of(file.code().split("\\W+", -1))));
    }
    for (SourceFile file : tree.mainFiles()) {
      String code = file.code();
      String name = file.baseName();
      if (name.endsWith("-info") || MAIN.matcher(code).find() || code.contains("@Benchmark")) {
        continue;
      }
      boolean used =
          words.entrySet().stream()
              .filter(other -> other.getValue().contains(name))
              .map(Map.Entry::getKey)
              .anyMatch(other -> !other.equals(file) && (other.isMain() || isLibrary(file)));
      if (!used) {
        problems.add(file.problem(1, name + " is used nowhere; delete it"));
      }
    }
    return problems;
  }

  private static boolean isLibrary(SourceFile file) {
    return !PROGRAMS.contains(file.module());
  }
}

package dev.pollux.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Calls that have no place in the code, each with what to use instead. */
final class BannedCalls {
  private static final String BENCH = "pollux-bench/";

  private static final List<Ban> BANS =
      List.of(
          ban("\\bThread\\s*\\.\\s*sleep\\b", "wait on a latch, virtual time or a named deadline"),
          ban("\\bSystem\\s*\\.\\s*nanoTime\\b", "take the injected clock")
              // Tests have deadlines, benchmarks measure; the library has one clock.
              .except(p ->
                  p.startsWith(BENCH) || p.contains("/src/test/") || p.endsWith("/NativeSys.java")),
          ban("\\bSystem\\s*\\.\\s*currentTimeMillis\\b", "take the injected clock"),
          ban("\\bsun\\s*\\.\\s*misc\\b|\\bUnsafe\\s*\\.", "use a MemorySegment or a VarHandle"),
          ban("\\bprintStackTrace\\b", "log with System.Logger, or let the exception pass"),
          ban("\\bOption\\s*\\.\\s*critical\\b", "link without it: the call enters the kernel"),
          ban(
                  "\\bjava\\.lang\\.foreign\\.Linker\\b|\\bLinker\\s*\\.",
                  "add the call to dev.pollux.sys")
              // SeamBenchmark compares the seam with the bare downcall.
              .except(p -> p.startsWith("pollux-sys/") || p.endsWith("/SeamBenchmark.java")),
          ban(
                  "\\bassert\\b[^;]*\\b(inLoop|currentThread)\\b",
                  "check always, and throw an IllegalStateException")
              .except(p -> p.contains("/src/test/")),
          ban("@(Disabled|Enabled(If|On|For))\\w*", "mend the test or delete it"),
          ban("\\bAssumptions\\b|\\bassum(eTrue|eFalse|eThat|ingThat)\\b", "report, never skip"),
          ban("\\bSystem\\s*\\.\\s*exit\\b", "return an exit code to Main")
              .except(p ->
                  p.endsWith("/dev/pollux/cli/Main.java")
                      || p.endsWith("/dev/pollux/lab/fuzz/FuzzMain.java")
                      || p.endsWith("/dev/pollux/bench/Main.java")
                      || p.endsWith("/dev/pollux/checks/AbiCheck.java")));

  private BannedCalls() {}

  static List<String> check(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.javaFiles()) {
      String code = file.code();
      for (Ban ban : BANS) {
        if (!ban.excepted.test(file.path())) {
          ban.call
              .matcher(code)
              .results()
              .forEach(m ->
                  problems.add(
                      file.problemAt(m.start(), m.group() + " is banned; " + ban.instead)));
        }
      }
    }
    return problems;
  }

  private static Ban ban(String call, String instead) {
    return new Ban(Pattern.compile(call), instead, _ -> false);
  }

  private record Ban(Pattern call, String instead, Predicate<String> excepted) {
    Ban except(Predicate<String> paths) {
      return new Ban(call, instead, paths);
    }
  }
}

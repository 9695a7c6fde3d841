package dev.pollux.checks;

import dev.pollux.sys.SystemTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Compares the tables of systems whose numbers are not Linux's: macOS with Apple's headers, the
 * BSDs with what others took from the headers of each.
 */
final class ForeignCheck {

  /** What {@code --require} calls the two parts. */
  static final List<String> NAMES = List.of("macos", "bsd");

  private static final String HOW = ": ./dev abi --fetch gets it";

  private final Downloads downloads;
  private final List<String> required;
  private final PrintStream out;

  ForeignCheck(Downloads downloads, List<String> required, PrintStream out) {
    this.downloads = downloads;
    this.required = required;
    this.out = out;
  }

  /**
   * Compares tables, prints a line for each and what is wrong with it, and tells whether all agree.
   */
  boolean run(List<SystemTable> tables) throws IOException, InterruptedException {
    boolean apple = apple(tables.stream().filter(ForeignCheck::isApple).toList());
    boolean bsds = bsds(tables.stream().filter(ForeignCheck::isBsd).toList());
    return apple && bsds;
  }

  private static boolean isApple(SystemTable table) {
    return table.system().equals("macOS");
  }

  private static boolean isBsd(SystemTable table) {
    return table.system().endsWith("BSD") || table.system().equals("DragonFly");
  }

  private AppleHeaders headers(Path zig) {
    return new AppleHeaders(zig, downloads.folder().resolve("scratch"));
  }

  private boolean apple(List<SystemTable> tables) throws IOException, InterruptedException {
    Path zig = downloads.zig();
    if (zig == null) {
      return missing("macos", "macOS", "Zig is");
    }
    AppleHeaders headers = headers(zig);
    boolean agree = true;
    for (SystemTable table : tables) {
      AppleHeaders.Result result = headers.compare(table);
      out.println(
          title(table)
              + result.items().size()
              + " values checked with Apple's headers, "
              + result.differences().size()
              + " differ");
      result.differences().forEach(difference -> out.println("  " + difference));
      agree &= result.differences().isEmpty();
    }
    return agree;
  }

  private boolean bsds(List<SystemTable> tables) throws IOException {
    List<Downloads.Tables> sources = downloads.tables();
    if (sources.size() < 2) { // one alone is nothing to compare with
      return missing("bsd", "the BSDs", "two of Go, Rust and Zig are");
    }
    boolean agree = true;
    for (SystemTable table : tables) {
      Comparison comparison = compare(table, sources);
      report(table, comparison);
      agree &= comparison.contradictions().isEmpty();
    }
    return agree;
  }

  private static Comparison compare(SystemTable table, List<Downloads.Tables> sources)
      throws IOException {
    List<SourceTable> read = new ArrayList<>();
    for (Downloads.Tables source : sources) {
      read.add(source.read(table.system(), table.architecture()));
    }
    return Comparison.of(table, read, Comparison.MISTAKES);
  }

  private boolean missing(String name, String system, String what) {
    boolean needed = required.contains(name);
    out.println(
        system + ": " + what + " not there" + (needed ? ", but required" : "; not checked") + HOW);
    return !needed;
  }

  private void report(SystemTable table, Comparison comparison) {
    List<Comparison.Item> one = comparison.confirmedBy(1);
    List<Comparison.Item> none = comparison.confirmedBy(0);
    int count = comparison.items().size();
    String counts =
        comparison.counts().entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    out.println(
        title(table)
            + count
            + " values, "
            + (count - one.size() - none.size())
            + " confirmed by two sources or more ("
            + counts
            + "), "
            + comparison.contradictions().size()
            + " contradicted");
    comparison.contradictions().forEach(contradiction -> out.println("  " + contradiction));
    list("one source", one);
    list("none", none);
  }

  private void list(String by, List<Comparison.Item> items) {
    if (!items.isEmpty()) {
      out.println(
          "  "
              + items.size()
              + " by "
              + by
              + ": "
              + items.stream().map(Comparison.Item::name).collect(Collectors.joining(", ")));
    }
  }

  /** Prints each value of each system and what confirms it; tells whether anything could. */
  boolean list(List<SystemTable> tables) throws IOException, InterruptedException {
    Path zig = downloads.zig();
    List<Downloads.Tables> sources = downloads.tables();
    for (SystemTable table : tables) {
      if (isBsd(table)) {
        print(table, compare(table, sources).items());
      } else if (isApple(table) && zig != null) {
        print(table, headers(zig).compare(table).items());
      }
    }
    if (zig == null && sources.isEmpty()) {
      out.println("there is no source" + HOW);
      return false;
    }
    return true;
  }

  private void print(SystemTable table, List<Comparison.Item> items) {
    for (Comparison.Item item : items) {
      out.println(title(table) + item.name() + " = " + item.value() + ", " + confirmed(item));
    }
  }

  private static String confirmed(Comparison.Item item) {
    return item.sources().isEmpty() ? "by no source" : "by " + String.join(", ", item.sources());
  }

  private static String title(SystemTable table) {
    return table.system() + ", " + table.architecture() + ": ";
  }
}

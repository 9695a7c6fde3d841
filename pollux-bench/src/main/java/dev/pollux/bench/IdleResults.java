package dev.pollux.bench;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/** What idle connections hold in memory, its table and its bars. */
final class IdleResults {

  static final double MAX_HEAP_BYTES = 512;

  /** As many as the bars are about. */
  static final int CONNECTIONS = 15_000;

  /** Room for one page of a buffer that all share; none of a connection is so small. */
  static final double MAX_BUFFER_BYTES = 1;

  /**
   * Three looks at one server.
   *
   * @param none when it has had a few connections and has none
   * @param fresh with all connections, of which nothing was heard
   * @param used when each of them has echoed a message
   */
  record Entry(IdleMemory none, IdleMemory fresh, IdleMemory used) {}

  private final int connections;
  private final boolean judged;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * No figures yet.
   *
   * @param connections how many are idle
   * @param judged whether the run is one for a verdict
   */
  IdleResults(int connections, boolean judged) {
    this.connections = connections;
    this.judged = judged;
  }

  void add(String server, Entry entry) {
    entries.put(server, entry);
  }

  void print(PrintWriter out) {
    out.println(row("bytes for each of", "heap", "", "buffers", "", "resident", ""));
    out.println(
        row("%,d idle".formatted(connections), "fresh", "used", "fresh", "used", "fresh", "used"));
    entries.forEach((server, entry) ->
        out.println(
            row(
                server,
                text(each(entry.none(), entry.fresh(), IdleMemory::heapBytes)),
                text(each(entry.none(), entry.used(), IdleMemory::heapBytes)),
                text(each(entry.none(), entry.fresh(), IdleMemory::bufferBytes)),
                text(each(entry.none(), entry.used(), IdleMemory::bufferBytes)),
                text(each(entry.none(), entry.fresh(), IdleResults::resident)),
                text(each(entry.none(), entry.used(), IdleResults::resident)))));
    out.println("fresh: connected, nothing heard of since; used: each has echoed one message");
    out.println("heap: reachable after full collections; buffers: memory outside the heap");
    out.println("resident: pages of the process, the heap's and those of garbage included");
    out.println();
    bars().forEach(out::println);
  }

  List<Bar> bars() {
    Entry entry = entries.get(EchoBars.POLLUX);
    String heap =
        "an idle connection of %s takes at most %.0f B of Java heap"
            .formatted(EchoBars.POLLUX, MAX_HEAP_BYTES);
    String buffers = "an idle connection of %s holds no buffer".formatted(EchoBars.POLLUX);
    if (entry == null) {
      return List.of(
          Bar.notMeasured(heap, "needs it in the run"),
          Bar.notMeasured(buffers, "needs it in the run"));
    }
    return List.of(
        bar(heap, entry, IdleMemory::heapBytes, MAX_HEAP_BYTES),
        bar(buffers, entry, IdleMemory::bufferBytes, MAX_BUFFER_BYTES));
  }

  private Bar bar(
      String claim, Entry entry, Function<IdleMemory, OptionalLong> figure, double most) {
    OptionalDouble fresh = each(entry.none(), entry.fresh(), figure);
    OptionalDouble used = each(entry.none(), entry.used(), figure);
    if (fresh.isEmpty() || used.isEmpty()) {
      return Bar.notMeasured(claim, "it did not tell");
    }
    String figures =
        "%.1f B fresh, %.1f B used, of %,d"
            .formatted(fresh.getAsDouble(), used.getAsDouble(), connections);
    boolean met = Math.max(fresh.getAsDouble(), used.getAsDouble()) <= most;
    return Bar.ifJudged(judged, claim, met, figures);
  }

  /** How much more it is for each connection; empty if it is not known. */
  OptionalDouble each(IdleMemory before, IdleMemory after, Function<IdleMemory, OptionalLong> of) {
    OptionalLong less = of.apply(before);
    OptionalLong more = of.apply(after);
    return less.isEmpty() || more.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) (more.getAsLong() - less.getAsLong()) / connections);
  }

  private static OptionalLong resident(IdleMemory memory) {
    return OptionalLong.of(memory.residentBytes());
  }

  private static String text(OptionalDouble bytes) {
    return bytes.isEmpty() ? "-" : "%.1f".formatted(bytes.getAsDouble());
  }

  private static String row(String... cells) {
    return "%-18s %9s %9s %9s %9s %9s %9s".formatted((Object[]) cells).stripTrailing();
  }
}

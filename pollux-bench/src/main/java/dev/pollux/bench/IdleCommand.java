package dev.pollux.bench;

import dev.pollux.bench.Samples.Row;
import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench idle}: what an idle connection holds in memory. */
@Command(
    name = "idle",
    description = {
      "The memory of idle connections of echo servers.",
      "",
      "Each server is a process. What it holds with N connections, less what it held with none, is"
          + " divided by N: before and after each connection has echoed a message."
    })
final class IdleCommand implements Callable<Integer> {

  static final double MAX_HEAP_BYTES = 512;

  /** As many as the bars are about. */
  static final int CONNECTIONS = 15_000;

  /** Room for one page of a buffer that all share; none of a connection is so small. */
  static final double MAX_BUFFER_BYTES = 1;

  /** A row is one look at a server; cells are empty for what it has not or cannot tell. */
  static final List<String> COLUMNS =
      List.of("server", "connections", "round", "look", "heap", "buffers", "resident");

  private static final int QUICK_CONNECTIONS = 500;

  /** Connections that come and go before the first look, so that all classes are loaded. */
  private static final int WARM_UP = 200;

  /** Descriptors of a JVM next to its connections. */
  private static final int SPARE_DESCRIPTORS = 300;

  /** When it has had a few connections and has none. */
  private static final String NONE = "none";

  /** With all connections, of which nothing was heard. */
  private static final String FRESH = "fresh";

  /** When each of them has echoed a message. */
  private static final String USED = "used";

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ProcessorOption cpu = new ProcessorOption();

  @Option(
      names = "--connections",
      paramLabel = "COUNT",
      description = "how many are idle. Default: 15000")
  private @Nullable Integer connections;

  @Option(
      names = "--servers",
      split = ",",
      paramLabel = "LIST",
      description = "as of the command echo. Default: pollux-level,nio,netty-epoll,threads")
  private List<String> servers =
      List.of(EchoServers.POLLUX, EchoServers.NIO, EchoServers.NETTY, EchoServers.THREADS);

  @Override
  public Integer call() throws IOException {
    Samples rows = common.rows(COLUMNS, this::measure);
    Report report = common.report();
    print(rows, report);
    report.bars(bars(rows));
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    int rounds = common.rounds(3, 1);
    int planned = common.atLeast(1, "--connections", connections, CONNECTIONS, QUICK_CONNECTIONS);
    List<String> all = EchoServers.chosen(common, "--servers", servers, EchoServers.ALL);
    OptionalInt processor = cpu.processor(common);
    cpu.printTerms(report, common, processor);
    report.say("JVM options of every server: " + String.join(" ", EchoServers.JVM_OPTIONS));
    long most = Machine.raiseDescriptorLimit(NativeSys.open()) - SPARE_DESCRIPTORS;
    common.require(most >= 1, "the limit of descriptors is too low; raise it with ulimit -Hn");
    int count = (int) Math.min(planned, most);
    if (count < planned) {
      report.say("cut: %d connections, not %d (ulimit -Hn)".formatted(count, planned));
    }
    report.say("");
    Progress progress = Progress.onStandardError();
    try (EchoServers programs = EchoServers.open();
        EchoLoad load = programs.load(false, OptionalInt.empty())) {
      for (int round = 1; round <= rounds; round++) {
        for (String server : all) {
          progress.show(
              "round %d of %d: %s, %,d idle connections".formatted(round, rounds, server, count));
          try (EchoProcess process = programs.start(server, processor)) {
            measure(process, load, rows, server, count, round);
          } catch (UnsupportedOperationException e) {
            report.say(server + ": " + e.getMessage());
          }
        }
      }
    }
    progress.end();
  }

  private static void measure(
      EchoProcess process, EchoLoad load, Samples rows, String server, int count, int round)
      throws IOException {
    load.open(process, WARM_UP);
    load.greet();
    load.disconnect();
    List<String> _ = process.memory(); // what it takes to answer is loaded now, too
    // Behind the ends of the others, all of which the server has seen when this one echoes.
    load.open(process, 1);
    load.disconnect();
    look(process, rows, server, count, round, NONE);
    load.open(process, count);
    look(process, rows, server, count, round, FRESH);
    load.greet();
    look(process, rows, server, count, round, USED);
    load.disconnect();
  }

  private static void look(
      EchoProcess process, Samples rows, String server, int count, int round, String look)
      throws IOException {
    List<Object> cells = new ArrayList<>(List.of(server, count, round, look));
    cells.addAll(process.memory());
    cells.add(process.usage().residentBytes());
    rows.add(cells.toArray());
  }

  static void print(Samples rows, Report report) {
    Table table =
        new Table(
            1,
            "bytes for each",
            "heap fresh",
            "heap used",
            "buffers fresh",
            "buffers used",
            "resident fresh",
            "resident used");
    for (String server : rows.values("server")) {
      Samples of = rows.where("server", server);
      List<String> cells = new ArrayList<>(List.of(server));
      for (String figure : List.of("heap", "buffers", "resident")) {
        cells.add(each(of, FRESH, figure).cell("%.1f"));
        cells.add(each(of, USED, figure).cell("%.1f"));
      }
      table.row(cells.toArray());
    }
    report.table(table);
    report.say(
        String.join(" ", rows.values("connections"))
            + " connections. fresh: connected, nothing heard of since; used: each has echoed one"
            + " message. heap: reachable after full collections; buffers: memory outside the heap;"
            + " resident: pages of the process, the heap's and those of garbage included. "
            + rows.medians());
  }

  static List<Bar> bars(Samples rows) {
    Samples of = rows.where("server", EchoServers.POLLUX).where("connections", CONNECTIONS);
    List<Bar> bars = new ArrayList<>();
    for (String look : List.of(FRESH, USED)) {
      bars.add(
          bar(MAX_HEAP_BYTES, "Java heap of a connection that is " + look, each(of, look, "heap")));
      bars.add(
          bar(
              MAX_BUFFER_BYTES,
              "buffers of a connection that is " + look,
              each(of, look, "buffers")));
    }
    return bars;
  }

  private static Bar bar(double most, String claim, Spread measured) {
    return Bar.atMost(most, "%.1f B", EchoServers.POLLUX + ": " + claim, measured)
        .needs(1, "it in the run, and %,d connections".formatted(CONNECTIONS));
  }

  /** How much more it is for each connection. */
  private static Spread each(Samples of, String look, String figure) {
    return of.difference("look", look, NONE, (Row row) -> row.ratio(figure, "connections"));
  }
}

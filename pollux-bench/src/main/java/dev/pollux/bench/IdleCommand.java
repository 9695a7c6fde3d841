package dev.pollux.bench;

import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
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

  private static final int QUICK_CONNECTIONS = 500;

  /** Connections that come and go before the first look, so that all classes are loaded. */
  private static final int WARM_UP = 200;

  /** Descriptors of a JVM next to its connections. */
  private static final int SPARE_DESCRIPTORS = 300;

  /** The class of the load, named and not used: it is another program. */
  private static final String LOAD = "dev.pollux.bench.echo.IdleLoadMain";

  @Mixin private CommonOptions common = new CommonOptions();

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
      List.of(EchoBars.POLLUX, "nio", EchoBars.NETTY, EchoContestant.THREADS.label());

  @Override
  public Integer call() throws IOException {
    PrintWriter out = common.out();
    int planned = common.orDefault(connections, IdleResults.CONNECTIONS, QUICK_CONNECTIONS);
    common.require(planned >= 1, "--connections is at least 1, not " + planned);
    List<EchoContestant> contestants = servers.stream().distinct().map(this::contestant).toList();
    OptionalInt processor = common.processor();
    common.printTerms(
        out,
        "JVM options of every server: " + String.join(" ", EchoContestant.JVM_OPTIONS),
        processor);
    int count = fitting(planned, out);
    out.println();
    IdleResults results = new IdleResults(count, !common.isQuick() && count == planned);
    Progress progress = Progress.onStandardError();
    try (EchoPrograms programs = EchoPrograms.open(false)) {
      for (EchoContestant server : contestants) {
        progress.show("%s: %,d idle connections".formatted(server.label(), count));
        try {
          results.add(server.label(), measure(server, programs, count, processor));
        } catch (UnsupportedOperationException e) {
          out.println(server.label() + ": " + e.getMessage());
        }
      }
    }
    progress.end();
    results.print(out);
    return 0;
  }

  private EchoContestant contestant(String name) {
    Optional<EchoContestant> found = EchoContestant.named(name);
    common.require(found.isPresent(), "--servers does not know '" + name + "'");
    EchoContestant result = found.orElseThrow();
    common.require(!result.isC() || CProgram.isAvailable(), "the server c needs gcc");
    return result;
  }

  private int fitting(int planned, PrintWriter out) throws IOException {
    long most = Machine.raiseDescriptorLimit(NativeSys.open()) - SPARE_DESCRIPTORS;
    common.require(most >= 1, "the limit of descriptors is too low; raise it with ulimit -Hn");
    if (planned <= most) {
      return planned;
    }
    out.printf(
        "cut: %d connections, not %d, for the limit of %d descriptors (RLIMIT_NOFILE, ulimit -Hn)"
            + " of each process; no verdict%n",
        most, planned, most + SPARE_DESCRIPTORS);
    return (int) most;
  }

  private static IdleResults.Entry measure(
      EchoContestant server, EchoPrograms programs, int count, OptionalInt processor)
      throws IOException {
    boolean asked = server.answers();
    List<String> command = server.command(programs.server());
    try (EchoProcess process = EchoProcess.start(command, processor, asked);
        CProgram load = CProgram.start(EchoContestant.java(LOAD, ""), OptionalInt.empty())) {
      String _ = load.ask("open %d %d".formatted(process.port(), WARM_UP));
      String _ = load.ask("echo");
      String _ = load.ask("close");
      IdleMemory _ = process.memory(); // what it takes to answer is loaded now, too
      // Behind the ends of the others, all of which the server has seen when this one echoes.
      String _ = load.ask("open %d 1".formatted(process.port()));
      String _ = load.ask("close");
      IdleMemory none = process.memory();
      String _ = load.ask("open %d %d".formatted(process.port(), count));
      IdleMemory fresh = process.memory();
      String _ = load.ask("echo");
      IdleMemory used = process.memory();
      return new IdleResults.Entry(none, fresh, used);
    }
  }
}

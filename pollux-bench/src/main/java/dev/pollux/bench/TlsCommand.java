package dev.pollux.bench;

import dev.pollux.bench.echo.TlsEchoLoad;
import dev.pollux.bench.echo.TlsKey;
import dev.pollux.bench.echo.TlsStorm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench tls}: what TLS costs a server, and what a storm of handshakes costs its peers. */
@Command(
    name = "tls",
    description = {
      "Processor time of a message over TLS, and the echo of a good peer beside waves of"
          + " handshakes.",
      "",
      "Each server is a process with one loop; the load is elsewhere. pollux-all-at-once does all"
          + " steps of handshakes as they come, as Pollux did before they had turns."
    })
final class TlsCommand implements Callable<Integer> {

  /** The class of the servers, named and not used: they are another program. */
  private static final String MAIN = "dev.pollux.bench.echo.TlsEchoMain";

  private static final List<String> SERVERS =
      List.of("pollux", "pollux-all-at-once", "pollux-executor", "netty-jdk", "netty-openssl");
  private static final int CONNECTIONS = 16;
  private static final int MESSAGE_BYTES = 1_024;
  private static final int WAVE = 50;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double MICROS_PER_TICK = 1e4;

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--servers",
      split = ",",
      paramLabel = "LIST",
      description =
          "some of pollux,pollux-all-at-once,pollux-executor,netty-jdk,netty-openssl. Default: all")
  private List<String> servers = SERVERS;

  @Option(names = "--seconds", paramLabel = "SECONDS", description = "of each figure. Default: 5")
  private @Nullable Integer seconds;

  @Option(names = "--rounds", paramLabel = "COUNT", description = "of all servers. Default: 3")
  private @Nullable Integer rounds;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = common.out();
    int count = common.orDefault(rounds, 3, 1);
    common.require(count >= 1, "--rounds is at least 1, not " + count);
    double length = seconds != null ? seconds : common.isQuick() ? 0.2 : 5;
    common.require(length > 0, "--seconds is at least 1, not " + seconds);
    for (String server : servers) {
      common.require(SERVERS.contains(server), "--servers does not know '" + server + "'");
    }
    OptionalInt processor = common.processor();
    out.println(Machine.describe());
    out.println("JVM options of every server: " + String.join(" ", EchoContestant.JVM_OPTIONS));
    out.printf(
        "TLS 1.3, RSA of 2048 bits; %d connections with messages of %,d bytes; waves of %d%n",
        CONNECTIONS, MESSAGE_BYTES, WAVE);
    out.println();
    out.println(
        "server               us CPU/message   quiet: p50 ms"
            + "   storm: p50     p99     max   handshakes/s");
    Path folder = Files.createTempDirectory("pollux-bench-tls");
    Path file = folder.resolve("key.p12");
    Progress progress = Progress.onStandardError();
    try {
      TlsKey.make(file);
      for (int round = 1; round <= count; round++) {
        for (String server : servers) {
          progress.show("round %d: %s".formatted(round, server));
          String row = row(server, file, (long) (length * NANOS_PER_SECOND), processor);
          progress.end();
          out.println(row);
        }
      }
    } finally {
      progress.end();
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
    return 0;
  }

  private static String row(String server, Path file, long nanos, OptionalInt processor)
      throws IOException {
    List<String> command = new ArrayList<>(EchoContestant.java(MAIN, server));
    command.add(file.toString());
    TlsKey key = TlsKey.read(file);
    try (EchoProcess process = EchoProcess.start(command, processor, false)) {
      double micros;
      try (TlsEchoLoad load = TlsEchoLoad.open(process.port(), key, CONNECTIONS, MESSAGE_BYTES)) {
        long _ = load.run(nanos); // compiles
        EchoUsage before = process.usage();
        long messages = load.run(nanos);
        EchoUsage used = process.usage().since(before);
        micros = (used.userTicks() + used.systemTicks()) * MICROS_PER_TICK / messages;
      }
      TlsStorm storm = new TlsStorm(process.port(), key);
      var _ = storm.run(WAVE, nanos); // compiles
      TlsStorm.Result quiet = storm.run(0, nanos);
      TlsStorm.Result stormy = storm.run(WAVE, nanos);
      return "%-20s %14.1f %15.2f %12.2f %7.1f %7.1f %14.0f"
          .formatted(
              server,
              micros,
              quiet.median() / NANOS_PER_MILLI,
              stormy.median() / NANOS_PER_MILLI,
              stormy.percentile99() / NANOS_PER_MILLI,
              stormy.longest() / NANOS_PER_MILLI,
              stormy.handshakesPerSecond());
    } catch (UnsupportedOperationException e) {
      return server + ": " + e.getMessage();
    }
  }
}

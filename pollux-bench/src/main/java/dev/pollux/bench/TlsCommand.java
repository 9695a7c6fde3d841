package dev.pollux.bench;

import dev.pollux.bench.echo.TlsEchoLoad;
import dev.pollux.bench.echo.TlsKey;
import dev.pollux.bench.echo.TlsStorm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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

  private static final List<String> COLUMNS =
      List.of(
          "server",
          "round",
          "micros",
          "quiet_p50",
          "storm_p50",
          "storm_p99",
          "storm_max",
          "handshakes");

  /** The class of the servers, named and not used: they are another program. */
  private static final String MAIN = "dev.pollux.bench.echo.TlsEchoMain";

  private static final List<String> SERVERS =
      List.of("pollux", "pollux-all-at-once", "pollux-executor", "netty-jdk", "netty-openssl");
  private static final int CONNECTIONS = 16;
  private static final int MESSAGE_BYTES = 1_024;
  private static final int WAVE = 50;
  private static final double MILLIS = 1e-6;
  private static final double MICROS_PER_TICK = 1e4;

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ProcessorOption cpu = new ProcessorOption();

  @Option(
      names = "--servers",
      split = ",",
      paramLabel = "LIST",
      description =
          "some of pollux,pollux-all-at-once,pollux-executor,netty-jdk,netty-openssl. Default: all")
  private List<String> servers = SERVERS;

  @Option(names = "--seconds", paramLabel = "SECONDS", description = "of each figure. Default: 5")
  private @Nullable Integer seconds;

  @Override
  public Integer call() throws IOException {
    Samples rows = common.rows(COLUMNS, this::measure);
    Table table =
        new Table(
            1,
            "server",
            "CPU µs",
            "/ netty-jdk",
            "quiet p50 ms",
            "storm p50 ms",
            "p99 ms",
            "max ms",
            "handshakes/s");
    for (String server : rows.values("server")) {
      Samples of = rows.where("server", server);
      table.row(
          server,
          of.spread("micros").cell("%.1f"),
          rows.ratio("server", server, "netty-jdk", row -> row.number("micros")).cell("%.3f"),
          of.spread("quiet_p50").times(MILLIS).cell("%.2f"),
          of.spread("storm_p50").times(MILLIS).cell("%.2f"),
          of.spread("storm_p99").times(MILLIS).cell("%.1f"),
          of.spread("storm_max").times(MILLIS).cell("%.1f"),
          of.spread("handshakes").cell("%.0f"));
    }
    Report report = common.report();
    report.table(table);
    report.say(
        "CPU: of the server for each message; ms: a good peer's echo, alone and beside waves of"
            + " handshakes. "
            + rows.medians());
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    int rounds = common.rounds(3, 1);
    common.require(seconds == null || seconds >= 1, "--seconds is at least 1, not " + seconds);
    long nanos =
        seconds != null
            ? TimeUnit.SECONDS.toNanos(seconds)
            : TimeUnit.MILLISECONDS.toNanos(common.isQuick() ? 200 : 5000);
    List<String> all = EchoServers.chosen(common, "--servers", servers, SERVERS);
    OptionalInt processor = cpu.processor(common);
    cpu.printTerms(report, common, processor);
    report.say("JVM options of every server: " + String.join(" ", EchoServers.JVM_OPTIONS));
    report.say(
        "TLS 1.3, RSA of 2048 bits; %d connections with messages of %,d bytes; waves of %d\n"
            .formatted(CONNECTIONS, MESSAGE_BYTES, WAVE));
    Path folder = Files.createTempDirectory("pollux-bench-tls");
    Path key = folder.resolve("key.p12");
    Progress progress = Progress.onStandardError();
    try {
      TlsKey.make(key);
      for (int round = 1; round <= rounds; round++) {
        for (String server : all) {
          progress.show("round %d of %d: %s".formatted(round, rounds, server));
          List<String> command = EchoServers.java(MAIN, server, key.toString());
          try (EchoProcess process = EchoProcess.start(command, processor, false)) {
            measure(process, TlsKey.read(key), nanos, server, round, rows);
          } catch (UnsupportedOperationException e) {
            progress.end();
            report.say(server + ": " + e.getMessage());
          }
        }
      }
    } finally {
      progress.end();
      Files.deleteIfExists(key);
      Files.delete(folder);
    }
  }

  private static void measure(
      EchoProcess process, TlsKey key, long nanos, String server, int round, Samples rows)
      throws IOException {
    double micros;
    try (TlsEchoLoad load = TlsEchoLoad.open(process.port(), key, CONNECTIONS, MESSAGE_BYTES)) {
      long _ = load.run(nanos); // compiles
      EchoProcess.Usage before = process.usage();
      long messages = load.run(nanos);
      EchoProcess.Usage used = process.usage().since(before);
      micros = (used.userTicks() + used.systemTicks()) * MICROS_PER_TICK / messages;
    }
    TlsStorm storm = new TlsStorm(process.port(), key);
    var _ = storm.run(WAVE, nanos); // compiles
    TlsStorm.Result quiet = storm.run(0, nanos);
    TlsStorm.Result stormy = storm.run(WAVE, nanos);
    rows.add(
        server,
        round,
        micros,
        quiet.median(),
        stormy.median(),
        stormy.percentile99(),
        stormy.longest(),
        stormy.handshakesPerSecond());
  }
}

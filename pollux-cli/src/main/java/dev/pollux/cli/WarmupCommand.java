package dev.pollux.cli;

import dev.pollux.cli.chat.ChatCommand;
import dev.pollux.cli.connect.ConnectCommand;
import dev.pollux.cli.echo.CloseReason;
import dev.pollux.cli.echo.EchoCommand;
import dev.pollux.cli.echo.EchoRun;
import dev.pollux.cli.echo.LogSink;
import dev.pollux.cli.echo.TextLog;
import dev.pollux.cli.sim.SimCommand;
import dev.pollux.cli.sim.SimRun;
import dev.pollux.cli.terminal.Signals;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sim.Sim;
import dev.pollux.sim.SimReport;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code pollux warmup}: the training run from which the start script makes the JVM's AOT cache.
 *
 * <p>It goes once through what the other commands do until they are ready, so that their classes
 * are in the cache; profiles are not ({@code docs/aot.md}). Prints nothing, takes some seconds, and
 * ends by itself. What does not work on this machine, or not in time, is left to {@code doctor} to
 * tell: the cache is as right without it.
 */
@Command(name = "warmup", hidden = true)
final class WarmupCommand implements Callable<Integer> {

  /** Command lines that end by themselves: each command, the ways to ask for help, a mistake. */
  private static final List<String> LINES =
      List.of(
          "--help",
          "help echo",
          "ecko",
          "echo --help",
          "echo --prot 0",
          "connect --help",
          "chat --help",
          "chat serve --help",
          "chat join --help",
          "serve --help",
          "doctor",
          "lab --help",
          "lab list",
          "lab run D7",
          "lab step --help",
          "sim --help");

  @Override
  public Integer call() throws SysException {
    runSilently(LINES);
    // What serves until a signal, or reads what is typed: its options alone.
    parse(new EchoCommand(), "--port 0 --backend auto --trigger level --loops 1 --reply x --quiet");
    parse(new ConnectCommand(), "localhost:1 --timeout 1");
    parse(new ChatCommand(), "serve --port 0 --quiet");
    parse(new SimCommand(), "--seed 1 --runs 1 --trace");
    SimReport _ =
        Sim.seeds(1)
            .traced(_ -> {})
            .run(sim -> {
              SimRun _ = SimRun.begin(sim, SimRun.Program.ECHO, 0, UnaryOperator.identity());
            });
    Sys sys = NativeSys.open();
    String _ = new WarmupTraffic(sys).run();
    Signals.onStop(() -> {});
    logToNowhere(sys);
    return 0;
  }

  private static void runSilently(List<String> lines) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    try {
      System.setOut(nowhere);
      System.setErr(nowhere);
      for (String line : lines) {
        int _ = Main.run(line.split(" ", -1));
      }
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static void parse(Object command, String arguments) {
    new CommandLine(command).setExpandAtFiles(false).parseArgs(arguments.split(" ", -1));
  }

  private static void logToNowhere(Sys sys) throws SysException {
    byte[] path = "/dev/null\0".getBytes(StandardCharsets.US_ASCII);
    IoBuffer memory = IoBuffer.allocate(path.length);
    memory.buffer().put(0, path);
    int fd = SysException.check("open(/dev/null)", sys.open(memory.address(), Linux.O_WRONLY, 0));
    try {
      LogSink sink = LogSink.open(sys, fd);
      TextLog log = new TextLog(sink, false);
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
      log.line(EchoRun.listeningLine(address, Backend.EPOLL, Trigger.LEVEL));
      log.connected(fd, address);
      log.read(fd, 1);
      log.wrote(fd, 1);
      log.closed(fd, CloseReason.END_OF_STREAM, 0, 0, "");
      boolean _ = log.flush();
      sink.close();
    } finally {
      int _ = sys.close(fd);
    }
  }
}

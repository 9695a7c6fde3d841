package dev.pollux.cli;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code pollux warmup}: the training run from which the start script makes the JVM's AOT cache.
 *
 * <p>It goes once through what the other commands do until they are ready, so that their classes
 * are in the cache, and serves long enough to be compiled. Prints nothing, takes about a second,
 * and ends by itself. What does not work on this machine, or not in time, is left to {@code doctor}
 * to tell: the cache is as right without it.
 */
@Command(name = "warmup", hidden = true)
final class WarmupCommand implements Callable<Integer> {

  private static final Trigger[] TRIGGERS = {Trigger.LEVEL, Trigger.EDGE};

  @Override
  public Integer call() throws SysException {
    new CommandLine(new EchoCommand())
        .parseArgs(
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--backend",
            "auto",
            "--trigger",
            "level",
            "--buffer",
            "1024",
            "--backlog",
            "15",
            "--reply",
            "x",
            "--quiet");
    EchoCommand _ = EchoCommand.ofPlain(new String[] {"--port", "0", "--loops", "1"});
    new CommandLine(new ConnectCommand()).parseArgs("localhost:1", "--timeout", "1");
    Sys sys = NativeSys.open();
    for (Backend backend : Backend.values()) {
      for (Trigger trigger : TRIGGERS) {
        String _ = new SelfTest(sys, backend).traffic(trigger);
      }
    }
    String _ = new WarmupTraffic(sys).run();
    Signals.onStop(() -> {});
    logToNowhere(sys);
    return 0;
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

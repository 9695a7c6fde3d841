package dev.pollux.cli.echo;

import dev.pollux.cli.terminal.Exits;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.ListenAdvice;
import dev.pollux.cli.terminal.Places;
import dev.pollux.cli.terminal.Signals;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramOptions;
import dev.pollux.net.Workers;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code pollux echo}: loops, server, log and signals, from the line {@code listening}
 * to the end.
 *
 * <p>The main thread has a loop. With one loop it is the one that serves; with several it prints
 * figures and waits for the end.
 */
public final class EchoRun {

  /** How often it is looked whether everything has come to its end. */
  private static final long LOOK_NANOS = 10_000_000; // 10 ms

  private static final long SECOND_NANOS = 1_000_000_000;

  private final Sys sys;
  private final EchoOptions options;
  private final LoopOptions loopOptions;
  private final int loopCount;
  private final @Nullable EchoWorkers workers;
  private final boolean quiet;
  private final boolean stats;
  private volatile boolean stopAsked;

  EchoRun(
      Sys sys,
      EchoOptions options,
      @Nullable Backend backend,
      int loopCount,
      @Nullable EchoWorkers workers,
      boolean quiet,
      boolean stats) {
    this.sys = sys;
    this.options = options;
    this.loopOptions =
        LoopOptions.DEFAULT
            .withName("echo")
            .withBackend(backend)
            .withErrorHandler((loop, what, cause) ->
                System.err.println("pollux echo: " + loop + ": " + what + " failed: " + cause));
    this.loopCount = loopCount;
    this.workers = workers;
    this.quiet = quiet;
    this.stats = stats;
  }

  /** Serves until it is told to stop; the exit code. */
  int serve(boolean udp) throws SysException {
    LogSink sink = LogSink.onStandardOutput(sys);
    // The workers are closed last: no loop waits for them then, nor they for a loop.
    try (sink;
        Workers answering = workers == null ? null : workers.start();
        EventLoop loop = EventLoop.open(sys, loopOptions)) {
      // From its first turn on the loop is this thread's. Before, it would take the thread of a
      // signal for its own, run what stops the server there, and wake nobody.
      int _ = loop.runOnce(0);
      if (udp) {
        serveDatagrams(loop, sink);
      } else if (loopCount == 1) {
        serveAlone(loop, answering, sink);
      } else {
        serveTogether(loop, answering, sink);
      }
    }
    if (!sink.isComplete()) {
      throw new Failure(Exits.INCOMPLETE);
    }
    return 0;
  }

  /** What is printed when the server listens. */
  public static String listeningLine(SocketAddress address, Backend backend, Trigger trigger) {
    String name = trigger.name().toLowerCase(Locale.ROOT);
    return "listening on " + Addresses.text(address) + " (" + backend.label() + ", " + name + ")";
  }

  private void serveAlone(EventLoop loop, @Nullable Workers answering, LogSink sink)
      throws SysException {
    TextLog log = new TextLog(sink, quiet);
    try (EchoServer server = open(() -> EchoServer.open(loop, options, answering, log))) {
      Signals.onStop(() -> {
        server.stop();
        lookForTheEnd(loop);
      });
      Backend backend = loop.poller().backend();
      log.line(listeningLine(server.address(), backend, options.trigger()) + workersText());
      report(loop, sink, server, List.of(loop));
      while (!server.isFinished()) {
        int _ = loop.runOnce(-1);
      }
    } finally {
      boolean _ = log.flush();
    }
  }

  private void serveTogether(EventLoop loop, @Nullable Workers answering, LogSink sink)
      throws SysException {
    TextLog log = new TextLog(sink, quiet);
    try (LoopGroup loops = LoopGroup.start(sys, loopCount, loopOptions);
        EchoServer server =
            open(() ->
                EchoServer.start(loops, options, answering, () -> new TextLog(sink, quiet)))) {
      Signals.onStop(() -> {
        server.stop();
        lookForTheEnd(loop);
      });
      Backend backend = loop.poller().backend();
      log.line(
          listeningLine(server.address(), backend, options.trigger())
              + ", "
              + loopCount
              + " loops"
              + workersText());
      report(loop, sink, server, loops.loops());
      while (!server.isFinished()) {
        int _ = loop.runOnce(-1);
      }
    }
  }

  private String workersText() {
    return workers == null ? "" : ", " + workers;
  }

  private void serveDatagrams(EventLoop loop, LogSink sink) throws SysException {
    TextLog log = new TextLog(sink, quiet);
    DatagramOptions plain =
        DatagramOptions.DEFAULT
            .withDatagramBytes(options.bufferBytes())
            .withFamilies(Places.families(options.address()))
            .withEdge(options.trigger() == Trigger.EDGE);
    UdpEcho echo = new UdpEcho(log, options.reply());
    try (DatagramEndpoint endpoint =
        open(() -> DatagramEndpoint.open(loop, options.address(), plain, echo))) {
      Signals.onStop(() -> {
        stopAsked = true;
        lookForTheEnd(loop);
      });
      String text =
          listeningLine(endpoint.localAddress(), loop.poller().backend(), options.trigger());
      log.line(text + ", udp");
      if (stats) {
        UdpStats figures = new UdpStats(sys, endpoint.stats(), new TextLog(sink, false));
        var _ =
            loop.scheduleAtFixedRate(
                SECOND_NANOS, SECOND_NANOS, () -> figures.print(endpoint.stats(), echo.bytes()));
      }
      while (!stopAsked && endpoint.isOpen()) {
        int _ = loop.runOnce(-1);
        boolean _ = log.flush();
      }
    }
  }

  /**
   * From now on no wait is long. A turn may run what stops the server before it waits, and then no
   * event tells that this was all. Any thread.
   */
  private static void lookForTheEnd(EventLoop loop) {
    boolean _ = loop.offer(() -> loop.scheduleAtFixedRate(LOOK_NANOS, LOOK_NANOS, () -> {}));
  }

  /** Prints figures every second, if they are wanted. */
  private void report(EventLoop loop, LogSink sink, EchoServer server, List<EventLoop> loops) {
    if (stats) {
      EchoStats figures = new EchoStats(sys, server, loops, new TextLog(sink, false));
      var _ = loop.scheduleAtFixedRate(SECOND_NANOS, SECOND_NANOS, figures::print);
    }
  }

  /** Opens something that listens. */
  @FunctionalInterface
  private interface Opening<T> {
    T open() throws SysException;
  }

  private <T> T open(Opening<T> opening) throws SysException {
    try {
      return opening.open();
    } catch (SysException e) {
      throw ListenAdvice.failure(sys, options.address(), e);
    }
  }
}

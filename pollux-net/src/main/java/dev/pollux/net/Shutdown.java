package dev.pollux.net;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Stops servers in order when the JVM is asked to end: by SIGTERM, SIGINT or SIGHUP, by {@link
 * System#exit}, or because the last thread that is no daemon has ended.
 *
 * <pre>{@code
 * try (LoopGroup loops = LoopGroup.start(4, LoopOptions.DEFAULT);
 *     Server server = Server.start(loops, options, factory);
 *     Shutdown shutdown = Shutdown.stopping(Duration.ofSeconds(20), server)) {
 *   server.stopped().join();
 * }
 * }</pre>
 *
 * <p>The JVM waits until the {@linkplain Server#stop(Duration) stop} of all of them is complete,
 * and then ends with the status that it has without this: 143 after SIGTERM. A second signal waits
 * as well; SIGKILL does not. Loops have to run on until then: threads do, also daemons. So {@link
 * System#exit} is not for a loop's own thread, which would wait for itself until the time is over.
 *
 * <p>Ownership: the servers stay the caller's. {@link #close} takes this back, and is to be called
 * when they are closed, so that they can be collected. Threads: any.
 */
public final class Shutdown implements AutoCloseable {

  /** What a stop may take beyond its time: the resets at its end. */
  private static final long MARGIN_NANOS = 1_000_000_000;

  private final List<Server> servers;
  private final Duration atMost;
  private final long atMostNanos;
  private final Thread hook = Thread.ofPlatform().name("pollux-shutdown").unstarted(this::stop);

  private Shutdown(Duration atMost, List<Server> servers) {
    this.atMostNanos = OptionChecks.nanos("atMost", atMost);
    this.atMost = atMost;
    this.servers = servers;
  }

  /**
   * From now on, these are stopped when the JVM is asked to end.
   *
   * @param atMost what is not over after so long is reset, as by {@link Server#stop(Duration)}
   * @throws IllegalStateException if the JVM is ending already
   */
  public static Shutdown stopping(Duration atMost, Server... servers) {
    Shutdown shutdown = new Shutdown(atMost, List.of(servers));
    Runtime.getRuntime().addShutdownHook(shutdown.hook);
    return shutdown;
  }

  private void stop() {
    for (Server server : servers) {
      server.stop(atMost);
    }
    CompletableFuture<?>[] all =
        servers.stream().map(Server::stopped).toArray(CompletableFuture<?>[]::new);
    long limit = Math.min(atMostNanos, Long.MAX_VALUE - MARGIN_NANOS) + MARGIN_NANOS;
    // Nobody is left to tell of a loop that does not run any more.
    var _ =
        CompletableFuture.allOf(all).completeOnTimeout(null, limit, TimeUnit.NANOSECONDS).join();
  }

  /** Takes it back. Does nothing if the JVM is ending. */
  @Override
  public void close() {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // it runs
    }
  }
}

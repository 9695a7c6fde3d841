package dev.pollux.sim;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopErrorHandler;
import dev.pollux.loop.LoopOptions;
import dev.pollux.loop.Threads;
import dev.pollux.net.Resolver;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * What a {@link Program} has of its host: loops, kernel, clock, chance, names and other threads'
 * work. Ends with the host's run; a restarted host gives its program another one.
 *
 * <p>Threads: the run's.
 */
public final class Env {

  private static final long MAX_WORK_NANOS = 10_000_000; // 10 ms

  private final Sim sim;
  private final Host host;
  private final Random random;
  private final int life;
  private final SimThreads threads;
  private final EventLoop loop;

  Env(Sim sim, Host host, Random random) throws SysException {
    this.sim = sim;
    this.host = host;
    this.random = random;
    this.life = host.life();
    this.threads = new SimThreads(sim, host, new Random(random.nextLong()));
    this.loop = openLoop(LoopOptions.DEFAULT.withName(host.name()));
  }

  /** The host's first loop, with default options. */
  public EventLoop loop() {
    return loop;
  }

  /**
   * Opens another loop; the run turns it, closes it with the host, and is told of its errors; so is
   * the handler of the options, if there is one.
   */
  public EventLoop openLoop(LoopOptions options) throws SysException {
    LoopErrorHandler given = options.errorHandler();
    boolean isGiven = !given.equals(LoopOptions.DEFAULT.errorHandler());
    LoopErrorHandler both =
        (loop, what, thrown) -> {
          sim.reported(loop + ": " + what, thrown);
          if (isGiven) {
            given.failed(loop, what, thrown);
          }
        };
    LoopOptions own = options.withErrorHandler(both).withThreads(threads);
    EventLoop opened = EventLoop.open(sys(), own);
    sim.schedule().add(new LoopSeat(host, opened, sim.network()));
    return opened;
  }

  /**
   * The host's kernel.
   *
   * @throws IllegalStateException once the host is down, or was started again
   */
  public Sys sys() {
    if (!host.isLiving(life)) {
      throw new IllegalStateException("this life of " + host + " is over");
    }
    return host.seen();
  }

  /** The host. */
  public Host host() {
    return host;
  }

  /**
   * Where a host of this name is reached. It need not have been started, nor, in the set-up, be
   * there: then the test has to make it.
   *
   * @throws IllegalArgumentException if the run has begun, and there is no such host
   */
  public InetSocketAddress at(String name, int port) {
    return sim.hosts().named(name).at(port);
  }

  /** All addresses of this host, for a server. */
  public InetSocketAddress any(int port) {
    return new InetSocketAddress(Host.ANY, port);
  }

  /** Finds hosts by their names; a name that no host has is unknown. */
  public Resolver resolver() {
    return (name, answer) -> {
      Host found = sim.hosts().find(name);
      if (found == null) {
        answer.failed(new UnknownHostException(name));
      } else {
        answer.resolved(List.of(found.address()));
      }
    };
  }

  /** The host's clock, which may be wrong; nanoseconds. */
  public long nanoTime() {
    return sys().nanoTime();
  }

  /** Chance that the seed has chosen, for this program alone. */
  public Random random() {
    return random;
  }

  /**
   * Work on other threads, as the program sees it: each task runs once, outside the loops, some
   * time within 10 ms, in any order. If the host is down by then it does not.
   */
  public Executor executor() {
    return task -> {
      long delay = random.nextLong(MAX_WORK_NANOS);
      sim.afterOn(host, life, Duration.ofNanos(delay), task::run);
    };
  }

  /**
   * The host's threads, of which one runs at a time, by the seed's choice: for what takes threads,
   * such as {@code Workers.of}, and locks of the program's own. The host's loops have them already,
   * for the blocking style.
   */
  public Threads threads() {
    return threads;
  }

  /** Starts a virtual thread of the host. What it throws is an error of the run. */
  public Thread start(String name, Action body) {
    return threads.start(Thread.ofVirtual().name(name), () -> run(body));
  }

  private static void run(Action body) {
    try {
      body.run();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  /**
   * Lets a thread of the host sleep: instead of {@link Thread#sleep}, which nobody can simulate.
   *
   * @throws IllegalStateException on a loop
   */
  public void sleep(Duration time) throws InterruptedException {
    threads.sleep(time);
  }

  /** Does something after so much time, outside the loops, unless the host is down by then. */
  public void after(Duration delay, Action action) {
    sim.afterOn(host, life, delay, action);
  }

  /** A line of the trace. */
  public void note(String what) {
    sim.note(host.name() + ": " + what);
  }
}

package dev.pollux.bench;

import dev.pollux.loop.LoopTimer;
import dev.pollux.loop.TimerWheel;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What timers cost while many are pending: those of Pollux, of Netty and of the JDK.
 *
 * <p>Deadlines are spread over a minute and so far ahead that none comes due while others measure.
 * Pollux is told the time, as an event loop does once in a turn; the others read the clock in each
 * call, and are made for several threads, with one of their own that does a part of the work. It is
 * tied to the processor of the caller, as it inherits that.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TimerBenchmark {

  /**
   * Netty's default of 100 ms takes in a million timeouts a second and no more: they would pile.
   */
  private static final int NETTY_TICK_MILLIS = 1;

  /** As many slots as a minute has ticks, so that a slot holds one tick. */
  private static final int NETTY_SLOTS = 1 << 16;

  /** For JMH. */
  public TimerBenchmark() {}

  /** How many timers are pending, and random delays. */
  @State(Scope.Thread)
  public static class Load {

    private static final long LEAST_DELAY_NANOS = 30_000_000_000L; // 30 s
    private static final long DELAYS_NANOS = 60_000_000_000L; // 60 s

    /** Of a linear congruential generator: Knuth, MMIX. */
    private static final long MULTIPLIER = 6364136223846793005L;

    private static final long INCREMENT = 1442695040888963407L;

    /** Pending timers. */
    @Param("1000000")
    public int pending;

    private long random = 1;

    /** For JMH. */
    public Load() {}

    /** Ties the thread to its processor. */
    @Setup
    public void pin() throws IOException {
      Jmh.pin();
    }

    long delayNanos() {
      return LEAST_DELAY_NANOS + Math.multiplyHigh(next() >>> 1, DELAYS_NANOS << 1);
    }

    /** Any timer. */
    int any() {
      return (int) ((next() >>> 33) % pending);
    }

    private long next() {
      random = random * MULTIPLIER + INCREMENT;
      return random;
    }
  }

  /** The wheel, at a moment that only the benchmark moves. */
  @State(Scope.Thread)
  public static class Pollux {

    private final TimerWheel wheel = new TimerWheel(TimerWheel.DEFAULT_TICK_NANOS, 0);
    private final LoopTimer extra = new LoopTimer(() -> {});
    private LoopTimer[] timers = {};
    private long nowNanos;

    /** For JMH. */
    public Pollux() {}

    /** Schedules the pending ones; when they run, they schedule themselves anew. */
    @Setup
    public void fill(Load load) {
      timers = new LoopTimer[load.pending];
      for (int i = 0; i < timers.length; i++) {
        int timer = i;
        timers[i] =
            new LoopTimer(() -> wheel.schedule(timers[timer], nowNanos + load.delayNanos()));
        wheel.schedule(timers[i], load.delayNanos());
      }
    }
  }

  /** Netty's wheel, with ticks as long as those of Pollux. */
  @State(Scope.Thread)
  public static class Netty {

    private final HashedWheelTimer timer =
        new HashedWheelTimer(
            Executors.defaultThreadFactory(),
            NETTY_TICK_MILLIS,
            TimeUnit.MILLISECONDS,
            NETTY_SLOTS,
            /* leakDetection= */ false);
    private Timeout[] timeouts = {};

    /** For JMH. */
    public Netty() {}

    /** Schedules the pending ones. */
    @Setup
    public void fill(Load load) {
      timeouts = new Timeout[load.pending];
      for (int i = 0; i < timeouts.length; i++) {
        timeouts[i] = schedule(load);
      }
    }

    /** Ends the timer's thread. */
    @TearDown
    public void close() {
      Objects.requireNonNull(timer.stop());
    }

    Timeout schedule(Load load) {
      return timer.newTimeout(_ -> {}, load.delayNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** The JDK's heap of scheduled tasks, which lets go of those that are cancelled. */
  @State(Scope.Thread)
  public static class Jdk {

    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    private @Nullable ScheduledFuture<?>[] futures = {};

    /** For JMH. */
    public Jdk() {}

    /** Schedules the pending ones. */
    @Setup
    public void fill(Load load) {
      executor.setRemoveOnCancelPolicy(true);
      futures = new ScheduledFuture<?>[load.pending];
      for (int i = 0; i < futures.length; i++) {
        futures[i] = schedule(load);
      }
    }

    /** Ends the executor's thread. */
    @TearDown
    public void close() {
      Objects.requireNonNull(executor.shutdownNow());
    }

    ScheduledFuture<?> schedule(Load load) {
      return executor.schedule(() -> {}, load.delayNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** When each connection was last active. */
  @State(Scope.Thread)
  public static class Notes {

    private long[] lastActiveNanos = {};
    private long nowNanos;

    /** For JMH. */
    public Notes() {}

    /** As many as there are timers. */
    @Setup
    public void fill(Load load) {
      lastActiveNanos = new long[load.pending];
    }
  }

  /** Schedules one more, and cancels it. */
  @Benchmark
  public boolean polluxScheduleCancel(Load load, Pollux pollux) {
    pollux.wheel.schedule(pollux.extra, load.delayNanos());
    return pollux.wheel.cancel(pollux.extra);
  }

  /** Schedules one more, and cancels it. */
  @Benchmark
  public boolean nettyScheduleCancel(Load load, Netty netty) {
    return netty.schedule(load).cancel();
  }

  /** Schedules one more, and cancels it. */
  @Benchmark
  public boolean jdkScheduleCancel(Load load, Jdk jdk) {
    return jdk.schedule(load).cancel(false);
  }

  /** Gives any one of the pending timers another deadline. */
  @Benchmark
  public void polluxRefresh(Load load, Pollux pollux) {
    pollux.wheel.schedule(pollux.timers[load.any()], load.delayNanos());
  }

  /** Puts another in the place of any one of the pending timers. */
  @Benchmark
  public boolean nettyRefresh(Load load, Netty netty) {
    int any = load.any();
    boolean cancelled = netty.timeouts[any].cancel();
    netty.timeouts[any] = netty.schedule(load);
    return cancelled;
  }

  /** Puts another in the place of any one of the pending timers. */
  @Benchmark
  public boolean jdkRefresh(Load load, Jdk jdk) {
    int any = load.any();
    boolean cancelled = Objects.requireNonNull(jdk.futures[any]).cancel(false);
    jdk.futures[any] = jdk.schedule(load);
    return cancelled;
  }

  /** Notes that a connection is active; its timer finds out when it comes due. */
  @Benchmark
  public void noteInstead(Load load, Notes notes) {
    notes.lastActiveNanos[load.any()] = ++notes.nowNanos;
  }

  /** Moves the time until one comes due, which schedules itself anew: moves between levels too. */
  @Benchmark
  public int polluxTurnOver(Pollux pollux) {
    int ran = 0;
    while (ran == 0) {
      pollux.nowNanos = Math.max(pollux.nowNanos, pollux.wheel.nextDeadlineNanos());
      ran = pollux.wheel.expire(pollux.nowNanos, 1);
    }
    return ran;
  }
}

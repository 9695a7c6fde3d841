package dev.pollux.loop;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Poller;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The limits and habits of an {@link EventLoop}; start from {@link #DEFAULT}, and change one value
 * after the other: {@code LoopOptions.DEFAULT.withName("web").withEventsPerWait(64)}.
 *
 * <p>Immutable. Threads: any.
 *
 * <p>Units: a time of more than 146 years counts as 146 years.
 *
 * <p>Errors: each {@code with} throws IllegalArgumentException for a value out of bounds.
 */
public final class LoopOptions {

  /** What a loop does unless told otherwise. */
  public static final LoopOptions DEFAULT = new LoopOptions(new Values());

  private static final Duration LEAST_TICK = Duration.ofNanos(1);

  /** Final, and not written to any more: so the options may be passed on without precautions. */
  private final Values values;

  private LoopOptions(Values values) {
    this.values = values;
  }

  /** As this, by another name. */
  public LoopOptions withName(String name) {
    Objects.requireNonNull(name, "name");
    return with(v -> v.name = name);
  }

  /** The loop's name, and its thread's where a {@link LoopGroup} starts one; by default "loop". */
  public String name() {
    return values.name;
  }

  /** As this, on another backend; null for the best there is. */
  public LoopOptions withBackend(@Nullable Backend backend) {
    return with(v -> v.backend = backend);
  }

  /** The backend of its poller; null, the default, for the best there is. */
  public @Nullable Backend backend() {
    return values.backend;
  }

  /** As this, with edges that are emulated on every backend, or not: for tests. */
  public LoopOptions withStrictEdges(boolean strictEdges) {
    return with(v -> v.strictEdges = strictEdges);
  }

  /**
   * For tests: see {@link Poller#openStrict(Sys, Backend)}; {@link Poller#undrained} of {@link
   * EventLoop#poller} then names who forgot to say that an edge was drained. By default false.
   */
  public boolean strictEdges() {
    return values.strictEdges;
  }

  /** The poller that is asked for. */
  Poller openPoller(Sys sys) throws SysException {
    Backend backend = backend();
    if (strictEdges()) {
      return backend == null ? Poller.openStrict(sys) : Poller.openStrict(sys, backend);
    }
    return backend == null ? Poller.open(sys) : Poller.open(sys, backend);
  }

  /** As this, with room for so many tasks: a power of two from 2 on. */
  public LoopOptions withTaskCapacity(int taskCapacity) {
    if (Integer.bitCount(taskCapacity) != 1 || taskCapacity < 2) {
      throw new IllegalArgumentException(
          "taskCapacity: " + taskCapacity + " is not a power of two from 2 on");
    }
    return with(v -> v.taskCapacity = taskCapacity);
  }

  /** How many tasks may wait to run; one more is rejected. By default 16,384. */
  public int taskCapacity() {
    return values.taskCapacity;
  }

  /** As this, running so many tasks a turn; at least 1. */
  public LoopOptions withTasksPerTurn(int tasksPerTurn) {
    int count = OptionChecks.atLeast("tasksPerTurn", tasksPerTurn, 1);
    return with(v -> v.tasksPerTurn = count);
  }

  /** How many tasks one turn runs at most. By default 1,024. */
  public int tasksPerTurn() {
    return values.tasksPerTurn;
  }

  /** As this, running so many timers a turn; at least 1. */
  public LoopOptions withTimersPerTurn(int timersPerTurn) {
    int count = OptionChecks.atLeast("timersPerTurn", timersPerTurn, 1);
    return with(v -> v.timersPerTurn = count);
  }

  /** How many timers one turn runs at most. By default 1,024. */
  public int timersPerTurn() {
    return values.timersPerTurn;
  }

  /** As this, with another size of a batch of events; at least 1. */
  public LoopOptions withEventsPerWait(int eventsPerWait) {
    int count = OptionChecks.atLeast("eventsPerWait", eventsPerWait, 1);
    return with(v -> v.eventsPerWait = count);
  }

  /** How many events one wait reports at most. By default 256. */
  public int eventsPerWait() {
    return values.eventsPerWait;
  }

  /** As this, with another resolution of timers; at least a nanosecond. */
  public LoopOptions withTick(Duration tick) {
    long nanos = OptionChecks.nanosAtLeast("tick", tick, LEAST_TICK);
    return with(v -> v.tickNanos = nanos);
  }

  /** The resolution of timers: they are never early and at most this late. By default 1 ms. */
  public Duration tick() {
    return Duration.ofNanos(values.tickNanos);
  }

  long tickNanos() {
    return values.tickNanos;
  }

  /** As this, spinning for so long before it sleeps; zero sleeps at once. */
  public LoopOptions withSpin(Duration spin) {
    long nanos = OptionChecks.nanosAtLeast("spin", spin, Duration.ZERO);
    return with(v -> v.spinNanos = nanos);
  }

  /**
   * How long the loop looks for events without sleeping before it sleeps: latency for processor
   * time. By default zero.
   */
  public Duration spin() {
    return Duration.ofNanos(values.spinNanos);
  }

  long spinNanos() {
    return values.spinNanos;
  }

  /** As this, telling somebody else of failed tasks. */
  public LoopOptions withErrorHandler(LoopErrorHandler errorHandler) {
    Objects.requireNonNull(errorHandler, "errorHandler");
    return with(v -> v.errorHandler = errorHandler);
  }

  /** Told of failed tasks and timers. By default they are logged. */
  public LoopErrorHandler errorHandler() {
    return values.errorHandler;
  }

  /** As this, with threads from elsewhere; a {@link LoopGroup} uses it, for each of its loops. */
  public LoopOptions withThreadFactory(ThreadFactory threadFactory) {
    Objects.requireNonNull(threadFactory, "threadFactory");
    return with(v -> v.threadFactory = threadFactory);
  }

  /**
   * Makes the threads of a {@link LoopGroup}: platform threads, not started; they are given the
   * loops' names. By default they are the JDK's.
   */
  public ThreadFactory threadFactory() {
    return values.threadFactory;
  }

  /** As this, with other threads beside it: {@link Threads}. */
  public LoopOptions withThreads(Threads threads) {
    Objects.requireNonNull(threads, "threads");
    return with(v -> v.threads = threads);
  }

  /**
   * How code runs and waits that layers above have beside the loop, such as the blocking style. By
   * default on threads of the virtual machine.
   */
  public Threads threads() {
    return values.threads;
  }

  @Override
  public String toString() {
    return new StringJoiner(", ", "LoopOptions[", "]")
        .add("name=" + name())
        .add("backend=" + (backend() == null ? "the best" : backend()))
        .add("strictEdges=" + strictEdges())
        .add("taskCapacity=" + taskCapacity())
        .add("tasksPerTurn=" + tasksPerTurn())
        .add("timersPerTurn=" + timersPerTurn())
        .add("eventsPerWait=" + eventsPerWait())
        .add("tick=" + tick())
        .add("spin=" + spin())
        .add("errorHandler=" + errorHandler())
        .add("threadFactory=" + threadFactory())
        .add("threads=" + threads())
        .toString();
  }

  private LoopOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new LoopOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    String name = "loop";
    @Nullable Backend backend;
    boolean strictEdges;
    int taskCapacity = 1 << 14; // 16,384
    int tasksPerTurn = 1 << 10; // 1,024
    int timersPerTurn = 1 << 10; // 1,024
    int eventsPerWait = 256;
    long tickNanos = TimerWheel.DEFAULT_TICK_NANOS;
    long spinNanos;
    LoopErrorHandler errorHandler = LoopErrorHandler.logging();
    ThreadFactory threadFactory = Thread.ofPlatform().factory();
    Threads threads = Threads.jvm();

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}

package dev.pollux.micrometer;

import dev.pollux.loop.BlockedLoop;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Histogram;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopStats;
import dev.pollux.loop.SpinningLoop;
import dev.pollux.loop.WatchdogListener;
import dev.pollux.net.Limit;
import dev.pollux.net.NetStats;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The figures of event loops, {@code pollux.loop.*}: how busy they are, how long events wait, what
 * is queued and refused. The tag "loop" is the loop's name.
 *
 * <p>Everything is counted by the loops anyway and is read when a registry asks, by one snapshot a
 * second at most; a loop does nothing for it. The ratio and the quantiles are of the time since the
 * snapshot before, so they depend on how often the registry asks.
 *
 * <p>Ownership: the loops stay whose they are. A registry keeps them until {@link #close}, which
 * takes the meters away; it may come before or after the loops are closed. Threads: any. Errors:
 * {@link #bindTo} throws IllegalArgumentException and binds nothing if the registry has one of
 * these meters of somebody else, as of two groups that have no name of their own: both have a
 * "loop-0".
 */
public final class PolluxLoopMetrics implements MeterBinder, AutoCloseable {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final int LEAST_BOUND_BITS = 14; // 16 µs
  private static final int MOST_BOUND_BITS = 34; // 17 s
  private static final Map<String, Double> QUANTILES = Map.of("0.5", 50.0, "0.99", 99.0);

  private final MetricsOptions options;
  private final Map<EventLoop, Findings> findings = new LinkedHashMap<>();
  private final Bindings bindings =
      new Bindings(
          "the tag \"loop\" is the loop's name, so give each a name by LoopOptions.withName, or set"
              + " a tag of your own by MetricsOptions.withTags");

  /** What a watchdog has found of one loop. */
  private record Findings(AtomicLong blocked, AtomicLong spinning) {}

  /** Of one loop. */
  public PolluxLoopMetrics(EventLoop loop, Tags tags) {
    this(List.of(loop), MetricsOptions.DEFAULT.withTags(tags));
  }

  /** Of all loops of a group. */
  public PolluxLoopMetrics(LoopGroup loops, Tags tags) {
    this(loops.loops(), MetricsOptions.DEFAULT.withTags(tags));
  }

  /**
   * Of these loops, whose names differ.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public PolluxLoopMetrics(List<EventLoop> loops, MetricsOptions options) {
    this.options = options;
    for (EventLoop loop : loops) {
      findings.put(loop, new Findings(new AtomicLong(), new AtomicLong()));
    }
    Set<String> names = new HashSet<>();
    for (EventLoop loop : findings.keySet()) {
      String name = loop.options().name();
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            "two loops are named " + name + ": give each a name by LoopOptions.withName");
      }
    }
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindings.bind(registry, options, meters -> findings.keySet().forEach(loop -> of(loop, meters)));
  }

  /**
   * Counts what a {@link dev.pollux.loop.Watchdog} finds, {@code pollux.loop.spinning} and {@code
   * pollux.loop.blocked}, and tells another listener. Without it these stay 0.
   */
  public WatchdogListener watching(WatchdogListener next) {
    return new WatchdogListener() {
      @Override
      public void blocked(BlockedLoop incident) {
        count(incident.loop(), Findings::blocked);
        next.blocked(incident);
      }

      @Override
      public void spinning(SpinningLoop incident) {
        count(incident.loop(), Findings::spinning);
        next.spinning(incident);
      }

      @Override
      public void recovered(EventLoop loop, String what, long afterNanos) {
        next.recovered(loop, what, afterNanos);
      }
    };
  }

  private void count(EventLoop loop, Function<Findings, AtomicLong> which) {
    Findings found = findings.get(loop);
    if (found != null) {
      long _ = which.apply(found).incrementAndGet();
    }
  }

  private void of(EventLoop loop, Meters meters) {
    LoopSample sample = new LoopSample(loop, meters.registry().config().clock());
    String name = loop.options().name();
    putTimes(sample, name, meters);
    putCounts(sample, name, meters);
    putQuantiles(sample, name, meters);
    putFindings(loop, name, meters);
    putNet(loop, name, meters);
    if (options.histograms()) {
      putHistogram(sample, name, meters);
    }
  }

  private static void putTimes(LoopSample sample, String name, Meters meters) {
    meters.gauge(
        "pollux.loop.busy.ratio",
        "The part of the time outside the wait, from 0 to 1, since the last look",
        null,
        sample,
        each -> each.interval().busyRatio(),
        "loop",
        name);
    meters.counter(
        "pollux.loop.busy",
        "Time outside the wait",
        "seconds",
        sample,
        each -> each.all().busyNanos() / NANOS_PER_SECOND,
        "loop",
        name);
    meters.counter(
        "pollux.loop.wait",
        "Time in the wait",
        "seconds",
        sample,
        each -> each.all().awaitNanos() / NANOS_PER_SECOND,
        "loop",
        name);
  }

  private static void putCounts(LoopSample sample, String name, Meters meters) {
    put(meters, sample, name, "turns", "Turns begun", LoopStats::turns);
    put(meters, sample, name, "waits", "Waits that were allowed to block", LoopStats::waits);
    put(
        meters,
        sample,
        name,
        "wakeups.empty",
        "Waits that ended without an event",
        LoopStats::emptyWakeups);
    put(meters, sample, name, "events", "Events dispatched", LoopStats::events);
    put(meters, sample, name, "tasks", "Tasks run", LoopStats::tasks);
    put(
        meters,
        sample,
        name,
        "tasks.rejected",
        "Tasks that the queue had no room for",
        LoopStats::rejected);
    put(meters, sample, name, "timers", "Timers run", LoopStats::timers);
    put(
        meters,
        sample,
        name,
        "failures",
        "What the error handler was told of",
        LoopStats::failures);
    meters.gauge(
        "pollux.loop.tasks.pending",
        "Tasks that wait to be run",
        null,
        sample,
        each -> each.loop().pendingTasks(),
        "loop",
        name);
    meters.gauge(
        "pollux.loop.tasks.pending.max",
        "The most tasks that waited at the beginning of a turn, so far",
        null,
        sample,
        each -> each.all().taskHighWater(),
        "loop",
        name);
  }

  private static void put(
      Meters meters,
      LoopSample sample,
      String loop,
      String name,
      String help,
      ToDoubleFunction<LoopStats> value) {
    meters.counter(
        "pollux.loop." + name,
        help,
        null,
        sample,
        each -> value.applyAsDouble(each.all()),
        "loop",
        loop);
  }

  private static void putQuantiles(LoopSample sample, String name, Meters meters) {
    putTime(
        meters,
        sample,
        name,
        "lag",
        "From the end of a wait until the last of its handlers was done",
        LoopStats::lagNanos);
    putTime(
        meters,
        sample,
        name,
        "turn",
        "From the end of a wait to the beginning of the next",
        LoopStats::turnNanos);
    putTime(
        meters,
        sample,
        name,
        "timers.late",
        "From the deadline of a timer to the turn that ran it",
        LoopStats::timerLateNanos);
    quantiles(
        LoopStats::eventsPerWait,
        (quantile, value) ->
            meters.gauge(
                "pollux.loop.events.per.wait",
                "Events that a wait found, of those that found any",
                null,
                sample,
                value,
                "loop",
                name,
                "quantile",
                quantile));
  }

  private static void putTime(
      Meters meters,
      LoopSample sample,
      String loop,
      String name,
      String help,
      Function<LoopStats, Histogram> of) {
    quantiles(
        of,
        (quantile, value) ->
            meters.time(
                "pollux.loop." + name, help, sample, value, "loop", loop, "quantile", quantile));
  }

  /** Takes a quantile, and how to read it. */
  private interface QuantileSink {
    void put(String quantile, ToDoubleFunction<LoopSample> value);
  }

  private static void quantiles(Function<LoopStats, Histogram> of, QuantileSink sink) {
    QUANTILES.forEach((quantile, percent) ->
        sink.put(quantile, each -> of.apply(each.interval()).percentile(percent)));
    sink.put("1", each -> of.apply(each.interval()).max());
  }

  private void putFindings(EventLoop loop, String name, Meters meters) {
    Findings found = findings.get(loop);
    if (found == null) {
      return;
    }
    meters.counter(
        "pollux.loop.blocked",
        "How often a watchdog found it stuck in a handler, a task or a timer",
        null,
        found,
        each -> each.blocked().get(),
        "loop",
        name);
    meters.counter(
        "pollux.loop.spinning",
        "How often a watchdog found that it spins",
        null,
        found,
        each -> each.spinning().get(),
        "loop",
        name);
  }

  private static void putNet(EventLoop loop, String name, Meters meters) {
    NetStats net = NetStats.of(loop);
    meters.gauge(
        "pollux.loop.memory",
        "Native memory that its connections have of the pool",
        "bytes",
        net,
        NetStats::memoryBytes,
        "loop",
        name);
    for (Limit limit : Limit.values()) {
      meters.counter(
          "pollux.loop.refused",
          "What its connections, servers and endpoints refused",
          null,
          net,
          each -> each.refused(limit),
          "loop",
          name,
          "limit",
          limit.name().toLowerCase(Locale.ROOT));
    }
  }

  /** How often the lag was below each bound, as a query for quantiles over any time needs it. */
  private static void putHistogram(LoopSample sample, String name, Meters meters) {
    for (int bits = LEAST_BOUND_BITS; bits <= MOST_BOUND_BITS; bits++) {
      long nanos = 1L << bits;
      putBound(sample, name, meters, nanos, Double.toString(nanos / NANOS_PER_SECOND));
    }
    putBound(sample, name, meters, Long.MAX_VALUE, "+Inf");
  }

  private static void putBound(
      LoopSample sample, String name, Meters meters, long nanos, String bound) {
    meters.counter(
        "pollux.loop.lag.histogram",
        "Waits with events, by the bound in seconds that their lag was below",
        null,
        sample,
        each -> each.all().lagNanos().countBelow(nanos),
        "loop",
        name,
        "le",
        bound);
  }

  /** Takes the meters away. Idempotent. */
  @Override
  public void close() {
    bindings.close();
  }
}

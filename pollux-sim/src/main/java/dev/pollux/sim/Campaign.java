package dev.pollux.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The runs of one test: one seed after the other, or several at a time, until one fails. */
final class Campaign {

  private static final System.Logger LOGGER = System.getLogger("dev.pollux.sim");

  private final SimRuns.Values options;
  private final SimBody body;
  private final boolean keepsAll;
  private final @Nullable String pcap = System.getProperty("pollux.sim.pcap");

  // By this object's monitor:
  private final Map<String, Integer> faults = new TreeMap<>();
  private final Set<String> askedFaults = new TreeSet<>();
  private final Set<String> met = new TreeSet<>();
  private final Set<String> unmet = new TreeSet<>();
  private long steps;
  private int givenUp;
  private @Nullable Throwable givenUpFor;
  private int next;
  private @Nullable Sim failed; // of the lowest seed that has
  private @Nullable Sim last;
  private volatile boolean isUnrepeatable; // nothing can be left out of what comes but once
  private @Nullable Throwable broken;

  Campaign(SimRuns.Values options, SimBody body) {
    this.options = options;
    this.body = body;
    this.keepsAll = pcap != null || Boolean.getBoolean("pollux.sim.trace");
  }

  SimReport run() {
    if (options.threads == 1) {
      work();
    } else {
      workOnThreads();
    }
    Sim worst = failed;
    if (worst != null) {
      throw failure(worst);
    }
    if (last != null) {
      writePackets(last);
    }
    if (givenUp == options.count && givenUp > 1) {
      throw new SimFailure(options.firstSeed, "all " + givenUp + " runs were given up", givenUpFor);
    }
    unmet.removeAll(met);
    boolean isReplay =
        SimRuns.number("pollux.sim.seed") != null; // one run need not meet everything
    if (!unmet.isEmpty() && !isReplay) {
      throw new SimFailure(
          options.firstSeed, "in none of " + options.count + " runs: " + unmet, null);
    }
    askedFaults.removeAll(faults.keySet());
    if (!askedFaults.isEmpty() && options.count > 1) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "asked for, and met in none of {0} runs: {1}",
          options.count,
          askedFaults);
    }
    return new SimReport(options.count, givenUp, steps, faults, askedFaults);
  }

  private void workOnThreads() {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < options.threads; i++) {
      threads.add(Thread.ofPlatform().name("pollux-sim-" + i).start(this::workOnThread));
    }
    boolean isInterrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          isInterrupted = true;
          stop();
        }
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
      if (failed == null) {
        throw new Run.Interrupted();
      }
    }
    if (broken != null) {
      throw new IllegalStateException("a run could not be made", broken);
    }
  }

  private void workOnThread() {
    try {
      work();
    } catch (Throwable e) {
      synchronized (this) {
        broken = e;
      }
      stop();
    }
  }

  private synchronized void stop() {
    next = options.count;
  }

  private void work() {
    for (int i = take(); i >= 0; i = take()) {
      Sim sim = run(options.firstSeed + i, Plan.WHOLE);
      if (options.repeats && sim.failure() == null) {
        Sim again = run(options.firstSeed + i, Plan.WHOLE);
        if (!isSame(sim, again)) {
          isUnrepeatable = true;
          String other = again.failure() == null ? difference(sim.seed()) : ": " + again.failure();
          sim.fail("it is not the same run when it is run again" + other);
        }
      }
      add(i, sim);
    }
  }

  /** The next seed's number; -1 if there is none, or one before it has failed. */
  private synchronized int take() {
    return next < options.count && failed == null ? next++ : -1;
  }

  private synchronized void add(int number, Sim sim) {
    if (sim.failure() != null && (failed == null || sim.seed() < failed.seed())) {
      failed = sim;
    }
    if (number == options.count - 1) {
      last = sim;
    }
    sim.faultCounts().forEach((name, n) -> faults.merge(name, n, Integer::sum));
    boolean _ = askedFaults.addAll(sim.askedFaults());
    boolean _ = met.addAll(sim.judge().met());
    if (!sim.run().isGivenUp()) {
      boolean _ = unmet.addAll(sim.judge().unmet());
    }
    steps += sim.steps();
    givenUp += sim.run().isGivenUp() ? 1 : 0;
    givenUpFor = sim.run().givenUpFor() == null ? givenUpFor : sim.run().givenUpFor();
  }

  private Sim run(long seed, Plan plan) {
    return run(seed, plan, keepsAll);
  }

  private Sim run(long seed, Plan plan, boolean keepsLines) {
    Trace trace = new Trace(keepsLines);
    Sim sim = new Sim(seed, plan, options, trace);
    Consumer<String> reader = options.reader;
    if (reader != null && plan.equals(Plan.WHOLE)) {
      trace.read(line -> reader.accept(line.text(sim::nameOf)));
    }
    Run _ = sim.run(body);
    return sim;
  }

  /** What was different, in two more runs. */
  private String difference(long seed) {
    Sim one = run(seed, Plan.WHOLE, true);
    Sim other = run(seed, Plan.WHOLE, true);
    List<String> lines = one.trace().lines(one::nameOf);
    List<String> others = other.trace().lines(other::nameOf);
    for (int i = 0; i < Math.max(lines.size(), others.size()); i++) {
      String line = i < lines.size() ? lines.get(i) : "nothing";
      String another = i < others.size() ? others.get(i) : "nothing";
      if (!line.equals(another)) {
        return "; once it has\n  " + line + "\nand once\n  " + another;
      }
    }
    return "";
  }

  private static boolean isSame(Sim one, Sim other) {
    return other.failure() == null
        && one.trace().hash() == other.trace().hash()
        && one.steps() == other.steps()
        && one.faultCounts().equals(other.faultCounts());
  }

  // ---- a failure

  private SimFailure failure(Sim whole) {
    Sim sim = whole;
    StringBuilder text = new StringBuilder(256);
    boolean isToShrink =
        options.shrinks
            && options.steps == Long.MAX_VALUE
            && Boolean.parseBoolean(System.getProperty("pollux.sim.shrink", "true"));
    int runs = 0;
    if (isToShrink && !isUnrepeatable && !(whole.cause() instanceof Baton.Stuck)) {
      Shrinker shrinker = new Shrinker(whole, plan -> run(whole.seed(), plan));
      sim = shrink(shrinker);
      runs = shrinker.runs();
    }
    text.append(whole.failure()).append("\nseed ").append(whole.seed());
    text.append(", step ").append(whole.steps());
    text.append(", after ").append(whole.elapsed()).append(", faults ").append(whole.faultCounts());
    if (runs > 0) {
      describe(sim, runs, text);
    }
    if (!String.valueOf(whole.failure()).equals(sim.failure())) {
      text.append("\nwhich then says: ").append(sim.failure());
    }
    text.append("\nthe last of the trace");
    if (sim != whole) {
      text.append(", of the run with nothing else");
    }
    text.append(":\n  ").append(String.join("\n  ", lastLines(sim)));
    text.append("\nreplay: ").append(options.replay);
    text.append("-Dpollux.sim.seed=").append(whole.seed());
    SimFailure failure =
        new SimFailure(
            whole.seed(), String.valueOf(whole.failure()), text.toString(), whole.cause());
    try {
      writePackets(sim);
    } catch (UncheckedIOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /** The smallest run that was found, by the time that somebody interrupts it. */
  private static Sim shrink(Shrinker shrinker) {
    try {
      return shrinker.shrink();
    } catch (Run.Interrupted _) {
      return shrinker.best(); // the thread stays interrupted
    }
  }

  /** All lines if that was asked for; else but the last of them. */
  private static List<String> lastLines(Sim sim) {
    List<String> lines = sim.trace().lines(sim::nameOf);
    int first = Boolean.getBoolean("pollux.sim.trace") ? 0 : lines.size() - Trace.KEPT;
    return lines.subList(Math.max(0, first), lines.size());
  }

  /** What is needed for a failure. */
  private static void describe(Sim sim, int runs, StringBuilder text) {
    Meeting meeting = sim.meeting();
    if (meeting.troubles().isEmpty()) {
      text.append("\nneeded for it: no fault");
    } else {
      text.append("\nneeded for it:");
      meeting.troubles().values().forEach(what -> text.append("\n  ").append(what));
    }
    meeting
        .choices()
        .forEach(
            (what, choice) -> text.append("\n  ").append(what).append(": ").append(choice.value()));
    text.append("\n(smaller runs tried: ").append(runs).append(")");
  }

  private void writePackets(Sim sim) {
    if (pcap != null) {
      try {
        Pcap.write(Path.of(pcap), sim.trace());
      } catch (IOException e) {
        throw new UncheckedIOException("pollux.sim.pcap=" + pcap + " cannot be written", e);
      }
    }
  }
}

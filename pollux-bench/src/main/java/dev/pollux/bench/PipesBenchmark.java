package dev.pollux.bench;

import dev.pollux.poll.Backend;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures every point of the pipes benchmark, Java and C in turns.
 *
 * <p>In each round the contestants measure a point one right after the other, and every second
 * round in reverse order, so that a change of the machine's mood meets all of them. Only one of
 * them runs at a time.
 */
final class PipesBenchmark {

  private static final int WARMUP_PAIRS = 200;

  /**
   * What is measured.
   *
   * @param sizes counts of pairs
   * @param warmup uncounted runs before those of each point
   * @param jitWarmupMillis how long each backend runs before anything is counted
   */
  record Plan(
      List<Backend> backends,
      List<Integer> sizes,
      int active,
      int writes,
      int warmup,
      int runs,
      int rounds,
      int batch,
      int jitWarmupMillis) {

    PipesSpec spec(Backend backend, int pairs) {
      return new PipesSpec(backend, pairs, active, writes, warmup, runs, batch);
    }
  }

  private final Sys sys;
  private final Plan plan;
  private final Map<Contestant, CProgram> programs;
  private final Progress progress;

  PipesBenchmark(Sys sys, Plan plan, Map<Contestant, CProgram> programs, Progress progress) {
    this.sys = sys;
    this.plan = plan;
    this.programs = new EnumMap<>(Contestant.class);
    this.programs.putAll(programs);
    this.progress = progress;
  }

  /** Runs everything. */
  PipesResults run() throws IOException {
    PipesResults results = new PipesResults();
    warmUpJit();
    int points = plan.backends().size() * plan.sizes().size();
    int point = 0;
    for (Backend backend : plan.backends()) {
      for (int size : plan.sizes()) {
        point++;
        progress.show(
            "point %d of %d: %s, N = %d, %d rounds"
                .formatted(point, points, backend.label(), size, plan.rounds()));
        measure(plan.spec(backend, size), results);
      }
    }
    progress.end();
    return results;
  }

  private void measure(PipesSpec spec, PipesResults results) throws IOException {
    List<Contestant> order = new ArrayList<>();
    order.add(Contestant.JAVA);
    order.addAll(programs.keySet());
    for (int round = 1; round <= plan.rounds(); round++) {
      for (Contestant contestant : order) {
        CProgram program = programs.get(contestant);
        PipesSample sample =
            program == null
                ? JavaPipes.measure(sys, spec)
                : PipesSample.parse(program.ask(spec.command()), spec);
        results.add(spec, contestant, round, sample);
      }
      Collections.reverse(order);
    }
  }

  /** The optimising compiler wants to have seen the loops for a while; C needs nothing like it. */
  private void warmUpJit() throws IOException {
    int pairs = Math.max(WARMUP_PAIRS, plan.active());
    for (Backend backend : plan.backends()) {
      progress.show("JIT warm-up: " + backend.label());
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(plan.jitWarmupMillis());
      try (JavaPipes pipes = JavaPipes.open(sys, plan.spec(backend, pairs))) {
        do {
          PipesSample _ = pipes.sample();
        } while (System.nanoTime() < end);
      }
    }
  }
}

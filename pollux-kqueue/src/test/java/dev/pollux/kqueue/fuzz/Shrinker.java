package dev.pollux.kqueue.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a program that fails small: leaves out steps, large parts first, then changes within calls.
 *
 * <p>Source: Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
 */
final class Shrinker {

  private static final int MOST_RUNS = 5_000;

  private final Predicate<List<Step>> fails;
  private int runs;

  private Shrinker(Predicate<List<Step>> fails) {
    this.fails = fails;
  }

  static List<Step> shrink(List<Step> program, Predicate<List<Step>> fails) {
    Shrinker shrinker = new Shrinker(fails);
    List<Step> now = program;
    List<Step> before;
    do {
      before = now;
      now = shrinker.withFewerChanges(shrinker.withFewerSteps(now));
    } while (!now.equals(before));
    return now;
  }

  private boolean stillFails(List<Step> candidate) {
    return runs++ < MOST_RUNS && fails.test(candidate);
  }

  private List<Step> withFewerSteps(List<Step> program) {
    List<Step> now = program;
    for (int part = Math.max(1, program.size() / 2); part > 0; part /= 2) {
      for (int at = now.size() - part; at > -part; at -= part) {
        int from = Math.max(0, at);
        List<Step> candidate = new ArrayList<>(now.subList(0, from));
        candidate.addAll(now.subList(Math.min(now.size(), Math.max(0, at + part)), now.size()));
        if (candidate.size() < now.size() && stillFails(candidate)) {
          now = candidate;
        }
      }
    }
    return now;
  }

  private List<Step> withFewerChanges(List<Step> program) {
    List<Step> now = program;
    for (int i = 0; i < now.size(); i++) {
      for (int j = 0; now.get(i) instanceof Step.Call call && j < call.changes().size(); ) {
        List<Change> fewer = new ArrayList<>(call.changes());
        fewer.remove(j);
        List<Step> candidate = new ArrayList<>(now);
        candidate.set(i, new Step.Call(fewer, call.room(), call.isOneArray()));
        if (stillFails(candidate)) {
          now = candidate;
        } else {
          j++;
        }
      }
    }
    return now;
  }
}

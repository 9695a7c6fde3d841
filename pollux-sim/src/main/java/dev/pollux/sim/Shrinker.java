package dev.pollux.sim;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing run smaller: leaves out what the failure does not need, and chooses smaller
 * numbers, as long as the same thing fails.
 *
 * <p>What went wrong is left out in halves, quarters and so on, down to one by one, until nothing
 * more can go. A run that leaves something out may meet what the one before did not; that is left
 * out next, or needed.
 *
 * <p>Source: Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, IEEE TSE 2002.
 */
final class Shrinker {

  private static final int MAX_RUNS = 500;

  private final Function<Plan, Sim> runner;
  private final String failure;
  private Sim best;
  private int runs;

  /**
   * A shrinker.
   *
   * @param runner runs the test by a plan, to its end, whatever that is
   */
  Shrinker(Sim failed, Function<Plan, Sim> runner) {
    this.best = failed;
    this.runner = runner;
    this.failure = Objects.requireNonNull(kind(failed), "failure");
  }

  /**
   * What fails: a property by its name; all else by its words, but for numbers, which may differ
   * from run to run; what is thrown also by its class and where it comes from.
   */
  private static @Nullable String kind(Sim sim) {
    String failure = sim.failure();
    Throwable cause = sim.cause();
    if (failure == null || sim.judge().hasFailed()) {
      return failure;
    }
    String words = failure.replaceAll("[0-9]+", "0");
    return cause == null ? words : words + " " + cause.getClass().getName() + " " + origin(cause);
  }

  private static String origin(Throwable thrown) {
    for (StackTraceElement frame : thrown.getStackTrace()) {
      String name = frame.getClassName();
      if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("org.junit.")) {
        return frame.toString();
      }
    }
    return "";
  }

  /** The smallest run that was found. */
  Sim shrink() {
    boolean isSmaller = true;
    while (isSmaller && runs < MAX_RUNS) {
      isSmaller = leaveOut();
      isSmaller |= chooseLess();
    }
    return best;
  }

  /** The smallest one so far. */
  Sim best() {
    return best;
  }

  /** How many runs that took. */
  int runs() {
    return runs;
  }

  /** Tries another run; if it fails in the same way, it is the best. */
  private boolean isBetter(Plan plan) {
    if (runs == MAX_RUNS) {
      return false;
    }
    runs++;
    Sim sim = runner.apply(plan);
    boolean isSame = failure.equals(kind(sim));
    if (isSame) {
      best = sim;
    }
    return isSame;
  }

  private boolean leaveOut() {
    boolean isSmaller = false;
    int parts = 1;
    List<String> left = new ArrayList<>(best.meeting().troubles().keySet());
    while (!left.isEmpty() && parts <= left.size() && runs < MAX_RUNS) {
      boolean isFound = false;
      for (int i = 0; i < parts && !isFound; i++) {
        int from = (int) ((long) left.size() * i / parts);
        int to = (int) ((long) left.size() * (i + 1) / parts);
        Set<String> part = new LinkedHashSet<>(left.subList(from, to));
        isFound = isBetter(best.meeting().plan().without(part));
      }
      if (isFound) {
        isSmaller = true;
        left = new ArrayList<>(best.meeting().troubles().keySet());
        parts = Math.max(1, Math.min(parts - 1, left.size()));
      } else if (parts == left.size()) {
        break;
      } else {
        parts = Math.min(2 * parts, left.size());
      }
    }
    return isSmaller;
  }

  /** Each number by itself: the least, or half way there, or one less. */
  private boolean chooseLess() {
    boolean isSmaller = false;
    for (Map.Entry<String, Meeting.Choice> each :
        List.copyOf(best.meeting().choices().entrySet())) {
      String key = each.getKey();
      int least = each.getValue().least();
      int value = each.getValue().value();
      int step = value - least;
      while (step > 0 && runs < MAX_RUNS) {
        if (isBetter(best.meeting().plan().choosing(key, value - step))) {
          isSmaller = true;
          value -= step;
          step = value - least;
        } else {
          step /= 2;
        }
      }
    }
    return isSmaller;
  }
}

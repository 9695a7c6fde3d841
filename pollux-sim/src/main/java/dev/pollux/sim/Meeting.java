package dev.pollux.sim;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run has met of what its {@link Plan} allows: what went wrong, in its order, and the
 * numbers that were chosen.
 */
final class Meeting {

  /** A number that the test had chosen. */
  record Choice(int least, int value) {}

  private final Plan plan;
  private final Map<String, String> troubles = new LinkedHashMap<>(); // by key, in words
  private final Map<String, Choice> choices = new LinkedHashMap<>();

  Meeting(Plan plan) {
    this.plan = plan;
  }

  /** Whether something that goes wrong may; then it is noted. */
  boolean strikes(String key, String words) {
    boolean is = plan.allows(key);
    if (is) {
      String _ = troubles.putIfAbsent(key, words);
    }
    return is;
  }

  /** A number, by chance unless the plan has another. */
  int choose(String key, int least, int most, int byChance) {
    int value = Math.clamp(plan.chosen().getOrDefault(key, byChance), least, most);
    if (choices.putIfAbsent(key, new Choice(least, value)) != null) {
      throw new IllegalArgumentException("'" + key + "' is chosen twice; each needs a name");
    }
    return value;
  }

  Plan plan() {
    return plan;
  }

  Map<String, String> troubles() {
    return troubles;
  }

  Map<String, Choice> choices() {
    return choices;
  }
}

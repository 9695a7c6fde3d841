package dev.pollux.sim;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a run leaves out of what its seed has in store: nothing, or, where a failure is made
 * smaller, all that it does not need.
 *
 * @param leftOut the keys of what does not happen: packets' losses, faults of calls, disturbances
 * @param chosen the numbers that are chosen in another way, by their key
 */
record Plan(Set<String> leftOut, Map<String, Integer> chosen) {

  /** All of it. */
  static final Plan WHOLE = new Plan(Set.of(), Map.of());

  Plan {
    leftOut = Set.copyOf(leftOut);
    chosen = Map.copyOf(chosen);
  }

  boolean allows(String key) {
    return !leftOut.contains(key);
  }

  Plan without(Set<String> keys) {
    Set<String> more = new HashSet<>(leftOut);
    boolean _ = more.addAll(keys);
    return new Plan(more, chosen);
  }

  Plan choosing(String key, int value) {
    Map<String, Integer> more = new HashMap<>(chosen);
    Integer _ = more.put(key, value);
    return new Plan(leftOut, more);
  }
}

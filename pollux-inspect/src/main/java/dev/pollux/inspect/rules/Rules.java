package dev.pollux.inspect.rules;

import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.proc.Holders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All rules, on the looks at one process. */
public final class Rules {

  private Rules() {}

  /**
   * What is wrong, the surest first.
   *
   * @param waits that were seen now and before
   * @param holders of all processes
   * @param silence how long a peer may be silent
   */
  public static List<Finding> diagnose(
      List<ProcessView> views, KnownWaits waits, Holders holders, Duration silence) {
    Looks looks = new Looks(views);
    List<Rule> rules =
        List.of(
            new WaitingBytes(),
            new Spinning(holders),
            new Orphans(holders),
            new Sharing(holders, waits),
            new Listeners(),
            new Forgotten(),
            new BlockedLoop(),
            new Peers(silence));
    List<Finding> found = new ArrayList<>();
    rules.forEach(rule -> rule.find(looks, found));
    leaveOutWhatIsExplained(found);
    found.sort(Comparator.comparing(Finding::confidence).reversed());
    return List.copyOf(found);
  }

  /** A loop that cannot accept, or takes a few at a time, is not blocked besides. */
  private static void leaveOutWhatIsExplained(List<Finding> found) {
    Set<Integer> full = new HashSet<>();
    for (Finding each : found) {
      if (each.disease() == Disease.OUT_OF_DESCRIPTORS || each.disease() == Disease.SMALL_BATCH) {
        full.addAll(each.fds());
      }
    }
    found.removeIf(each ->
        each.disease() == Disease.BLOCKED_LOOP && each.fds().stream().anyMatch(full::contains));
  }
}

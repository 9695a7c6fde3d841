package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Instances;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All rules, on the looks at one process. */
public final class Rules {

  private static final int MANY = 8; // findings that are alike

  /** What findings that are told as one have in common. */
  private record Like(Disease disease, Confidence confidence) {}

  private Rules() {}

  /**
   * What is wrong, the surest first. Many findings that are alike are one, with the evidence of the
   * first.
   *
   * @param waits that were seen now and before
   * @param holders of all processes
   * @param instances of this kernel
   * @param silence how long a peer may be silent
   */
  public static List<Finding> diagnose(
      List<ProcessView> views,
      KnownWaits waits,
      Holders holders,
      Instances instances,
      Duration silence) {
    Looks looks = new Looks(views);
    List<Rule> rules =
        List.of(
            new WaitingBytes(holders),
            new Spinning(holders, waits),
            new Orphans(holders, instances),
            new Sharing(holders, instances, waits),
            new Listeners(holders, instances),
            new Forgotten(holders, silence),
            new BlockedLoop(holders, instances, waits),
            new Peers(silence));
    List<Finding> found = new ArrayList<>();
    rules.forEach(rule -> rule.find(looks, found));
    leaveOutWhatIsExplained(found);
    List<Finding> told = gathered(found);
    told.sort(Comparator.comparing(Finding::confidence).reversed());
    return List.copyOf(told);
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

  private static List<Finding> gathered(List<Finding> found) {
    Map<Like, List<Finding>> kinds = new LinkedHashMap<>();
    for (Finding each : found) {
      kinds
          .computeIfAbsent(new Like(each.disease(), each.confidence()), _ -> new ArrayList<>())
          .add(each);
    }
    List<Finding> told = new ArrayList<>();
    kinds.values().forEach(alike -> told.addAll(alike.size() < MANY ? alike : List.of(one(alike))));
    return told;
  }

  private static Finding one(List<Finding> alike) {
    Finding first = alike.getFirst();
    List<String> evidence = new ArrayList<>(first.evidence());
    evidence.add("so it is with " + (alike.size() - 1) + " more");
    return new Finding(
        first.disease(),
        first.confidence(),
        first.subject() + " and " + (alike.size() - 1) + " more",
        alike.stream().flatMap(each -> each.fds().stream()).distinct().sorted().toList(),
        evidence);
  }
}

package dev.pollux.inspect;

import java.util.List;
import java.util.Optional;

/**
 * What was seen of a process, and what is wrong.
 *
 * @param view the last look
 * @param findings what is wrong, the surest first
 * @param looks how many looks it stands on
 */
public record Report(ProcessView view, List<Finding> findings, int looks) {

  /** Copies the list. */
  public Report {
    findings = List.copyOf(findings);
  }

  /** How sure the surest finding is; empty if there is none. */
  public Optional<Confidence> worst() {
    return findings.stream().map(Finding::confidence).max(Enum::compareTo);
  }
}

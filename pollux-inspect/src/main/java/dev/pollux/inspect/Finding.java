package dev.pollux.inspect;

import java.util.List;

/**
 * A diagnosis.
 *
 * @param disease what is wrong
 * @param confidence how sure that is
 * @param subject whom it is about: {@code fd 7 in epoll 4}, {@code thread 12 (loop)}
 * @param fds the descriptors it is about, the least first
 * @param evidence the facts it stands on, a line each
 */
public record Finding(
    Disease disease,
    Confidence confidence,
    String subject,
    List<Integer> fds,
    List<String> evidence) {

  /** Copies the lists. */
  public Finding {
    fds = List.copyOf(fds);
    evidence = List.copyOf(evidence);
  }
}

package dev.pollux.lab;

import dev.pollux.sys.Errno;
import java.util.List;

/**
 * What came of a step.
 *
 * @param result as {@link Step} describes it
 * @param figures lines of numbers that differ from run to run
 */
record Outcome(String result, List<String> figures) {

  static Outcome of(String result) {
    return new Outcome(result, List.of());
  }

  /** Success without a word, or the name of the errno. */
  static Outcome call(int result) {
    return of(result < 0 ? Errno.name(-result) : Steps.OK);
  }
}

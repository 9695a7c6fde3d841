package dev.pollux.lint;

import java.util.List;

/** A check of the source tree. */
@FunctionalInterface
interface Rule {
  /** Returns what is wrong, a line each, as {@code path:line: what, and what to do}. */
  List<String> check(SourceTree tree);
}

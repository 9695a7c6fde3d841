package dev.pollux.cli;

import java.util.List;

/**
 * Calls that strace answers in the kernel's place, and what is to come of it.
 *
 * @param name the circumstance
 * @param arguments of {@code pollux echo}
 * @param calls what strace injects: {@code CALL:error=ERRNO:when=FIRST+STEP}
 * @param victims whether connections may be lost to it; else every client is served
 * @param logged part of the line that each loss leaves in the log; or, for {@code once}, at least
 *     one line
 * @param once whether losses of one burst share a line
 */
record InjectedFault(
    String name,
    List<String> arguments,
    List<String> calls,
    boolean victims,
    String logged,
    boolean once) {

  /** Whoever meets it does not notice. */
  static InjectedFault harmless(String name, String arguments, String... calls) {
    return new InjectedFault(name, words(arguments), List.of(calls), false, "", false);
  }

  /** It ends the connection that meets it, and each with a line in the log. */
  static InjectedFault fatal(String name, String arguments, String logged, String... calls) {
    return new InjectedFault(name, words(arguments), List.of(calls), true, logged, false);
  }

  /** It keeps connections from being accepted. */
  static InjectedFault refusing(String name, String arguments, String logged, String... calls) {
    return new InjectedFault(name, words(arguments), List.of(calls), true, logged, true);
  }

  /** Whether a connection that is open already has no part in it. */
  boolean sparesOthers() {
    return !victims || once;
  }

  @Override
  public String toString() {
    return name + " [" + String.join("; ", calls) + "]";
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split(" +", -1));
  }
}

package dev.pollux.sim;

/** What is held of every run, unless it is {@linkplain SimRuns#without switched off}. */
public enum Invariant {
  /** Descriptors that were opened are closed, once the loops are. */
  DESCRIPTORS,
  /** A loop that finds nothing to do does not go on turning. */
  NO_SPINNING,
  /** Nothing that a task, a timer or a handler throws goes to a loop's error handler. */
  NO_ERRORS,
  /** Programs ask the model kernel for nothing that it does not know. */
  SUPPORTED
}

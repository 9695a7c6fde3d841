package dev.pollux.sim;

import java.util.function.BooleanSupplier;

/**
 * What a test holds of a run.
 *
 * @param within for EVENTUALLY, until when, of the run's time; else 0
 */
record Property(Kind kind, String what, BooleanSupplier holds, long within) {

  enum Kind {
    /** At each moment. */
    ALWAYS,
    /** At some moment, before it is too late. */
    EVENTUALLY,
    /** At some moment of some run. */
    SOMETIMES
  }
}

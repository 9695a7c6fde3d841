package dev.pollux.lab.fuzz;

/** What an argument of an operation is: how it is shown, and what makes it simpler. */
enum Arg {
  /** A handle that the operation gives a new meaning. */
  NEW,
  /** A handle that the operation uses. */
  HANDLE,
  /** A count of bytes. */
  SIZE,
  /** A set of events. */
  EVENTS,
  /** A set of {@code MSG_} flags. */
  FLAGS,
  /** Any other number. */
  NUMBER
}

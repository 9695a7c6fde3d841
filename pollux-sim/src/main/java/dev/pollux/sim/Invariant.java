package dev.pollux.sim;

/** What is held of every run, unless it is {@linkplain SimRuns#without switched off}. */
public enum Invariant {
  /** Descriptors that were opened are closed, once the loops are. */
  DESCRIPTORS,
  /** The memory of connections, for what is not sent or not whole, is given back, likewise. */
  MEMORY,
  /**
   * Loops do not gather timers: at the end of the run there are at most 100 more than after the
   * program's start, and 4 for each descriptor.
   */
  TIMERS,
  /**
   * Where nothing is left to happen, nobody has left bytes, a datagram or a connection in a socket.
   * Of a run that ends before, by its time or by {@link Sim#end}, this is not asked: so of none in
   * which a timer is left, as a server has one while it has connections. Nor of a host that has
   * stopped a loop itself.
   */
  NOTHING_PENDING,
  /**
   * What is read of a TCP connection between hosts is what was sent, and the end comes after all of
   * it: if not, the simulation itself is wrong.
   */
  BYTES_IN_ORDER,
  /** A loop that finds nothing to do does not go on turning. */
  NO_SPINNING,
  /** Nothing that a task, a timer or a handler throws goes to a loop's error handler. */
  NO_ERRORS,
  /** Programs ask the model kernel for nothing that it does not know. */
  SUPPORTED
}

package dev.pollux.poll;

import java.util.Set;

/**
 * The system call of a {@link TableBackend}, and the table in the form that it wants.
 *
 * <p>Implementations have these methods in this order, so that two of them can be compared side by
 * side.
 *
 * <p>Threads: {@link #prepare} under the poller's lock, the others by the one waiter.
 */
sealed interface TableCall permits PollCall, SelectCall {

  /** What the call can do beyond the common contract. */
  Set<Capability> capabilities();

  /** Writes down the snapshot, and the waker behind it. May fail, and is done again then. */
  void prepare(int wakerFd);

  /**
   * Waits, by what was prepared.
   *
   * @param timespecAddress the timeout, or 0 for ever
   * @return what the call returned
   */
  int await(long timespecAddress);

  /** The bits found for the entry at an index of the snapshot. */
  int found(int index);

  /** The bits found for the waker. */
  int foundAtWaker();

  /** How much the bits of an entry count for in the call's result. */
  int countOf(int bits);
}

package dev.pollux.poll;

/**
 * What a backend can do beyond the common contract; ask {@link Poller#supports} before relying on
 * one.
 */
public enum Capability {
  /** A new arrival is a new edge even while older data is unread. */
  EDGE_PER_ARRIVAL,
  /** Several threads may wait on one poller at the same time. */
  MULTIPLE_WAITERS,
  /** {@link Poller#addExclusive}: of several pollers on one descriptor, about one is woken. */
  EXCLUSIVE,
  /** {@link Events#isReadClosed}: a peer's half-close is told apart from data. */
  READ_CLOSED,
  /** {@link Events#isHangup} and {@link Events#isError} are told apart from readiness. */
  HANGUP_AND_ERROR,
  /** {@link Interest#PRIORITY}: without it, who asks for that is refused ({@code EINVAL}). */
  PRIORITY,
  /** Timeouts are kept to the nanosecond; without it they are rounded up to a millisecond. */
  NANOSECOND_TIMEOUT,
  /** {@link Poller#fd} is itself a descriptor that becomes readable: pollers nest. */
  NESTING
}

package dev.pollux.model;

/** What can go wrong in a kernel and be nobody's mistake; {@link Faults} says how often. */
public enum Fault {
  /** A call that is about to block returns -EINTR. */
  EINTR,
  /**
   * A non-blocking transfer or accept returns -EAGAIN although it could be done. The readiness is
   * announced once more right after, as if it had come just then, so that an edge is not lost. Not
   * on a broken connection: no kernel does that, and an emulated edge reports the break but once.
   */
  SPURIOUS_EAGAIN,
  /** A stream read returns less than there is; the rest is announced right after. */
  SHORT_READ,
  /** A stream write takes less than fits; the room left is announced right after. */
  SHORT_WRITE,
  /** A call that makes a descriptor fails: this process has too many. */
  EMFILE,
  /** A call that makes a descriptor fails: the system has too many. */
  ENFILE,
  /** A call that makes a descriptor, or an epoll registration, fails for lack of memory. */
  ENOMEM,
  /** A TCP connection is reset, for both sides, when data is sent on it. */
  ECONNRESET,
  /**
   * TCP segments, connection requests included, arrive later; never out of order. Those for another
   * host leave later, and the wire may add to that.
   */
  DELAY,
  /** A TCP connection request is refused. */
  REFUSED,
  /** A listener behaves as if its backlog were full. */
  BACKLOG_OVERFLOW,
  /** A connection is reset before it is accepted, and accept says so. */
  ECONNABORTED
}

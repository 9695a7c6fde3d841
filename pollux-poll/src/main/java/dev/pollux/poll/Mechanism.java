package dev.pollux.poll;

import java.util.Set;

/**
 * What a backend must define: the operating system's half of {@link Poller}.
 *
 * <p>Implementations have these methods in this order, so that two of them can be compared side by
 * side. Results are {@code >= 0} or {@code -errno}.
 *
 * <p>Threads: the poller's lock is held in every call except {@link #await}, which takes it itself
 * where it needs it, and {@link #capabilities}, {@link #emulatesEdges}, {@link #waker} and {@link
 * #frames}, which are constant.
 *
 * <p>Errors: whatever a call throws, an error of the virtual machine that is, it has changed
 * nothing that others rely on. {@link #remove} undoes an {@link #add} that failed as well.
 */
sealed interface Mechanism permits EpollBackend, KqueueBackend, TableBackend {

  Set<Capability> capabilities();

  /** Whether an edge must be drained by word of mouth. */
  boolean emulatesEdges();

  int add(Registration registration);

  int modify(Registration registration);

  void remove(Registration registration);

  /** The directions were drained; only called if {@link #emulatesEdges}. */
  void drained(Registration registration, Interest directions);

  /**
   * One system call that waits, and the events it found appended to the batch. The waker's own
   * event sets {@link Events#token} instead.
   *
   * @return what the system call returned; the number of events is that of the batch
   */
  int await(Events events, long timeoutNanos);

  /** Whether a change just made needs the waker to be rung for a wait in progress. */
  boolean needsInterrupt();

  /** Makes all waits in progress return, now and until {@link #close}: the poller is closing. */
  void interruptAll();

  /** What ends a wait on request; constant, and closed after this. */
  Waker waker();

  /** How many frames a call of {@link #await} may take that must not meet the end of the stack. */
  default int frames() {
    return 30; // of 48 bytes and more, which a compiler may join by twos
  }

  /** The descriptor that stands for the whole, or a negative number. */
  int fd();

  /** Releases the descriptors; no wait is in progress. Idempotent, and goes on after an error. */
  void close();
}

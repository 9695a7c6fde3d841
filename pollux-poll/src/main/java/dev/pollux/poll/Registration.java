package dev.pollux.poll;

import org.jspecify.annotations.Nullable;

/**
 * One descriptor watched by one {@link Poller}, from {@code add} to {@code remove}.
 *
 * <p>Ownership: it names a descriptor that stays the caller's. Remove the registration first, then
 * close the descriptor.
 *
 * <p>Threads: the accessors from any thread.
 */
public final class Registration {

  final Poller poller;
  final int slot;
  final int generation;
  private final int fd;
  private final @Nullable Object attachment;
  private final boolean exclusive;

  // Written under the poller's lock, read by any thread.
  private volatile Interest interest;
  private volatile Trigger trigger;
  private volatile boolean active = true;

  // For the backends, guarded by the poller's lock.
  /** epoll: the kernel holds an item for it. poll and select: it stands in the table. */
  boolean watched;

  /** poll and select: where it stands in the table. */
  int index;

  /**
   * A one-shot that fired, or a descriptor found closed: silent until modified. On epoll a note for
   * {@code rebuild} only, taken without the lock.
   */
  volatile boolean disarmed;

  /** Emulated edges: the bits delivered and not drained since. */
  int delivered;

  Registration(
      Poller poller,
      int slot,
      int generation,
      int fd,
      @Nullable Object attachment,
      boolean exclusive,
      Interest interest,
      Trigger trigger) {
    this.poller = poller;
    this.slot = slot;
    this.generation = generation;
    this.fd = fd;
    this.attachment = attachment;
    this.exclusive = exclusive;
    this.interest = interest;
    this.trigger = trigger;
  }

  /** The watched descriptor. */
  public int fd() {
    return fd;
  }

  /** What was passed to {@code add}; the usual place for the connection or its handler. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /** The interest last set. */
  public Interest interest() {
    return interest;
  }

  /** The trigger last set. */
  public Trigger trigger() {
    return trigger;
  }

  /** Whether it was added exclusive, see {@link Poller#addExclusive}. */
  public boolean isExclusive() {
    return exclusive;
  }

  /** False once removed or once the poller is closed. */
  public boolean isActive() {
    return active;
  }

  /** The 64-bit user data of the kernel's item: generation above, slot below. */
  long key() {
    return ((long) generation << Integer.SIZE) | slot;
  }

  /** Sets what to watch for, and re-arms. */
  void arm(Interest newInterest, Trigger newTrigger) {
    interest = newInterest;
    trigger = newTrigger;
    disarmed = false;
    delivered = 0;
  }

  void deactivate() {
    active = false;
  }

  @Override
  public String toString() {
    return "fd " + fd + " (" + interest + ", " + trigger + (active ? ")" : ", removed)");
  }
}

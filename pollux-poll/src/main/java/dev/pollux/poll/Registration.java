package dev.pollux.poll;

import dev.pollux.sys.SysException;
import org.jspecify.annotations.Nullable;

/**
 * One descriptor watched by one {@link Poller}, from {@code add} to {@code remove}.
 *
 * <p>Ownership: it names a descriptor that stays the caller's. Remove the registration first, then
 * close the descriptor.
 *
 * <p>Threads: any, while others wait.
 */
public final class Registration {

  final Poller poller;
  final int slot;
  final int generation;
  private final int fd;
  private volatile @Nullable Object attachment;
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

  /** What was passed to {@code add} or {@link #attach}: the connection, or its handler. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Replaces the attachment; events that are read from now on lead to the new one. */
  public void attach(@Nullable Object newAttachment) {
    attachment = newAttachment;
  }

  /**
   * Replaces interest and trigger, and re-arms: what is ready now is reported, even if it was
   * before.
   *
   * @throws IllegalStateException if it was removed
   * @throws ClosedPollerException if the poller is closed
   * @throws SysException EBADF or ENOENT if the descriptor was closed; the registration stays as it
   *     was, except that an exclusive one, which is taken out and added again, may be left out
   */
  public void modify(Interest newInterest, Trigger newTrigger) throws SysException {
    poller.modify(this, newInterest, newTrigger);
  }

  /** As above, with the trigger it has. */
  public void modify(Interest newInterest) throws SysException {
    poller.modify(this, newInterest, trigger);
  }

  /**
   * Stops watching. Does nothing if it was removed already, or the poller is closed. Complexity:
   * O(1), on epoll in the number of always-ready files where there are any.
   *
   * <p>Not guaranteed: that a descriptor closed beforehand is found out; its removal succeeds.
   */
  public void remove() {
    poller.remove(this);
  }

  /**
   * Says that a call for the directions given met {@code EAGAIN}: see "Draining" in {@link Poller}.
   * Does nothing on epoll, for triggers other than {@link Trigger#EDGE}, and after removal.
   */
  public void drained(Interest directions) {
    poller.drained(this, directions);
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

package dev.pollux.poll;

import dev.pollux.sys.SysException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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

  /** {@link #index} of one that stands in no table. */
  static final int IN_NO_TABLE = -1;

  private static final long ARMED = 1;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Registration.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Poller poller;
  final int slot;
  private final int fd;
  private volatile @Nullable Object attachment;
  private final boolean exclusive;

  // Written under the poller's lock, read by any thread.
  private volatile Interest interest;
  private volatile Trigger trigger;
  private volatile boolean active = true;

  /**
   * The generation, above, and below whether nobody has claimed it. The generation is set under the
   * lock, the claim is made by a waiter without it.
   */
  private volatile long state;

  // For the backends, guarded by the poller's lock.
  /** epoll: the kernel holds an item for it. */
  boolean watched;

  /** Where it stands in a table of the backend's; kqueue: which knotes it has, in bits. */
  int index = IN_NO_TABLE;

  /** Emulated one-shots: fired. A descriptor found closed. Silent until modified. */
  boolean disarmed;

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
    this.state = stateOf(generation);
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
   * @throws SysException EBADF or ENOENT if the descriptor was closed, ENOSPC or ENOMEM at the
   *     kernel's limits, for one that was muted or is exclusive, on kqueue EMFILE for the first
   *     edge; the registration stays as it was, except that an exclusive one, which is taken out
   *     and added again, may be left out
   */
  public void modify(Interest newInterest, Trigger newTrigger) throws SysException {
    poller.modify(this, newInterest, newTrigger);
  }

  /**
   * Replaces the interest, with the trigger it has, and re-arms, as {@link #modify(Interest,
   * Trigger)}.
   */
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
   * Does nothing on epoll, unless by {@link Poller#openStrict}, for triggers other than {@link
   * Trigger#EDGE}, and after removal.
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

  int generation() {
    return (int) (state >>> 1);
  }

  /** The 64-bit user data of the kernel's item: generation above, slot below. */
  long name() {
    return ((long) generation() << Integer.SIZE) | slot;
  }

  /** Gives it another name, unclaimed: what was on its way for the old one finds nothing. */
  void rename(int generation) {
    state = stateOf(generation);
  }

  /** Takes a one-shot's one event; false if the name is old, or another took it. Any thread. */
  boolean claim(long name) {
    long unclaimed = stateOf((int) (name >>> Integer.SIZE));
    return STATE.compareAndSet(this, unclaimed, unclaimed & ~ARMED);
  }

  /** Whether it is a one-shot whose event was taken. */
  boolean hasFired() {
    return (state & ARMED) == 0;
  }

  private static long stateOf(int generation) {
    return ((long) generation << 1) | ARMED;
  }

  /** Sets what to watch for, and re-arms. */
  void arm(Interest newInterest, Trigger newTrigger) {
    interest = newInterest;
    trigger = newTrigger;
    disarmed = false;
    delivered = 0;
  }

  /** For {@link #restore}. */
  long state() {
    return state;
  }

  /** Puts back what {@link #arm} and {@link #rename} changed. */
  void restore(
      Interest oldInterest,
      Trigger oldTrigger,
      boolean oldDisarmed,
      int oldDelivered,
      long oldState) {
    interest = oldInterest;
    trigger = oldTrigger;
    disarmed = oldDisarmed;
    delivered = oldDelivered;
    state = oldState;
  }

  void deactivate() {
    active = false;
  }

  @Override
  public String toString() {
    return "fd " + fd + " (" + interest + ", " + trigger + (active ? ")" : ", removed)");
  }
}

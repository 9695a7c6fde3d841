package dev.pollux.model;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An epoll instance.
 *
 * <pre>
 *      epoll_ctl                          a watched file changes
 *          │                                        │ its wait queue calls stateChanged
 *          ▼                                        ▼
 *   InterestTree ── ready when added ──▶ ReadyList, in order, each item once
 *   (all items)      or modified          ▲          │ epoll_wait takes from the front
 *                                         │          ▼
 *                              level: back at    re-poll: not ready → off the list
 *                              the tail  ◀────── ready → copied to the caller
 *                                                edge, one-shot → off the list
 * </pre>
 *
 * <p>So there are two ways onto the ready list: a change of state, and a level-triggered delivery.
 * That is the whole difference between level and edge: an edge-triggered item does not go the
 * second way, and waits for the next change.
 *
 * <p>While events are copied out, the ready list is taken away; items whose files change meanwhile
 * go to the overflow list, and are put back, once each, at the end.
 *
 * <p>An instance is a file itself: it is readable while an item on its ready list is ready.
 *
 * <p>Threads: under the kernel's lock. Complexity: add, modify and remove O(log n) of the items; a
 * wait O(1) for each item delivered or found not ready. Nothing is allocated but by add.
 *
 * <p>Source: epoll(7); {@code fs/eventpoll.c} for what the manual leaves open.
 */
final class EventPoll implements File {

  static final int EVENT_SIZE = Abi.CURRENT.epollEventSize;

  /** The kernel's EP_MAX_EVENTS. */
  static final int MAX_EVENTS = Integer.MAX_VALUE / EVENT_SIZE;

  private static final int DATA = Abi.CURRENT.epollDataOffset;
  private static final int READABLE = Linux.EPOLLIN | Linux.EPOLLRDNORM;
  private static final int ALWAYS = Linux.EPOLLERR | Linux.EPOLLHUP;

  final InterestTree interest = new InterestTree();

  /** Threads in epoll_wait; the last to come is the first to be woken. */
  final WaitQueue sleepers = new WaitQueue();

  /** Those who watch this instance as a file. */
  private final WaitQueue watchers = new WaitQueue();

  private final Kernel kernel;
  private ReadyList ready = new ReadyList();
  private ReadyList copying = new ReadyList();
  private @Nullable EpollItem overflow; // last in, first out
  private boolean isCopying;
  private @Nullable Description description;

  EventPoll(Kernel kernel) {
    this.kernel = kernel;
  }

  /** Tells it under which description it is open, once. */
  void openedAs(Description own) {
    description = own;
  }

  Description description() {
    return Objects.requireNonNull(description);
  }

  ReadyList readyList() {
    return ready;
  }

  @Override
  public String kind() {
    return "epoll";
  }

  // ---- epoll_ctl

  int add(Description target, int fd, int events, long data) {
    if (kernel.watches >= kernel.limits.maxUserWatches()) {
      return -Errno.ENOSPC;
    }
    if (kernel.hits(Fault.ENOMEM)) {
      return -Errno.ENOMEM;
    }
    EpollItem item = new EpollItem(this, target, fd, events | ALWAYS, data);
    item.attach();
    interest.insert(item);
    kernel.watches++;
    if (Nesting.hasTooManyPaths(this, target)) {
      drop(item);
      return -Errno.EINVAL;
    }
    if (item.has(Linux.EPOLLEXCLUSIVE)) {
      target.file.queue().addLast(item.entry, true);
    } else {
      target.file.queue().addFirst(item.entry, false);
    }
    tell(Transition.ADDED, item, item.events);
    queueIfReady(item, Transition.QUEUED_BY_ADD);
    return 0;
  }

  /** Also the way to re-arm an edge or a one-shot: what is ready is reported once more. */
  int modify(EpollItem item, int events, long data) {
    if (item.has(Linux.EPOLLEXCLUSIVE)) {
      return -Errno.EINVAL;
    }
    item.events = events | ALWAYS;
    item.data = data;
    tell(Transition.MODIFIED, item, item.events);
    queueIfReady(item, Transition.QUEUED_BY_MODIFY);
    return 0;
  }

  int remove(EpollItem item) {
    tell(Transition.REMOVED, item, item.events);
    drop(item);
    return 0;
  }

  /** The file of an item is being closed for good. */
  void forget(EpollItem item) {
    tell(Transition.FORGOTTEN, item, item.events);
    drop(item);
  }

  private void drop(EpollItem item) {
    if (isCopying) {
      throw new IllegalStateException("no item can go while events are copied out");
    }
    item.entry.leave();
    item.detach();
    interest.remove(item);
    item.ready.unlink();
    kernel.watches--;
  }

  private void queueIfReady(EpollItem item, Transition transition) {
    int found = item.poll();
    if (found == 0 || item.isQueued()) {
      return;
    }
    ready.addLast(item);
    tell(transition, item, found);
    sleepers.wake(0);
    watchers.wake(Linux.EPOLLIN);
  }

  // ---- the callback

  /**
   * A watched file changed. Nothing is asked of it here: the item is put on the ready list, if the
   * hint does not exclude it, and is looked at when it is delivered.
   *
   * @return for an exclusive item: whether a sleeping thread was found that wants the event, so
   *     that nobody else need be told
   */
  boolean stateChanged(EpollItem item, int hint) {
    boolean exclusive = item.has(Linux.EPOLLEXCLUSIVE);
    if (!item.isArmed()) {
      tell(Transition.IGNORED_DISARMED, item, hint);
      return !exclusive;
    }
    if (hint != 0 && (hint & item.events) == 0) {
      tell(Transition.IGNORED, item, hint);
      return !exclusive;
    }
    enqueue(item, hint);
    boolean somebody = !sleepers.isEmpty() && concerns(item, hint);
    sleepers.wake(0);
    watchers.wake(Linux.EPOLLIN);
    return !exclusive || somebody;
  }

  private void enqueue(EpollItem item, int hint) {
    if (isCopying) {
      if (item.isOverflowed) {
        tell(Transition.MERGED, item, hint);
      } else {
        item.isOverflowed = true;
        item.nextOverflow = overflow;
        overflow = item;
        tell(Transition.OVERFLOWED, item, hint);
      }
    } else if (item.isQueued()) {
      tell(Transition.MERGED, item, hint);
    } else {
      ready.addLast(item);
      tell(Transition.QUEUED_BY_CHANGE, item, hint);
    }
  }

  /** Whether an exclusive item takes this change for itself: one direction, and it asks for it. */
  private static boolean concerns(EpollItem item, int hint) {
    return switch (hint & (Linux.EPOLLIN | Linux.EPOLLOUT)) {
      case Linux.EPOLLIN -> item.has(Linux.EPOLLIN);
      case Linux.EPOLLOUT -> item.has(Linux.EPOLLOUT);
      case 0 -> true;
      default -> false;
    };
  }

  // ---- epoll_wait

  /**
   * Waits for events and copies them out.
   *
   * @param timeoutNanos 0 does not block, negative is for ever
   * @return how many, 0 after the timeout, -EINTR or -EFAULT
   */
  int await(int epfd, long address, int maxEvents, long timeoutNanos) {
    boolean timedOut = timeoutNanos == 0;
    long deadline = timedOut ? 0 : kernel.deadline(timeoutNanos);
    boolean available = !ready.isEmpty();
    boolean interrupted = false;
    while (true) {
      if (available) {
        int count = copyOut(address, maxEvents);
        if (count != 0) {
          return count;
        }
      }
      if (timedOut) {
        return 0;
      }
      if (interrupted || kernel.hits(Fault.EINTR)) {
        return -Errno.EINTR;
      }
      available = !ready.isEmpty();
      if (available) {
        continue;
      }
      Sleeper sleeper = kernel.clock.sleeper();
      available = sleep(sleeper, epfd, deadline);
      timedOut = !available;
      interrupted = sleeper.takeInterrupt();
    }
  }

  /**
   * Whether it is worth looking for events. Who was woken must look even if the time is over too:
   * it has taken a wake-up that nobody else will get.
   */
  private boolean sleep(Sleeper sleeper, int epfd, long deadline) {
    sleeper.prepare("epoll_wait", epfd);
    sleepers.addFirst(sleeper.entry, true);
    try {
      kernel.clock.sleep(sleeper, deadline);
    } finally {
      sleeper.entry.leave();
    }
    return sleeper.mayReturn();
  }

  private int copyOut(long address, int maxEvents) {
    beginCopying();
    try {
      return copyTaken(address, maxEvents);
    } finally {
      endCopying();
    }
  }

  private int copyTaken(long address, int maxEvents) {
    int count = 0;
    EpollItem item = copying.first();
    while (item != null && count < maxEvents) {
      EpollItem next = copying.after(item);
      item.ready.unlink();
      int found = item.poll(); // the news may be old: what counts is now
      if (found == 0) {
        tell(Transition.LEFT_NOT_READY, item, 0);
      } else {
        long at = address + (long) count * EVENT_SIZE;
        if (!kernel.memory.valid(at, EVENT_SIZE)) {
          copying.addFirst(item);
          return count == 0 ? -Errno.EFAULT : count;
        }
        kernel.memory.setInt(at, found);
        kernel.memory.setLong(at + DATA, item.data);
        count++;
        delivered(item, found);
      }
      if (kernel.betweenCopies != null) {
        kernel.betweenCopies.run();
      }
      item = next;
    }
    return count;
  }

  private void delivered(EpollItem item, int found) {
    tell(Transition.DELIVERED, item, found);
    if (item.has(Linux.EPOLLONESHOT)) {
      item.events &= EpollItem.MODE_BITS;
      tell(Transition.DISARMED_ONESHOT, item, found);
    } else if (item.has(Linux.EPOLLET)) {
      tell(Transition.LEFT_EDGE, item, found);
    } else {
      ready.addLast(item); // the second way: it may still be ready at the next wait
      tell(Transition.REQUEUED_LEVEL, item, found);
    }
  }

  private void beginCopying() {
    if (isCopying) {
      throw new IllegalStateException("events of this instance are being copied out");
    }
    isCopying = true;
    ReadyList taken = ready;
    ready = copying; // empty
    copying = taken;
  }

  /** In front what was not reached, then what changed meanwhile, then the level-triggered items. */
  private void endCopying() {
    isCopying = false;
    EpollItem item = overflow;
    overflow = null;
    while (item != null) {
      EpollItem next = item.nextOverflow;
      item.nextOverflow = null;
      item.isOverflowed = false;
      if (!item.isQueued()) {
        ready.addFirst(item);
        tell(Transition.QUEUED_FROM_OVERFLOW, item, 0);
      }
      item = next;
    }
    ready.takeAllInFront(copying);
    if (!ready.isEmpty()) {
      sleepers.wake(0);
    }
  }

  // ---- the instance as a file

  /** Looks at the items on the ready list, up to the first that is ready; the others leave it. */
  @Override
  public int poll() {
    beginCopying();
    int mask = 0;
    EpollItem item = copying.first();
    while (item != null && mask == 0) {
      EpollItem next = copying.after(item);
      if (item.poll() != 0) {
        mask = READABLE;
      } else {
        item.ready.unlink();
        tell(Transition.LEFT_NOT_READY, item, 0);
      }
      item = next;
    }
    endCopying();
    return mask;
  }

  @Override
  public int readiness() {
    for (EpollItem item = ready.first(); item != null; item = ready.after(item)) {
      if ((item.target.file.readiness() & item.events) != 0) {
        return READABLE;
      }
    }
    return 0;
  }

  @Override
  public boolean canBeRead() {
    return false;
  }

  @Override
  public boolean canBeWritten() {
    return false;
  }

  @Override
  public WaitQueue queue() {
    return watchers;
  }

  @Override
  public int read(Span to) {
    return -Errno.EINVAL;
  }

  @Override
  public int write(Span from) {
    return -Errno.EINVAL;
  }

  /** Whatever an epoll descriptor is asked by ioctl and does not know is EINVAL, not ENOTTY. */
  @Override
  public int available() {
    return -Errno.EINVAL;
  }

  @Override
  public int outgoing(boolean onlyUnsent) {
    return -Errno.EINVAL;
  }

  @Override
  public void released() {
    for (EpollItem item = interest.first(); item != null; item = interest.first()) {
      int _ = remove(item);
    }
  }

  private void tell(Transition transition, EpollItem item, int events) {
    EpollListener listener = kernel.listener;
    if (listener != null) {
      listener.onTransition(transition, description().id, item.fd, item.data, events);
    }
  }
}

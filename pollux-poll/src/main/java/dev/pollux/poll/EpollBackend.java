package dev.pollux.poll;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.EpollWait;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.EnumSet;
import java.util.Set;

/**
 * {@link Mechanism} on epoll, which has level, edge and one-shot itself.
 *
 * <p>What epoll lacks: regular files, which {@link AlwaysReady} stands in for; an item that can be
 * muted, so {@link Interest#NONE} takes it out of the kernel; and an item whose descriptor was
 * closed while a duplicate lives on, which cannot be taken out any more: see {@link EpollOrphans}.
 *
 * <p>A one-shot is named anew each time it is armed, and each name is claimed once. So an event
 * that was on its way from before, or comes from two epoll instances during a move, is told from
 * the one that it was armed for.
 */
final class EpollBackend implements Mechanism {

  private final Sys sys;
  private final SlotTable slots;
  private final Object lock;
  private final boolean strict;
  private final int epfd;
  private final EpollWait wait;
  private final AlwaysReady files = new AlwaysReady();
  private final EpollOrphans orphans;

  /** One {@code struct epoll_event} for epoll_ctl, under the lock. */
  private final EpollEvents change = EpollEvents.allocate(1);

  private final EpollWaker waker;

  /** All waits are to end; under the lock. */
  private boolean closing;

  private boolean closed;

  EpollBackend(Sys sys, SlotTable slots, DescriptorWaker waker, Object lock, boolean strict)
      throws SysException {
    this.sys = sys;
    this.slots = slots;
    this.lock = lock;
    this.strict = strict;
    this.wait = new EpollWait(sys);
    this.waker = new EpollWaker(sys, waker, change);
    this.orphans = new EpollOrphans(sys, slots, this.waker, change);
    this.epfd = SysException.check("epoll_create1()", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    try {
      SysException.check("add(waker, fd=" + waker.fd() + ")", this.waker.watch(epfd));
      wait.probe();
    } catch (Throwable t) {
      sys.close(epfd);
      throw t;
    }
  }

  @Override
  public Set<Capability> capabilities() {
    EnumSet<Capability> all = EnumSet.allOf(Capability.class);
    if (!wait.isExact()) {
      all.remove(Capability.NANOSECOND_TIMEOUT);
    }
    if (strict) {
      all.remove(Capability.EDGE_PER_ARRIVAL);
    }
    return all;
  }

  @Override
  public boolean emulatesEdges() {
    return strict;
  }

  @Override
  public int add(Registration registration) {
    if (registration.interest() == Interest.NONE) {
      // Not in the kernel; but a descriptor that it would refuse is refused now.
      return Descriptors.check(sys, registration.fd());
    }
    int result = add(sys, epfd, registration, change);
    if (result == -Errno.EEXIST) { // left behind by a descriptor closed before its removal
      sys.epollCtl(epfd, Linux.EPOLL_CTL_DEL, registration.fd(), change.address());
      result = add(sys, epfd, registration, change); // an exclusive item cannot be modified
    }
    if (result == -Errno.EPERM) {
      files.add(registration);
      setAlarm();
      return 0;
    }
    registration.watched = result >= 0;
    return result;
  }

  @Override
  public int modify(Registration registration) {
    if (files.contains(registration)) {
      files.update();
      setAlarm();
      return 0;
    }
    if (registration.interest() == Interest.NONE) {
      unwatch(registration);
      return 0;
    }
    if (registration.trigger().isOneshot() || registration.hasFired()) {
      slots.rename(registration);
    }
    if (!registration.watched) {
      return add(registration);
    }
    if (registration.isExclusive()) { // the kernel does not modify these
      unwatch(registration);
      return add(registration);
    }
    return control(sys, epfd, Linux.EPOLL_CTL_MOD, registration, change);
  }

  @Override
  public void remove(Registration registration) {
    if (files.remove(registration)) {
      setAlarm();
    } else {
      unwatch(registration);
    }
  }

  /** Only in strict mode. What was withheld is asked for again. */
  @Override
  public void drained(Registration registration, Interest directions) {
    if (Edges.drain(registration, directions) && registration.watched) {
      modify(registration);
    }
  }

  @Override
  public int await(Events events, long timeoutNanos) {
    if (events.decodedCount < events.foundCount) {
      decode(events); // the last wait failed after the kernel had answered
      if (events.count() > 0) {
        return events.count();
      }
    }
    if (files.areDue()) {
      appendFiles(events, false);
    }
    int room = events.capacity() - events.count();
    int result = 0;
    if (room > 0) {
      result = kernelWait(events, room, events.count() > 0 ? 0 : timeoutNanos);
      if (events.alarm) {
        appendFiles(events, true);
      }
      if (result == room && (events.alarm || events.token) && !events.isFull()) {
        result = kernelWait(events, 1, 0); // the waker took the place of somebody who is ready
      }
    }
    return result;
  }

  /** Reports files; the alarm is lowered if none is armed, whatever it was raised for. */
  private void appendFiles(Events events, boolean isNewRound) {
    synchronized (lock) {
      if (isNewRound) {
        files.beginRound();
      }
      files.appendTo(events);
      setAlarm();
    }
  }

  private int kernelWait(Events events, int room, long timeoutNanos) {
    EpollEvents buffer = events.kernelEvents();
    int result = wait.await(epfd, buffer.address(), room, timeoutNanos, events.timespec());
    if (result > 0) {
      events.decodedCount = 0;
      events.foundCount = result;
      decode(events);
    }
    return result;
  }

  /** Appends what the kernel has found to the batch; goes on where it failed before. */
  private void decode(Events events) {
    EpollEvents buffer = events.kernelEvents();
    boolean haveOrphans = false;
    while (events.decodedCount < events.foundCount) {
      int i = events.decodedCount;
      haveOrphans |= decode(events, buffer.events(i), buffer.data(i));
      events.decodedCount = i + 1;
    }
    if (haveOrphans) { // when all that was found is kept: a move may fail for lack of memory
      loseOrphans();
    }
  }

  /** Appends an event to the batch, as the last thing it does. Whether it speaks for orphans. */
  private boolean decode(Events events, int mask, long name) {
    Registration registration = slots.find(name);
    if (registration != null) {
      boolean isStrict = strict && registration.trigger() == Trigger.EDGE;
      int report = isStrict ? deliverStrictly(registration, mask) : mask;
      boolean isWanted =
          isStrict ? report != 0 : !registration.trigger().isOneshot() || registration.claim(name);
      if (isWanted) {
        events.registrations[events.count] = registration;
        events.masks[events.count] = report;
        events.count++;
      }
    } else if (name == EpollWaker.KEY) {
      events.token |= EpollWaker.isRing(mask);
      events.alarm |= EpollWaker.isAlarm(mask);
    } else {
      slots.countStale();
      return orphans.areSuspected(name);
    }
    return false;
  }

  private void loseOrphans() {
    synchronized (lock) {
      if (!closing) { // the alarm must stay as interruptAll left it
        orphans.lose(epfd);
      }
    }
  }

  /** As poll and select would: what was delivered and not drained since is withheld. */
  private int deliverStrictly(Registration registration, int mask) {
    synchronized (lock) {
      return Edges.deliver(registration, mask);
    }
  }

  @Override
  public boolean needsInterrupt() {
    return false; // the kernel sees every change, and the alarm tells of files
  }

  @Override
  public void interruptAll() {
    closing = true;
    setAlarm();
  }

  @Override
  public Waker waker() {
    return waker.descriptor();
  }

  @Override
  public int fd() {
    return epfd;
  }

  @Override
  public void close() {
    orphans.close();
    if (!closed) {
      sys.close(epfd);
      closed = true;
    }
  }

  private void setAlarm() {
    waker.alarm(epfd, closing || files.anyArmed());
  }

  /** Takes the item out of the kernel. */
  private void unwatch(Registration registration) {
    if (!registration.watched) {
      return;
    }
    int result = sys.epollCtl(epfd, Linux.EPOLL_CTL_DEL, registration.fd(), change.address());
    registration.watched = false;
    if (result == -Errno.EBADF || result == -Errno.ENOENT) {
      orphans.becomePossible(); // closed first: the item is gone, or lives on with a duplicate
    }
  }

  /** Adds an item for a registration to an epoll instance. */
  static int add(Sys sys, int epfd, Registration registration, EpollEvents change) {
    return control(sys, epfd, Linux.EPOLL_CTL_ADD, registration, change);
  }

  private static int control(
      Sys sys, int epfd, int op, Registration registration, EpollEvents change) {
    change.set(0, mask(registration), registration.name());
    return sys.epollCtl(epfd, op, registration.fd(), change.address());
  }

  private static int mask(Registration registration) {
    int mask = registration.interest().mask();
    if (registration.isExclusive()) {
      mask = (mask & ~Linux.EPOLLRDHUP) | Linux.EPOLLEXCLUSIVE; // the kernel forbids RDHUP here
    }
    return mask
        | (registration.trigger().isEdge() ? Linux.EPOLLET : 0)
        | (registration.trigger().isOneshot() ? Linux.EPOLLONESHOT : 0);
  }
}

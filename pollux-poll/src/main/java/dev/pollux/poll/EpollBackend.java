package dev.pollux.poll;

import dev.pollux.sys.Epoll;
import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.InterestItem;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * {@link Mechanism} on epoll, which has level, edge and one-shot itself.
 *
 * <p>What epoll lacks: regular files, which {@link AlwaysReady} stands in for; an item that can be
 * muted, so {@link Interest#NONE} takes it out of the kernel; and an item whose descriptor was
 * closed while a duplicate lives on, which cannot be taken out any more: see {@link #rebuild}.
 */
final class EpollBackend implements Mechanism {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** What a one-shot that fired is left with. */
  private static final int MODE_BITS =
      Linux.EPOLLET | Linux.EPOLLONESHOT | Linux.EPOLLWAKEUP | Linux.EPOLLEXCLUSIVE;

  private final Sys sys;
  private final SlotTable slots;
  private final Waker waker;
  private final ReentrantLock lock;
  private final int epfd;
  private final AlwaysReady files;

  /** One {@code struct epoll_event} for epoll_ctl, under the lock. */
  private final EpollEvents change = EpollEvents.allocate(1);

  /** Latched off at the first ENOSYS or EPERM. */
  private volatile boolean pwait2;

  /** A removal met a closed descriptor: its item may live on in the kernel. */
  private volatile boolean orphansPossible;

  private volatile boolean interrupt;

  /** All waits are to end; under the lock. */
  private boolean closing;

  EpollBackend(Sys sys, SlotTable slots, Waker waker, ReentrantLock lock) throws SysException {
    this.sys = sys;
    this.slots = slots;
    this.waker = waker;
    this.lock = lock;
    this.files = new AlwaysReady(lock);
    this.epfd = SysException.check("epoll_create1()", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    this.pwait2 = probePwait2();
  }

  @Override
  public Set<Capability> capabilities() {
    EnumSet<Capability> all = EnumSet.allOf(Capability.class);
    if (!pwait2) {
      all.remove(Capability.NANOSECOND_TIMEOUT);
    }
    return all;
  }

  @Override
  public boolean emulatesEdges() {
    return false;
  }

  @Override
  public int add(Registration registration) {
    if (registration.attachment() == waker) {
      int result = watchWriteEnd(epfd);
      if (result < 0) {
        return result;
      }
    }
    if (registration.interest() == Interest.NONE) {
      // Not in the kernel; but a descriptor that it would refuse is refused now.
      return Descriptors.check(sys, registration.fd());
    }
    int result = control(Linux.EPOLL_CTL_ADD, registration);
    if (result == -Errno.EEXIST) { // left behind by a descriptor closed before its removal
      result = control(Linux.EPOLL_CTL_MOD, registration);
    }
    if (result == -Errno.EPERM) {
      files.add(registration);
      interrupt = true;
      return 0;
    }
    registration.watched = result >= 0;
    return result;
  }

  @Override
  public int modify(Registration registration) {
    if (files.contains(registration)) {
      files.update();
      interrupt = true; // it is armed again
      return 0;
    }
    if (registration.interest() == Interest.NONE) {
      unwatch(registration);
      return 0;
    }
    if (!registration.watched) {
      return add(registration);
    }
    if (registration.isExclusive()) { // the kernel does not modify these
      unwatch(registration);
      return add(registration);
    }
    return control(Linux.EPOLL_CTL_MOD, registration);
  }

  @Override
  public void remove(Registration registration) {
    if (!files.remove(registration)) {
      unwatch(registration);
    }
  }

  @Override
  public void drained(Registration registration, Interest directions) {
    throw new AssertionError("epoll knows its edges");
  }

  @Override
  public int wait(Events events, long timeoutNanos) {
    boolean ready = files.anyArmed();
    boolean filesFirst = ready && files.takeTurn();
    if (filesFirst) {
      files.appendTo(events);
    }
    int room = events.capacity() - events.count();
    int result = room == 0 ? 0 : kernelWait(events, room, ready ? 0 : timeoutNanos);
    if (result > 0) {
      decode(events, result);
    }
    if (ready && !filesFirst) {
      files.appendTo(events);
    }
    if (events.token && events.count() > 0 && files.anyArmed()) {
      interrupt = true; // the token told of a file, and this wait reports something else
    }
    return result;
  }

  private int kernelWait(Events events, int room, long timeoutNanos) {
    EpollEvents buffer = events.kernelEvents();
    if (timeoutNanos <= 0) {
      return sys.epollWait(epfd, buffer.address(), room, timeoutNanos < 0 ? -1 : 0);
    }
    if (pwait2) {
      int result = sys.epollPwait2(epfd, buffer.address(), room, events.timespec(timeoutNanos), 0);
      if (result != -Errno.ENOSYS && result != -Errno.EPERM) {
        return result;
      }
      pwait2 = false; // not in this kernel, or forbidden by a filter
    }
    long millis = (timeoutNanos - 1) / NANOS_PER_MILLI + 1; // up: never early
    return sys.epollWait(epfd, buffer.address(), room, (int) Math.min(millis, Integer.MAX_VALUE));
  }

  private void decode(Events events, int count) {
    EpollEvents buffer = events.kernelEvents();
    boolean stale = false;
    for (int i = 0; i < count; i++) {
      Registration registration = slots.find(buffer.data(i));
      if (registration == null) {
        stale = true;
        slots.countStale();
      } else if (registration.attachment() == waker) {
        events.token = true;
      } else {
        if (registration.trigger().isOneshot()) {
          registration.disarmed = true;
        }
        events.append(registration, buffer.events(i));
      }
    }
    if (stale && orphansPossible) {
      rebuild();
    }
  }

  @Override
  public boolean needsInterrupt() {
    boolean needed = interrupt;
    interrupt = false;
    return needed;
  }

  @Override
  public void interruptAll() {
    closing = true;
    alarm();
  }

  @Override
  public int fd() {
    return epfd;
  }

  @Override
  public void close() {
    sys.close(epfd);
  }

  private int control(int op, Registration registration) {
    return control(epfd, op, registration.fd(), mask(registration), registration.key());
  }

  private int control(int target, int op, int fd, int mask, long data) {
    change.set(0, mask, data);
    return sys.epollCtl(target, op, fd, change.address());
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

  /** Takes the item out of the kernel. */
  private void unwatch(Registration registration) {
    if (!registration.watched) {
      return;
    }
    registration.watched = false;
    int result = sys.epollCtl(epfd, Linux.EPOLL_CTL_DEL, registration.fd(), change.address());
    if (result == -Errno.EBADF || result == -Errno.ENOENT) {
      orphansPossible = true; // closed first: the item is gone, or lives on with a duplicate
    }
  }

  /**
   * Gets rid of items that cannot be removed any more: their descriptor was closed, the number may
   * be somebody else's, and a duplicate keeps the file and its events alive, so that waits would
   * spin. All live items move to a new epoll instance, which then takes the old one's number; waits
   * in progress on the old one are woken and come back to the new. Edges that are ready are
   * reported once more. Where the move fails, nothing has changed, and the next stale event leads
   * here again.
   */
  private void rebuild() {
    lock.lock();
    try {
      if (!orphansPossible || closing) { // closing: the waker must stay as interruptAll left it
        return;
      }
      int fresh = sys.epollCreate1(Linux.EPOLL_CLOEXEC);
      if (fresh < 0) {
        return; // out of descriptors or memory
      }
      List<Registration> left = copyTo(fresh);
      if (left != null) {
        alarm();
        if (replaceBy(fresh)) {
          orphansPossible = false;
          left.forEach(each -> each.watched = false);
        } else {
          control(Linux.EPOLL_CTL_MOD, ownRegistration());
        }
      }
      sys.close(fresh);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds every live item.
   *
   * @return those left out: one-shots that fired, and closed descriptors; null at a limit of the
   *     kernel
   */
  private @Nullable List<Registration> copyTo(int fresh) {
    Set<Long> fired = firedOneshots();
    List<Registration> left = new ArrayList<>();
    if (watchWriteEnd(fresh) < 0) {
      return null;
    }
    for (int slot = 0; slot < slots.end(); slot++) {
      Registration each = slots.at(slot);
      if (each == null || !each.watched) {
        continue;
      }
      int result =
          fired.contains(each.key())
              ? -Errno.ENOENT
              : control(fresh, Linux.EPOLL_CTL_ADD, each.fd(), mask(each), each.key());
      if (result == -Errno.ENOSPC || result == -Errno.ENOMEM) {
        return null;
      }
      if (result < 0) {
        left.add(each);
      }
    }
    return left;
  }

  /**
   * The one-shots that have fired, by the kernel's own list, where they have lost their events. A
   * kernel without that list has our own notes, which a modify at the same moment may outdate.
   */
  private Set<Long> firedOneshots() {
    Set<Long> fired = new HashSet<>();
    try {
      for (InterestItem item : Epoll.interestList(sys, epfd)) {
        if ((item.events() & ~MODE_BITS) == 0) {
          fired.add(item.data());
        }
      }
    } catch (SysException e) {
      for (int slot = 0; slot < slots.end(); slot++) {
        Registration each = slots.at(slot);
        if (each != null && each.disarmed) {
          fired.add(each.key());
        }
      }
    }
    return fired;
  }

  private boolean replaceBy(int fresh) {
    int result;
    do {
      result = sys.dup3(fresh, epfd, Linux.O_CLOEXEC);
    } while (result == -Errno.EINTR || result == -Errno.EBUSY);
    return result >= 0;
  }

  /**
   * Wakes every wait in progress on this epoll instance, one after the other: watches the waker for
   * writing, level-triggered, which it always is ready for. A modification needs no memory and no
   * watch, so it cannot fail.
   */
  private void alarm() {
    control(epfd, Linux.EPOLL_CTL_MOD, waker.writeFd(), Linux.EPOLLOUT, ownRegistration().key());
  }

  /** Where the waker is a pipe: an item for its write end that asks for nothing, for the alarm. */
  private int watchWriteEnd(int target) {
    return waker.writeFd() == waker.fd()
        ? 0
        : control(
            target, Linux.EPOLL_CTL_ADD, waker.writeFd(), Linux.EPOLLET, ownRegistration().key());
  }

  private Registration ownRegistration() {
    return Objects.requireNonNull(slots.ofFd(waker.fd()));
  }

  /** Whether this kernel, and the filter this process runs under, has epoll_pwait2. */
  private boolean probePwait2() {
    int result = sys.epollPwait2(-1, change.address(), 1, 0, 0);
    return result != -Errno.ENOSYS && result != -Errno.EPERM;
  }
}

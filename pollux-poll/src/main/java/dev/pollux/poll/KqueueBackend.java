package dev.pollux.poll;

import dev.pollux.kqueue.Kevent;
import dev.pollux.kqueue.Kevents;
import dev.pollux.kqueue.Kqueue;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@link Mechanism} on kqueue: a knote for each direction of a registration, whose user data is the
 * registration's name.
 *
 * <p>Level is a knote without flags, an edge one with {@code EV_CLEAR}. A one-shot is {@code
 * EV_DISPATCH}, off after its event, and is named anew each time it is armed, as on epoll: its
 * directions fire each by itself, and the first to claim the name is the one that counts.
 *
 * <p>A file or a folder is always ready, which not each system says of its reading; all say so of
 * its writing. So on a queue of the system's own its one knote is that, for both.
 *
 * <p>Changes are made at once, all of a registration's in one call, and not with the next wait: who
 * asks for one must hear of its error, a number that is removed may be another file's by then, and
 * who watches the poller's own descriptor would go on hearing of what was removed.
 */
final class KqueueBackend implements Mechanism {

  private static final int READY = Linux.EPOLLIN | Linux.EPOLLOUT;
  private static final int DIRECTIONS = 3;
  private static final int MOST_CHANGES = 2 * DIRECTIONS;

  // In Registration.index: a bit for each direction, behind them how all report, and what is wrong.
  private static final int DIRECTION_BITS = (1 << DIRECTIONS) - 1;
  private static final int CLEAR = 1 << DIRECTIONS;
  private static final int DISPATCH = CLEAR << 1;
  private static final int UNSURE = DISPATCH << 1; // a call failed half-way
  private static final int BEHIND = UNSURE << 1; // it is not what the registration asks for
  private static final int STORED = BEHIND << 1; // a file or a folder, by its one knote
  private static final int KNOTES = BEHIND - 1;

  private final Sys sys;
  private final SlotTable slots;
  private final Object lock;
  private final boolean strict;
  private final Kqueue queue;
  private final KqueueWaker waker;
  private final @Nullable FileType types; // where files are asked for in this way
  private final boolean hasPriority;

  // Under the lock:
  private final Kevents changes = Kevents.allocate(MOST_CHANGES);
  private final Kevents receipts = Kevents.allocate(MOST_CHANGES);
  private int behind; // registrations that are

  private KqueueBackend(Sys sys, SlotTable slots, Object lock, boolean strict, Kqueue queue)
      throws SysException {
    this.sys = sys;
    this.slots = slots;
    this.lock = lock;
    this.strict = strict;
    this.queue = queue;
    this.types = queue.isEmulated() ? null : new FileType(sys);
    this.hasPriority = queue.isEmulated() || queue.hasFilter(Kevent.EVFILT_EXCEPT);
    this.waker = new KqueueWaker(sys, queue);
  }

  static KqueueBackend open(Sys sys, SlotTable slots, Object lock, boolean strict)
      throws SysException {
    Kqueue queue = Kqueue.openLeavingErrors(sys);
    try {
      return new KqueueBackend(sys, slots, lock, strict, queue);
    } catch (Throwable t) {
      queue.close();
      throw t;
    }
  }

  @Override
  public Set<Capability> capabilities() {
    EnumSet<Capability> all = EnumSet.allOf(Capability.class);
    all.remove(Capability.EXCLUSIVE);
    all.remove(Capability.HANGUP_AND_ERROR);
    if (!queue.isExact()) {
      all.remove(Capability.NANOSECOND_TIMEOUT);
    }
    if (!hasPriority) {
      all.remove(Capability.PRIORITY);
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
    if (types != null && types.isStored(registration.fd())) {
      setBits(registration, bits(registration) | STORED);
    }
    if (registration.interest() == Interest.NONE) {
      return Descriptors.check(sys, registration.fd());
    }
    return hasMissing(registration) ? -Errno.EINVAL : settle(registration);
  }

  @Override
  public int modify(Registration registration) {
    if (registration.interest() == Interest.NONE) {
      mute(registration);
      return 0;
    }
    if (hasMissing(registration)) {
      return -Errno.EINVAL;
    }
    if (registration.trigger().isOneshot() || registration.hasFired()) {
      slots.rename(registration);
    }
    return settle(registration);
  }

  /** Whether it asks for what this kernel has not; of a file, no knote would be refused for it. */
  private boolean hasMissing(Registration registration) {
    return !hasPriority && isStored(registration) && registration.interest().isPriority();
  }

  @Override
  public void remove(Registration registration) {
    mute(registration);
  }

  /** Only in strict mode. What was withheld is asked for again. */
  @Override
  public void drained(Registration registration, Interest directions) {
    if (Edges.drain(registration, directions)) {
      modify(registration);
    }
  }

  // ---- changes

  private static int filter(int direction) {
    return switch (direction) {
      case 0 -> Kevent.EVFILT_READ;
      case 1 -> Kevent.EVFILT_WRITE;
      default -> Kevent.EVFILT_EXCEPT;
    };
  }

  private static int bit(int direction) {
    return switch (direction) {
      case 0 -> Linux.EPOLLIN;
      case 1 -> Linux.EPOLLOUT;
      default -> Linux.EPOLLPRI;
    };
  }

  /** The flags of all its knotes, as bits behind those of the directions. */
  private static int modes(Trigger trigger) {
    return (trigger.isEdge() ? CLEAR : 0) | (trigger.isOneshot() ? DISPATCH : 0);
  }

  /**
   * Has the kernel report what the registration asks for; 0 or {@code -errno}. If it fails, or
   * throws, it is done again before the next wait, as the registration is then.
   */
  private int settle(Registration registration) {
    setBehind(registration, true);
    changes.clear();
    Trigger trigger = registration.trigger();
    int flags =
        Kevent.EV_ADD
            | Kevent.EV_ENABLE
            | (trigger.isEdge() ? Kevent.EV_CLEAR : 0)
            | (trigger.isOneshot() ? Kevent.EV_DISPATCH : 0);
    int there = knotes(registration);
    boolean isOther = (there & ~DIRECTION_BITS) != modes(trigger);
    int wanted = 0;
    for (int direction = 0; direction < DIRECTIONS; direction++) {
      boolean isWanted = isWanted(registration, direction);
      if ((there & (1 << direction)) != 0 && (!isWanted || isOther)) {
        put(registration, direction, Kevent.EV_DELETE, 0);
      }
      if (isWanted) {
        wanted |= 1 << direction;
        put(registration, direction, flags, registration.name());
      }
    }
    setKnotes(registration, there | wanted | UNSURE); // until all is made
    int result = changes.size() == 0 ? Descriptors.check(sys, registration.fd()) : call();
    if (result == 0) {
      setKnotes(registration, wanted == 0 ? 0 : wanted | modes(trigger));
      setBehind(registration, false);
    }
    return result;
  }

  private static boolean isWanted(Registration registration, int direction) {
    int interest = registration.interest().mask();
    if (isStored(registration)) {
      return direction == 1 && (interest & READY) != 0;
    }
    return (interest & bit(direction)) != 0;
  }

  private static boolean isStored(Registration registration) {
    return (bits(registration) & STORED) != 0;
  }

  private void put(Registration registration, int direction, int flags, long name) {
    int fflags = direction < 2 ? Kevent.NOTE_FILE_POLL : Kevent.NOTE_OOB;
    var _ =
        changes.add(
            registration.fd(), filter(direction), flags | Kevent.EV_RECEIPT, fflags, 0, name);
  }

  /** Makes the changes; 0, or {@code -errno} of the first that makes a knote and failed. */
  private int call() {
    try {
      int count = queue.kevent(changes, receipts, 0);
      for (int i = 0; i < count; i++) { // in the order of the changes
        boolean isAdd = (changes.flags(i) & Kevent.EV_ADD) != 0; // not every system echoes them
        if (isAdd && receipts.data(i) != 0) {
          return (int) -receipts.data(i);
        }
      }
      return 0;
    } catch (SysException e) {
      return -e.errno();
    }
  }

  /** Takes its knotes away; one that is gone is as good. */
  private void mute(Registration registration) {
    setBehind(registration, true);
    changes.clear();
    for (int direction = 0; direction < DIRECTIONS; direction++) {
      if ((knotes(registration) & (1 << direction)) != 0) {
        put(registration, direction, Kevent.EV_DELETE, 0);
      }
    }
    int _ = changes.size() == 0 ? 0 : call();
    setKnotes(registration, 0);
    setBehind(registration, false);
  }

  /** Does again what has failed half-way. */
  private void settleAll() {
    for (int slot = 0; behind > 0 && slot < slots.end(); slot++) {
      Registration registration = slots.at(slot);
      if (registration != null && (bits(registration) & BEHIND) != 0) {
        int _ = settle(registration); // or the next time
      }
    }
  }

  private void setBehind(Registration registration, boolean isBehind) {
    int bits = bits(registration);
    behind += isBehind == ((bits & BEHIND) != 0) ? 0 : isBehind ? 1 : -1;
    setBits(registration, isBehind ? bits | BEHIND : bits & ~BEHIND);
  }

  /** What would be a place in a table elsewhere; memory for each idle connection counts. */
  private static int bits(Registration registration) {
    return Math.max(0, registration.index);
  }

  private static void setBits(Registration registration, int bits) {
    registration.index = bits == 0 ? Registration.IN_NO_TABLE : bits;
  }

  private static int knotes(Registration registration) {
    return bits(registration) & KNOTES;
  }

  private static void setKnotes(Registration registration, int knotes) {
    setBits(registration, (bits(registration) & ~KNOTES) | knotes);
  }

  // ---- waits

  @Override
  public int await(Events events, long timeoutNanos) {
    KqueueBatch batch = events.kqueueBatch();
    if (events.decodedCount < events.foundCount) {
      decode(events, batch); // the last wait failed after the kernel had answered
      if (events.count() > 0) {
        return events.count();
      }
    }
    synchronized (lock) {
      batch.reserve(slots.end());
      settleAll();
    }
    int result = 0;
    try {
      result = queue.keventOnce(batch.found, timeoutNanos);
    } catch (SysException e) {
      return -e.errno();
    } finally {
      events.decodedCount = 0;
      events.foundCount = batch.found.size(); // also of a call that threw
    }
    decode(events, batch);
    return result;
  }

  /** Makes events of what was found; goes on where it failed before. */
  private void decode(Events events, KqueueBatch batch) {
    while (events.decodedCount < events.foundCount) {
      decode(events, batch, events.decodedCount);
      events.decodedCount++;
    }
    for (int i = 0; i < events.count; i++) {
      Registration registration = events.registrations[i];
      if (registration != null) {
        batch.place(registration.slot, -1);
      }
    }
  }

  private void decode(Events events, KqueueBatch batch, int index) {
    Kevents found = batch.found;
    long name = found.udata(index);
    if (name == KqueueWaker.KEY) {
      events.token |= waker.isRing(found.ident(index));
      return;
    }
    Registration registration = slots.find(name);
    if (registration == null) {
      slots.countStale();
      return;
    }
    int place = batch.place(registration.slot);
    boolean isSeen = place >= 0 && events.registrations[place] == registration;
    if (!isSeen && registration.trigger().isOneshot() && !registration.claim(name)) {
      return;
    }
    boolean isStored = isStored(registration);
    int mask = isStored ? registration.interest().mask() & READY : mask(found, index);
    if (strict && registration.trigger() == Trigger.EDGE) {
      mask = deliverStrictly(registration, mask);
    }
    mask |= mask == 0 || isStored ? 0 : errno(found, index) << Events.MASK_BITS;
    if (isSeen) {
      boolean isTold = events.masks[place] >>> Events.MASK_BITS != 0;
      events.masks[place] |= isTold ? mask & Events.MASK : mask;
    } else if (mask != 0) {
      batch.place(registration.slot, events.count);
      events.registrations[events.count] = registration;
      events.masks[events.count] = mask;
      events.count++;
    }
  }

  private int deliverStrictly(Registration registration, int mask) {
    synchronized (lock) {
      return Edges.deliver(registration, mask);
    }
  }

  /** In the bits of epoll. */
  private static int mask(Kevents found, int index) {
    int end = (found.flags(index) & Kevent.EV_EOF) != 0 ? Linux.EPOLLRDHUP : 0;
    int error = errno(found, index) != 0 ? Linux.EPOLLERR : 0;
    return switch (found.filter(index)) {
      case Kevent.EVFILT_READ -> Linux.EPOLLIN | end | error;
      case Kevent.EVFILT_WRITE -> Linux.EPOLLOUT | end | error;
      default -> end | ((found.fflags(index) & Kevent.NOTE_OOB) != 0 ? Linux.EPOLLPRI : 0);
    };
  }

  /** The error of a socket, which an end of a direction has; or 0. */
  private static int errno(Kevents found, int index) {
    boolean isEnd = (found.flags(index) & Kevent.EV_EOF) != 0;
    boolean isOther = found.filter(index) == Kevent.EVFILT_EXCEPT;
    return isEnd && !isOther ? found.fflags(index) & Events.MASK : 0;
  }

  @Override
  public boolean needsInterrupt() {
    return false; // the queue sees every change
  }

  @Override
  public void interruptAll() {
    waker.alarm();
  }

  @Override
  public Waker waker() {
    return waker;
  }

  /** A call of the queue's is deeper than one of the kernel's. */
  @Override
  public int frames() {
    return 90;
  }

  @Override
  public int fd() {
    return queue.fd();
  }

  @Override
  public void close() {
    queue.close();
  }
}

package dev.pollux.kqueue;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.EpollWait;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.Timespec;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Kqueue} over epoll and the other sources, on a kernel that has none: the package says
 * how.
 */
final class EmulatedKqueue extends Kqueue {

  private static final int WAITS = -1;
  private static final int ALL_PLACES = (1 << Filter.PLACES) - 1;
  private static final int MOST_LOOKS = 64; // at what is nothing, in a call that does not wait

  private final Sys sys;
  private final EpollWait wait;

  // By the lock:
  private final Notes notes;

  EmulatedKqueue(Sys sys, boolean takesErrors) throws SysException {
    this.sys = sys;
    this.wait = new EpollWait(sys);
    wait.probe();
    this.notes = new Notes(sys, takesErrors);
  }

  @Override
  public boolean isEmulated() {
    return true;
  }

  @Override
  public boolean isExact() {
    return wait.isExact();
  }

  @Override
  public int fd() {
    synchronized (lock) {
      requireOpen();
      return notes.instances.outer;
    }
  }

  @Override
  public List<KnoteView> knotes() {
    synchronized (lock) {
      requireOpen();
      return notes.views();
    }
  }

  @Override
  public void trigger(long ident, long udata) {
    synchronized (lock) {
      if (!isClosed()) {
        notes.trigger(ident, udata);
      }
    }
  }

  @Override
  int kevent(@Nullable Kevents changes, @Nullable Kevents events, long timeoutNanos, boolean isOnce)
      throws SysException {
    requireStack();
    int told = enter(changes, events);
    if (told != WAITS || events == null) {
      return told;
    }
    try {
      return await(events, timeoutNanos, isOnce);
    } finally {
      leave(events);
    }
  }

  /** Makes the changes; how many of them an event speaks of, or {@link #WAITS}. */
  private int enter(@Nullable Kevents changes, @Nullable Kevents events) throws SysException {
    synchronized (lock) {
      requireOpen();
      int count = changes == null ? 0 : changes.size();
      if (events != null) {
        events.restart();
      }
      for (int i = 0; changes != null && i < count; i++) {
        if (!change(changes, i, events)) {
          break;
        }
      }
      if (events == null || events.size() > 0 || events.capacity() == 0) {
        return events == null ? 0 : events.size();
      }
      if (events.owner != this) { // what is left in it is another queue's
        events.owner = this;
        events.rawCount = 0;
      }
      notes.look(events);
      notes.instances.enter(events);
      enter();
      return WAITS;
    }
  }

  /** Makes a change; false if those behind it are not to be made. */
  private boolean change(Kevents changes, int index, @Nullable Kevents events) throws SysException {
    int flags = changes.flagsAt(index);
    int errno = notes.apply(changes, index);
    if (errno == 0 && (flags & Kevent.EV_RECEIPT) == 0) {
      return true;
    }
    if (events != null && !events.isFull()) {
      changes.copyTo(events, index, (flags & ~Kevent.EV_RECEIPT) | Kevent.EV_ERROR, errno);
      return true;
    }
    if (errno != 0) {
      throw failed(changes, index, errno);
    }
    return false;
  }

  private void leave(Kevents events) {
    synchronized (lock) {
      leave();
      if (!isClosed()) { // else the word stays said, for all who are still to hear it
        notes.heard(events);
      }
    }
  }

  private int await(Kevents events, long timeoutNanos, boolean isOnce) throws SysException {
    int given = collectRest(events);
    boolean isTimed = timeoutNanos > 0 && !isOnce;
    long begun = isTimed ? sys.nanoTime() : 0;
    long rest = given > 0 ? 0 : timeoutNanos;
    int looks = 0;
    boolean isAgain = true;
    while (isAgain && !events.isFull()) {
      int room = events.room();
      int count = await(events.batch, room, rest, events.timespec);
      if (count < 0) {
        return events.size() > 0 ? events.size() : count;
      }
      events.rawFrom = Instances.LEVELS;
      events.rawIndex = 0;
      events.rawCount = count;
      collectLocked(events);
      if (events.size() == 0 && isTimed) {
        rest = Math.max(0, timeoutNanos - (sys.nanoTime() - begun));
      } else if (isOnce) {
        rest = 0;
      }
      // Without an event it was nothing; there may be others for which there was no room.
      boolean isMore = count == room && ++looks < MOST_LOOKS;
      isAgain = events.size() == 0 && count > 0 && (isMore || rest != 0);
    }
    return events.size();
  }

  /** What a call before had no room for, or left as something was thrown. */
  private int collectRest(Kevents events) throws SysException {
    if (events.rawIndex < events.rawCount) {
      collectLocked(events);
    }
    synchronized (lock) {
      if (!isClosed() && notes.due.isInRound()) {
        notes.due.report(events);
      }
      return events.size();
    }
  }

  private int await(EpollEvents batch, int room, long timeoutNanos, Timespec timespec)
      throws SysException {
    try {
      int outer = notes.instances.outer;
      int count = wait.await(outer, batch.address(), room, timeoutNanos, timespec);
      if (count < 0 && count != INTERRUPTED) {
        throw SysException.of("kevent", count);
      }
      return count;
    } finally {
      Reference.reachabilityFence(batch);
    }
  }

  private void collectLocked(Kevents events) throws SysException {
    synchronized (lock) {
      if (isClosed()) {
        events.rawCount = 0;
        throw SysException.of("kevent", -Errno.EBADF, "the queue was closed");
      }
      collect(events);
    }
  }

  /**
   * Makes events of what epoll said. What was thrown in the middle leaves the rest to the next call
   * with this list: edges are told once. Of the room, one is kept for each of those that epoll
   * named: all have their turn, as its order goes round.
   */
  private void collect(Kevents events) {
    notes.heard(events);
    int edges = events.rawFrom == Instances.LEVELS ? 0 : ALL_PLACES; // by place, as bits
    boolean hasDue = false;
    int kept = 0; // for those that are told behind all others
    while (events.rawIndex < events.rawCount) {
      events.reserve(kept + events.rawCount - 1 - events.rawIndex);
      long token = events.batch.data(events.rawIndex);
      int mask = events.batch.events(events.rawIndex);
      if (token >= 0 || token < Instances.LEVELS) {
        notes.report(token, mask, events.rawFrom, events);
      } else {
        kept++;
        hasDue |= token == Instances.WORD || token == Instances.WATCHES;
        edges |= hear(token);
      }
      events.rawIndex++;
    }
    events.rawCount = 0;
    notes.rebuildIfLost(events, others());
    for (int place = 0; place < Filter.PLACES; place++) {
      if ((edges & (1 << place)) != 0) {
        kept = Math.max(0, kept - 1);
        events.reserve(kept);
        collectEdges(Instances.edges(place), events);
      }
    }
    events.reserve(0);
    if (hasDue) {
      notes.due.begin();
      notes.due.report(events);
    }
  }

  /** One of the queue's own has spoken; the instances of edges that have something to tell now. */
  private int hear(long token) {
    if (token == Instances.WATCHES) {
      notes.watches.readAll();
    } else if (token == Instances.TICKS) {
      notes.ticks.tick();
      return ALL_PLACES;
    }
    return token > Instances.WORD ? 1 << (int) (-1 - token) : 0; // the batch is needed for them
  }

  /** Takes as many edges as there is room for: what was taken is not told again. */
  private void collectEdges(long token, Kevents events) {
    int epfd = notes.instances.own(token);
    int room = events.room();
    if (epfd < 0 || room == 0) {
      return;
    }
    int count = wait.await(epfd, events.batch.address(), room, 0, events.timespec);
    events.rawFrom = token;
    events.rawIndex = 0;
    events.rawCount = Math.max(0, count);
    while (events.rawIndex < events.rawCount) {
      int i = events.rawIndex;
      notes.report(events.batch.data(i), events.batch.events(i), token, events);
      events.rawIndex = i + 1;
    }
    events.rawCount = 0;
  }

  @Override
  void wakeAll() {
    notes.instances.say(true);
  }

  @Override
  void free() {
    notes.close();
  }
}

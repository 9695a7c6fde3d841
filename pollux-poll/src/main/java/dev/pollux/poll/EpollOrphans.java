package dev.pollux.poll;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gets rid of items that cannot be removed from an epoll instance any more: their descriptor was
 * closed first, the number may be somebody else's, and a duplicate keeps the file and its events
 * alive, so that waits would spin.
 *
 * <p>All live items move to a new epoll instance, which then takes the old one's number. Waits in
 * progress on the old one are woken by the alarm and come back to the new. Edges that are ready are
 * reported once more; a one-shot that fires in both is claimed once, and one that has fired is left
 * out until it is modified.
 *
 * <p>A move costs a call for each item, under the lock. So it is not made for the first event
 * without an owner, which a removal in another thread leads to as well, but when the same one comes
 * again; each move that fails, at a limit of the kernel, doubles the patience for the next.
 *
 * <p>Threads: under the poller's lock, {@link #areSuspected} excepted.
 */
final class EpollOrphans {

  /** So many events without an owner are enough, whoever they were for. */
  private static final int ENOUGH = 64;

  private static final int NONE = -1;

  private static final int MOST_PATIENCE = 1 << 20; // 1,048,576

  private final Sys sys;
  private final SlotTable slots;
  private final EpollWaker waker;

  /** One {@code struct epoll_event} for epoll_ctl, the backend's. */
  private final EpollEvents change;

  /** The new instance while a move is made, and after one in which an error kept it open. */
  private int fresh = NONE;

  /** A removal met a closed descriptor: its item may live on in the kernel. */
  private volatile boolean possible;

  // Written by whoever decodes, without the lock: a race costs a move too many, or one event more.
  private volatile long suspect = EpollWaker.KEY; // none
  private volatile int repeats;
  private volatile int others;
  private volatile int patience = 1;

  EpollOrphans(Sys sys, SlotTable slots, EpollWaker waker, EpollEvents change) {
    this.sys = sys;
    this.slots = slots;
    this.waker = waker;
    this.change = change;
  }

  /** A removal met a closed descriptor. */
  void becomePossible() {
    possible = true;
  }

  /** An event came for a name that nobody has. Whether it is time to {@link #lose} the orphans. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // see the fields
  boolean areSuspected(long name) {
    if (!possible) {
      return false;
    }
    if (name == suspect) {
      repeats++;
    } else {
      others++;
      if ((others & (others - 1)) == 0) {
        suspect = name; // at powers of two, as Brent finds cycles: several may take turns
      }
    }
    return repeats >= patience || others >= ENOUGH * patience;
  }

  /** Moves to a new epoll instance, if there still are orphans. */
  void lose(int epfd) {
    if (!possible) {
      return; // another thread was first
    }
    boolean moved = false;
    try {
      moved = move(epfd);
    } finally {
      possible = !moved;
      patience = moved ? 1 : Math.min(2 * patience, MOST_PATIENCE);
      suspect = EpollWaker.KEY;
      repeats = 0;
      others = 0;
    }
  }

  private boolean move(int epfd) {
    close(); // of a move before
    fresh = sys.epollCreate1(Linux.EPOLL_CLOEXEC);
    if (fresh < 0) {
      return false; // out of descriptors or memory
    }
    boolean wasRaised = waker.isRaised();
    try {
      List<Registration> left = copy();
      if (left == null) {
        return false;
      }
      waker.alarm(epfd, true);
      if (!replace(epfd)) {
        return false;
      }
      left.forEach(each -> each.watched = false);
      return true;
    } finally {
      try {
        waker.alarm(epfd, wasRaised);
      } finally {
        close();
      }
    }
  }

  /**
   * Adds every live item to the new instance.
   *
   * @return those left out: one-shots that fired, and closed descriptors; null at a limit of the
   *     kernel
   */
  private @Nullable List<Registration> copy() {
    List<Registration> left = new ArrayList<>();
    if (waker.watch(fresh) < 0) {
      return null;
    }
    for (int slot = 0; slot < slots.end(); slot++) {
      Registration each = slots.at(slot);
      if (each == null || !each.watched) {
        continue;
      }
      int result = each.hasFired() ? -Errno.ENOENT : EpollBackend.add(sys, fresh, each, change);
      if (result == -Errno.ENOSPC || result == -Errno.ENOMEM) {
        return null;
      }
      if (result < 0) {
        left.add(each);
      }
    }
    return left;
  }

  private boolean replace(int epfd) {
    int result;
    do {
      result = sys.dup3(fresh, epfd, Linux.O_CLOEXEC);
    } while (result == -Errno.EINTR || result == -Errno.EBUSY);
    return result >= 0;
  }

  /** Closes a new instance that is still open. Idempotent, and goes on after an error. */
  void close() {
    if (fresh >= 0) {
      sys.close(fresh);
      fresh = NONE;
    }
  }
}

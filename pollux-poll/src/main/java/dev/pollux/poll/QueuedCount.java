package dev.pollux.poll;

import dev.pollux.kqueue.Kevent;
import dev.pollux.sys.SysException;

/**
 * The count of an {@link EventFd} on a kqueue: a knote of {@code EVFILT_USER} that is triggered
 * while it is above 0. It is made anew when it is triggered once more, so that each arrival is one.
 *
 * <p>Threads: every use is synchronized on the queue.
 */
final class QueuedCount {

  private static final int USER = Kevent.EVFILT_USER;
  private static final long MAXIMUM = -2; // unsigned, as that of eventfd

  private final OwnedQueue own;
  private final boolean isSemaphore;
  private long count; // unsigned

  QueuedCount(OwnedQueue own, boolean isSemaphore) throws SysException {
    this.own = own;
    this.isSemaphore = isSemaphore;
    own.with(0, USER, Kevent.EV_ADD, 0, 0).change();
  }

  /** False if it would pass its maximum. */
  boolean add(long value) throws SysException {
    synchronized (own) {
      if (Long.compareUnsigned(count, MAXIMUM - value) > 0) {
        int _ = own.number(); // or it is closed
        return false;
      }
      if (count != 0) {
        renew();
      }
      own.with(0, USER, 0, Kevent.NOTE_TRIGGER, 0).change();
      count += value;
      return true;
    }
  }

  /** All of it, or 1 of a semaphore; 0 if there is nothing. */
  long take() throws SysException {
    synchronized (own) {
      long taken = isSemaphore ? Math.min(1, count < 0 ? 1 : count) : count;
      if (taken == 0) {
        int _ = own.number();
      } else if (taken == count) {
        renew().change();
      }
      count -= taken;
      return taken;
    }
  }

  private OwnedQueue renew() {
    return own.with(0, USER, Kevent.EV_DELETE, 0, 0).with(0, USER, Kevent.EV_ADD, 0, 0);
  }
}

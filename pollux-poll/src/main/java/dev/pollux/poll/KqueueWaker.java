package dev.pollux.poll;

import dev.pollux.kqueue.Kevent;
import dev.pollux.kqueue.Kqueue;
import dev.pollux.sys.SysException;

/**
 * Two knotes of {@code EVFILT_USER}: the ring, which one wait takes, and the alarm, which wakes all
 * and lets none block, for the end.
 */
final class KqueueWaker implements Waker {

  /** The user data of both: a slot that no registration has. */
  static final long KEY = -1;

  private static final long RING = 0;
  private static final long ALARM = 1;

  private final Kqueue queue;

  KqueueWaker(Kqueue queue) throws SysException {
    this.queue = queue;
    queue.change(RING, Kevent.EVFILT_USER, Kevent.EV_ADD | Kevent.EV_CLEAR, 0, 0, KEY);
    queue.change(ALARM, Kevent.EVFILT_USER, Kevent.EV_ADD, 0, 0, KEY);
  }

  /** Whether an event with {@link #KEY} is a ring. */
  static boolean isRing(long ident) {
    return ident == RING;
  }

  @Override
  public void ring() {
    queue.trigger(RING, KEY);
  }

  void alarm() {
    queue.trigger(ALARM, KEY);
  }

  /** It was heard by who got its event. */
  @Override
  public void drain() {}

  /** They end with the queue. */
  @Override
  public void close() {}
}

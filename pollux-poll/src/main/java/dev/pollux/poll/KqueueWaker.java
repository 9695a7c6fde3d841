package dev.pollux.poll;

import dev.pollux.kqueue.Kevent;
import dev.pollux.kqueue.Kqueue;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import org.jspecify.annotations.Nullable;

/**
 * Two knotes: the ring, which one wait takes, and the alarm, which wakes all and lets none block,
 * for the end. They are of {@code EVFILT_USER}, and take no descriptor; on a system that has no
 * such filter they watch two pipes.
 */
final class KqueueWaker implements Waker {

  /** The user data of both: a slot that no registration has. */
  static final long KEY = -1;

  private static final long RING = 0;
  private static final long ALARM = 1;

  private final Kqueue queue;

  /** Null where there is a filter for it. */
  private @Nullable DescriptorWaker ring;

  private @Nullable DescriptorWaker alarm;
  private long ringIdent = RING;

  KqueueWaker(Sys sys, Kqueue queue) throws SysException {
    this.queue = queue;
    try {
      queue.change(RING, Kevent.EVFILT_USER, Kevent.EV_ADD | Kevent.EV_CLEAR, 0, 0, KEY);
      queue.change(ALARM, Kevent.EVFILT_USER, Kevent.EV_ADD, 0, 0, KEY);
    } catch (SysException e) {
      if (e.errno() != Errno.EINVAL) {
        throw e;
      }
      openPipes(sys);
    }
  }

  private void openPipes(Sys sys) throws SysException {
    try {
      DescriptorWaker ringing = DescriptorWaker.open(sys);
      ring = ringing;
      ringIdent = ringing.fd();
      watch(ringing, Kevent.EV_CLEAR);
      DescriptorWaker alarming = DescriptorWaker.open(sys);
      alarm = alarming;
      watch(alarming, 0); // as long as it is not drained, which it never is
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  private void watch(DescriptorWaker pipe, int flags) throws SysException {
    queue.change(pipe.fd(), Kevent.EVFILT_READ, Kevent.EV_ADD | flags, 0, 0, KEY);
  }

  /** Whether an event with {@link #KEY} is a ring. */
  boolean isRing(long ident) {
    return ident == ringIdent;
  }

  @Override
  public void ring() {
    if (ring != null) {
      ring.ring();
    } else {
      queue.trigger(RING, KEY);
    }
  }

  void alarm() {
    if (alarm != null) {
      alarm.ring();
    } else {
      queue.trigger(ALARM, KEY);
    }
  }

  /** Of the filter, it was heard by who got its event. */
  @Override
  public void drain() {
    if (ring != null) {
      ring.drain();
    }
  }

  /** The knotes end with the queue. */
  @Override
  public void close() {
    if (ring != null) {
      ring.close();
    }
    if (alarm != null) {
      alarm.close();
    }
  }
}

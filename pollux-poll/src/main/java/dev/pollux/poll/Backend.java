package dev.pollux.poll;

import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.Locale;

/** The operating system's facility that a {@link Poller} waits with. */
public enum Backend {
  /** {@code epoll(7)}: the cost of a wait grows with what is ready, not with what is watched. */
  EPOLL,
  /** {@code poll(2)}: the portable one; the cost of a wait grows with what is watched. */
  POLL,
  /** {@code select(2)}, with sets of any size; knows readable, writable and priority only. */
  SELECT,
  /**
   * {@code kqueue(2)}, on Linux by {@link dev.pollux.kqueue.Kqueue} over epoll: for those who want
   * to see how their program does there. It costs one to three calls more for each event, and one
   * or two for each change.
   */
  KQUEUE;

  /** The lower-case name, as the command line takes it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  Mechanism open(Sys sys, SlotTable slots, Object lock, boolean strict) throws SysException {
    if (this == KQUEUE) {
      return KqueueBackend.open(sys, slots, lock, strict);
    }
    DescriptorWaker waker = DescriptorWaker.open(sys);
    try {
      InterestTable table = new InterestTable();
      return switch (this) {
        case POLL -> new TableBackend(this, sys, waker, lock, table, new PollCall(sys, table));
        case SELECT -> new TableBackend(this, sys, waker, lock, table, new SelectCall(sys, table));
        default -> new EpollBackend(sys, slots, waker, lock, strict);
      };
    } catch (Throwable t) {
      waker.close();
      throw t;
    }
  }
}

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
  SELECT;

  /** The lower-case name, as the command line takes it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  Mechanism open(Sys sys, SlotTable slots, Waker waker, Object lock, boolean strict)
      throws SysException {
    InterestTable table = new InterestTable();
    return switch (this) {
      case EPOLL -> new EpollBackend(sys, slots, waker, lock, strict);
      case POLL -> new TableBackend(this, sys, waker, lock, table, new PollCall(sys, table));
      case SELECT -> new TableBackend(this, sys, waker, lock, table, new SelectCall(sys, table));
    };
  }
}

package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What a {@link Server} counts, all loops together. Threads: any. */
final class ServerCounters {

  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong accepted = new AtomicLong();
  private final LimitCounts shed = new LimitCounts();
  private final Runnable atNone;

  /**
   * @param atNone run each time when no connection is left, on the thread that notices
   */
  ServerCounters(Runnable atNone) {
    this.atNone = atNone;
  }

  /** How many connections are open. */
  int openCount() {
    return open.get();
  }

  /** Takes room for one more connection; false if there are as many as there may be. */
  boolean takeRoom(int most) {
    if (open.incrementAndGet() <= most) {
      return true;
    }
    giveRoom();
    return false;
  }

  /** A connection is over, or did not come about. */
  void giveRoom() {
    if (open.decrementAndGet() == 0) {
      atNone.run();
    }
  }

  /** A connection was taken over. */
  void accepted() {
    long _ = accepted.incrementAndGet();
  }

  /** A connection was accepted and closed on this loop, for want of this. */
  void shed(EventLoop loop, Limit limit) {
    shed.add(limit);
    NetStats.of(loop).refuse(limit);
  }

  ServerStats stats() {
    return new ServerStats(
        accepted.get(),
        open.get(),
        shed.of(Limit.CONNECTIONS),
        shed.of(Limit.LOOP_TASKS),
        shed.of(Limit.DESCRIPTORS) + shed.of(Limit.MEMORY));
  }
}

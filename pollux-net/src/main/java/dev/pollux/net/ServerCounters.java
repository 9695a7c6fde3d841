package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What a {@link Server} counts, all loops together. Threads: any. */
final class ServerCounters {

  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong accepted = new AtomicLong();
  private final LimitCounts shed = new LimitCounts();
  private final AtomicInteger listeners = new AtomicInteger();
  private final Runnable atNone;
  private final Runnable atDeaf;

  /**
   * @param atNone run each time when no connection is left, on the thread that notices
   * @param atDeaf run before the last listener is closed, on the thread that does
   */
  ServerCounters(Runnable atNone, Runnable atDeaf) {
    this.atNone = atNone;
    this.atDeaf = atDeaf;
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

  /** There is one more listener. */
  void listenerBegins() {
    int _ = listeners.incrementAndGet();
  }

  /** A listener is about to be closed. */
  void listenerEnds() {
    if (listeners.decrementAndGet() == 0) {
      atDeaf.run();
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

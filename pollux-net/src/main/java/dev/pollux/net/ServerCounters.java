package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.FlightRecorder;

/** What a {@link Server} counts, all loops together. Threads: any. */
final class ServerCounters {

  private static final boolean HAS_RECORDER = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong accepted = new AtomicLong();
  private final ServerTraffic traffic = new ServerTraffic();
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

  /** A connection was accepted and closed on this loop, for want of this. */
  void shed(EventLoop loop, Limit limit) {
    traffic.shedOne(limit);
    if (isRecorded()) {
      look(() -> ServerTrace.refused(loop.options().name(), limit));
    }
    NetStats.of(loop).refuse(limit);
  }

  /** A connection was taken over. */
  void accepted(Connection connection) {
    long _ = accepted.incrementAndGet();
    if (isRecorded()) {
      look(() -> ServerTrace.accepted(connection));
    }
  }

  /** One that was taken over is at its end. */
  void ended(Connection connection, CloseCause cause) {
    traffic.end(cause.reason());
    if (isRecorded()) {
      look(() -> ServerTrace.closed(connection, cause));
    }
  }

  /** Not before somebody records anything: the flight recorder takes time and memory to start. */
  private static boolean isRecorded() {
    return HAS_RECORDER && FlightRecorder.isInitialized();
  }

  /** Looking takes memory. Where there is none the server goes on, unseen. */
  private static void look(Runnable trace) {
    try {
      trace.run();
    } catch (Throwable _) {
      // it is not recorded
    }
  }

  /** What is counted beside. */
  ServerTraffic traffic() {
    return traffic;
  }

  ServerStats stats() {
    return new ServerStats(
        accepted.get(),
        open.get(),
        traffic.shed(Limit.CONNECTIONS),
        traffic.shed(Limit.LOOP_TASKS),
        traffic.shed(Limit.DESCRIPTORS) + traffic.shed(Limit.MEMORY));
  }
}

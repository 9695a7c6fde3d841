package dev.pollux.sim;

import dev.pollux.loop.EventLoop;
import dev.pollux.model.ModelNetwork;

/** A loop of a host: it has a turn when something has come for it, or is due. */
final class LoopSeat extends Seat {

  /** Turns, at one moment, that run nothing, and are nobody else's doing. */
  private static final int MAX_IDLE_TURNS = 1_000;

  final EventLoop loop;
  private final ModelNetwork network;
  private boolean isAwake = true;
  private boolean isAsked; // when it has something to do; else others may have given it something
  private long dueNanos;
  private long busyUntilNanos;
  private long lastNanos;
  private int idleTurns;

  LoopSeat(Host host, EventLoop loop, ModelNetwork network) {
    super(host);
    this.loop = loop;
    this.network = network;
  }

  @Override
  void wake() {
    isAwake = true;
    idleTurns = 0;
  }

  @Override
  void mayHaveNews() {
    isAsked = false;
  }

  @Override
  boolean isOver() {
    return loop.isClosed() || loop.isStopping();
  }

  @Override
  long from(long now) {
    return Math.max(isAwake ? now : due(), busyUntilNanos);
  }

  /** When it has something to do, whatever the kernel reports. */
  private long due() {
    if (!isAsked) {
      isAsked = true;
      long due = loop.nextDueNanos();
      dueNanos = due == Long.MAX_VALUE ? due : network.timeOf(host.sys(), due);
    }
    return dueNanos;
  }

  @Override
  boolean turn() throws Exception {
    long now = network.nanoTime();
    boolean isDue = due() <= now; // what it flushes is not counted, and may be news
    isAwake = false;
    int ran = loop.runOnce(0);
    if (ran > 0) {
      wake();
      busyUntilNanos = now + ran * host.costNanos();
    }
    boolean isIdle = ran == 0 && lastNanos == now;
    idleTurns = isIdle ? idleTurns + 1 : 0;
    lastNanos = now;
    return ran > 0 || isDue;
  }

  @Override
  boolean isSpinning() {
    return idleTurns > MAX_IDLE_TURNS;
  }

  @Override
  public String toString() {
    return host + ": " + loop;
  }
}

package dev.pollux.sim;

import dev.pollux.loop.EventLoop;
import dev.pollux.model.ModelSys;
import dev.pollux.net.NetStats;
import java.util.List;
import java.util.Map;

/** What a program has when it begins, and what it leaves at the end: whether that is in order. */
final class Leftovers {

  /** So many timers more than after the start are no leak. */
  private static final int FEW_TIMERS = 100;

  private static final int TIMERS_OF_A_DESCRIPTOR = 4;

  private final Sim sim;
  private final String host;
  private final ModelSys sys;
  private final Map<Integer, String> descriptors;
  private int timers;

  /** Before a program is started on a host. */
  Leftovers(Sim sim, String host, ModelSys sys) {
    this.sim = sim;
    this.host = host;
    this.sys = sys;
    this.descriptors = sys.openDescriptors();
  }

  /** It is started. */
  void started(List<EventLoop> loops) {
    timers = timers(loops);
  }

  private static int timers(List<EventLoop> loops) {
    return loops.stream().filter(loop -> !loop.isClosed()).mapToInt(EventLoop::timerCount).sum();
  }

  /** The run is over, and nothing was closed yet. */
  void lookAtRun(List<EventLoop> loops, boolean isAtRest) {
    Map<Integer, String> unread = sys.unread();
    boolean isTurned = loops.stream().noneMatch(EventLoop::isStopping); // else that is known
    if (isAtRest && isTurned && !unread.isEmpty()) {
      sim.violated(Invariant.NOTHING_PENDING, host + " leaves unread for ever: " + unread);
    }
    int more = timers(loops) - timers;
    int opened = Math.max(0, sys.openDescriptors().size() - descriptors.size());
    int most = FEW_TIMERS + TIMERS_OF_A_DESCRIPTOR * opened;
    if (more > most) {
      sim.violated(
          Invariant.TIMERS, host + "'s loops have " + more + " timers more than after its start");
    }
  }

  /** Its loops were closed. */
  void lookAtEnd(List<EventLoop> loops) {
    Map<Integer, String> left = sys.openDescriptors();
    if (!left.equals(descriptors)) {
      sim.violated(Invariant.DESCRIPTORS, host + " leaves open: " + left);
    }
    long bytes = loops.stream().mapToLong(loop -> NetStats.of(loop).memoryBytes()).sum();
    if (bytes > 0) {
      sim.violated(Invariant.MEMORY, host + "'s connections have kept " + bytes + " bytes");
    }
  }
}

package dev.pollux.cli.sim;

import dev.pollux.model.Fault;
import dev.pollux.sim.Sim;
import dev.pollux.sim.Trouble;
import java.util.Map;

/**
 * The reasons there are in a run for something to fail: faults that were met, limits that are
 * tight, a program that was told to end. What fails without one is a mistake of the program's.
 */
final class SimCauses {

  private static final Fault[] EXHAUSTION = {Fault.EMFILE, Fault.ENFILE, Fault.ENOMEM};

  /** Each of these breaks one connection at most. */
  private static final Enum<?>[] BREAKS = {
    Fault.ECONNRESET,
    Fault.ECONNABORTED,
    Fault.REFUSED,
    Fault.BACKLOG_OVERFLOW,
    Fault.EMFILE,
    Fault.ENFILE,
    Fault.ENOMEM,
    Trouble.LOSS,
    Trouble.PARTITION
  };

  private final Sim sim;
  private final SimPlan plan;
  private boolean isEnding;
  private boolean isCut;

  SimCauses(Sim sim, SimPlan plan) {
    this.sim = sim;
    this.plan = plan;
  }

  /** From now on the program may end connections. */
  void end() {
    isEnding = true;
  }

  boolean isEnding() {
    return isEnding;
  }

  /** From now on connections are cut off, wherever they are. */
  void cut() {
    isCut = true;
  }

  /** Whether the program was closed in the middle of something, stopped or not. */
  boolean isCut() {
    return isCut;
  }

  /** Whether a kernel may be out of something. */
  boolean mayBeExhausted() {
    return plan.isLimited() || count(EXHAUSTION) > 0;
  }

  /** Whether connections may have broken, or not come about. */
  boolean mayBeBroken() {
    return plan.isLimited() || breakCount() > 0;
  }

  /** How many connections may have broken, or not come about. */
  int breakCount() {
    return count(BREAKS);
  }

  /** Whether somebody may have waited in vain: packets were lost, or a backlog was full. */
  boolean mayBeLate() {
    return plan.isLimited()
        || plan.peerCount() > plan.backlog()
        || count(Fault.BACKLOG_OVERFLOW, Trouble.LOSS, Trouble.PARTITION) > 0;
  }

  /** Whether one side may not know of the other's end: a reset is not sent again. */
  boolean mayBeHalfOpen() {
    return count(Trouble.LOSS, Trouble.PARTITION) > 0;
  }

  /** How often these were met. */
  int count(Enum<?>... troubles) {
    Map<String, Integer> counts = sim.faultCounts();
    int sum = 0;
    for (Enum<?> trouble : troubles) {
      sum += counts.getOrDefault(trouble.name(), 0);
    }
    return sum;
  }
}

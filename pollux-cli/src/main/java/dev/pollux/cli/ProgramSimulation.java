package dev.pollux.cli;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.util.Map;

/**
 * One simulated run of a program on event loops, with its peers, on a model kernel under virtual
 * time, with faults, on one thread.
 *
 * <p>A schedule made from the seed chooses who comes next: a loop with a turn, a peer with a step,
 * or time. When nothing has moved for a while the loops are made to wait, ever longer, so that
 * whatever is due happens; when nothing moves for {@link Simulation#STUCK_NANOS}, somebody waits
 * for what will never come, and the run has failed.
 *
 * <p>What must be so stands in {@link SimWorld} and in the {@link SimScenario}s.
 */
final class ProgramSimulation {

  /** What a run came to. */
  record Result(
      int peerCount, int completeCount, long bytes, int mostUnsentBytes, int faultCount) {}

  private static final int MAX_OPENS = 5_000;
  private static final int MAX_STEPS = 1_000_000;
  private static final int MAX_MIDWAY_STEPS = 1 << 12;
  private static final int MAX_PATIENCE_SHIFT = 10;
  private static final long FIRST_WAIT_NANOS = 1_000_000; // 1 ms
  private static final int MAX_SHORT_WAIT_NANOS = 1 << 20; // 1 ms
  private static final int SETTLING_TURNS = 64;
  private static final long AFTERMATH_NANOS = 1_000_000_000_000L; // more than any timer
  private static final long LEFT_TIMER_NANOS = 10_000_000_000L; // 10 s, more than a close takes

  private final SimWorld world;
  private final SimScenario scenario;
  private final SimDice dice;
  private final int loopShare;
  private final int actorShare;
  private final int timeShare;
  private final int endingStep;
  private int quietSteps;
  private int waits;
  private long lastProgress;
  private long lastProgressNanos;
  private boolean stopping;
  private boolean closed;

  private ProgramSimulation(ProgramPlan plan, SimTrace trace) {
    this.world = new SimWorld(plan, trace);
    this.dice = world.dice;
    world.note("seed " + plan.seed() + ": " + plan.text());
    this.scenario =
        switch (plan.program()) {
          case CHAT -> new ChatScenario(world);
          case PROXY -> new ProxyScenario(world);
        };
    this.loopShare = 1 + dice.below(8);
    this.actorShare = 1 + dice.below(16);
    this.timeShare = dice.below(4);
    this.endingStep = dice.upTo(MAX_MIDWAY_STEPS);
  }

  /** Runs a plan. */
  static Result run(ProgramPlan plan, SimTrace trace) {
    try {
      return new ProgramSimulation(plan, trace).run();
    } catch (SysException e) {
      throw new SimFailure("a peer's call failed: " + e.getMessage(), e);
    }
  }

  private Result run() throws SysException {
    Map<Integer, String> descriptors = world.kernel.openDescriptors();
    open(descriptors);
    for (int i = 0; i < world.loops().size(); i++) {
      turn(i, 0); // now each has its thread
    }
    lastProgressNanos = world.kernel.nanoTime();
    int step = 0;
    while (!scenario.isOver()) {
      if (step == endingStep) {
        endMidway();
      }
      if (step++ == MAX_STEPS) {
        throw new SimFailure("no end after " + MAX_STEPS + " steps" + scenario.unfinished());
      }
      step();
      watchProgress();
    }
    endLast();
    scenario.release();
    world.kernel.advance(AFTERMATH_NANOS);
    if (!world.kernel.openDescriptors().equals(descriptors)) {
      throw new SimFailure("descriptors are left open: " + world.kernel.openDescriptors());
    }
    if (!world.kernel.unsupported().isEmpty()) {
      throw new SimFailure("the model lacks " + world.kernel.unsupported());
    }
    world.note("end");
    return scenario.finish(world.faultCount());
  }

  /** Opens the program, as often as faults make necessary. */
  private void open(Map<Integer, String> descriptors) {
    for (int i = 0; i < MAX_OPENS; i++) {
      try {
        scenario.open();
        return;
      } catch (SysException e) {
        if (!world.mayBeExhausted()) {
          throw new SimFailure("the program does not open: " + e.getMessage(), e);
        }
        world.note("does not open: " + e.getMessage());
      }
      if (!world.kernel.openDescriptors().equals(descriptors)) {
        throw new SimFailure("a program that did not open left " + world.kernel.openDescriptors());
      }
    }
    throw new SimFailure("the program does not open, however often it is tried");
  }

  private void endMidway() {
    switch (world.plan.ending()) {
      case STOP_MIDWAY -> stop();
      case CLOSE_MIDWAY -> {
        world.end();
        world.note("is closed midway");
        close();
      }
      case CLOSE_LAST, STOP_LAST -> {}
    }
  }

  private void stop() {
    world.end();
    world.note("is to stop");
    stopping = true;
    scenario.stop();
  }

  private void close() {
    if (!closed) {
      closed = true;
      scenario.close();
      world.closeLoops();
    }
  }

  /** One choice of the schedule. */
  private void step() throws SysException {
    int all = scenario.actorCount() + world.loops().size();
    if (quietSteps > 4 * (all + 2)) {
      everybodyWaits();
      return;
    }
    int choice = dice.below(loopShare + actorShare + timeShare);
    if (choice < loopShare) {
      if (!closed) {
        turn(dice.below(world.loops().size()), dice.oneIn(4) ? dice.upTo(MAX_SHORT_WAIT_NANOS) : 0);
      }
    } else if (choice < loopShare + actorShare) {
      scenario.step(dice.below(scenario.actorCount()));
    } else {
      world.kernel.advance(dice.upTo(MAX_SHORT_WAIT_NANOS));
    }
  }

  private void turn(int loop, long timeoutNanos) {
    world.turn(loop, timeoutNanos);
    scenario.checkTurn();
    world.requireNoFailure();
    if (stopping && scenario.isStopped()) {
      world.note("has stopped");
      close();
    }
  }

  /** Nobody has anything to do: time passes, more and more of it. */
  private void everybodyWaits() throws SysException {
    long timeoutNanos = FIRST_WAIT_NANOS << Math.min(waits++, MAX_PATIENCE_SHIFT);
    if (closed) {
      world.kernel.advance(timeoutNanos);
    }
    for (int i = 0; i < world.loops().size(); i++) { // none, once it is closed
      turn(i, timeoutNanos);
    }
    for (int i = 0; i < scenario.actorCount(); i++) {
      scenario.step(i);
    }
  }

  private void watchProgress() {
    if (world.progress != lastProgress) {
      lastProgress = world.progress;
      lastProgressNanos = world.kernel.nanoTime();
      quietSteps = 0;
      waits = 0;
      return;
    }
    quietSteps++;
    if (world.kernel.nanoTime() - lastProgressNanos > Simulation.STUCK_NANOS) {
      throw new SimFailure("nothing moves any more" + scenario.unfinished());
    }
  }

  /** All peers are gone: so are their connections soon, and then the program. */
  private void endLast() throws SysException {
    if (closed) {
      return;
    }
    long limitNanos = world.kernel.nanoTime() + Simulation.STUCK_NANOS;
    do {
      while (scenario.connectionCount() > 0) {
        for (int i = 0; i < scenario.actorCount(); i++) {
          scenario.step(i); // who had no part any more says so to who comes late
        }
        turnAll(limitNanos, "connections outlive their peers");
      }
      for (int i = 0; i < SETTLING_TURNS; i++) {
        turnAll(limitNanos, "the loops do not come to rest");
      }
    } while (scenario.connectionCount() > 0); // one that still waited to be accepted
    if (world.plan.ending() == SimPlan.Ending.STOP_LAST) {
      requireNoTimers();
      stop();
      while (!closed) {
        turnAll(limitNanos, "the program does not stop");
      }
    } else {
      requireNoTimers();
      close();
    }
  }

  private void turnAll(long limitNanos, String otherwise) {
    for (int i = 0; i < world.loops().size(); i++) {
      turn(i, FIRST_WAIT_NANOS);
    }
    if (world.kernel.nanoTime() - limitNanos > 0) {
      throw new SimFailure(otherwise);
    }
  }

  /** Without connections there are no timers, once the simulation's own have run. */
  private void requireNoTimers() {
    world.stopAlarms();
    if (!world.mayBeExhausted()) { // a listener that is short of something looks again and again
      world.loops().forEach(this::requireNoTimers);
    }
  }

  private void requireNoTimers(EventLoop loop) {
    long before = 0;
    for (int phase = 0; phase < 2; phase++) {
      before = loop.stats().timers();
      long end = world.kernel.nanoTime() + LEFT_TIMER_NANOS;
      int index = world.loops().indexOf(loop);
      while (world.kernel.nanoTime() - end < 0) {
        world.turn(index, LEFT_TIMER_NANOS);
      }
    }
    if (loop.stats().timers() != before) {
      throw new SimFailure("timers run without a connection");
    }
  }
}

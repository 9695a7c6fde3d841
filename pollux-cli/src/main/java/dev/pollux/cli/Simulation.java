package dev.pollux.cli;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One simulated run: the echo server and its clients on a model kernel, under virtual time, with
 * faults, on one thread.
 *
 * <p>A schedule made from the seed chooses who comes next: the server with a turn, a client with a
 * step, or time. When nothing has moved for a while the server is made to wait, ever longer, so
 * that whatever is due happens; when nothing moves for {@link #STUCK_NANOS}, somebody waits for
 * what will never come, and the run has failed.
 *
 * <p>What must be so at every moment, and at the end, stands in {@link SimServer}, {@link SimLog},
 * {@link SimClient} and {@link SimCauses}; a violation is a {@link SimFailure}.
 */
final class Simulation {

  /** What a run came to. */
  record Result(
      int clientCount, int completeCount, long echoedBytes, int mostUnsentBytes, int faultCount) {}

  /** More than a connection request takes to give up: 131 s. */
  static final long STUCK_NANOS = 300_000_000_000L; // 5 min

  /** How long clients wait where waiting may be in vain. */
  private static final long PATIENCE_NANOS = STUCK_NANOS / 2;

  private static final int MAX_STEPS = 1_000_000;
  private static final int MAX_PATIENCE_SHIFT = 10;
  private static final long FIRST_WAIT_NANOS = 1_000_000; // 1 ms
  private static final int MAX_SHORT_WAIT_NANOS = 1 << 20; // 1 ms
  private static final int MAX_MIDWAY_STEPS = 512;
  private static final long AFTERMATH_NANOS = 1_000_000_000_000L; // more than any timer

  private final SimPlan plan;
  private final SimDice dice;
  private final ModelSys kernel;
  private final SimNetwork network;
  private final SimCauses causes;
  private final SimServer server;
  private final List<SimClient> clients = new ArrayList<>();
  private final int serverShare;
  private final int clientShare;
  private final int timeShare;
  private final int endingStep;
  private final Map<Integer, String> descriptors;
  private int overCount;
  private int completeCount;
  private int quietSteps;
  private int waits;
  private long lastProgress;
  private long lastProgressNanos;

  private Simulation(SimPlan plan, SimTrace trace, UnaryOperator<Sys> serverKernel) {
    this.plan = plan;
    this.dice = new SimDice(~plan.seed());
    this.kernel = ModelSys.virtual(dice.next(), plan.faults(), plan.limits(), null);
    this.descriptors = kernel.openDescriptors();
    this.network = new SimNetwork(kernel, trace);
    this.causes = new SimCauses(kernel, plan);
    network.note("seed " + plan.seed() + ": " + plan.text());
    this.server = SimServer.open(kernel, serverKernel.apply(kernel), network, plan, causes);
    for (int i = 0; i < plan.clientCount(); i++) {
      clients.add(new SimClient(network, new SimDice(dice.next()), i, i == 0));
    }
    this.serverShare = 1 + dice.below(8);
    this.clientShare = 1 + dice.below(16);
    this.timeShare = dice.below(4);
    this.endingStep = dice.upTo(MAX_MIDWAY_STEPS);
  }

  /** Runs a plan. */
  static Result run(SimPlan plan, SimTrace trace) {
    return run(plan, trace, UnaryOperator.identity());
  }

  /** Runs a plan, with something between the server and its kernel. */
  static Result run(SimPlan plan, SimTrace trace, UnaryOperator<Sys> serverKernel) {
    Simulation simulation = new Simulation(plan, trace, serverKernel);
    try {
      return simulation.run();
    } catch (SysException e) {
      throw new SimFailure("a client's call failed: " + e.getMessage(), e);
    }
  }

  private Result run() throws SysException {
    lastProgressNanos = kernel.nanoTime();
    int step = 0;
    while (overCount < clients.size()) {
      if (step == endingStep) {
        endMidway();
      }
      if (step++ == MAX_STEPS) {
        throw new SimFailure("no end after " + MAX_STEPS + " steps" + unfinished());
      }
      step();
      watchProgress();
    }
    endLast();
    checkNothingIsLeft();
    network.note("end");
    return new Result(
        clients.size(),
        completeCount,
        server.log().echoedBytes(),
        server.mostUnsentBytes(),
        causes.total());
  }

  private void endMidway() {
    switch (plan.ending()) {
      case STOP_MIDWAY -> server.stop();
      case CLOSE_MIDWAY -> server.close();
      case CLOSE_LAST, STOP_LAST -> {}
    }
  }

  /** One choice of the schedule. */
  private void step() throws SysException {
    if (quietSteps > 4 * (clients.size() + 2)) {
      everybodyWaits();
      return;
    }
    int choice = dice.below(serverShare + clientShare + timeShare);
    if (choice < serverShare) {
      server.turn(dice.oneIn(4) ? dice.upTo(MAX_SHORT_WAIT_NANOS) : 0);
    } else if (choice < serverShare + clientShare) {
      step(clients.get(dice.below(clients.size())));
    } else {
      kernel.advance(dice.upTo(MAX_SHORT_WAIT_NANOS));
    }
  }

  private void step(SimClient client) throws SysException {
    if (client.isOver()) {
      return;
    }
    client.step();
    if (client.port() != 0) {
      causes.know(client);
    }
    if (client.isOver()) {
      over(client);
    }
  }

  private void over(SimClient client) {
    overCount++;
    completeCount += client.hasFailed() ? 0 : 1;
    network.note(client.text());
    causes.requireOutcome(client, server.log().ofPort(client.port()));
  }

  /** Nobody has anything to do: time passes, more and more of it. */
  private void everybodyWaits() throws SysException {
    long timeoutNanos = FIRST_WAIT_NANOS << Math.min(waits++, MAX_PATIENCE_SHIFT);
    if (server.isClosed()) {
      kernel.advance(timeoutNanos);
    } else {
      server.turn(timeoutNanos);
    }
    for (SimClient client : clients) {
      step(client);
    }
  }

  private void watchProgress() {
    if (network.progress != lastProgress) {
      lastProgress = network.progress;
      lastProgressNanos = kernel.nanoTime();
      quietSteps = 0;
      waits = 0;
      return;
    }
    quietSteps++;
    long quietNanos = kernel.nanoTime() - lastProgressNanos;
    if (quietNanos > PATIENCE_NANOS && plan.isShortOfFds()) {
      for (SimClient client : clients) {
        if (!client.isOver()) {
          client.giveUp();
          over(client);
        }
      }
    } else if (quietNanos > STUCK_NANOS) {
      throw new SimFailure("nothing moves any more" + unfinished());
    }
  }

  private String unfinished() {
    StringBuilder text = new StringBuilder();
    for (SimClient client : clients) {
      if (!client.isOver()) {
        text.append("; ").append(client.text());
      }
    }
    return text.toString();
  }

  /** All clients are gone: so are their connections soon, and then the server. */
  private void endLast() {
    long limitNanos = kernel.nanoTime() + STUCK_NANOS;
    while (!server.isClosed() && !server.isIdle()) {
      server.turn(FIRST_WAIT_NANOS);
      requireBefore(limitNanos, "connections outlive their clients");
    }
    if (plan.ending() == SimPlan.Ending.STOP_LAST) {
      server.stop();
    }
    while (server.isEnding() && !server.isClosed()) {
      server.turn(FIRST_WAIT_NANOS);
      requireBefore(limitNanos, "the server does not stop");
    }
    server.close();
  }

  private void requireBefore(long limitNanos, String otherwise) {
    if (kernel.nanoTime() - limitNanos > 0) {
      throw new SimFailure(otherwise);
    }
  }

  private void checkNothingIsLeft() {
    kernel.advance(AFTERMATH_NANOS);
    if (!kernel.openDescriptors().equals(descriptors)) {
      throw new SimFailure("descriptors are left open: " + kernel.openDescriptors());
    }
    if (!kernel.unsupported().isEmpty()) {
      throw new SimFailure("the model lacks " + kernel.unsupported());
    }
  }
}

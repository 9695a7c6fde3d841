package dev.pollux.cli;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.loop.LoopTimer;
import dev.pollux.model.Fault;
import dev.pollux.model.ModelSys;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.ConnectionTrace;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kernel and the loops of one run of a {@link ProgramSimulation}, and what must be so around
 * each turn: nothing is thrown, no loop spins, no timer is early.
 */
final class SimWorld implements ConnectionTrace {

  static final int BUFFER_BYTES = 1 << 16; // 64 KiB

  /** Turns that may come to nothing in a row without any time passing. */
  private static final int MAX_IDLE_TURNS = 12;

  private static final int TASK_CAPACITY = 4;
  private static final int MAX_ALARM_NANOS = 1 << 24; // 16 ms

  final ModelSys kernel;
  final ProgramPlan plan;
  final SimDice dice;
  final IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
  private final SimTrace trace;
  private final List<EventLoop> loops = new ArrayList<>();
  private final List<Integer> idleTurns = new ArrayList<>();
  private final List<Long> seenProgress = new ArrayList<>();
  private @Nullable SimFailure failure;
  private int faultCount;
  private boolean ending;
  private boolean alarmsOff;

  /** Counts what moves: as long as it grows, the run is not stuck. */
  long progress;

  SimWorld(ProgramPlan plan, SimTrace trace) {
    this.plan = plan;
    this.trace = trace;
    this.dice = new SimDice(~plan.seed());
    this.kernel = ModelSys.virtual(dice.next(), plan.faults());
  }

  /** Opens the loops, or leaves nothing open. */
  void openLoops() throws SysException {
    LoopOptions options =
        LoopOptions.DEFAULT
            .withBackend(plan.backend())
            .withTaskCapacity(TASK_CAPACITY)
            .withTasksPerTurn(2)
            .withErrorHandler((_, what, cause) -> fail("the loop reports " + what, cause));
    try {
      for (int i = 0; i < plan.loopCount(); i++) {
        loops.add(EventLoop.open(kernel, options.withName("loop-" + i)));
        idleTurns.add(0);
        seenProgress.add(0L);
      }
    } catch (SysException e) {
      closeLoops();
      throw e;
    }
  }

  void closeLoops() {
    for (EventLoop loop : loops) {
      long stale = loop.poller().staleEvents();
      loop.close();
      if (stale != 0) {
        throw new SimFailure(stale + " events came for what was closed");
      }
    }
    loops.clear();
    idleTurns.clear();
    seenProgress.clear();
    requireNoFailure();
  }

  List<EventLoop> loops() {
    return loops;
  }

  /** What the program's connections are like. */
  ConnectionOptions connection(ConnectionOptions like) {
    return like.withTrigger(plan.trigger()).withTrace(this);
  }

  /** From now on the program may end connections. */
  void end() {
    ending = true;
  }

  /** No more timers of the simulation's own. */
  void stopAlarms() {
    alarmsOff = true;
  }

  boolean isEnding() {
    return ending;
  }

  /** A mistake, found where it cannot be thrown. */
  void fail(String what, @Nullable Throwable cause) {
    if (failure == null) {
      failure = new SimFailure(what + (cause == null ? "" : ": " + cause), cause);
    }
  }

  void requireNoFailure() {
    if (failure != null) {
      throw failure;
    }
  }

  /** A line of the trace. */
  void note(String what) {
    if (trace.isOn()) {
      trace.add(kernel.nanoTime(), what);
    }
  }

  boolean isTracing() {
    return trace.isOn();
  }

  /** How often these faults have happened. */
  int count(Fault... faults) {
    Map<Fault, Integer> counts = kernel.faultCounts();
    int sum = 0;
    for (Fault fault : faults) {
      sum += counts.getOrDefault(fault, 0);
    }
    return sum;
  }

  /** How many faults have happened. */
  int faultCount() {
    return count(Fault.values());
  }

  /** Whether the kernel may have run out of something. */
  boolean mayBeExhausted() {
    return count(Fault.EMFILE, Fault.ENFILE, Fault.ENOMEM) > 0;
  }

  /** Whether connections may have broken, or not come about, by a fault. */
  boolean mayBeBroken() {
    return mayBeExhausted()
        || count(Fault.ECONNRESET, Fault.ECONNABORTED, Fault.REFUSED, Fault.BACKLOG_OVERFLOW) > 0;
  }

  /** A turn of one loop. */
  void turn(int index, long timeoutNanos) {
    EventLoop loop = loops.get(index);
    if (!alarmsOff && dice.oneIn(64)) {
      setAlarm(loop);
    }
    long startNanos = kernel.nanoTime();
    long before = seenProgress.get(index); // what others did since leads to events, too
    int ran;
    try {
      ran = loop.runOnce(timeoutNanos);
    } catch (SysException | RuntimeException | AssertionError e) {
      throw new SimFailure("the loop threw: " + e, e);
    }
    requireNoFailure();
    int faults = faultCount();
    boolean moved = progress != before || kernel.nanoTime() != startNanos || faults != faultCount;
    faultCount = faults;
    seenProgress.set(index, progress);
    if (moved) {
      idleTurns.set(index, 0);
    } else if (timeoutNanos > 0 || ran > 0) {
      idleTurns.set(index, idleTurns.get(index) + 1);
      note(loop + ": " + ran + " things came to nothing, in a wait of " + timeoutNanos + " ns");
      if (idleTurns.get(index) > MAX_IDLE_TURNS) {
        throw new SimFailure("a loop spins: " + MAX_IDLE_TURNS + " turns did nothing in no time");
      }
    }
  }

  /** A timer that looks whether it is early. */
  private void setAlarm(EventLoop loop) {
    long deadline = kernel.nanoTime() + dice.upTo(MAX_ALARM_NANOS);
    LoopTimer timer =
        new LoopTimer(() -> {
          if (kernel.nanoTime() - deadline < 0 || loop.nowNanos() - deadline < 0) {
            fail("a timer is early", null);
          }
        });
    loop.schedule(timer, deadline - kernel.nanoTime());
  }

  @Override
  public void read(Connection connection, int sizeBytes) {
    progress++;
    if (connection.isReadingPaused()) {
      fail("fd " + connection.fd() + " is paused, and received " + sizeBytes + " bytes", null);
    }
    if (trace.isOn()) {
      note("  fd " + connection.fd() + " read " + sizeBytes);
    }
  }

  @Override
  public void wrote(Connection connection, int sizeBytes) {
    progress++;
    if (trace.isOn()) {
      note("  fd " + connection.fd() + " wrote " + sizeBytes);
    }
  }
}

package dev.pollux.cli.sim;

import dev.pollux.cli.chat.ChatRoom;
import dev.pollux.cli.echo.EchoServer;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.loop.LoopTimer;
import dev.pollux.model.Faults;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionTrace;
import dev.pollux.poll.Backend;
import dev.pollux.sim.Env;
import dev.pollux.sim.Host;
import dev.pollux.sim.Sim;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code pollux sim}: a program on a host, its peers on others, and what is held of all
 * programs. It opens, though calls fail, or the run is given up; its loops do not spin, and their
 * timers are neither early nor late; it stops in time; when the peers are gone so are their
 * connections, and what ran for them.
 */
public final class SimRun implements ConnectionTrace {

  /** What can be run. */
  public enum Program {
    /** An {@link EchoServer}. */
    ECHO(1),
    /** A {@link ChatRoom}. */
    CHAT(SimPlan.MAX_LOOPS),
    /** A TCP proxy between clients and another server. */
    PROXY(1);

    private final int mostLoops;

    Program(int mostLoops) {
      this.mostLoops = mostLoops;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int PEER_HOSTS = 3;
  private static final int MAX_OPENS = 100;
  private static final int MAX_IDLE_STEPS = 5_000;
  private static final int MAX_SETTLES = 60;

  /** How many tasks a loop of the program has room for. */
  static final int TASK_CAPACITY = 4;

  private static final int MAX_MIDWAY_MILLIS = 1 << 12; // 4 s
  private static final int MAX_ALARM_NANOS = 1 << 24; // 16 ms
  private static final int ALARMS = 50;

  /** More than all times of connections in a row. */
  private static final Duration STUCK = Duration.ofMinutes(8);

  /** More than a close takes. */
  private static final Duration REST = Duration.ofSeconds(15);

  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** A timer is late by the resolution of its loop, and the turn that runs it. */
  private static final long LATE_NANOS = 20_000_000; // 20 ms

  private final Sim sim;
  private final SimPlan plan;
  private final SimChance chance;
  private final SimCauses causes;
  private final SimScenario scenario;
  private final Host host;
  private final List<EventLoop> loops = new ArrayList<>();
  private final List<SimPeer> peers = new ArrayList<>();
  private long progress;
  private long seenProgress;
  private Duration seenTime = Duration.ZERO;
  private int idleSteps;
  private int openCount;
  private int expectedCount;
  private int settleCount;
  private int overCount;
  private boolean isStopping;
  private Duration stopTime = Duration.ZERO;
  private boolean isClosed;
  private int mostUnsentBytes;

  private SimRun(
      Sim sim, Program program, int peerCount, @Nullable Backend backend, SimTwist twist) {
    this.sim = sim;
    this.chance = new SimChance(sim.random());
    SimPlan ofSeed = SimPlan.of(chance, program.mostLoops, peerCount);
    this.plan = backend == null ? ofSeed : ofSeed.on(backend);
    this.expectedCount = plan.peerCount();
    this.causes = new SimCauses(sim, plan);
    this.host = sim.host(program.toString()).limits(plan.limits()).faults(plan.faults());
    sim.note("seed " + sim.seed() + ": " + program + ", " + plan.text());
    this.scenario =
        twist.around(
            switch (program) {
              case ECHO -> new EchoScenario(this, twist);
              case CHAT -> new ChatScenario(this, twist);
              case PROXY -> new ProxyScenario(this, twist);
            });
  }

  /**
   * Sets a run up.
   *
   * @param peerCount how many clients there are; 0 lets the seed decide
   * @param between what stands between the program and its kernel
   */
  public static SimRun begin(Sim sim, Program program, int peerCount, UnaryOperator<Sys> between)
      throws Exception {
    return begin(sim, program, peerCount, null, between, SimTwist.NONE);
  }

  /** As the other, on a backend that was asked for; null lets the seed decide. */
  static SimRun begin(Sim sim, Program program, int peerCount, @Nullable Backend backend)
      throws Exception {
    return begin(sim, program, peerCount, backend, UnaryOperator.identity(), SimTwist.NONE);
  }

  /** As the other, with something between the program and its judges, too. */
  static SimRun begin(
      Sim sim, Program program, int peerCount, UnaryOperator<Sys> between, SimTwist twist)
      throws Exception {
    return begin(sim, program, peerCount, null, between, twist);
  }

  private static SimRun begin(
      Sim sim,
      Program program,
      int peerCount,
      @Nullable Backend backend,
      UnaryOperator<Sys> between,
      SimTwist twist)
      throws Exception {
    SimRun run = new SimRun(sim, program, peerCount, backend, twist);
    run.scenario.begin();
    Host _ =
        run.host
            .driftPpm(run.chance.below(200) - 100)
            .between(between)
            .program(env -> env.after(Duration.ZERO, () -> run.open(env)));
    sim.always("what holds at each step", run::look);
    sim.after(STUCK, run::requireEnd);
    return run;
  }

  Sim sim() {
    return sim;
  }

  SimPlan plan() {
    return plan;
  }

  SimChance chance() {
    return chance;
  }

  SimCauses causes() {
    return causes;
  }

  /** The program's. */
  List<EventLoop> loops() {
    return loops;
  }

  List<SimPeer> peers() {
    return peers;
  }

  /** The program's host. */
  Host host() {
    return host;
  }

  /** A host of a peer, linked with the program's. */
  Host peerHost(String name) {
    Host made = sim.host(name).faults(plan.arePeersFaulty() ? plan.faults() : Faults.none());
    sim.link(host, made, plan.link());
    return made;
  }

  // ---- how it begins

  /** An attempt, with the run's faults. */
  private void open(Env env) throws Exception {
    LoopOptions options =
        LoopOptions.DEFAULT
            .withBackend(plan.backend())
            .withTaskCapacity(TASK_CAPACITY)
            .withTasksPerTurn(2);
    try {
      for (int i = 0; i < plan.loopCount(); i++) {
        loops.add(env.openLoop(options.withName("loop-" + i)));
      }
      scenario.open(env, loops);
    } catch (SysException e) {
      loops.forEach(EventLoop::close);
      loops.clear();
      if (!causes.mayBeExhausted()) {
        sim.fail("the program does not open: " + e.getMessage());
      } else if (++openCount == MAX_OPENS) {
        sim.giveUp("the program does not open, however often it is tried: " + e.getMessage());
      } else {
        env.after(MOMENT, () -> open(env));
      }
      return;
    }
    sim.note("the program is open");
    for (int i = 0; i < PEER_HOSTS; i++) {
      beginPeers(i);
    }
    loops.forEach(loop -> setAlarm(loop, ALARMS));
    endMidway();
  }

  private void beginPeers(int first) throws Exception {
    Host peerHost = peerHost("peers-" + first);
    Host _ =
        peerHost.program(env -> {
          for (int i = first; i < plan.peerCount(); i += PEER_HOSTS) {
            boolean _ = peers.add(scenario.peer(i, env));
          }
        });
    if (plan.isParted() && first == 0) {
      Duration from = midway();
      sim.disturb(from, "a partition", () -> sim.partition(host, peerHost));
      sim.after(from.plus(midway()), () -> sim.heal(host, peerHost));
    }
  }

  private Duration midway() {
    return Duration.ofMillis(chance.upTo(MAX_MIDWAY_MILLIS));
  }

  /** A timer that looks whether it is early or late. */
  private void setAlarm(EventLoop loop, int more) {
    long delay = chance.upTo(MAX_ALARM_NANOS);
    long set = sim.elapsed().toNanos();
    LoopTimer timer =
        new LoopTimer(() -> {
          long took = sim.elapsed().toNanos() - set;
          if (took < delay - delay / 1000) { // its clock may be a little wrong
            fail("a timer is early: after " + took + " ns instead of " + delay);
          } else if (took > delay + delay / 1000 + LATE_NANOS) {
            fail("a timer is late: after " + took + " ns instead of " + delay);
          }
          if (more > 0 && !isStopping) {
            setAlarm(loop, more - 1);
          }
        });
    loop.schedule(timer, delay);
  }

  // ---- what is held of it

  /** A mistake of the program's. */
  void fail(String what) {
    sim.fail(what);
  }

  /** Something moves. */
  void moved() {
    progress++;
  }

  /** What of a connection waits to be sent; of one that is over, it is lost. */
  static int unsentBytes(Connection connection) {
    return connection.isClosed() ? 0 : connection.queuedBytes();
  }

  /** So much of one connection waits to be sent. */
  void unsent(int sizeBytes) {
    mostUnsentBytes = Math.max(mostUnsentBytes, sizeBytes);
  }

  @Override
  public void read(Connection connection, int sizeBytes) {
    moved();
    if (connection.isReadingPaused()) {
      fail("fd " + connection.fd() + " is paused, and received " + sizeBytes + " bytes");
    }
  }

  @Override
  public void wrote(Connection connection, int sizeBytes) {
    moved();
  }

  private boolean look() {
    Duration now = sim.elapsed();
    if (progress != seenProgress) {
      seenProgress = progress;
      idleSteps = 0;
      if (!isClosed) {
        scenario.check();
      }
    } else if (!now.equals(seenTime)) {
      idleSteps = 0;
    } else if (++idleSteps > MAX_IDLE_STEPS) {
      fail("somebody spins: " + MAX_IDLE_STEPS + " steps did nothing in no time");
    }
    seenTime = now;
    return true;
  }

  // ---- how it ends

  private void endMidway() {
    switch (plan.ending()) {
      case STOP_MIDWAY -> sim.after(midway(), this::stop);
      case CLOSE_MIDWAY -> sim.after(midway(), this::close);
      case CLOSE_LAST, STOP_LAST -> {}
    }
  }

  private void stop() {
    if (!isStopping && !isClosed) {
      sim.note("the program is to stop");
      endsConnections();
      isStopping = true;
      stopTime = sim.elapsed();
      scenario.stop();
      sim.after(MOMENT, this::awaitStop);
      sim.after(
          scenario.stopTime(),
          () -> {
            if (!isClosed) {
              fail("the program does not stop in time");
            }
          });
    }
  }

  private void endsConnections() {
    if (!areAllOver() || scenario.connectionCount() > 0) {
      causes.end();
    }
  }

  /** Whether the program was told to stop or to close. */
  boolean isStopping() {
    return isStopping;
  }

  /** How long it has been stopping; of no use before. */
  Duration sinceStop() {
    return sim.elapsed().minus(stopTime);
  }

  private void awaitStop() {
    if (scenario.isStopped()) {
      close();
    } else {
      sim.after(Duration.ofMillis(10), this::awaitStop);
    }
  }

  private void close() {
    if (isClosed) {
      return;
    }
    sim.note("the program is closed");
    endsConnections();
    if (!isStopping || !scenario.isStopped()) {
      causes.cut();
    }
    isClosed = true;
    isStopping = true;
    scenario.close();
    for (EventLoop loop : loops) {
      long stale = loop.poller().staleEvents();
      loop.close();
      if (stale != 0) {
        fail(stale + " events came for what was closed");
      }
    }
    endIfAllAreOver();
  }

  /** There is a peer more than those of the plan. */
  void join(SimPeer peer) {
    expectedCount++;
    peers.add(peer);
  }

  /** A peer is over. */
  void over() {
    overCount++;
    if (areAllOver()) {
      sim.after(Duration.ZERO, isClosed ? this::endIfAllAreOver : this::settle);
    }
  }

  private boolean areAllOver() {
    return overCount == expectedCount;
  }

  /** All peers are gone: so are their connections soon, and then all timers. */
  private void settle() {
    if (isStopping || !areAllOver()) {
      return; // which is waited for
    }
    boolean isForgotten = settleCount++ > MAX_SETTLES && causes.mayBeHalfOpen();
    if (scenario.connectionCount() > 0 && !isForgotten) {
      sim.after(SECOND, this::settle);
      return;
    }
    sim.after(
        REST,
        () -> {
          long before = timerCount();
          sim.after(REST, () -> rested(before));
        });
  }

  private long timerCount() {
    return loops.stream().mapToLong(loop -> loop.stats().timers()).sum();
  }

  private void rested(long timersBefore) {
    if (isStopping || !areAllOver()) {
      return;
    }
    // a listener that is short of something looks again and again
    boolean isIdle = scenario.connectionCount() == 0 && !causes.mayBeExhausted();
    if (isIdle && timerCount() != timersBefore) {
      fail("timers run without a connection");
    }
    if (plan.ending() == SimPlan.Ending.STOP_LAST) {
      stop();
    } else {
      close();
    }
  }

  private void endIfAllAreOver() {
    if (isClosed && areAllOver()) {
      scenario.finish();
      sim.end();
    }
  }

  private void requireEnd() {
    StringBuilder text = new StringBuilder("no end");
    peers.stream()
        .filter(peer -> !peer.isOver())
        .forEach(peer -> text.append("; ").append(peer.text()));
    text.append("; connections ").append(isClosed ? 0 : scenario.connectionCount());
    fail(text.toString());
  }

  // ---- what it came to

  /** How many of them have sent and received everything. */
  int completeCount() {
    return (int) peers.stream().filter(SimPeer::isComplete).count();
  }

  /** How many had no descriptor, however often they tried. */
  int givenUpCount() {
    return (int) peers.stream().filter(SimPeer::hasGivenUp).count();
  }

  /** What peers have received. */
  long receivedBytes() {
    return peers.stream().mapToLong(SimPeer::receivedBytes).sum();
  }

  /** The longest queue of output that a connection had. */
  int mostUnsentBytes() {
    return mostUnsentBytes;
  }
}

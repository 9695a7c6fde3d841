package dev.pollux.sim;

import dev.pollux.loop.EventLoop;
import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.HostOptions;
import dev.pollux.model.Limits;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Sys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A machine of a {@link Sim}: an address, a kernel with descriptors of its own, a clock, and the
 * program that runs there.
 *
 * <p>Threads: the run's.
 */
public final class Host {

  static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");

  private final Sim sim;
  private final String name;
  private final InetAddress address;
  private final Random random;
  private HostOptions options;
  private Faults faults = Faults.none();
  private boolean isFaulty;
  private long costNanos;
  private long threadDelayNanos = 1_000_000; // 1 ms
  private UnaryOperator<Sys> between = UnaryOperator.identity();
  private @Nullable Sys seen; // the kernel, or what stands before it
  private @Nullable ModelSys sys; // null while it has no power
  private boolean isUp;
  private int life;
  private @Nullable Program program;
  private @Nullable Leftovers leftovers; // of this life
  private boolean isNamed; // by the test, and not by a program alone
  private final List<LoopSeat> oldLoops = new ArrayList<>(); // of lives that are over
  private final Map<Fault, Integer> lostCounts = new EnumMap<>(Fault.class); // of other lives

  Host(Sim sim, String name, InetAddress address, Random random) {
    this.sim = sim;
    this.name = name;
    this.address = address;
    this.random = random;
    this.options = HostOptions.at(address);
    this.isFaulty = sim.isFaulty();
  }

  /** What it is called, also by {@link Env#resolver}. */
  public String name() {
    return name;
  }

  /** Its address, of a private network: 10.0.0.1 and on. */
  public InetAddress address() {
    return address;
  }

  /** Where one of its ports is reached. */
  public InetSocketAddress at(int port) {
    return new InetSocketAddress(address, port);
  }

  // ---- what it is like; a kill leaves it on

  /** When it is switched on the next time, its clock is ahead by so much, or behind. */
  public Host skew(Duration value) {
    options = options.withSkew(value);
    return this;
  }

  /** When it is switched on the next time, its clock gains so many millionths, or loses them. */
  public Host driftPpm(int value) {
    options = options.withDriftPpm(value);
    return this;
  }

  /** When it is switched on the next time, its kernel has other limits. */
  public Host limits(Limits value) {
    options = options.withLimits(value);
    return this;
  }

  /** Each task, timer and event of its loops takes so long, in which others go on. */
  public Host cost(Duration value) {
    costNanos = value.toNanos();
    return this;
  }

  long costNanos() {
    return costNanos;
  }

  /**
   * A thread that may go on does so after up to so long, by chance: others have the processor. By
   * default a millisecond.
   */
  public Host threadDelay(Duration most) {
    if (most.isNegative()) {
      throw new IllegalArgumentException("threadDelay: " + most + " is negative");
    }
    threadDelayNanos = most.toNanos();
    return this;
  }

  long threadDelayNanos() {
    return threadDelayNanos;
  }

  /** What goes wrong in its system calls while the run's faults are on. */
  public Host faults(Faults value) {
    faults = value;
    applyFaults();
    return this;
  }

  void faulty(boolean value) {
    isFaulty = value;
    applyFaults();
  }

  /**
   * When its program is started the next time, this stands between the program and the kernel: a
   * test that plants a mistake there sees that it is found.
   */
  public Host between(UnaryOperator<Sys> value) {
    between = value;
    return this;
  }

  private void applyFaults() {
    if (sys != null) {
      sys.faults(isFaulty ? allowed() : Faults.none());
    }
  }

  /** What the run's plan leaves of them. */
  private Faults allowed() {
    Faults left = faults;
    for (Map.Entry<Fault, Double> each : faults.probabilities().entrySet()) {
      String key = each.getKey() + " at " + name;
      if (!sim.meeting().strikes(key, key)) {
        left = left.with(each.getKey(), 0);
      }
    }
    return left;
  }

  /** The test has asked for it. */
  void named() {
    isNamed = true;
  }

  /** Whether but a program has asked for it, and nobody knows what it is to be. */
  boolean isOnlyNamed() {
    return !isNamed && program == null;
  }

  // ---- what happens to it

  // Within a turn of a loop all of these are done when that is over, in their order.

  /**
   * Starts it with this program.
   *
   * @throws IllegalStateException if it is up
   */
  public Host program(Program value) throws Exception {
    if (!sim.putsOff(() -> program(value))) {
      checkDown();
      program = value;
      start();
    }
    return this;
  }

  /**
   * Starts it again, with the program that it had. Nothing if it is up. Within a turn of a loop,
   * when that is over.
   *
   * @throws IllegalStateException if it never had a program
   */
  public void restart() throws Exception {
    if (sim.putsOff(this::restart)) {
      return;
    }
    if (program == null) {
      throw new IllegalStateException(this + " never had a program");
    }
    if (!isUp) {
      start();
    }
  }

  private void start() throws Exception {
    checkDown();
    sim.note(name + " starts");
    ModelSys on = sys;
    sys =
        on == null
            ? sim.network().host(options.withSeed(random.nextLong()))
            : sim.network().process(on);
    Leftovers left = new Leftovers(sim, name, sys());
    leftovers = left;
    sys().faults(Faults.none()); // a program is set up without them
    seen = between.apply(sys());
    isUp = true;
    life++;
    Env env = new Env(sim, this, new Random(random.nextLong()));
    Program starting = program;
    if (starting != null) {
      sim.schedule().undisturbed(() -> starting.start(env));
    }
    left.started(loops());
    applyFaults();
  }

  /** Who takes turns there. */
  List<Seat> seats() {
    return sim.schedule().of(this);
  }

  private List<EventLoop> loops() {
    return seats().stream()
        .filter(LoopSeat.class::isInstance)
        .map(seat -> ((LoopSeat) seat).loop)
        .toList();
  }

  private void checkDown() {
    if (isUp) {
      throw new IllegalStateException(this + " is up");
    }
  }

  /**
   * A power cut: its descriptors are gone, and nobody is told; what was on its disk is gone too.
   * Nothing if it is off. Within a turn of a loop, when that is over.
   */
  public void crash() {
    if (!sim.putsOff(this::crash) && sys != null) {
      checkSupported();
      sys.faultCounts().forEach((fault, n) -> lostCounts.merge(fault, n, Integer::sum));
      sim.note(name + " crashes");
      sim.count(Trouble.CRASH);
      try {
        leave();
      } finally {
        sim.network().powerOff(sys);
        sys = null;
      }
    }
  }

  /**
   * Its program is killed: the kernel closes its descriptors, as it does. Nothing if it is down.
   * Within a turn of a loop, when that is over.
   */
  public void kill() {
    if (!sim.putsOff(this::kill) && isUp) {
      sim.note(name + "'s program is killed");
      sim.count(Trouble.KILL);
      try {
        leave();
      } finally {
        sim.network().kill(sys());
      }
    }
  }

  /** This life is over: nobody is told, and its memory is given back after the run. */
  private void leave() {
    isUp = false;
    Baton.Stuck stuck = null;
    for (Seat seat : sim.schedule().remove(this)) {
      switch (seat) {
        case Strand strand -> {
          try {
            strand.kill();
          } catch (Baton.Stuck e) { // the others are ended all the same
            stuck = stuck == null ? e : stuck;
          }
        }
        case LoopSeat old -> oldLoops.add(old);
        default -> throw new AssertionError(seat);
      }
    }
    if (stuck != null) {
      throw stuck;
    }
  }

  /** Its loops are closed in order, and what is then left open is a failure. */
  void end() {
    checkSupported();
    Leftovers left = leftovers;
    if (isUp && left != null) {
      sys().faults(Faults.none());
      List<EventLoop> loops = loops();
      try {
        loops.forEach(EventLoop::close);
        sim.schedule().calm(this);
      } finally {
        leave();
      }
      left.lookAtEnd(loops);
    }
  }

  /** The run is over, and goes on nowhere: looks at what it leaves. */
  void look(boolean isAtRest) {
    Leftovers left = leftovers;
    if (isUp && left != null) {
      left.lookAtRun(loops(), isAtRest);
    }
  }

  /** Which faults of its system calls may be met. */
  Set<Fault> asked() {
    return faults.probabilities().keySet();
  }

  /** The run was judged: gives back what the lives before had. */
  void free() {
    oldLoops.forEach(old -> old.loop.close());
    oldLoops.clear();
  }

  private void checkSupported() {
    if (sys != null && !sys.unsupported().isEmpty()) {
      sim.violated(Invariant.SUPPORTED, name + " asks for " + sys.unsupported());
    }
  }

  /** Whether it is up. */
  public boolean isUp() {
    return isUp;
  }

  /** Which of its starts is the last. */
  int life() {
    return life;
  }

  boolean isLiving(int which) {
    return isUp && life == which;
  }

  /** What its program has for a kernel. */
  Sys seen() {
    return Objects.requireNonNull(seen, "seen");
  }

  ModelSys sys() {
    ModelSys on = sys;
    if (on == null) {
      throw new IllegalStateException(this + " is off");
    }
    return on;
  }

  /** How often its system calls have failed by chance. */
  Map<Fault, Integer> faultCounts() {
    Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    counts.putAll(lostCounts);
    if (sys != null) {
      sys.faultCounts().forEach((fault, n) -> counts.merge(fault, n, Integer::sum));
    }
    return counts;
  }

  @Override
  public String toString() {
    return name;
  }
}

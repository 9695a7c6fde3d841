package dev.pollux.sim;

import dev.pollux.model.Fault;
import dev.pollux.model.ModelNetwork;
import dev.pollux.model.Packet;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a simulated world: hosts, links between them, and what a test does to both, under one
 * seed.
 *
 * <pre>{@code
 * Sim.seeds(200).run(sim -> {
 *   Host server = sim.host("server").program(env ->
 *       Server.open(env.loop(), ServerOptions.at(env.any(7000)), _ -> new Echo()));
 *   Host client = sim.host("client").program(env ->
 *       Connection.connect(env.loop(), env.at("server", 7000), timeout, options, asker));
 *   sim.after(Duration.ofSeconds(2), () -> sim.partition(client, server));
 *   sim.after(Duration.ofSeconds(5), () -> sim.heal(client, server));
 *   sim.always("in order", asker::isInOrder);
 *   sim.eventually(Duration.ofMinutes(1), "answered", asker::isAnswered);
 * });
 * }</pre>
 *
 * <p>The body of the test sets the world up and returns; then the run begins, with its faults. It
 * is over when nothing is left to happen, when {@link #end} says so, or after {@link
 * SimRuns#lasting}.
 *
 * <p>Threads: one.
 */
public final class Sim {

  private final long seed;
  private final Random dice;
  private final Random random;
  private final ModelNetwork network;
  private final Links links;
  private final Schedule schedule;
  private final Baton baton = new Baton();
  private final Trace trace;
  private final Meeting meeting;
  private final Set<Invariant> invariants;
  private final Hosts hosts;
  private final Judge judge = new Judge(this::fail);
  private final Run run;
  private final long startNanos;
  private boolean isFaulty;
  private boolean areFaultsSaid;
  private int disturbances;

  Sim(long seed, Plan plan, SimRuns.Values options, Trace trace) {
    this.seed = seed;
    this.dice = new Random(seed);
    this.random = new Random(dice.nextLong());
    this.trace = trace;
    this.meeting = new Meeting(plan);
    this.invariants = options.invariants;
    this.hosts = new Hosts(this, dice);
    this.links = new Links(dice.nextLong(), meeting, this::nameOf, this::seen);
    this.network = new ModelNetwork(links);
    this.startNanos = network.nanoTime();
    this.schedule = new Schedule(network, new Random(dice.nextLong()));
    this.run = new Run(this, options, schedule, judge);
    if (!options.invariants.contains(Invariant.NO_SPINNING)) {
      schedule.allowSpinning();
    }
  }

  /** Runs with so many seeds: 1 and on, or as the properties say that {@link SimRuns} names. */
  public static SimRuns seeds(int count) {
    return SimRuns.of(count);
  }

  // ---- the world

  /** The seed of this run. */
  public long seed() {
    return seed;
  }

  /** The host of this name: a new one, down, if there is none. */
  public Host host(String name) {
    Host host = hosts.get(name);
    host.named();
    return host;
  }

  Hosts hosts() {
    return hosts;
  }

  /** The name of a host, or an address that none has. */
  String nameOf(InetAddress address) {
    return hosts.nameOf(address);
  }

  /** What lies between two hosts, both ways. */
  public void link(Host a, Host b, LinkOptions options) {
    linkOneWay(a, b, options);
    linkOneWay(b, a, options);
  }

  /** What lies between two hosts, one way. */
  public void linkOneWay(Host from, Host to, LinkOptions options) {
    links.options(from.address(), to.address(), options);
  }

  /** From now on nothing goes from one of them to the other, both ways: packets are lost. */
  public void partition(Host a, Host b) {
    cut(a, b);
    cut(b, a);
  }

  /** From now on nothing goes from the first to the second: packets are lost. */
  public void cut(Host from, Host to) {
    note("nothing goes from " + from + " to " + to);
    links.cut(from.address(), to.address(), true);
  }

  /** Ends a {@link #partition}, and a {@link #cut} either way. */
  public void heal(Host a, Host b) {
    note(a + " and " + b + " are connected");
    links.cut(a.address(), b.address(), false);
    links.cut(b.address(), a.address(), false);
  }

  /** From now on packets from the first to the second wait. */
  public void hold(Host from, Host to) {
    note("packets from " + from + " to " + to + " are held");
    links.hold(from.address(), to.address());
  }

  /** Ends a {@link #hold}: what has waited leaves, in its order. */
  public void release(Host from, Host to) {
    note("packets from " + from + " to " + to + " go on");
    links.release(from.address(), to.address(), network);
  }

  /** Chance for the test itself, from the seed. */
  public Random random() {
    return random;
  }

  /**
   * A number for the test, by chance: how many, how long, how big. Where the test fails, its
   * smallest number that still does is looked for; so the least is the simplest one.
   *
   * @param what what it is, in a few words: another one each time
   * @throws IllegalArgumentException if this was chosen already, or most is less than least
   */
  public int choose(String what, int least, int most) {
    if (most < least) {
      throw new IllegalArgumentException(what + ": " + most + " is less than " + least);
    }
    int byChance = (int) (least + random.nextLong(1L + most - least));
    return meeting.choose(what, least, most, byChance);
  }

  // ---- time

  /** How much time has passed in this run. */
  public Duration elapsed() {
    return Duration.ofNanos(nowNanos());
  }

  /** When the network was switched on, by its clock. */
  long startNanos() {
    return startNanos;
  }

  /** The time of the run. */
  long nowNanos() {
    return network.nanoTime() - startNanos;
  }

  /** Does something after so much time. */
  public void after(Duration delay, Action action) {
    schedule.at(later(delay), action);
  }

  /**
   * Does something after so much time that goes wrong: a partition, a crash. As {@link #after}, but
   * counted with the faults, and left out where a failure does not need it.
   *
   * @param what what it is, in a few words
   */
  public void disturb(Duration delay, String what, Action action) {
    String key = "disturbance " + disturbances++ + ": " + what;
    links.ask(Trouble.DISTURBANCE);
    after(
        delay,
        () -> {
          if (meeting.strikes(key, what)) {
            note(what);
            count(Trouble.DISTURBANCE);
            action.run();
          }
        });
  }

  /** Does something after so much time, if this life of the host goes on. */
  void afterOn(Host host, int life, Duration delay, Action action) {
    after(
        delay,
        () -> {
          if (host.isLiving(life)) {
            action.run();
          }
        });
  }

  /**
   * Whether this is within a turn of a loop: then it is done when that is over. After the run it is
   * not done at all.
   */
  boolean putsOff(Action action) {
    return run.isOver() || schedule.putsOff(action);
  }

  /** Lets so much time pass, in the set-up; an action has no use for it. */
  public void pass(Duration time) throws Exception {
    long until = later(time);
    while (schedule.step(until)) {
      run.check();
    }
    run.check();
  }

  /**
   * The run is over, at the end of this step; what was to be so eventually, and is not, has failed.
   */
  public void end() {
    run.end();
  }

  /**
   * The run comes to nothing, and nobody is to blame: what it is about did not come about. It is
   * over at the end of this step, and counted in {@link SimReport#givenUp}; what was to be so
   * eventually is not asked for.
   */
  public void giveUp(String why) {
    run.giveUp(why);
  }

  // ---- what is held of it

  /** Holds that something is so whenever anybody looks: after each step of the run. */
  public void always(String what, BooleanSupplier holds) {
    judge.add(new Property(Property.Kind.ALWAYS, what, holds, 0));
  }

  /** Holds that something is so at some moment within a time from now. */
  public void eventually(Duration within, String what, BooleanSupplier holds) {
    long until = later(within) - startNanos;
    judge.add(new Property(Property.Kind.EVENTUALLY, what, holds, until));
  }

  /** Holds that something is so at some moment of at least one run of all. */
  public void sometimes(String what, BooleanSupplier holds) {
    judge.add(new Property(Property.Kind.SOMETIMES, what, holds, 0));
  }

  /**
   * The run has failed; what is said of a run that was given up, as its hosts end, is not heard.
   */
  public void fail(String what) {
    if (!run.isGivenUp() || !run.isOver()) {
      run.failed(what, null);
    }
  }

  /** A line of the trace. */
  public void note(String what) {
    if (!run.isOver()) {
      trace.add(nowNanos(), what);
    }
  }

  /**
   * Switches chance on or off: of the links, and of the hosts' system calls. It is off in the
   * set-up, and then on, unless that has called this.
   */
  public void faults(boolean on) {
    areFaultsSaid = true;
    setFaulty(on);
  }

  /** The set-up is over: chance begins, unless that has said something else. */
  void setUp() {
    setFaulty(!areFaultsSaid || isFaulty);
  }

  /** The run is over. */
  void setCalm() {
    setFaulty(false);
  }

  private void setFaulty(boolean on) {
    isFaulty = on;
    links.faulty(on);
    hosts.all().forEach(host -> host.faulty(on));
  }

  boolean isFaulty() {
    return isFaulty;
  }

  // ---- for hosts

  /** Who takes turns; for hosts. */
  Schedule schedule() {
    return schedule;
  }

  ModelNetwork network() {
    return network;
  }

  Baton baton() {
    return baton;
  }

  void count(Trouble trouble) {
    links.count(trouble);
  }

  private void seen(Packet packet) {
    if (!run.isOver()) {
      trace.add(nowNanos(), packet);
    }
  }

  /** A task, a timer, a handler or a thread has thrown something. */
  void reported(String what, Throwable thrown) {
    if (!run.givesUp(thrown) && invariants.contains(Invariant.NO_ERRORS)) {
      run.failed(what + " threw " + thrown, thrown);
    }
  }

  void violated(Invariant invariant, String what) {
    if (invariants.contains(invariant)) {
      run.failed(what + " (" + invariant + ")", null);
    }
  }

  // ---- the run

  /** The time after so much; whatever is later than a century is a century. */
  long later(Duration delay) {
    Duration most = Duration.ofDays(36_500);
    return network.nanoTime() + (delay.compareTo(most) < 0 ? delay : most).toNanos();
  }

  /** Runs it; {@link Run} tells what came of it. */
  Run run(SimBody body) {
    run.run(body);
    return run;
  }

  Run run() {
    return run;
  }

  /** What has failed; null if nothing. */
  @Nullable String failure() {
    return run.failure();
  }

  @Nullable Throwable cause() {
    return run.cause();
  }

  /** What went wrong in this run, and what was chosen. */
  Meeting meeting() {
    return meeting;
  }

  /** What is held of the run. */
  Judge judge() {
    return judge;
  }

  /** How often each fault was met so far, by name, as in {@link SimReport#faults}. */
  public Map<String, Integer> faultCounts() {
    Map<String, Integer> counts = new TreeMap<>();
    links.troubles().forEach((trouble, n) -> counts.merge(trouble.name(), n, Integer::sum));
    for (Host host : hosts.all()) {
      for (Map.Entry<Fault, Integer> each : host.faultCounts().entrySet()) {
        int _ = counts.merge(each.getKey().name(), each.getValue(), Integer::sum);
      }
    }
    return counts;
  }

  /** What of that the test has asked for, by chance or by {@link #disturb}. */
  Set<String> askedFaults() {
    Set<String> asked = new TreeSet<>();
    links.asked().forEach(trouble -> asked.add(trouble.name()));
    hosts.all().forEach(host -> host.asked().forEach(fault -> asked.add(fault.name())));
    return asked;
  }

  long steps() {
    return schedule.steps();
  }

  Trace trace() {
    return trace;
  }
}

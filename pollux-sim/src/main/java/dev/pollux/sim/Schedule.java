package dev.pollux.sim;

import dev.pollux.loop.EventLoop;
import dev.pollux.model.ModelNetwork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * Who comes next: a loop that has something to do, by the seed's choice; else what is due first, an
 * action of the test or something in the network.
 */
final class Schedule {

  /** Turns of a loop, at one moment, that run nothing, and are nobody else's doing. */
  private static final int MAX_IDLE_TURNS = 1_000;

  /** Whatever happens at one moment, it comes to an end. */
  private static final int MAX_STEPS_AT_A_MOMENT = 200_000;

  /** One loop of a host. */
  static final class Seat {
    final Host host;
    final EventLoop loop;
    private boolean isAwake = true;
    private boolean isAsked; // when it has something to do; else others may have given it something
    private long dueNanos;
    private long busyUntilNanos;
    private long lastNanos;
    private int idleTurns;

    Seat(Host host, EventLoop loop) {
      this.host = host;
      this.loop = loop;
    }

    void wake() {
      isAwake = true;
      idleTurns = 0;
    }

    /** Whether its program has ended it. */
    private boolean isOver() {
      return loop.isClosed() || loop.isStopping();
    }
  }

  private record Due(long atNanos, long sequence, Action action) {}

  private final ModelNetwork network;
  private final Random dice;
  private final List<Seat> seats = new ArrayList<>();
  private final Set<Host> hosts = new LinkedHashSet<>();
  private final List<Seat> ready = new ArrayList<>();
  private final ArrayDeque<Action> afterTurn = new ArrayDeque<>();
  private final PriorityQueue<Due> actions =
      new PriorityQueue<>(
          Comparator.<Due>comparingLong(Due::atNanos).thenComparingLong(Due::sequence));
  private long sequence;
  private long steps;
  private long momentNanos;
  private int stepsAtMoment;
  private boolean isSpinningAllowed;
  private boolean isTurning;

  Schedule(ModelNetwork network, Random dice) {
    this.network = network;
    this.dice = dice;
  }

  void allowSpinning() {
    isSpinningAllowed = true;
  }

  void add(Host host, EventLoop loop) {
    boolean _ = seats.add(new Seat(host, loop));
    boolean _ = hosts.add(host);
  }

  void remove(Host host) {
    boolean _ = seats.removeIf(seat -> seat.host == host);
    boolean _ = hosts.remove(host);
  }

  List<EventLoop> loops(Host host) {
    return seats.stream().filter(seat -> seat.host == host).map(seat -> seat.loop).toList();
  }

  void at(long nanos, Action action) {
    boolean _ = actions.add(new Due(nanos, sequence++, action));
  }

  /** How many steps were made. */
  long steps() {
    return steps;
  }

  /** Whether this is within a turn of a loop, or a start: then it is done when that is over. */
  boolean putsOff(Action action) {
    return isTurning && afterTurn.add(action);
  }

  /** Does something of a program's, and then what that has put off. */
  void undisturbed(Action action) throws Exception {
    isTurning = true;
    try {
      action.run();
    } finally {
      isTurning = false;
    }
    while (!afterTurn.isEmpty()) {
      afterTurn.remove().run();
      seats.forEach(Seat::wake);
    }
  }

  /** One step; false if it is that time now, or nothing is left to happen. */
  boolean step(long untilNanos) throws Exception {
    long now = network.nanoTime();
    wakeNews(); // any call of any host lets arrive what is due
    ready.clear();
    long next = untilNanos;
    for (Seat seat : seats) {
      if (seat.isOver()) {
        continue;
      }
      long due = seat.isAwake ? now : due(seat);
      long from = Math.max(due, seat.busyUntilNanos);
      if (from <= now) {
        ready.add(seat);
      } else {
        next = Math.min(next, from);
      }
    }
    if (!ready.isEmpty()) {
      turn(ready.get(ready.size() == 1 ? 0 : dice.nextInt(ready.size())), now);
      stepped(now);
      return true;
    }
    Due due = actions.peek();
    if (due != null && due.atNanos <= Math.min(now, untilNanos)) {
      boolean _ = actions.remove(due);
      due.action.run();
      seats.forEach(Seat::wake); // it may have done anything, to any of them
      stepped(now);
      return true;
    }
    next = due == null ? next : Math.min(next, due.atNanos);
    if (network.runNext(next)) {
      stepped(now);
      return true;
    }
    return network.nanoTime() > now; // at the next moment somebody may have something to do
  }

  /** When a loop that sleeps has something to do, whatever the kernel reports. */
  private long due(Seat seat) {
    if (!seat.isAsked) {
      seat.isAsked = true;
      long due = seat.loop.nextDueNanos();
      seat.dueNanos = due == Long.MAX_VALUE ? due : network.timeOf(seat.host.sys(), due);
    }
    return seat.dueNanos;
  }

  private void stepped(long now) {
    steps++;
    stepsAtMoment = now == momentNanos ? stepsAtMoment + 1 : 0;
    momentNanos = now;
    if (stepsAtMoment > MAX_STEPS_AT_A_MOMENT) {
      throw new IllegalStateException(
          "time stands still: " + MAX_STEPS_AT_A_MOMENT + " steps at one moment");
    }
  }

  private void wakeNews() {
    for (Host host : hosts) {
      if (network.takeNews(host.sys())) {
        wake(host);
      }
    }
  }

  private void wake(Host host) {
    for (Seat seat : seats) {
      if (seat.host == host) {
        seat.wake();
      }
    }
  }

  private void turn(Seat seat, long now) throws Exception {
    boolean isDue = due(seat) <= now; // what it flushes is not counted, and may be news
    seat.isAwake = false;
    int[] ran = {0};
    undisturbed(() -> ran[0] = seat.loop.runOnce(0));
    seats.forEach(each -> each.isAsked = false);
    if (seat.isOver() || !seats.contains(seat)) {
      return;
    }
    if (ran[0] > 0) {
      seat.wake();
      seat.busyUntilNanos = now + ran[0] * seat.host.costNanos();
    }
    if (ran[0] > 0 || isDue) {
      wakeOthers(seat);
    }
    boolean isIdle = ran[0] == 0 && seat.lastNanos == now;
    seat.idleTurns = isIdle ? seat.idleTurns + 1 : 0;
    seat.lastNanos = now;
    if (seat.idleTurns > MAX_IDLE_TURNS && !isSpinningAllowed) {
      throw new IllegalStateException(
          seat.host + ": " + seat.loop + " spins: " + MAX_IDLE_TURNS + " turns did nothing");
    }
  }

  private void wakeOthers(Seat seat) {
    for (Seat other : seats) {
      if (other != seat && other.host == seat.host) {
        other.wake();
      }
    }
  }
}

package dev.pollux.sim;

import dev.pollux.model.ModelNetwork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who comes next: a loop that has something to do, by the seed's choice; else what is due first, an
 * action of the test or something in the network.
 */
final class Schedule {

  /** Whatever happens at one moment, it comes to an end. */
  private static final int MAX_STEPS_AT_A_MOMENT = 200_000;

  /** Of the threads of a host that is ended. */
  private static final int MAX_LAST_TURNS = 10_000;

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
  private @Nullable Seat current;

  Schedule(ModelNetwork network, Random dice) {
    this.network = network;
    this.dice = dice;
  }

  void allowSpinning() {
    isSpinningAllowed = true;
  }

  void add(Seat seat) {
    boolean _ = seats.add(seat);
    boolean _ = hosts.add(seat.host);
  }

  /** Who was there of a host has no turns any more. */
  List<Seat> remove(Host host) {
    List<Seat> gone = of(host);
    boolean _ = seats.removeAll(gone);
    boolean _ = hosts.remove(host);
    return gone;
  }

  List<Seat> of(Host host) {
    return seats.stream().filter(seat -> seat.host == host).toList();
  }

  boolean isSeated(Thread thread) {
    return seats.stream().anyMatch(seat -> seat instanceof Strand strand && strand.is(thread));
  }

  void at(long nanos, Action action) {
    boolean _ = actions.add(new Due(nanos, sequence++, action));
  }

  /** Whether nothing is left to happen. */
  boolean isAtRest() {
    long now = network.nanoTime();
    return actions.isEmpty()
        && network.isQuiet()
        && seats.stream().allMatch(seat -> seat.isOver() || seat.from(now) == Long.MAX_VALUE);
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
    boolean isWithin = isTurning;
    isTurning = true;
    try {
      action.run();
    } finally {
      isTurning = isWithin;
    }
    while (!isWithin && !afterTurn.isEmpty()) {
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
      long from = seat.isOver() ? Long.MAX_VALUE : seat.from(now);
      if (from <= now) {
        ready.add(seat);
      } else {
        next = Math.min(next, from);
      }
    }
    if (!ready.isEmpty()) {
      turn(ready.get(ready.size() == 1 ? 0 : dice.nextInt(ready.size())));
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
    if (!network.takeNews()) {
      return;
    }
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

  private void turn(Seat seat) throws Exception {
    boolean[] isNews = {false};
    Seat before = current;
    current = seat;
    try {
      undisturbed(() -> isNews[0] = seat.turn());
    } finally {
      current = before;
    }
    for (Seat other : seats) {
      other.mayHaveNews();
      if (isNews[0] && !other.equals(seat) && other.host == seat.host) {
        other.wake();
      }
    }
    if (seat.isSpinning() && !isSpinningAllowed) {
      throw new IllegalStateException(seat + " spins: its turns do nothing");
    }
    if (seat instanceof Strand && seat.isOver()) {
      boolean _ = seats.remove(seat);
    }
  }

  /** The host's loops are closed: lets its threads go on as far as they do by that. */
  void calm(Host host) {
    for (int turns = 0; turns < MAX_LAST_TURNS; turns++) {
      Seat next = null;
      for (Seat seat : seats) {
        boolean isCandidate = seat.host == host && seat instanceof Strand && !seat.isOver();
        if (next == null && isCandidate && ((Strand) seat).mayGoOn()) {
          next = seat;
        }
      }
      if (!(next instanceof Strand strand)) {
        return;
      }
      boolean _ = strand.turn();
      if (strand.isOver()) {
        boolean _ = seats.remove(strand);
      }
    }
  }

  /** Who has a turn now; null is the test. */
  @Nullable Seat current() {
    return current;
  }

  /**
   * Lets things happen until a thread has ended; within a turn of a loop nothing but threads that
   * may go on at once, for no time passes there.
   *
   * @param run of which each step is one of what happens
   */
  void finish(Thread thread, Run run) throws Exception {
    for (int turns = 0; isSeated(thread); turns++) {
      boolean isBounded = isTurning || run.isOver();
      boolean goesOn = isTurning ? turnAThread() : run.step();
      boolean stays = !goesOn || (isBounded && turns > MAX_LAST_TURNS);
      if (stays && isSeated(thread)) {
        run.unwindIfEnded();
        throw new IllegalStateException(
            thread.getName() + " does not end: who waits for it stands still for ever");
      }
    }
  }

  private boolean turnAThread() throws Exception {
    long now = network.nanoTime();
    List<Strand> due = new ArrayList<>();
    for (Seat seat : seats) {
      if (seat instanceof Strand strand && strand.isDue(now)) {
        due.add(strand);
      }
    }
    if (!due.isEmpty()) {
      turn(due.get(dice.nextInt(due.size())));
    }
    return !due.isEmpty();
  }
}

package dev.pollux.sim;

import dev.pollux.loop.EventLoop;
import dev.pollux.model.ModelNetwork;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Who comes next: a loop that has something to do, by the seed's choice; else what is due first, an
 * action of the test or something in the network.
 */
final class Schedule {

  /** Turns of a loop, at one moment, that run nothing. */
  private static final int MAX_IDLE_TURNS = 1_000;

  /** One loop of a host. */
  static final class Seat {
    final Host host;
    final EventLoop loop;
    private boolean isAwake = true;
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
    }
  }

  private record Due(long atNanos, long sequence, Action action) {}

  private final ModelNetwork network;
  private final Random dice;
  private final List<Seat> seats = new ArrayList<>();
  private final List<Seat> ready = new ArrayList<>();
  private final PriorityQueue<Due> actions =
      new PriorityQueue<>(
          Comparator.<Due>comparingLong(Due::atNanos).thenComparingLong(Due::sequence));
  private long sequence;
  private long steps;
  private boolean isSpinningAllowed;

  Schedule(ModelNetwork network, Random dice) {
    this.network = network;
    this.dice = dice;
  }

  void allowSpinning() {
    isSpinningAllowed = true;
  }

  Seat add(Host host, EventLoop loop) {
    Seat seat = new Seat(host, loop);
    seats.add(seat);
    return seat;
  }

  void remove(Host host) {
    boolean _ = seats.removeIf(seat -> seat.host == host);
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

  /** One step; false if it is that time now, or nothing is left to happen. */
  boolean step(long untilNanos) throws Exception {
    long now = network.nanoTime();
    ready.clear();
    long next = untilNanos;
    for (Seat seat : seats) {
      long from = seat.isAwake ? seat.busyUntilNanos : Math.max(seat.dueNanos, seat.busyUntilNanos);
      if (from <= now) {
        ready.add(seat);
      } else {
        next = Math.min(next, from);
      }
    }
    if (!ready.isEmpty()) {
      turn(ready.get(ready.size() == 1 ? 0 : dice.nextInt(ready.size())), now);
      steps++;
      return true;
    }
    Due due = actions.peek();
    if (due != null && due.atNanos <= Math.min(now, untilNanos)) {
      boolean _ = actions.remove(due);
      due.action.run();
      seats.forEach(Seat::wake); // it may have done anything, to any of them
      steps++;
      return true;
    }
    next = due == null ? next : Math.min(next, due.atNanos);
    if (network.runNext(next)) {
      steps++;
      wakeNews();
      return true;
    }
    return next < untilNanos;
  }

  private void wakeNews() {
    Host last = null;
    boolean hasNews = false;
    for (Seat seat : seats) { // those of a host stand together
      if (seat.host != last) {
        last = seat.host;
        hasNews = network.takeNews(seat.host.sys());
      }
      if (hasNews) {
        seat.wake();
      }
    }
  }

  private void turn(Seat seat, long now) throws SysException {
    seat.isAwake = false;
    int ran = seat.loop.runOnce(0);
    if (seat.loop.isClosed()) {
      boolean _ = seats.remove(seat);
      return;
    }
    if (ran > 0) {
      for (Seat each : seats) { // what it did may be news for others of its host
        each.isAwake |= each.host == seat.host;
      }
      seat.busyUntilNanos = now + ran * seat.host.costNanos();
    }
    long due = seat.loop.nextDueNanos();
    seat.dueNanos = due == Long.MAX_VALUE ? due : network.timeOf(seat.host.sys(), due);
    boolean isIdle = ran == 0 && seat.lastNanos == now;
    seat.idleTurns = isIdle ? seat.idleTurns + 1 : 0;
    seat.lastNanos = now;
    if (seat.idleTurns > MAX_IDLE_TURNS && !isSpinningAllowed) {
      throw new IllegalStateException(
          seat.host + ": " + seat.loop + " spins: " + MAX_IDLE_TURNS + " turns did nothing");
    }
  }
}

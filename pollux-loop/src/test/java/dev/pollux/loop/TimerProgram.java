package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A random program on a timer wheel and on the model of one, which must agree all the time. */
final class TimerProgram {

  /** What a program should have come to. */
  enum Case {
    SCHEDULE,
    RESCHEDULE,
    SCHEDULE_PAST,
    CANCEL,
    RUN,
    LIMIT_REACHED,
    TWO_OF_A_TICK,
    JUMP,
    CLOCK_BACK,
    ACTION_SCHEDULES_ITSELF,
    ACTION_SCHEDULES_PAST,
    ACTION_CANCELS_DUE,
    ACTION_THROWS
  }

  private static final class OnPurpose extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final int TIMERS = 40;
  private static final int MOST_WAKES_PER_TIMER = 11;

  /** So that the sum of a program's jumps stays where the model can count. */
  private static final long MOST_NANOS = 1L << 61;

  private final long tickNanos;
  private final long start;
  private final SplittableRandom random;
  private final List<String> log;
  private final TimerWheel wheel;
  private final TimerListModel model;
  private final List<LoopTimer> timers = new ArrayList<>();
  private final Map<Case, Integer> seen = new EnumMap<>(Case.class);
  private boolean actionsAct = true;
  private int ran;
  private long lastDeadline;

  TimerProgram(long tickNanos, long start, SplittableRandom random, List<String> log) {
    this.tickNanos = tickNanos;
    this.start = start;
    this.random = random;
    this.log = log;
    wheel = new TimerWheel(tickNanos, start);
    model = new TimerListModel(tickNanos);
    for (int i = 0; i < TIMERS; i++) {
      int timer = i;
      timers.add(new LoopTimer(() -> run(timer)));
    }
  }

  Map<Case, Integer> seen() {
    return seen;
  }

  void step() {
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> schedule(random.nextInt(TIMERS), deadline());
      case 4 -> cancel(random.nextInt(TIMERS));
      default -> expire(moment(), random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1_000);
    }
    check();
  }

  /** Runs all that is left, by waiting for the next deadline. */
  void drain() {
    actionsAct = false;
    int most = (model.size() + 1) * MOST_WAKES_PER_TIMER;
    for (int wakes = 0; wheel.size() > 0; wakes++) {
      assertTrue(wakes <= most, "more than " + most + " waits");
      expire(Math.max(model.now(), wheel.nextDeadlineNanos() - start), 1_000);
      check();
    }
    assertEquals(TimerWheel.NEVER, wheel.nextDeadlineNanos());
  }

  private void saw(Case each) {
    seen.merge(each, 1, Integer::sum);
  }

  private void schedule(int timer, long deadline) {
    log.add("schedule " + timer + " at " + deadline);
    saw(model.isScheduled(timer) ? Case.RESCHEDULE : Case.SCHEDULE);
    if (deadline <= model.now()) {
      saw(Case.SCHEDULE_PAST);
    }
    lastDeadline = deadline;
    model.schedule(timer, deadline);
    wheel.schedule(timers.get(timer), start + deadline);
    assertEquals(start + deadline, timers.get(timer).deadlineNanos());
  }

  private void cancel(int timer) {
    log.add("cancel " + timer);
    boolean expected = model.cancel(timer);
    if (expected) {
      saw(Case.CANCEL);
    }
    assertEquals(expected, wheel.cancel(timers.get(timer)));
  }

  private void expire(long moment, int limit) {
    log.add("expire " + moment + " limit " + limit);
    if (moment < model.now()) {
      saw(Case.CLOCK_BACK);
    }
    model.beginExpire(moment);
    ran = 0;
    boolean thrown = false;
    try {
      int count = wheel.expire(start + moment, limit);
      assertEquals(ran, count);
    } catch (OnPurpose e) {
      thrown = true;
    }
    assertTrue(ran <= limit, ran + " ran");
    if (ran < limit && !thrown) {
      assertTrue(model.isRunDone(), "some that were due did not run");
    } else if (!model.isRunDone()) {
      saw(Case.LIMIT_REACHED);
    }
    model.endExpire();
  }

  /** The action of a timer. */
  private void run(int timer) {
    log.add("run " + timer);
    saw(Case.RUN);
    ran++;
    assertEquals(model.runNext(), timer);
    assertTrue(timers.get(timer).deadlineNanos() - start <= model.now(), "early");
    check();
    if (!actionsAct) {
      return;
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      act(timer);
      check();
    }
    if (random.nextInt(20) == 0) {
      saw(Case.ACTION_THROWS);
      throw new OnPurpose();
    }
  }

  private void act(int self) {
    int timer = random.nextInt(3) == 0 ? self : random.nextInt(TIMERS);
    if (random.nextInt(3) == 0) {
      int size = model.size();
      boolean wasRunning = !model.isRunDone();
      cancel(timer);
      if (wasRunning && model.size() < size) {
        saw(Case.ACTION_CANCELS_DUE);
      }
    } else {
      long deadline = deadline();
      schedule(timer, deadline);
      if (timer == self) {
        saw(Case.ACTION_SCHEDULES_ITSELF);
      }
      if (deadline <= model.now()) {
        saw(Case.ACTION_SCHEDULES_PAST);
      }
    }
  }

  /** Near and far, by preference where digits of the tick change. */
  private long deadline() {
    long now = model.now();
    return switch (random.nextInt(7)) {
      case 0 -> now - random.nextLong(3 * tickNanos);
      case 1 -> now + random.nextLong(3 * tickNanos);
      case 2 -> {
        saw(Case.TWO_OF_A_TICK);
        yield lastDeadline;
      }
      case 3 -> now + random.nextLong(200 * tickNanos);
      case 4 -> (now / tickNanos + random.nextInt(130)) * tickNanos + random.nextInt(3) - 1;
      default -> {
        int bits = random.nextInt(bitsOfFarDelay());
        long unit = tickNanos << bits;
        yield random.nextBoolean() ? now + random.nextLong(unit) : (now / unit + 1) * unit;
      }
    };
  }

  private long moment() {
    long now = model.now();
    return switch (random.nextInt(8)) {
      case 0 -> now;
      case 1 -> now - random.nextLong(2 * tickNanos);
      case 2, 3 -> now + random.nextLong(2 * tickNanos);
      case 4 -> now + random.nextLong(100 * tickNanos);
      case 5, 6 -> {
        long next = wheel.nextDeadlineNanos();
        yield next == TimerWheel.NEVER || next - start > MOST_NANOS ? now : next - start;
      }
      default -> {
        long far = now + random.nextLong(tickNanos << random.nextInt(bitsOfFarDelay()));
        if (far > MOST_NANOS) {
          yield now;
        }
        saw(Case.JUMP);
        yield far;
      }
    };
  }

  /** Ticks of so many bits fit below the most nanoseconds, with room to go on. */
  private int bitsOfFarDelay() {
    return 60 - (64 - Long.numberOfLeadingZeros(tickNanos));
  }

  private void check() {
    wheel.checkInvariants();
    assertEquals(model.size(), wheel.size());
    for (int i = 0; i < TIMERS; i++) {
      assertEquals(model.isScheduled(i), timers.get(i).isScheduled(), "timer " + i);
    }
    long next = wheel.nextDeadlineNanos();
    if (model.size() == 0) {
      assertEquals(TimerWheel.NEVER, next);
    } else if (model.hasDue() || !model.isRunDone()) {
      assertTrue(next - start <= model.now(), "next is " + (next - start));
    } else {
      assertTrue(next - start <= model.firstTickNanos(), "next is " + (next - start));
      assertTrue(next - start > model.now() - tickNanos, "next is " + (next - start));
    }
  }
}

package dev.pollux.loop;

import org.jspecify.annotations.Nullable;

/**
 * Keeps timers by their deadline: a hierarchical timing wheel.
 *
 * <p>Time comes from the caller: a wheel has no clock, and runs nothing by itself. A timer never
 * runs before its deadline. It runs in the first {@link #expire} whose moment has reached the
 * deadline rounded up to a tick, if the limit allows: at most a tick late.
 *
 * <p>Order: by tick, and within a tick in the order of {@link #schedule}. A deadline that has
 * passed when it is scheduled comes after all that are due by then.
 *
 * <p>Threads: one. An action that runs in {@link #expire} may call every method but that one.
 *
 * <p>Units: nanoseconds of a monotonic clock that may be negative and may wrap around. Moments are
 * compared by their difference, so all must lie within 2^63 ns (292 years) of each other.
 *
 * <p>Complexity: schedule, cancel and the next deadline are O(1). Expiring costs O(1) for each
 * timer that is due, and over its life a timer is moved once for each level below that where it
 * started; ticks with nothing in them cost nothing, so a jump by a year is as cheap as one by a
 * tick. Nothing allocates.
 */
public final class TimerWheel {

  /*
   * Scheme 7 of G. Varghese and T. Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
   *
   * Ticks are counted from where the wheel was made. A tick is a number of 11 digits of 6 bits; the
   * digit at a level is the index of a slot there. A timer stands at the level of the highest digit
   * in which its tick differs from the current one, in the slot of its own digit:
   *
   *      level 10 ...  level 2        level 1        level 0
   *      2^60 ticks    4096 ticks     64 ticks       1 tick a slot
   *
   * What follows from that:
   *
   * 1. All timers at a level agree with the current tick in the higher digits. So those at a lower
   *    level are due before those at a higher one, and within a level the slots are in order: the
   *    first thing to happen is the first slot of the lowest level that has any. The bit masks
   *    find it in a few instructions, however far away it is.
   * 2. When the current tick enters a slot above level 0, its timers move to lower levels, in their
   *    order. As the place depends on the two ticks alone, timers of one tick are always together,
   *    and stay in the order in which they were scheduled.
   * 3. 64 bits of tick have a slot each: no deadline is too far for the wheel. The tick may wrap;
   *    then only the topmost digit goes around, and firstSlot looks from the current one onwards.
   *
   * What is due goes to a list of its own, and only then runs, from there. No slot is half emptied
   * while an action runs, so it may schedule and cancel what it likes, and throw.
   *
   * Nothing fails half-way, for a thread that runs out of stack does so at a call: move() calls
   * nothing, and nothing is called after it that its fields have to agree with. When a slot is
   * emptied, its number is noted until that is done; the next expire goes on with it.
   */

  /** The default tick. */
  public static final long DEFAULT_TICK_NANOS = 1_000_000; // 1 ms

  /** The deadline of an empty wheel. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final int DIGIT_BITS = 6;
  private static final int SLOTS_PER_LEVEL = 1 << DIGIT_BITS; // 64, the bits of a mask
  private static final int LEVELS = 11; // times 6 bits: all of a long
  private static final int DUE = LEVELS * SLOTS_PER_LEVEL;

  private final long tickNanos;
  private final long mostTicks; // whose nanoseconds are a number

  /** For each slot, and for the timers that are due, the first of a circular list. */
  private final @Nullable LoopTimer[] heads = new @Nullable LoopTimer[DUE + 1];

  /** For each level, a bit for each slot that has timers. */
  private final long[] occupied = new long[LEVELS];

  /** A bit for each level that has timers. */
  private int occupiedLevels;

  private int size;

  /** The last moment that the wheel was told. */
  private long nowNanos;

  /** The last tick not after that, and its moment. */
  private long currentTick;

  private long currentTickNanos;

  /** The slot that the current tick has entered and that is not empty yet. */
  private int emptying = LoopTimer.NO_SLOT;

  /** Grows with each expire; tells what was due before it from what its actions schedule. */
  private long round;

  private boolean isExpiring;

  /** A wheel that stands at a moment of the caller's clock. */
  public TimerWheel(long tickNanos, long nowNanos) {
    if (tickNanos < 1) {
      throw new IllegalArgumentException("tickNanos is at least 1, not " + tickNanos);
    }
    this.tickNanos = tickNanos;
    this.mostTicks = Long.MAX_VALUE / tickNanos;
    this.nowNanos = nowNanos;
    this.currentTickNanos = nowNanos;
  }

  /**
   * Schedules a timer, or schedules it anew. A deadline that has passed is due at the next {@link
   * #expire}: if an action schedules it, not in the one that runs.
   *
   * <p>Errors: IllegalStateException if the timer is scheduled on another wheel.
   */
  public void schedule(LoopTimer timer, long deadlineNanos) {
    schedule(timer, deadlineNanos, timer.ticket());
  }

  /** Schedules a timer unless it was cancelled since the ticket was taken. */
  void schedule(LoopTimer timer, long deadlineNanos, int ticket) {
    TimerWheel owner = timer.wheel;
    if (owner != null && owner != this) {
      throw new IllegalStateException(
          "the timer is scheduled on another wheel; cancel it there first");
    }
    if (ticket != timer.ticket()) {
      return;
    }
    long tick = round;
    int slot = DUE;
    if (deadlineNanos - nowNanos > 0) {
      long nanos = deadlineNanos - currentTickNanos; // positive, but may need 64 bits
      tick = currentTick + Long.divideUnsigned(nanos - 1, tickNanos) + 1;
      slot = slot(tick);
    }
    move(timer, slot);
    timer.tick = tick;
    timer.deadlineNanos = deadlineNanos;
    timer.armed = ticket;
    if (owner == null) {
      timer.wheel = this;
      size++;
    }
  }

  /** Takes a timer out, so that it does not run; false if it was not in this wheel. */
  public boolean cancel(LoopTimer timer) {
    if (timer.wheel != this) {
      return false;
    }
    remove(timer);
    return true;
  }

  /**
   * Moves the wheel to a moment and runs what is due, at most so many. What is due and above the
   * limit runs first in the next call. A moment before the last one counts as the last one.
   *
   * <p>What actions schedule does not run in the same call, whatever its deadline, so that the call
   * ends. A due timer that an action cancels, or schedules anew, does not run in it either.
   *
   * <p>Errors: what an action throws ends the call and passes to the caller. Its timer has run; the
   * rest is due as before, call again. IllegalStateException if an action calls this.
   *
   * @param limit at least 1
   * @return how many ran; if it equals the limit, more may be due: call again
   */
  public int expire(long nowNanos, int limit) {
    return expire(nowNanos, limit, (timer, _) -> timer.run());
  }

  /** How {@link #expire(long, int, Runner)} runs a timer, so long after its deadline. */
  interface Runner {
    void run(LoopTimer timer, long lateNanos);
  }

  /** Runs what is due, by a runner, which may keep what an action throws. */
  int expire(long nowNanos, int limit, Runner runner) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit is at least 1, not " + limit);
    }
    if (isExpiring) {
      throw new IllegalStateException("an action must not expire the wheel that runs it");
    }
    if (nowNanos - this.nowNanos > 0) {
      this.nowNanos = nowNanos;
    }
    advance();
    round++;
    isExpiring = true;
    try {
      int ran = 0;
      LoopTimer timer = heads[DUE];
      while (timer != null && timer.tick != round && ran < limit) {
        remove(timer);
        if (timer.isArmed()) { // else it was cancelled meanwhile, by another thread
          ran++;
          runner.run(timer, this.nowNanos - timer.deadlineNanos);
        }
        timer = heads[DUE];
      }
      return ran;
    } finally {
      isExpiring = false;
    }
  }

  /**
   * A moment before which {@link #expire} will find nothing to run; {@link #NEVER} when empty. It
   * has passed if something is due.
   *
   * <p>It may be earlier than the first deadline. Who waits for it, expires, and asks again, wakes
   * up for a timer at most once for each of the 11 levels before the deadline, and seldom so often:
   * with a tick of 1 ms, at most once up to 4 s ahead, twice up to 4 minutes.
   */
  public long nextDeadlineNanos() {
    long moment;
    if (heads[DUE] != null) {
      moment = nowNanos;
    } else if (occupiedLevels == 0) {
      return NEVER;
    } else {
      int level = Integer.numberOfTrailingZeros(occupiedLevels);
      long ticks = ticksTo(level, firstSlot(level));
      moment = currentTickNanos + Math.min(ticks, mostTicks) * tickNanos;
    }
    return moment == NEVER ? NEVER - 1 : moment; // a clock that wraps may come to stand there
  }

  /** How many timers are pending. */
  public int size() {
    return size;
  }

  /** Moves the current tick up to now, and on its way all that is due to the list of that. */
  private void advance() {
    if (emptying != LoopTimer.NO_SLOT) {
      empty();
    }
    long left = Long.divideUnsigned(nowNanos - currentTickNanos, tickNanos);
    while (left != 0 && occupiedLevels != 0) {
      int level = Integer.numberOfTrailingZeros(occupiedLevels);
      int slot = firstSlot(level);
      long distance = ticksTo(level, slot);
      if (distance > left) {
        break;
      }
      left -= distance;
      currentTick += distance;
      currentTickNanos += distance * tickNanos;
      emptying = level * SLOTS_PER_LEVEL + slot;
      empty();
    }
    currentTick += left;
    currentTickNanos += left * tickNanos;
  }

  /** Moves the timers of the slot that the current tick has entered, in their order. */
  private void empty() {
    LoopTimer timer = heads[emptying];
    while (timer != null) {
      if (timer.tick == currentTick) {
        move(timer, DUE);
        timer.tick = round;
      } else {
        move(timer, slot(timer.tick));
      }
      timer = heads[emptying];
    }
    emptying = LoopTimer.NO_SLOT;
  }

  /** The first slot of a level that has any, from the current tick onwards. */
  private int firstSlot(int level) {
    long slots = occupied[level];
    long onwards = slots & (-1L << digit(currentTick, level));
    return Long.numberOfTrailingZeros(onwards != 0 ? onwards : slots);
  }

  /** Takes all timers out. */
  void clear() {
    for (int slot = 0; slot <= DUE; slot++) {
      for (LoopTimer timer = heads[slot]; timer != null; timer = heads[slot]) {
        remove(timer);
      }
    }
  }

  /** How many ticks after the current one a slot begins. */
  private long ticksTo(int level, int slot) {
    int shift = level * DIGIT_BITS;
    int slots = (slot - digit(currentTick, level)) & (SLOTS_PER_LEVEL - 1);
    long sinceSlotBegan = currentTick & ((1L << shift) - 1);
    return ((long) slots << shift) - sinceSlotBegan;
  }

  private static int digit(long tick, int level) {
    return (int) (tick >>> (level * DIGIT_BITS)) & (SLOTS_PER_LEVEL - 1);
  }

  /** The slot of a tick that is not the current one. */
  private int slot(long tick) {
    int level = (63 - Long.numberOfLeadingZeros(tick ^ currentTick)) / DIGIT_BITS;
    return level * SLOTS_PER_LEVEL + digit(tick, level);
  }

  private void remove(LoopTimer timer) {
    move(timer, LoopTimer.NO_SLOT);
    timer.wheel = null;
    size--;
  }

  /** Takes a timer out of its list, if it is in one, and to the end of another, if it is one. */
  private void move(LoopTimer timer, int target) {
    int source = timer.slot;
    LoopTimer next = timer.next;
    if (source == LoopTimer.NO_SLOT) {
      // It stands alone.
    } else if (next != timer) {
      LoopTimer previous = timer.previous;
      previous.next = next;
      next.previous = previous;
      if (heads[source] == timer) {
        heads[source] = next;
      }
    } else {
      heads[source] = null;
      if (source != DUE) {
        int level = source / SLOTS_PER_LEVEL;
        occupied[level] &= ~(1L << source); // the shift takes the slot's lowest 6 bits
        if (occupied[level] == 0) {
          occupiedLevels &= ~(1 << level);
        }
      }
    }
    timer.slot = target;
    timer.previous = timer; // alone: it keeps no other timer in memory
    timer.next = timer;
    if (target == LoopTimer.NO_SLOT) {
      return;
    }
    LoopTimer first = heads[target];
    if (first != null) {
      LoopTimer last = first.previous;
      timer.previous = last;
      timer.next = first;
      last.next = timer;
      first.previous = timer;
      return;
    }
    heads[target] = timer;
    if (target != DUE) {
      int level = target / SLOTS_PER_LEVEL;
      occupied[level] |= 1L << target;
      occupiedLevels |= 1 << level;
    }
  }

  /** Ends with an AssertionError unless the structure is as it should be. For tests. */
  void checkInvariants() {
    int count = 0;
    check(nowNanos - currentTickNanos >= 0, "the current tick is ahead of the moment");
    check(
        Long.compareUnsigned(nowNanos - currentTickNanos, tickNanos) < 0,
        "the current tick is behind the moment");
    for (int slot = 0; slot <= DUE; slot++) {
      LoopTimer head = heads[slot];
      if (slot < DUE) {
        boolean marked = (occupied[slot / SLOTS_PER_LEVEL] >>> slot & 1) != 0;
        check(marked == (head != null), "slot " + slot + " is marked wrongly");
      }
      LoopTimer timer = head;
      while (timer != null) {
        checkTimer(timer, slot);
        count++;
        check(count <= size, "more timers are found than the " + size + " counted");
        timer = timer.next == head ? null : timer.next;
      }
    }
    check(count == size, size + " timers are counted, " + count + " found");
    for (int level = 0; level < LEVELS; level++) {
      boolean marked = (occupiedLevels >>> level & 1) != 0;
      check(marked == (occupied[level] != 0), "level " + level + " is marked wrongly");
    }
  }

  private void checkTimer(LoopTimer timer, int slot) {
    check(timer.wheel == this, "a timer in slot " + slot + " belongs elsewhere");
    check(timer.slot == slot, "a timer in slot " + slot + " is noted in " + timer.slot);
    check(timer.next.previous == timer, "the list of slot " + slot + " is broken after a timer");
    check(timer.previous.next == timer, "the list of slot " + slot + " is broken before a timer");
    if (slot == DUE) {
      check(timer.deadlineNanos - nowNanos <= 0, "a timer is due before its deadline");
      return;
    }
    long ticks = timer.tick - currentTick;
    check(ticks > 0, "a timer was forgotten in slot " + slot);
    int level = slot / SLOTS_PER_LEVEL;
    check(
        digit(timer.tick, level) == slot % SLOTS_PER_LEVEL, "a timer in slot " + slot + " strayed");
    long higher =
        level == LEVELS - 1 ? 0 : (timer.tick ^ currentTick) >>> ((level + 1) * DIGIT_BITS);
    check(higher == 0, "a timer in slot " + slot + " stands too low");
    check(digit(currentTick, level) != slot % SLOTS_PER_LEVEL, "slot " + slot + " was not emptied");
    long due = currentTickNanos + ticks * tickNanos;
    check(due - timer.deadlineNanos >= 0, "a timer's tick is before its deadline");
    check(due - timer.deadlineNanos < tickNanos, "a timer's tick is more than one too late");
  }

  private static void check(boolean holds, String problem) {
    if (!holds) {
      throw new AssertionError(problem);
    }
  }
}

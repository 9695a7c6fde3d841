package dev.pollux.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a timer wheel does, by a list that is sorted: the rules, with nothing that makes them fast.
 *
 * <p>Its moments are nanoseconds since the wheel was made; they neither wrap nor are negative but
 * for deadlines in the past.
 */
final class TimerListModel {

  private record Pending(int timer, long deadline, long tick, long sequence) {}

  private final long tickNanos;
  private final Map<Integer, Pending> pending = new HashMap<>();

  /** What is due, in the order in which it will run. */
  private final Deque<Integer> due = new ArrayDeque<>();

  /** What was due when the call began that is going on. */
  private final Deque<Integer> running = new ArrayDeque<>();

  private long now;
  private long sequence;

  TimerListModel(long tickNanos) {
    this.tickNanos = tickNanos;
  }

  long now() {
    return now;
  }

  int size() {
    return pending.size() + due.size() + running.size();
  }

  boolean isScheduled(int timer) {
    return pending.containsKey(timer) || due.contains(timer) || running.contains(timer);
  }

  void schedule(int timer, long deadline) {
    boolean _ = cancel(timer);
    if (deadline <= now) {
      due.add(timer);
    } else {
      long tick = deadline / tickNanos + (deadline % tickNanos == 0 ? 0 : 1);
      pending.put(timer, new Pending(timer, deadline, tick, sequence++));
    }
  }

  boolean cancel(int timer) {
    return pending.remove(timer) != null || due.remove(timer) || running.remove(timer);
  }

  void beginExpire(long moment) {
    now = Math.max(now, moment);
    List<Pending> reached = new ArrayList<>(pending.values());
    reached.removeIf(p -> p.tick > now / tickNanos);
    reached.sort(Comparator.comparingLong(Pending::tick).thenComparingLong(Pending::sequence));
    for (Pending p : reached) {
      pending.remove(p.timer);
      due.add(p.timer);
    }
    running.addAll(due);
    due.clear();
  }

  /** The one that runs now, or -1. */
  int runNext() {
    return running.isEmpty() ? -1 : running.remove();
  }

  /** Whether the call that is going on has run all it should, limit aside. */
  boolean isRunDone() {
    return running.isEmpty();
  }

  void endExpire() {
    while (!running.isEmpty()) {
      due.addFirst(running.removeLast());
    }
  }

  boolean hasDue() {
    return !due.isEmpty();
  }

  /** The moment of the first tick that has a timer; there must be one. */
  long firstTickNanos() {
    long tick = pending.values().stream().mapToLong(Pending::tick).min().orElseThrow();
    return tick * tickNanos;
  }
}

package dev.pollux.model;

import org.jspecify.annotations.Nullable;

/** Something that the kernel does at a time: an expiry, or the arrival of a segment. */
final class Timer implements Comparable<Timer> {

  final long atNanos;

  /** Timers of the same time run in the order they were made. */
  final long sequence;

  private final Timers owner;

  /** What is to be done; null once done or cancelled. */
  private @Nullable Runnable action;

  Timer(Timers owner, long atNanos, long sequence, Runnable action) {
    this.owner = owner;
    this.atNanos = atNanos;
    this.sequence = sequence;
    this.action = action;
  }

  boolean isPending() {
    return action != null;
  }

  void cancel() {
    if (action != null) {
      action = null;
      owner.cancelled();
    }
  }

  @Override
  public int compareTo(Timer other) {
    return atNanos == other.atNanos
        ? Long.compare(sequence, other.sequence)
        : Long.compare(atNanos, other.atNanos);
  }

  void run() {
    Runnable due = action;
    action = null;
    if (due != null) {
      due.run();
    }
  }
}

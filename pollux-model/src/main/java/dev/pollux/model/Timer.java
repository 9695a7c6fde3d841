package dev.pollux.model;

import org.jspecify.annotations.Nullable;

/** Something that the kernel does at a time: an expiry, or the arrival of a segment. */
final class Timer {

  final long atNanos;

  /** Timers of the same time run in the order they were made. */
  final long sequence;

  /** What is to be done; null once done or cancelled. */
  private @Nullable Runnable action;

  Timer(long atNanos, long sequence, Runnable action) {
    this.atNanos = atNanos;
    this.sequence = sequence;
    this.action = action;
  }

  boolean isPending() {
    return action != null;
  }

  void cancel() {
    action = null;
  }

  void run() {
    Runnable due = action;
    action = null;
    if (due != null) {
      due.run();
    }
  }
}

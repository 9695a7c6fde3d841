package dev.pollux.model;

import org.jspecify.annotations.Nullable;

/** Something that the kernel does at a time: an expiry, or the arrival of a segment. */
final class Timer {

  final long atNanos;

  /** Timers of the same time run in the order they were made. */
  final long sequence;

  private final Timers owner;
  private final @Nullable Kernel host;

  /** Where it stands among them, as long as it is pending. */
  int place;

  /** What is to be done; null once done or cancelled. */
  private @Nullable Runnable action;

  Timer(Timers owner, long atNanos, long sequence, @Nullable Kernel host, Runnable action) {
    this.owner = owner;
    this.atNanos = atNanos;
    this.sequence = sequence;
    this.host = host;
    this.action = action;
  }

  void cancel() {
    if (action != null) {
      action = null;
      owner.remove(this);
    }
  }

  /** Whether its turn is before that of another one. */
  boolean isBefore(Timer other) {
    return atNanos < other.atNanos || (atNanos == other.atNanos && sequence < other.sequence);
  }

  void run() {
    Runnable due = action;
    action = null;
    if (due != null && (host == null || host.happens())) {
      due.run();
    }
  }
}

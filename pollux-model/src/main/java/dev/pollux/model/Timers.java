package dev.pollux.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timers of the kernel, earliest first.
 *
 * <p>A heap whose timers know their places: most are cancelled long before their time, as what
 * sends again is by each acknowledgement, and do not stay until then.
 */
final class Timers {

  private static final int FIRST_CAPACITY = 16;

  private @Nullable Timer[] heap = new @Nullable Timer[FIRST_CAPACITY];
  private int size;
  private long sequence;
  private boolean running;

  /**
   * Adds one.
   *
   * @param host where it happens, if it is on by then; null for whatever is no host's
   */
  Timer add(long atNanos, @Nullable Kernel host, Runnable action) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    Timer timer = new Timer(this, atNanos, sequence++, host, action);
    rise(timer, size);
    size++;
    return timer;
  }

  /** Takes a timer out that is in. */
  void remove(Timer timer) {
    int place = timer.place;
    Timer last = at(--size);
    heap[size] = null;
    if (last != timer) {
      rise(last, place);
      sink(last, last.place);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whether a timer's action is being run: it must not wait, and no other begins within it. */
  boolean isRunning() {
    return running;
  }

  /** The earliest timer. */
  @Nullable Timer first() {
    return heap[0];
  }

  /** Runs the earliest timer if its time has come; whether it did. */
  boolean runDue(long nowNanos) {
    Timer timer = first();
    if (timer == null || timer.atNanos > nowNanos || running) {
      return false;
    }
    remove(timer);
    running = true;
    try {
      timer.run();
    } finally {
      running = false;
    }
    return true;
  }

  private Timer at(int place) {
    Timer timer = heap[place];
    assert timer != null;
    return timer;
  }

  private void put(Timer timer, int place) {
    heap[place] = timer;
    timer.place = place;
  }

  /**
   * Puts a timer where this place is, or above, and what was there below it. Calls nothing once it
   * has begun to move them: who runs out of stack has done nothing.
   */
  private void rise(Timer timer, int from) {
    int place = from;
    while (place > 0 && !at((place - 1) >>> 1).isBefore(timer)) {
      place = (place - 1) >>> 1;
    }
    int free = from;
    while (free != place) {
      Timer other = heap[(free - 1) >>> 1];
      if (other != null) {
        heap[free] = other;
        other.place = free;
      }
      free = (free - 1) >>> 1;
    }
    heap[place] = timer;
    timer.place = place;
  }

  /** Puts a timer where this place is, or below, and what was there above it. */
  private void sink(Timer timer, int from) {
    int place = from;
    int below = 2 * place + 1;
    while (below < size) {
      Timer other = at(below);
      if (below + 1 < size && at(below + 1).isBefore(other)) {
        below++;
        other = at(below);
      }
      if (timer.isBefore(other)) {
        break;
      }
      put(other, place);
      place = below;
      below = 2 * place + 1;
    }
    put(timer, place);
  }
}

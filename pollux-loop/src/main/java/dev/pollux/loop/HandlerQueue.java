package dev.pollux.loop;

import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Handlers that asked to be called in a phase to come, each once for each time it asked. Threads:
 * the loop's.
 *
 * <p>A ring that grows, up to a bound. Nothing fails half-way: a handler is in or it is not, and
 * one that was taken out is called, or told what came in between.
 */
final class HandlerQueue {

  /** What the phase calls. */
  interface Call {
    void on(LoopHandler handler);
  }

  /**
   * How many may wait: twice as many as a process can have descriptors by Linux's default ({@code
   * fs.nr_open}), so that only handlers which ask again and again come here.
   */
  static final int MAX_WAITING = 1 << 21; // 2,097,152

  private static final int FIRST_CAPACITY = 1 << 4; // 16, and a power of two always

  /** One call may lead to another, but not for ever. */
  private static final int MAX_ROUNDS = 1 << 10; // 1,024

  private final LoopFailures failures;
  private final LoopMeter meter;
  private final Call call;
  private @Nullable LoopHandler[] ring = new @Nullable LoopHandler[FIRST_CAPACITY];
  private int head;
  private int size;

  HandlerQueue(LoopFailures failures, LoopMeter meter, Call call) {
    this.failures = failures;
    this.meter = meter;
    this.call = call;
  }

  /** Adds one, or throws and adds nothing. */
  void add(LoopHandler handler) {
    Objects.requireNonNull(handler, "handler");
    if (size == ring.length) {
      grow();
    }
    ring[(head + size) & (ring.length - 1)] = handler;
    size++;
  }

  private void grow() {
    if (size >= MAX_WAITING) {
      throw new RejectedExecutionException(
          size + " handlers wait already: each is to ask once, and again after it was called");
    }
    @Nullable LoopHandler[] larger = new @Nullable LoopHandler[2 * ring.length];
    for (int i = 0; i < size; i++) {
      larger[i] = ring[(head + i) & (ring.length - 1)];
    }
    ring = larger; // only now, when nothing can fail any more
    head = 0;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** Calls those that asked before; who asks meanwhile is called next time. How many were. */
  int run() {
    int count = size;
    for (int i = 0; i < count; i++) {
      LoopHandler handler = take();
      try {
        meter.enter(handler);
        call.on(handler);
      } catch (Throwable t) {
        failures.tell(handler, null, t);
      }
    }
    return count;
  }

  private LoopHandler take() {
    LoopHandler first = Objects.requireNonNull(ring[head], "a counted handler is there");
    ring[head] = null; // no call from here on
    head = (head + 1) & (ring.length - 1);
    size--;
    return first;
  }

  /** Calls those that asked, and those that ask meanwhile; reports if that does not end. */
  void runOut() {
    for (int i = 0; i < MAX_ROUNDS && !isEmpty(); i++) {
      int _ = run();
    }
    if (!isEmpty()) {
      String left = size + " handlers still ask to be called after ";
      failures.report("closing", new IllegalStateException(left + MAX_ROUNDS + " rounds"));
    }
  }
}

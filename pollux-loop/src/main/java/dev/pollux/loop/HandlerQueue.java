package dev.pollux.loop;

import java.util.ArrayDeque;

/**
 * Handlers that asked to be called in a phase to come, each once for each time it asked. Threads:
 * the loop's.
 */
final class HandlerQueue {

  /** What the phase calls. */
  interface Call {
    void on(LoopHandler handler);
  }

  /** One call may lead to another, but not for ever. */
  private static final int MAX_ROUNDS = 1 << 10; // 1,024

  private final LoopFailures failures;
  private final LoopMeter meter;
  private final Call call;
  private final ArrayDeque<LoopHandler> handlers = new ArrayDeque<>();

  HandlerQueue(LoopFailures failures, LoopMeter meter, Call call) {
    this.failures = failures;
    this.meter = meter;
    this.call = call;
  }

  void add(LoopHandler handler) {
    handlers.add(handler);
  }

  boolean isEmpty() {
    return handlers.isEmpty();
  }

  /** Calls those that asked before; who asks meanwhile is called next time. How many were. */
  int run() {
    int count = handlers.size();
    for (int i = 0; i < count; i++) {
      LoopHandler handler = handlers.remove();
      meter.enter(handler);
      try {
        call.on(handler);
      } catch (Throwable t) {
        failures.tell(handler, null, t);
      }
    }
    return count;
  }

  /** Calls those that asked, and those that ask meanwhile; reports if that does not end. */
  void runOut() {
    for (int i = 0; i < MAX_ROUNDS && !handlers.isEmpty(); i++) {
      int _ = run();
    }
    if (!handlers.isEmpty()) {
      String left = handlers.size() + " handlers still ask to be called after ";
      failures.report("closing", new IllegalStateException(left + MAX_ROUNDS + " rounds"));
    }
  }
}

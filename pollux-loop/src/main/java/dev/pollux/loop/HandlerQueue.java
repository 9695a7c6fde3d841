package dev.pollux.loop;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/** The handlers that asked to be called in a later phase. Threads: the loop's. */
final class HandlerQueue {

  private final EventLoop loop;
  private final Consumer<LoopHandler> call;
  private final ArrayDeque<LoopHandler> handlers = new ArrayDeque<>();

  HandlerQueue(EventLoop loop, Consumer<LoopHandler> call) {
    this.loop = loop;
    this.call = call;
  }

  void add(LoopHandler handler) {
    handlers.add(handler);
  }

  boolean isEmpty() {
    return handlers.isEmpty();
  }

  /** Calls those that are in the queue now, and not who joins it meanwhile; says how many. */
  int run() {
    int count = handlers.size();
    for (int i = 0; i < count; i++) {
      LoopHandler handler = handlers.remove();
      loop.meter().enter(handler);
      try {
        call.accept(handler);
      } catch (Throwable t) {
        loop.tell(handler, t);
      }
    }
    return count;
  }
}

package dev.pollux.http;

import dev.pollux.loop.EventLoop;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Whether a loop turns, for all who ask that: one task waits in its queue at most, however many
 * ask, and for however long it is stuck.
 *
 * <p>Threads: any.
 */
final class LoopLook {

  /** Who asks. */
  interface Asker {

    /** The loop turns. On its thread. */
    void turned(EventLoop loop);
  }

  private final EventLoop loop;
  private Set<Asker> askers = new LinkedHashSet<>();
  private boolean isQueued;

  LoopLook(EventLoop loop) {
    this.loop = loop;
  }

  /** The loop that is looked at. */
  EventLoop loop() {
    return loop;
  }

  /** Tells when it turns, unless {@link #forget} comes before; never if its queue is full. */
  synchronized void ask(Asker asker) {
    boolean _ = askers.add(asker);
    if (!isQueued) {
      isQueued = loop.offer(this::turned);
    }
  }

  /** Nobody waits for it any more. */
  synchronized void forget(Asker asker) {
    boolean _ = askers.remove(asker);
  }

  private void turned() {
    for (Asker asker : take()) {
      asker.turned(loop);
    }
  }

  private synchronized Set<Asker> take() {
    Set<Asker> taken = askers;
    askers = new LinkedHashSet<>();
    isQueued = false;
    return taken;
  }
}

package dev.pollux.http.websocket;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;

/**
 * When a peer that says nothing is pinged, and given up; and when one that does not answer a Close
 * is. One timer for all of it, which is scheduled anew only when it runs.
 *
 * <p>Threads: the loop's.
 */
final class Silences {

  /** Who is told. */
  interface Owner {

    /** Whether nothing can be heard, as nothing is read. */
    boolean isDeaf();

    /** It is time for a ping. */
    void pingDue();

    /** Nothing came after it. */
    void pongMissed();

    /** The Close was not answered. */
    void closeMissed();
  }

  private final WebSocketOptions options;
  private final EventLoop loop;
  private final Owner owner;
  private final LoopTimer timer = new LoopTimer(this::look);
  private long heardNanos;
  private boolean isPinged;
  private boolean isClosing;

  Silences(WebSocketOptions options, EventLoop loop, Owner owner) {
    this.options = options;
    this.loop = loop;
    this.owner = owner;
  }

  /** The conversation begins. */
  void begin() {
    heard();
    schedule(options.pingNanos());
  }

  /** Something came. */
  void heard() {
    heardNanos = loop.nowNanos();
    isPinged = false;
  }

  /** A Close was said. */
  void awaitClose() {
    isClosing = true;
    loop.cancel(timer);
    if (options.closeNanos() == 0) {
      owner.closeMissed();
    } else {
      loop.schedule(timer, options.closeNanos());
    }
  }

  /** The conversation is over. */
  void end() {
    loop.cancel(timer);
  }

  private void schedule(long nanos) {
    if (nanos > 0) {
      loop.schedule(timer, nanos);
    }
  }

  private void look() {
    if (isClosing) {
      owner.closeMissed();
      return;
    }
    if (owner.isDeaf()) {
      heard(); // it is we who do not listen
    }
    long quiet = loop.nowNanos() - heardNanos;
    long wait = options.pingNanos();
    if (isPinged && options.pongNanos() > 0) {
      owner.pongMissed();
    } else if (quiet < wait) {
      schedule(wait - quiet);
    } else {
      isPinged = true;
      owner.pingDue();
      schedule(options.pongNanos() > 0 ? options.pongNanos() : wait);
    }
  }
}

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

    /** Whether nothing can be heard: nothing is read, or what it answers is still to be sent. */
    boolean isDeaf();

    /** Whether something has come that was not heard yet, as the loop was held. */
    boolean isHearingDue();

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
  private long pingedNanos;
  private boolean isPinged; // since it was heard
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
    long now = loop.nowNanos();
    long wait = options.pingNanos();
    long quiet = now - heardNanos;
    if (quiet < wait) {
      schedule(wait - quiet);
    } else if (isPinged && options.pongNanos() > 0) {
      lookForPong(now - pingedNanos);
    } else {
      isPinged = true;
      pingedNanos = now;
      owner.pingDue();
      schedule(options.pongNanos() > 0 ? Math.min(options.pongNanos(), wait) : wait);
    }
  }

  private void lookForPong(long pingedAgo) {
    if (pingedAgo < options.pongNanos()) {
      schedule(options.pongNanos() - pingedAgo);
    } else if (owner.isHearingDue()) {
      heard(); // timers run before what has come is read
      schedule(options.pingNanos());
    } else {
      owner.pongMissed();
    }
  }
}

package dev.pollux.http.websocket;

import dev.pollux.http.wire.Deadline;
import dev.pollux.loop.EventLoop;

/**
 * When a peer that says nothing is pinged, and given up; and when one that does not answer a Close
 * is.
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
  private final Owner owner;
  private final Deadline deadline;
  private boolean isPinged; // since it was heard
  private boolean isClosing;

  Silences(WebSocketOptions options, EventLoop loop, Owner owner) {
    this.options = options;
    this.owner = owner;
    this.deadline = new Deadline(loop, this::late);
  }

  /** Something came, or the conversation begins. */
  void heard() {
    if (!isClosing && options.pingNanos() > 0) {
      isPinged = false;
      deadline.in(options.pingNanos());
    }
  }

  /** A Close was said. */
  void awaitClose() {
    isClosing = true;
    if (options.closeNanos() == 0) {
      deadline.clear();
      owner.closeMissed();
    } else {
      deadline.in(options.closeNanos());
    }
  }

  /** The conversation is over. */
  void end() {
    deadline.end();
  }

  private void late() {
    if (isClosing) {
      owner.closeMissed();
    } else if (owner.isDeaf() || (isPinged && owner.isHearingDue())) {
      heard(); // it is we who do not listen; and timers run before what has come is read
    } else if (isPinged && options.pongNanos() > 0) {
      owner.pongMissed();
    } else {
      isPinged = true;
      deadline.in(options.pongNanos() > 0 ? options.pongNanos() : options.pingNanos());
      owner.pingDue();
    }
  }
}

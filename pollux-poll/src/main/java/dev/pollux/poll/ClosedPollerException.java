package dev.pollux.poll;

/** Thrown by every use of a poller that is closed, and by waits that a close ends. */
public final class ClosedPollerException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  ClosedPollerException() {
    super("the poller is closed");
  }
}

package dev.pollux.poll;

/**
 * Thrown by {@code add}, {@code modify}, {@code wait} and {@code fd} of a poller that is closed,
 * and by the waits that a close ends.
 */
public final class ClosedPollerException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  ClosedPollerException() {
    super("the poller is closed");
  }
}

package dev.pollux.loop;

/** The event loop is closed, or is being closed. */
public final class ClosedLoopException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  ClosedLoopException(String name) {
    super(name + " is closed");
  }
}

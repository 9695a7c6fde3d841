package dev.pollux.model;

/**
 * Under virtual time a call waits for ever, and nothing is left to come: no timer, no segment on
 * its way, no scheduled action. The message names the call and what it waits for.
 */
public final class DeadlockException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What waits for what. */
  public DeadlockException(String message) {
    super(message);
  }
}

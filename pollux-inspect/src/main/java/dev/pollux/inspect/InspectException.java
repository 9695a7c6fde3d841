package dev.pollux.inspect;

/** A process cannot be looked at; the message says why, in a line for users. */
public final class InspectException extends Exception {

  private static final long serialVersionUID = 1L;

  /** With a sentence for users. */
  public InspectException(String message) {
    super(message);
  }
}

package dev.pollux.cli.terminal;

/** Something a command could not do; the message is for the user, in one line. */
public final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public Failure(String message) {
    super(message);
  }
}

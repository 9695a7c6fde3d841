package dev.pollux.cli;

/** Something a command could not do; the message is for the user, in one line. */
final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Failure(String message) {
    super(message);
  }
}

package dev.pollux.cli;

import org.jspecify.annotations.Nullable;

/** Something happened in a simulated run that must not happen; the message says what. */
final class SimFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SimFailure(String message) {
    super(message);
  }

  SimFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

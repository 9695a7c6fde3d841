package dev.pollux.sim;

import org.jspecify.annotations.Nullable;

/** A run has come to something that must not be; the message has its seed and how to replay it. */
public final class SimFailure extends AssertionError {

  private static final long serialVersionUID = 1;

  private final long seed;

  SimFailure(long seed, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.seed = seed;
  }

  /** The seed of the run. */
  public long seed() {
    return seed;
  }
}

package dev.pollux.sim;

import org.jspecify.annotations.Nullable;

/** A run has come to something that must not be; the message has its seed and how to replay it. */
public final class SimFailure extends AssertionError {

  private static final long serialVersionUID = 1;

  private final long seed;
  private final String what;

  SimFailure(long seed, String what, @Nullable Throwable cause) {
    this(seed, what, what, cause);
  }

  SimFailure(long seed, String what, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.seed = seed;
    this.what = what;
  }

  /** The seed of the run. */
  public long seed() {
    return seed;
  }

  /** What must not be: the first words of the message, without the run that it was found in. */
  public String what() {
    return what;
  }
}

package dev.pollux.cli.terminal;

/** What a command exits with when it has not succeeded. */
public final class Exits {

  /** What was asked for did not come about. */
  public static final int FAILURE = 1;

  /** The command was not understood. */
  public static final int USAGE = 2;

  /** What is said of output that somebody misses. */
  public static final String INCOMPLETE = "not everything could be written to standard output";

  private Exits() {}
}

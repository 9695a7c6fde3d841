package dev.pollux.sim;

/** Something that a test does at a time of its own. */
@FunctionalInterface
public interface Action {

  /** Does it. What it throws ends the run as a failure. */
  void run() throws Exception;
}

package dev.pollux.sim;

/** What runs on a {@link Host}: opens its loops' servers and connections, and returns. */
@FunctionalInterface
public interface Program {

  /**
   * Starts; called once each time the host is started. What it throws ends the run as a failure.
   */
  void start(Env env) throws Exception;
}

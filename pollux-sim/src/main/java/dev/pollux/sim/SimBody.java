package dev.pollux.sim;

/** A test: sets a world up, and says what is held of it. */
@FunctionalInterface
public interface SimBody {

  /** Called once a seed; it must not keep anything from one run to the next. */
  void run(Sim sim) throws Exception;
}

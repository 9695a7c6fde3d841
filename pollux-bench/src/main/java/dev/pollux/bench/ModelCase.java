package dev.pollux.bench;

/** What the benchmark of the model does again and again. */
enum ModelCase {
  CONTROL_ONE("ADD + DEL, always the same", "controlOne"),
  CONTROL_ANY("DEL + ADD, any one", "controlAny"),
  WAIT_FOR_ONE("wait for one that is ready", "waitForReady"),
  WAIT_FOR_MANY("wait for a batch", "waitForReady");

  private final String label;
  private final String method;

  ModelCase(String label, String method) {
    this.label = label;
    this.method = method;
  }

  String label() {
    return label;
  }

  boolean isWait() {
    return this == WAIT_FOR_ONE || this == WAIT_FOR_MANY;
  }

  /** The method of {@link ModelBenchmark}. */
  String method() {
    return method;
  }
}

package dev.pollux.lab;

/** What an experiment runs on. */
public enum Kernel {
  /** The kernel of this machine. */
  NATIVE("native"),
  /** The kernel model of Pollux, in pure Java. */
  MODEL("model");

  private final String text;

  Kernel(String text) {
    this.text = text;
  }

  /** The word for it on the command line. */
  @Override
  public String toString() {
    return text;
  }
}

package dev.pollux.lab;

import java.util.List;

/** What is wrong with a script, by line, in words for who wrote it. */
public final class ScriptException extends Exception {

  private static final long serialVersionUID = 1;

  /** A line for each thing that is wrong: {@code line 3: nothing is called 'x' here}. */
  public ScriptException(List<String> problems) {
    super(String.join("\n", problems));
  }
}

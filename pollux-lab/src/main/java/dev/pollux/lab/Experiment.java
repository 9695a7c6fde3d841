package dev.pollux.lab;

import java.util.List;

/**
 * An experiment: what it shows, what is expected, and the steps, all as data.
 *
 * @param id {@code D1} and so on
 * @param name the name for the command line
 * @param shows two sentences
 * @param expects what comes out, in words; the steps hold it in detail
 * @param acts its parts
 */
public record Experiment(String id, String name, String shows, String expects, List<Act> acts) {

  /** Defensive copy. */
  public Experiment {
    acts = List.copyOf(acts);
  }

  static Experiment of(String id, String name, String shows, String expects, Act... acts) {
    return new Experiment(id, name, shows, expects, List.of(acts));
  }

  /** Whether a name given by a user means this experiment. */
  boolean isCalled(String text) {
    return id.equalsIgnoreCase(text) || name.equalsIgnoreCase(text);
  }
}

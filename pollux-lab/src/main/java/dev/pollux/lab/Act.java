package dev.pollux.lab;

import java.util.List;

/**
 * A part of an experiment with handles of its own, such as the same steps under another trigger.
 *
 * @param title a few words
 * @param steps what is done, in order
 */
public record Act(String title, List<Step> steps) {

  /** Defensive copy. */
  public Act {
    steps = List.copyOf(steps);
  }

  static Act of(String title, Step... steps) {
    return new Act(title, List.of(steps));
  }
}

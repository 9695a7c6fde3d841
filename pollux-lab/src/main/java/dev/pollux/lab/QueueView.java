package dev.pollux.lab;

import java.util.List;

/**
 * What is inside a kqueue at one moment.
 *
 * @param queue its name
 * @param knotes in words, in order: {@code r READ CLEAR}
 */
record QueueView(String queue, List<String> knotes) {

  QueueView {
    knotes = List.copyOf(knotes);
  }
}

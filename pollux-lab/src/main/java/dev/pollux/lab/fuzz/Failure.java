package dev.pollux.lab.fuzz;

import java.util.List;

/**
 * A program on which two kernels disagree, as small as it gets.
 *
 * @param seed the seed of the series
 * @param number the program's number in it
 * @param program the shrunk program; its last operation is the one with two results
 * @param difference the two results
 * @param story the operations with the oracle's results, a line each
 */
record Failure(
    long seed, long number, List<Op> program, Difference difference, List<String> story) {

  Failure {
    program = List.copyOf(program);
    story = List.copyOf(story);
  }

  /** The program, both results, and the command that replays it. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < story.size() - 1; i++) {
      text.append("%3d  %s%n".formatted(i + 1, story.get(i)));
    }
    text.append("%3d  %s%n".formatted(story.size(), difference.op()));
    text.append("       native: ").append(difference.expected()).append('\n');
    text.append("       model:  ").append(difference.actual()).append('\n');
    text.append("replay: ").append(replay()).append('\n');
    return text.toString();
  }

  /** What programs that fail alike have in common. */
  String signature() {
    return difference.signature();
  }

  /** The command that finds it again. */
  String replay() {
    return "./dev fuzz --seed " + seed + " --program " + number;
  }
}

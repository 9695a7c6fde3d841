package dev.pollux.cli;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What somebody may have meant who wrote a word that there is not. */
final class Suggestion {

  private Suggestion() {}

  /**
   * The known word that is most like a wrong one; null if none is so like it that it is worth
   * saying: a third of its letters may differ, or be left out, added or swapped with a neighbour.
   */
  static @Nullable String of(String wrong, Collection<String> known) {
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String each : known) {
      int distance = distance(wrong, each);
      int letters = each.replace("-", "").length();
      if (distance < least && distance <= Math.max(1, letters / 3)) {
        best = each;
        least = distance;
      }
    }
    return best;
  }

  /** {@code "; did you mean X?"}, or nothing. */
  static String text(String wrong, Collection<String> known) {
    String best = of(wrong, known);
    return best == null ? "" : "; did you mean " + best + "?";
  }

  /** How many letters have to be changed, left out, added or swapped (optimal string alignment). */
  static int distance(String one, String other) {
    int[][] d = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        boolean same = one.charAt(i - 1) == other.charAt(j - 1);
        int least =
            Math.min(d[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && one.charAt(i - 1) == other.charAt(j - 2)
                && one.charAt(i - 2) == other.charAt(j - 1);
        d[i][j] = swapped ? Math.min(least, d[i - 2][j - 2] + 1) : least;
      }
    }
    return d[one.length()][other.length()];
  }
}

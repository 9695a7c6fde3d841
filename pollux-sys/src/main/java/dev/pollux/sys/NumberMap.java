package dev.pollux.sys;

import java.util.Arrays;

/** Numbers of one kind, in Pollux's values and in those of a system. */
final class NumberMap {

  /** What has no number. */
  static final int NONE = Integer.MIN_VALUE;

  private static final int SIZE = 2_048; // beyond all of them: F_GETPIPE_SZ
  private static final int FIRST = -32; // filters are negative

  private final int[] toSystem = new int[SIZE];
  private final int[] fromSystem = new int[SIZE];

  NumberMap(Profile profile, Kind kind) {
    Arrays.fill(toSystem, NONE);
    Arrays.fill(fromSystem, NONE);
    for (Constant constant : Constant.values()) {
      if (constant.kind() == kind && constant.isOnLinux() && profile.has(constant)) {
        int ours = constant.linuxValue() - FIRST;
        int theirs = profile.value(constant) - FIRST;
        if (toSystem[ours] == NONE) {
          toSystem[ours] = profile.value(constant);
        }
        if (fromSystem[theirs] == NONE) { // of two names for one number the first
          fromSystem[theirs] = constant.linuxValue();
        }
      }
    }
  }

  /** The system's number, or {@link #NONE}. */
  int toSystem(int ours) {
    return at(toSystem, ours);
  }

  /** Pollux's number, or {@link #NONE}. */
  int fromSystem(int theirs) {
    return at(fromSystem, theirs);
  }

  private static int at(int[] table, int number) {
    int index = number - FIRST;
    return index >= 0 && index < SIZE ? table[index] : NONE;
  }
}

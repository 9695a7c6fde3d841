package dev.pollux.sys;

import java.util.ArrayList;
import java.util.List;

/**
 * Flags of one kind, in Pollux's values and in those of a system. What one side has no name for is
 * lost on the way.
 */
final class FlagMap {

  private final int[] ours;
  private final int[] theirs;
  private final int missing;

  FlagMap(Profile profile, Kind kind) {
    List<Constant> both = new ArrayList<>();
    int lacks = 0;
    for (Constant constant : Constant.values()) {
      if (constant.kind() == kind && constant.isOnLinux() && constant.linuxValue() != 0) {
        if (profile.has(constant)) {
          both.add(constant);
        } else {
          lacks |= constant.linuxValue();
        }
      }
    }
    this.ours = both.stream().mapToInt(Constant::linuxValue).toArray();
    this.theirs = both.stream().mapToInt(profile::value).toArray();
    this.missing = lacks;
  }

  /** Those that the system has. */
  int toSystem(int flags) {
    int result = 0;
    for (int i = 0; i < ours.length; i++) {
      result |= (flags & ours[i]) == ours[i] ? theirs[i] : 0;
    }
    return result;
  }

  /** Those that Pollux has; where two are one there, the first. */
  int fromSystem(int flags) {
    int result = 0;
    int rest = flags;
    for (int i = 0; i < theirs.length; i++) {
      if ((rest & theirs[i]) == theirs[i]) {
        result |= ours[i];
        rest &= ~theirs[i];
      }
    }
    return result;
  }

  /** Those of Pollux's flags that the system has not. */
  int lost(int flags) {
    return flags & missing;
  }
}

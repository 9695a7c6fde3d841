package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** Signals and sets of them: a bit each, from the lowest on, for other numbers. */
final class BsdSignals {

  private static final int MOST = 64;

  private final Profile profile;
  private final NumberMap numbers;

  BsdSignals(Profile profile) {
    this.profile = profile;
    this.numbers = new NumberMap(profile, Kind.SIGNAL);
  }

  /** The system's number; -1, which is no signal, if it has no such. */
  int toSystem(int ours) {
    int theirs = numbers.toSystem(ours);
    return theirs == NumberMap.NONE ? -1 : theirs;
  }

  int fromSystem(int theirs) {
    int ours = numbers.fromSystem(theirs);
    return ours == NumberMap.NONE ? theirs : ours;
  }

  /** Writes a set in the system's form; signals that it has not are left out. */
  void toSystem(MemorySegment ours, MemorySegment theirs) {
    var _ = theirs.fill((byte) 0);
    for (int signal = 1; signal <= MOST; signal++) {
      if (isIn(ours, signal) && toSystem(signal) > 0) {
        put(theirs, toSystem(signal));
      }
    }
  }

  void fromSystem(MemorySegment theirs, MemorySegment ours) {
    var _ = ours.fill((byte) 0);
    int most = Math.min(MOST, size() * Byte.SIZE);
    for (int signal = 1; signal <= most; signal++) {
      if (isIn(theirs, signal) && numbers.fromSystem(signal) != NumberMap.NONE) {
        put(ours, fromSystem(signal));
      }
    }
  }

  int size() {
    return profile.size(Struct.SIGSET);
  }

  private static boolean isIn(MemorySegment set, int signal) {
    int bit = signal - 1;
    return (set.get(JAVA_BYTE, bit / Byte.SIZE) & (1 << (bit % Byte.SIZE))) != 0;
  }

  private static void put(MemorySegment set, int signal) {
    int bit = signal - 1;
    int old = set.get(JAVA_BYTE, bit / Byte.SIZE);
    set.set(JAVA_BYTE, bit / Byte.SIZE, (byte) (old | 1 << (bit % Byte.SIZE)));
  }
}

package dev.pollux.sys;

import java.util.List;
import java.util.Set;

/**
 * The times of {@code EVFILT_TIMER}: in a unit that a system has, rounded up, so that none is
 * early.
 */
final class BsdTimers {

  private record Unit(Constant name, long nanos) {}

  private static final long MILLI = 1_000_000;

  /** From the finest on. */
  private static final List<Unit> UNITS =
      List.of(
          new Unit(Constant.NOTE_NSECONDS, 1),
          new Unit(Constant.NOTE_USECONDS, 1_000),
          new Unit(Constant.NOTE_MSECONDS, MILLI),
          new Unit(Constant.NOTE_SECONDS, 1_000 * MILLI));

  private static final Unit DEFAULT = UNITS.get(2);

  /** Their older releases know neither units nor a time of day, and take no notice of the flags. */
  private static final Set<String> WITHOUT_FLAGS = Set.of("OpenBSD", "NetBSD", "DragonFly");

  private final Profile profile;
  private final boolean hasFlags;

  BsdTimers(Profile profile) {
    this.profile = profile;
    this.hasFlags = !WITHOUT_FLAGS.contains(profile.system());
  }

  /** Whether it cannot be said: a time of day, taken for a delay, would not come for ages. */
  boolean isRefused(int fflags) {
    return !hasFlags && (fflags & Constant.NOTE_ABSTIME.linuxValue()) != 0;
  }

  private static Unit asked(int fflags) {
    for (Unit unit : UNITS) {
      if ((fflags & unit.name.linuxValue()) != 0) {
        return unit;
      }
    }
    return DEFAULT;
  }

  /** The unit itself, else milliseconds, which are what a system without units counts in. */
  private Unit taken(int fflags) {
    Unit asked = asked(fflags);
    return hasFlags && profile.has(asked.name) ? asked : DEFAULT;
  }

  int notesToSystem(int fflags) {
    if (!hasFlags) {
      return 0; // milliseconds everywhere
    }
    Constant unit = taken(fflags).name;
    int absolute = Constant.NOTE_ABSTIME.linuxValue();
    boolean isAbsolute = (fflags & absolute) != 0 && profile.has(Constant.NOTE_ABSTIME);
    return (profile.has(unit) ? profile.value(unit) : 0)
        | (isAbsolute ? profile.value(Constant.NOTE_ABSTIME) : 0);
  }

  long dataToSystem(long data, int fflags) {
    long from = asked(fflags).nanos;
    long to = taken(fflags).nanos;
    if (data <= 0 || from == to) {
      return data;
    }
    if (from < to) {
      return Math.ceilDiv(data, to / from);
    }
    long factor = from / to;
    return data > Long.MAX_VALUE / factor ? Long.MAX_VALUE : data * factor;
  }
}

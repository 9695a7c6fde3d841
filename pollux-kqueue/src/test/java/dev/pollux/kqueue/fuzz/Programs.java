package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random programs: the same for the same seed and number. */
final class Programs {

  private static final int FEWEST_STEPS = 16;
  private static final int DOUBLINGS = 6; // of that, at most

  /** Room for more events than there are knotes. */
  static final int ROOM_FOR_ALL = 64;

  private static final int OWN_IDENTS = 3; // of timers and of the program's own events
  private static final int ALL = 15; // each of four kinds
  private static final int MOST_CHANGES = 4;
  private static final int NO_FILTER = -99;
  private static final int VNODE_NOTES = 0x7ff & ~Kevent.NOTE_REVOKE;

  /** Of what pipes and sockets hold: little, and nearly all. */
  private static final int[] LOW_WATER = {1, 6, 200, 5000, 60_000, 65_000, 65_000, 212_000};

  private final SplittableRandom random;
  private final boolean hasTimers;

  // What this program is about: a part of all there is meets more often.
  private final int slots;
  private final int openings;
  private final int filters;
  private final int lowRarity;
  private final int changeRarity;

  private Programs(SplittableRandom random, boolean hasTimers) {
    this.random = random;
    this.hasTimers = hasTimers;
    this.slots = any(3, 5, Step.SLOTS, Step.SLOTS);
    this.openings = isOneOf(3) ? ALL : 1 + below(ALL);
    this.filters = isOneOf(3) ? ALL : 1 + below(ALL);
    this.lowRarity = any(1, 5, 5);
    this.changeRarity = any(1, 1, 4);
  }

  private static boolean has(int set, int index) {
    return (set & (1 << index)) != 0;
  }

  static List<Step> program(long seed, long number, boolean hasTimers) {
    long mixed = seed * 0x9E37_79B9_7F4A_7C15L + number;
    Programs programs = new Programs(new SplittableRandom(mixed), hasTimers);
    List<Step> steps = new ArrayList<>();
    int count = FEWEST_STEPS << programs.below(DOUBLINGS);
    for (int i = 0; i < count; i++) {
      steps.add(programs.step());
    }
    return steps;
  }

  private int below(int bound) {
    return random.nextInt(bound);
  }

  private boolean isOneOf(int count) {
    return below(count) == 0;
  }

  private int any(int... values) {
    return values[below(values.length)];
  }

  private int slot() {
    return below(slots);
  }

  private Step step() {
    int dice = below(100);
    if (dice < 48) {
      return new Step.Call(changes(), room(), isOneOf(4));
    }
    if (dice < 52) {
      return isOneOf(3) ? waiting() : new Step.Drain(any(1, 1, 2, 3));
    }
    return dice < 66 ? opening() : dice < 73 ? new Step.Close(slot()) : using(dice);
  }

  private Step opening() {
    int kind = below(4);
    while (!has(openings, kind)) {
      kind = below(4);
    }
    return switch (kind) {
      case 0 -> new Step.OpenPair(slot(), slot());
      case 1 -> new Step.OpenPipe(slot(), slot());
      case 2 -> new Step.OpenFile(slot(), name(), isOneOf(3), isOneOf(4));
      default -> new Step.Duplicate(slot(), slot());
    };
  }

  private int name() {
    return below(Step.NAMES);
  }

  private Step using(int dice) {
    if (dice < 83) {
      return new Step.Write(slot(), any(1, 2, 5, 100, 1000, 5000));
    }
    if (dice < 92) {
      return new Step.Read(slot(), any(1, 2, 5, 100, 1000, 5000, 60_000, 60_000));
    }
    return switch (below(8)) {
      case 0 -> new Step.Shutdown(slot(), any(Linux.SHUT_RD, Linux.SHUT_WR, Linux.SHUT_RDWR));
      case 1 -> new Step.Unlink(name());
      case 2 -> new Step.Rename(name(), name());
      case 3, 4 -> new Step.Fill(slot());
      default -> new Step.Advance(any(1, 1_000, 1_000_000, 3_000_000, 12_000_000, 1_000_000_000));
    };
  }

  private Step waiting() {
    return new Step.Wait(any(1_000, 1_000_000, 7_000_000, 25_000_000));
  }

  private int room() {
    return isOneOf(3) ? any(0, 1, 1, 2, 3) : ROOM_FOR_ALL;
  }

  // ---- changes

  private List<Change> changes() {
    List<Change> list = new ArrayList<>();
    boolean isNone = isOneOf(3) || !isOneOf(changeRarity);
    for (int count = isNone ? 0 : 1 + below(MOST_CHANGES); count > 0; count--) {
      list.add(change());
    }
    return list;
  }

  private Change change() {
    int filter = filter();
    int flags = flags();
    long udata = below(1000);
    return switch (filter) {
      case Kevent.EVFILT_TIMER -> {
        int unit = any(0, Kevent.NOTE_MSECONDS, Kevent.NOTE_USECONDS, Kevent.NOTE_NSECONDS);
        int more = isOneOf(10) ? any(Kevent.NOTE_ABSTIME, Kevent.NOTE_SECONDS) : 0;
        int data = any(0, 1, 2, 10, 3000, -1);
        yield new Change(1 + below(OWN_IDENTS), filter, flags, unit | more, data, udata);
      }
      case Kevent.EVFILT_USER -> {
        int how = any(Kevent.NOTE_FFNOP, Kevent.NOTE_FFAND, Kevent.NOTE_FFOR, Kevent.NOTE_FFCOPY);
        int fflags = how | below(256) | (isOneOf(2) ? Kevent.NOTE_TRIGGER : 0);
        yield new Change(1 + below(OWN_IDENTS), filter, flags, fflags, below(10), udata);
      }
      case Kevent.EVFILT_VNODE -> {
        int fflags = isOneOf(2) ? VNODE_NOTES : random.nextInt() & VNODE_NOTES;
        yield new Change(slot(), filter, flags, fflags, 0, udata);
      }
      default -> {
        boolean isLow = isOneOf(lowRarity);
        int data = isLow ? any(LOW_WATER) : 0;
        yield new Change(slot(), filter, flags, isLow ? Kevent.NOTE_LOWAT : 0, data, udata);
      }
    };
  }

  private int filter() {
    if (isOneOf(100)) {
      return NO_FILTER;
    }
    int kind = below(4);
    while (!has(filters, kind)) {
      kind = below(4);
    }
    return switch (kind) {
      case 0 -> Kevent.EVFILT_READ;
      case 1 -> Kevent.EVFILT_WRITE;
      case 2 -> Kevent.EVFILT_VNODE;
      default -> hasTimers && isOneOf(2) ? Kevent.EVFILT_TIMER : Kevent.EVFILT_USER;
    };
  }

  private int flags() {
    int add = Kevent.EV_ADD;
    int disable = Kevent.EV_DISABLE;
    int enable = Kevent.EV_ENABLE;
    int delete = Kevent.EV_DELETE;
    int flags = any(add, add, add, add, add | disable, add | enable, enable, disable, delete, 0);
    flags |= isOneOf(6) ? Kevent.EV_ONESHOT : 0;
    flags |= isOneOf(3) ? Kevent.EV_CLEAR : 0;
    flags |= isOneOf(6) ? Kevent.EV_DISPATCH : 0;
    return flags | (isOneOf(12) ? Kevent.EV_RECEIPT : 0);
  }
}

package dev.pollux.lab.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A program being made: what each handle probably is, and chance.
 *
 * <p>Most operations are to make sense; one in {@value #ODD_ONE} takes any handle, open or not.
 */
final class Draft {
  static final int ODD_ONE = 20;

  /** What a handle probably is. */
  enum Thing {
    NONE,
    PIPE_OUT,
    PIPE_IN,
    UNIX,
    TCP_NEW,
    TCP_LISTENER,
    TCP,
    SMALL,
    UDP,
    UNIX_NEW,
    UNIX_LISTENER,
    DATAGRAM,
    EVENTFD,
    TIMER,
    EPOLL,
    NULL
  }

  static final Thing[] SOURCES = {
    Thing.PIPE_OUT,
    Thing.PIPE_IN,
    Thing.UNIX,
    Thing.UDP,
    Thing.TCP,
    Thing.TCP_NEW,
    Thing.TCP_LISTENER,
    Thing.SMALL,
    Thing.UNIX_NEW,
    Thing.UNIX_LISTENER,
    Thing.DATAGRAM,
    Thing.EVENTFD,
    Thing.TIMER,
    Thing.NULL
  };
  static final Thing[] SOCKETS = {
    Thing.UNIX,
    Thing.UDP,
    Thing.TCP,
    Thing.TCP_NEW,
    Thing.TCP_LISTENER,
    Thing.UNIX_NEW,
    Thing.DATAGRAM
  };
  private static final int MAX_DATA = 99;

  static final int[] SIZES = {
    0, 1, 1, 1, 2, 3, 7, 8, 8, 9, 100, 1000, 4095, 4096, 4097, 5000, 8192, 20_000, 65_536
  };

  final SplittableRandom random;
  final List<Op> program = new ArrayList<>();
  final Thing[] things = new Thing[Op.HANDLES];

  Draft(long seed) {
    this.random = new SplittableRandom(seed);
    Arrays.fill(things, Thing.NONE);
  }

  boolean isSocket(int handle) {
    return switch (things[handle]) {
      case UNIX, UDP, TCP, TCP_NEW, TCP_LISTENER, SMALL -> true;
      case UNIX_NEW, UNIX_LISTENER, DATAGRAM -> true;
      default -> false;
    };
  }

  /** A handle for something new: a free one, if there is any. */
  int fresh(Thing thing) {
    int handle = random.nextInt(Op.HANDLES);
    for (int i = 0; i < Op.HANDLES && things[handle] != Thing.NONE; i++) {
      handle = (handle + 1) % Op.HANDLES;
    }
    things[handle] = thing;
    return handle;
  }

  /** A handle that probably is one of these things; sometimes any other, or none. */
  int one(Thing... wanted) {
    if (chance(ODD_ONE)) {
      int handle = random.nextInt(Op.HANDLES + 1);
      return handle == Op.HANDLES ? Op.NO_HANDLE : handle;
    }
    Thing thing = wanted[random.nextInt(wanted.length)];
    int exact = pick(thing);
    if (exact >= 0) {
      return exact;
    }
    for (Thing other : wanted) {
      int handle = pick(other);
      if (handle >= 0) {
        return handle;
      }
    }
    for (Thing other : SOURCES) {
      int handle = pick(other);
      if (handle >= 0 && !chance(3)) {
        return handle;
      }
    }
    return random.nextInt(Op.HANDLES);
  }

  boolean has(Thing... wanted) {
    for (Thing thing : wanted) {
      if (pick(thing) >= 0) {
        return true;
      }
    }
    return false;
  }

  private int pick(Thing thing) {
    int start = random.nextInt(Op.HANDLES);
    for (int i = 0; i < Op.HANDLES; i++) {
      int handle = (start + i) % Op.HANDLES;
      if (things[handle] == thing) {
        return handle;
      }
    }
    return -1;
  }

  boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  /** What an epoll gives with an event. */
  int data() {
    return random.nextInt(1, MAX_DATA + 1);
  }

  int any(int[] values) {
    return values[random.nextInt(values.length)];
  }

  void add(Kind kind, int... args) {
    program.add(Op.of(kind, args));
  }
}

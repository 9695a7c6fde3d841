package dev.pollux.poll;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All interleavings of waiters, wakers and a closer over the real {@link WakeState}: each actor is
 * a small machine whose steps are whole method calls or single system calls, which is all the
 * concurrency there is.
 *
 * <p>States are explored once each; since every run ends, the states form a graph without cycles,
 * and the number of interleavings is the number of paths through it.
 *
 * <p>The kernel is modelled as the two ways a waker is watched: on epoll as an edge, which one
 * waiter takes, with an alarm for all at close; on poll and select as a level, rung at close, for
 * one waiter.
 *
 * <p>With faults, a wait may also end for an event or its timeout, with or without having seen the
 * token, and a ring may fail.
 *
 * <p>Ghost state: a wake-up is owed from {@code signal} until a waiter takes it, and that wait must
 * return. One whose ring failed may be taken, and is not owed: its caller was told.
 */
final class WakeModel {

  /** Ways to break the protocol, to see that the exploration finds them. */
  enum Defect {
    NONE,
    /** A waker does not ring. */
    NO_RING,
    /** A waiter that leaves does not look for a wake-up. */
    LEAVE_IGNORES_WAKEUP,
    /** A waiter that comes does not look for a wake-up. */
    ENTER_IGNORES_WAKEUP,
    /** Any token is taken for a wake-up. */
    TOKEN_IS_WAKEUP,
    /** Wakers are not counted as ringing. */
    RINGERS_NOT_COUNTED,
    /** The waker is drained after the waiter has left. */
    DRAIN_AFTER_LEAVE,
    /** The closer frees at once. */
    CLOSER_FREES,
    /** The closer does not interrupt. */
    CLOSER_IS_SILENT,
    /** Others rely on a ring before it was made. */
    RUNG_AT_SIGNAL,
    /** A ring is counted for the wake-up that stands, whichever it was made for. */
    RUNG_FOR_A_LATER_ONE,
    /** A ring that failed is counted as made. */
    FAILED_RING_IS_MADE;

    /** Whether it can show where no ring fails. */
    boolean showsWithoutFaults() {
      return compareTo(RUNG_AT_SIGNAL) < 0;
    }
  }

  /** How a step goes, where faults are explored. */
  private enum Way {
    /** A wait ends by the token or a wake-up taken before; a ring is made. */
    USUAL,
    /** A wait ends by the token and something to report. */
    WITH_EVENT,
    /** A wait ends for an event or its timeout and sees no token. */
    BATCH,
    /** A ring fails. */
    FAILS
  }

  /** What the exploration found. */
  record Result(int states, BigInteger interleavings, List<String> violations) {}

  private static final VarHandle WORD;

  /** The bit that says that a ring was made: the one that a failed ring leaves out. */
  private static final long RUNG;

  static {
    try {
      WORD =
          MethodHandles.privateLookupIn(WakeState.class, MethodHandles.lookup())
              .findVarHandle(WakeState.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
    RUNG = wordAfterRing(true) ^ wordAfterRing(false);
  }

  private static long wordAfterRing(boolean rung) {
    WakeState state = new WakeState();
    int _ = state.enter();
    int _ = state.signalDone(state.signal(), rung);
    return (long) WORD.get(state);
  }

  // The shared part of a state, then one int an actor.
  private static final int STATE = 0; // two ints
  private static final int COUNTER = 2;
  private static final int EDGE = 3;
  private static final int ALARM = 4;
  private static final int FREED = 5;
  private static final int OWED = 6; // a bit for each waker; above, those that may be taken
  private static final int ACTORS = 7;

  // An actor: what it is, where it stands, what it remembers.
  private static final int WAITER = 0;
  private static final int WAKER = 1;
  private static final int CLOSER = 2;
  private static final int DONE = 15;

  /** A waiter has something to report: its wait ends, woken or not. */
  private static final int OVER = 1 << 8;

  private static final int MAY_BE_TAKEN_SHIFT = 16;
  private static final int OWED_BITS = 0xffff;
  private static final int MAX_VIOLATIONS = 5;

  private final boolean edge;
  private final boolean faults;
  private final Defect defect;
  private final Map<IntBuffer, BigInteger> paths = new HashMap<>();
  private final List<String> violations = new ArrayList<>();

  private WakeModel(boolean edge, boolean faults, Defect defect) {
    this.edge = edge;
    this.faults = faults;
    this.defect = defect;
  }

  /**
   * Explores.
   *
   * @param edge whether the waker is watched as an edge, as on epoll
   * @param faults whether waits may end without the token, and rings may fail
   * @param waits how many waits each waiter makes
   */
  static Result explore(
      boolean edge,
      boolean faults,
      int waiters,
      int waits,
      int wakers,
      boolean closer,
      Defect defect) {
    WakeModel model = new WakeModel(edge, faults, defect);
    int[] start = new int[ACTORS + waiters + wakers + (closer ? 1 : 0)];
    for (int i = 0; i < waiters; i++) {
      start[ACTORS + i] = actor(WAITER, 0, false, false, waits);
    }
    for (int i = 0; i < wakers; i++) {
      start[ACTORS + waiters + i] = actor(WAKER, 0, false, false, 0);
    }
    if (closer) {
      start[start.length - 1] = actor(CLOSER, 0, false, false, 0);
    }
    BigInteger count = model.pathsFrom(start);
    return new Result(model.paths.size(), count, model.violations);
  }

  private static int actor(int kind, int at, boolean woken, boolean token, int waits) {
    return kind | at << 2 | (woken ? 1 << 6 : 0) | (token ? 1 << 7 : 0) | waits << 9;
  }

  private static int kind(int actor) {
    return actor & 3;
  }

  private static int at(int actor) {
    return actor >> 2 & 15;
  }

  private static boolean woken(int actor) {
    return (actor & 1 << 6) != 0;
  }

  private static boolean token(int actor) {
    return (actor & 1 << 7) != 0;
  }

  private static int waits(int actor) {
    return actor >> 9;
  }

  private BigInteger pathsFrom(int[] state) {
    IntBuffer key = IntBuffer.wrap(state);
    BigInteger known = paths.get(key);
    if (known != null) {
      return known;
    }
    BigInteger count = BigInteger.ZERO;
    boolean goesOn = false;
    for (int i = ACTORS; i < state.length && violations.size() < MAX_VIOLATIONS; i++) {
      for (Way way : waysOf(state, i)) {
        int[] next = state.clone();
        step(next, i, way);
        count = count.add(pathsFrom(next));
        goesOn |= way != Way.BATCH;
      }
    }
    if (!goesOn) {
      checkEnd(state); // the event that a wait could end for may never come
      count = count.max(BigInteger.ONE);
    }
    paths.put(key, count);
    return count;
  }

  /** How a step may go; none if the actor cannot go on. */
  private List<Way> waysOf(int[] s, int i) {
    int actor = s[i];
    if (at(actor) == DONE) {
      return List.of();
    }
    if (kind(actor) == WAKER && at(actor) == 1 && faults) {
      return List.of(Way.USUAL, Way.FAILS);
    }
    if (kind(actor) != WAITER || at(actor) != 1) {
      return List.of(Way.USUAL);
    }
    boolean returns = woken(actor) || visible(s);
    if (!faults) {
      return returns ? List.of(Way.USUAL) : List.of();
    }
    if (!visible(s)) {
      return returns ? List.of(Way.USUAL, Way.BATCH) : List.of(Way.BATCH);
    }
    // A full batch may have no room for the token on epoll; poll and select always see it.
    return edge
        ? List.of(Way.USUAL, Way.WITH_EVENT, Way.BATCH)
        : List.of(Way.USUAL, Way.WITH_EVENT);
  }

  /** Whether a wait in the kernel sees the waker. */
  private boolean visible(int[] s) {
    return s[ALARM] != 0 || (s[COUNTER] != 0 && (!edge || s[EDGE] != 0));
  }

  private void step(int[] s, int i, Way way) {
    WakeState state = stateOf(s);
    switch (kind(s[i])) {
      case WAITER -> s[i] = waiterStep(s, s[i], state, way);
      case WAKER -> s[i] = wakerStep(s, i, state, way);
      default -> s[i] = closerStep(s, s[i], state);
    }
    long word = (long) WORD.get(state);
    s[STATE] = (int) word;
    s[STATE + 1] = (int) (word >>> Integer.SIZE);
  }

  private static WakeState stateOf(int[] s) {
    WakeState state = new WakeState();
    WORD.set(state, Integer.toUnsignedLong(s[STATE]) | (long) s[STATE + 1] << Integer.SIZE);
    return state;
  }

  /** 0 enter, 1 system call, 2 is it closed, 3 drain, 4 leave, 5 free, 6 drain too late. */
  private int waiterStep(int[] s, int actor, WakeState state, Way way) {
    int waits = waits(actor);
    return switch (at(actor)) {
      case 0 -> {
        int entered = state.enter();
        if (entered == WakeState.CLOSED) {
          yield actor(WAITER, DONE, false, false, 0);
        }
        boolean woken = entered == WakeState.WOKEN && defect != Defect.ENTER_IGNORES_WAKEUP;
        if (woken) {
          take(s);
        }
        yield actor(WAITER, 1, woken, false, waits);
      }
      case 1 -> {
        use(s, "wait");
        boolean token = visible(s) && way != Way.BATCH;
        s[EDGE] = token ? 0 : s[EDGE];
        int next = actor(WAITER, token ? 2 : 4, woken(actor), token, waits);
        yield way == Way.USUAL ? next : next | OVER;
      }
      case 2 -> {
        boolean drain = !state.isClosed() && defect != Defect.DRAIN_AFTER_LEAVE;
        yield actor(WAITER, drain ? 3 : 4, woken(actor), true, waits) | (actor & OVER);
      }
      case 3 -> {
        use(s, "drain");
        s[COUNTER] = 0;
        yield actor(WAITER, 4, woken(actor), true, waits) | (actor & OVER);
      }
      case 4 -> {
        yield leave(s, actor, state);
      }
      case 5 -> {
        free(s);
        yield actor(WAITER, DONE, false, false, 0);
      }
      default -> {
        use(s, "drain after leaving");
        s[COUNTER] = 0;
        yield afterLeave(actor, woken(actor));
      }
    };
  }

  private int leave(int[] s, int actor, WakeState state) {
    int left = state.leave();
    boolean took = (left & WakeState.WOKEN) != 0;
    if (took && defect != Defect.LEAVE_IGNORES_WAKEUP) {
      take(s);
    }
    boolean woken = woken(actor) || (took && defect != Defect.LEAVE_IGNORES_WAKEUP);
    if (defect == Defect.TOKEN_IS_WAKEUP && token(actor) && !woken) {
      take(s);
      woken = true;
    }
    if ((left & WakeState.LAST) != 0) {
      return actor(WAITER, 5, false, false, 0);
    }
    if ((left & WakeState.CLOSED) != 0) {
      return actor(WAITER, DONE, false, false, 0);
    }
    if (defect == Defect.DRAIN_AFTER_LEAVE && token(actor)) {
      return actor(WAITER, 6, woken, false, waits(actor)) | (actor & OVER);
    }
    return afterLeave(actor, woken);
  }

  /** Returns to the user and waits again if waits are left, or goes on waiting. */
  private static int afterLeave(int actor, boolean woken) {
    int waits = waits(actor) - (woken || (actor & OVER) != 0 ? 1 : 0);
    return actor(WAITER, waits == 0 ? DONE : 0, false, false, waits);
  }

  /** 0 signal, 1 ring, 2 done, 3 free, 4 done with a ring that failed. */
  private int wakerStep(int[] s, int i, WakeState state, Way way) {
    int actor = s[i];
    return switch (at(actor)) {
      case 0 -> {
        yield signal(s, i, state);
      }
      case 1 -> {
        if (way == Way.FAILS) {
          s[OWED] = (s[OWED] & ~owedTo(i)) | (s[OWED] & owedTo(i)) << MAY_BE_TAKEN_SHIFT;
          yield actor(WAKER, 4, false, false, waits(actor));
        }
        ring(s);
        boolean counted = defect != Defect.RINGERS_NOT_COUNTED;
        yield actor(WAKER, counted ? 2 : DONE, false, false, counted ? waits(actor) : 0);
      }
      case 2, 4 -> {
        boolean rung = at(actor) == 2 || defect == Defect.FAILED_RING_IS_MADE;
        int left = state.signalDone(waits(actor), rung);
        if (rung && defect == Defect.RUNG_FOR_A_LATER_ONE && stands(state)) {
          WORD.set(state, (long) WORD.get(state) | RUNG);
        }
        yield actor(WAKER, left == WakeState.LAST ? 3 : DONE, false, false, 0);
      }
      default -> {
        free(s);
        yield actor(WAKER, DONE, false, false, 0);
      }
    };
  }

  private int signal(int[] s, int i, WakeState state) {
    if (!state.isClosed()) {
      s[OWED] |= owedTo(i);
    }
    int ticket = state.signal();
    if (ticket == WakeState.NO_RING) {
      return actor(WAKER, DONE, false, false, 0);
    }
    switch (defect) {
      case RINGERS_NOT_COUNTED -> {
        int _ = state.signalDone(ticket, true);
      }
      case RUNG_AT_SIGNAL -> WORD.set(state, (long) WORD.get(state) | RUNG);
      default -> {}
    }
    return actor(WAKER, defect == Defect.NO_RING ? 2 : 1, false, false, ticket);
  }

  /** Who fails is told apart from who does not; else one bit will do, and makes fewer states. */
  private int owedTo(int waker) {
    return faults ? 1 << (waker - ACTORS) : 1;
  }

  /** Whether a wake-up stands. */
  private static boolean stands(WakeState state) {
    WakeState copy = new WakeState();
    WORD.set(copy, (long) WORD.get(state));
    return copy.enter() == WakeState.WOKEN;
  }

  /** 0 close, 1 interrupt all, 2 done, 3 free. */
  private int closerStep(int[] s, int actor, WakeState state) {
    return switch (at(actor)) {
      case 0 -> {
        s[OWED] = 0; // close ends every wait, so nothing is owed any more
        yield actor(CLOSER, state.close() ? 1 : DONE, false, false, 0);
      }
      case 1 -> {
        if (defect != Defect.CLOSER_IS_SILENT) {
          if (edge) {
            use(s, "alarm");
            s[ALARM] = 1;
          } else {
            ring(s);
          }
        }
        yield actor(CLOSER, 2, false, false, 0);
      }
      case 2 -> {
        boolean last = state.signalDone(WakeState.NO_RING, false) == WakeState.LAST;
        boolean frees = last || defect == Defect.CLOSER_FREES;
        yield actor(CLOSER, frees ? 3 : DONE, false, false, 0);
      }
      default -> {
        free(s);
        yield actor(CLOSER, DONE, false, false, 0);
      }
    };
  }

  private void ring(int[] s) {
    use(s, "ring");
    s[COUNTER] = 1;
    s[EDGE] = edge ? 1 : 0;
  }

  private void take(int[] s) {
    if (s[OWED] == 0 && !isClosed(s)) {
      violation("a needless return: no wake-up stood");
    }
    s[OWED] = 0;
  }

  private static boolean isClosed(int[] s) {
    WakeState state = stateOf(s);
    return state.isClosed();
  }

  private void use(int[] s, String what) {
    if (s[FREED] != 0) {
      violation(what + " after the descriptors were freed");
    }
  }

  private void free(int[] s) {
    if (++s[FREED] > 1) {
      violation("freed twice");
    }
    for (int i = ACTORS; i < s.length; i++) {
      if (kind(s[i]) == WAITER && at(s[i]) >= 1 && at(s[i]) <= 4) {
        violation("freed under a waiter");
      }
    }
  }

  /** Nobody can go on: what must be true then. */
  private void checkEnd(int[] s) {
    boolean owed = (s[OWED] & OWED_BITS) != 0;
    boolean blocked = false;
    for (int i = ACTORS; i < s.length; i++) {
      blocked |= at(s[i]) != DONE;
    }
    if (blocked && owed) {
      violation("a lost wake-up: it is owed and a waiter sleeps");
    }
    if (isClosed(s) && blocked) {
      violation("close left a waiter asleep");
    }
    if (isClosed(s) && s[FREED] != 1) {
      violation("freed " + s[FREED] + " times");
    }
    WakeState state = stateOf(s);
    if (owed && !isClosed(s) && state.enter() != WakeState.WOKEN) {
      violation("a lost wake-up: it is owed and the next wait would sleep");
    }
  }

  private void violation(String what) {
    violations.add(what);
  }
}

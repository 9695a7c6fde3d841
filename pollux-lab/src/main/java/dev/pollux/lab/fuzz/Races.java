package dev.pollux.lab.fuzz;

import dev.pollux.sys.Linux;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether two threads got different things on two kernels only because one of them was faster.
 *
 * <p>A look for events and a transfer that sleep at one file are woken both. If the transfer takes
 * all there is before the other has looked, that one sleeps on; else it reports what is gone by
 * then. Either is right. A transfer that wants more than there is takes it too, and sleeps on. What
 * is not right is asked afterwards, by the same look with a timeout of 0: whoever sleeps must not
 * find anything, and what is left on one kernel must have been seen on the other, then or before.
 *
 * <p>Two waits at one epoll are woken both as well, and the faster gets what there is: as many must
 * have returned.
 *
 * <p>Threads: one.
 */
final class Races {
  private final Executor oracle;
  private final Executor subject;

  /** A bit for each thread whose call names a handle that means something else by now. */
  private int blurred;

  Races(Executor oracle, Executor subject) {
    this.oracle = oracle;
    this.subject = subject;
  }

  /** Takes note that a thread begins a call. */
  void started(Op op) {
    blurred &= ~(1 << op.thread());
  }

  /** Takes note that an operation is executed while threads are in these calls. */
  void executed(Op op, @Nullable Op[] calls) {
    for (int i = 0; i < op.size(); i++) {
      if (op.kind().arg(i) == Arg.NEW || op.kind() == Kind.CLOSE) {
        for (Op call : calls) {
          blurred |= call != null && names(call, op.arg(i)) ? 1 << call.thread() : 0;
        }
      }
    }
  }

  /**
   * Whether it was a race.
   *
   * @param first the call of thread 1, {@code second} that of thread 2
   * @param returned a bit for each thread that has returned on the oracle
   * @param returnedToo the same on the subject
   * @param different a bit for each thread that got something else on the subject
   */
  boolean explain(Op first, Op second, int returned, int returnedToo, int different) {
    if (areRivals(first, second)) {
      return Integer.bitCount(returned) == Integer.bitCount(returnedToo);
    }
    if (different == 2 && canRace(first, second) && hasTaken(second, returned, returnedToo)) {
      return isExplained(first, returned, returnedToo);
    }
    return different == 4
        && canRace(second, first)
        && hasTaken(first, returned, returnedToo)
        && isExplained(second, returned, returnedToo);
  }

  /** Whether a call can have taken something on both kernels: it is back, or takes in parts. */
  private static boolean hasTaken(Op call, int returned, int returnedToo) {
    boolean isBack = (returned & returnedToo & 1 << call.thread()) != 0;
    boolean sleeps = ((returned | returnedToo) & 1 << call.thread()) == 0;
    return isBack || (sleeps && takesParts(call));
  }

  /** Whether a call that has taken something may sleep for the rest. */
  static boolean takesParts(Op call) {
    return switch (call.kind()) {
      case WRITE, SEND, SENDMSG, SENDTO, RECV, RECVMSG -> true;
      default -> false;
    };
  }

  /**
   * Whether it is a matter of speed, where both have returned at once, how many edges there were:
   * who has slept at a pipe wakes the next, which is an edge for who waits at an epoll, before that
   * one has looked or after.
   */
  boolean blurEdges(Op first, Op second) {
    return (isEpollWait(first) && !second.kind().takesTimeout() && oracle.isPipe(second))
        || (isEpollWait(second) && !first.kind().takesTimeout() && oracle.isPipe(first));
  }

  /**
   * Whether it can be a matter of speed what one call returns: it looks for events, and the other
   * takes what there is.
   */
  static boolean canRace(Op look, Op other) {
    boolean takes =
        !other.kind().takesTimeout() || (isEpollWait(other) && names(look, other.arg(0)));
    return look.kind().takesTimeout() && takes && !areRivals(look, other);
  }

  /** Whether two wait at one epoll. */
  static boolean areRivals(Op first, Op second) {
    return isEpollWait(first) && isEpollWait(second) && first.arg(0) == second.arg(0);
  }

  static boolean isEpollWait(Op op) {
    return op.kind() == Kind.WAIT || op.kind() == Kind.PWAIT || op.kind() == Kind.PWAIT2;
  }

  private static boolean names(Op op, int handle) {
    for (int i = 0; i < op.size(); i++) {
      if (op.kind().arg(i) == Arg.HANDLE && op.arg(i) == handle) {
        return true;
      }
    }
    return false;
  }

  private boolean isExplained(Op look, int returned, int returnedToo) {
    int thread = look.thread();
    if ((blurred >>> thread & 1) != 0) {
      return true; // the look cannot be repeated
    }
    Map<Long, Long> left = events(look, oracle.execute(again(look)));
    Map<Long, Long> leftToo = events(look, subject.execute(again(look)));
    boolean isBack = (returned >>> thread & 1) != 0;
    boolean isBackToo = (returnedToo >>> thread & 1) != 0;
    if ((!isBack && !left.isEmpty()) || (!isBackToo && !leftToo.isEmpty())) {
      return false; // it sleeps beside what it waits for
    }
    Map<Long, Long> seen = isBack ? events(look, oracle.outcome(thread)) : Map.of();
    Map<Long, Long> seenToo = isBackToo ? events(look, subject.outcome(thread)) : Map.of();
    return isKnown(left, seenToo, leftToo) && isKnown(leftToo, seen, left);
  }

  /** The same look, by the main thread, for all there is. */
  private static Op again(Op look) {
    Op now = look.by(0, 0);
    return isEpollWait(now) ? now.with(1, Executor.MAX_EVENTS) : now;
  }

  /** What a look has found: bits by the data, the descriptor or the set that they belong to. */
  private static Map<Long, Long> events(Op look, Outcome outcome) {
    Map<Long, Long> events = new HashMap<>();
    boolean isWait = isEpollWait(look);
    boolean isPoll = look.kind() == Kind.POLL || look.kind() == Kind.PPOLL;
    int step = isWait ? 2 : 1;
    for (int i = 0; i < outcome.valueCount(); i += step) {
      long bits = outcome.value(i) & (isPoll ? ~(long) Linux.POLLNVAL : -1);
      if (bits != 0) {
        events.merge(isWait ? outcome.value(i + 1) : i, bits, (a, b) -> a | b);
      }
    }
    return events;
  }

  private static boolean isKnown(
      Map<Long, Long> events, Map<Long, Long> seen, Map<Long, Long> left) {
    return events.entrySet().stream()
        .allMatch(event -> {
          long known = seen.getOrDefault(event.getKey(), 0L);
          known |= left.getOrDefault(event.getKey(), 0L);
          return (event.getValue() & ~known) == 0;
        });
  }
}

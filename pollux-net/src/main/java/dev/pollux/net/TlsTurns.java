package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopLocal;
import dev.pollux.poll.Event;
import java.util.ArrayDeque;

/**
 * The turns of the handshakes of one loop: so many steps are done in a turn of the loop, and who
 * wants more waits in line. The next turn begins with the flush phase; while somebody waits the
 * loop does not sleep.
 *
 * <p>There are two lines. Those for whom the expensive part was computed come before all others,
 * for as many steps as the rest takes: or where more come than can be served, all of them would be
 * computed for, and hardly one be done in its time. Who takes more steps than that waits as
 * everybody does: or a few who are never done would keep out whoever begins.
 *
 * <p>Who is over while it waits keeps its place, and takes no step. So there wait no more than the
 * loop had connections since the first of them came.
 *
 * <p>Threads: the loop's.
 */
final class TlsTurns implements LoopHandler {

  private static final LoopLocal<TlsTurns> LOCAL = new LoopLocal<>(TlsTurns::new);

  /** What a turn of the loop counts for at most: the rest is not the line's, but a handler's. */
  private static final long MOST_OF_A_TURN_NANOS = 100_000_000; // 100 ms

  private final EventLoop loop;
  private final ArrayDeque<TlsHandshake> ahead = new ArrayDeque<>();
  private final ArrayDeque<TlsHandshake> others = new ArrayDeque<>();
  private int taken;
  private boolean asked;
  private long askedNanos;
  private long waitedNanos;

  private TlsTurns(EventLoop loop) {
    this.loop = loop;
  }

  static TlsTurns of(EventLoop loop) {
    return LOCAL.of(loop);
  }

  /** Takes a step of this turn; false if it waits in line now, and is told to {@code go}. */
  boolean take(TlsHandshake who) {
    ask();
    boolean isFirst = ahead.isEmpty() && (who.isAhead() || others.isEmpty());
    boolean now = isFirst && taken < who.stepsPerTurn();
    if (now) {
      taken++;
    } else if (who.isAhead()) {
      ahead.add(who);
    } else {
      others.add(who);
    }
    return now;
  }

  /** The step that was just taken was of no use. */
  void giveBack() {
    taken = Math.max(0, taken - 1); // it may be one of the turn before
  }

  /** How many wait, some of which may be over. */
  int waitingCount() {
    return ahead.size() + others.size();
  }

  /** How long there was somebody here in all; who comes later has waited for the difference. */
  long waitedNanos() {
    return waitedNanos;
  }

  private ArrayDeque<TlsHandshake> line() {
    return ahead.isEmpty() ? others : ahead;
  }

  private void ask() {
    if (!asked) {
      loop.flushLater(this);
      asked = true;
      askedNanos = loop.nowNanos();
    }
  }

  @Override
  public void ready(Event event) {
    throw new IllegalStateException("nothing is watched");
  }

  @Override
  public void flush() {
    asked = false;
    taken = 0;
    waitedNanos += Math.min(loop.nowNanos() - askedNanos, MOST_OF_A_TURN_NANOS);
    for (var next = line().peek(); next != null; next = line().peek()) {
      boolean isOver = next.isOver();
      if (!isOver && taken >= next.stepsPerTurn()) {
        ask();
        return;
      }
      var _ = line().remove();
      if (!isOver) {
        ask(); // first: whatever it throws, the others have a turn
        taken++;
        loop.progressed();
        next.go();
      }
    }
  }
}

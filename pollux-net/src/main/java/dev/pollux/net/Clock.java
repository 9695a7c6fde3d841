package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import dev.pollux.net.Ending.State;
import org.jspecify.annotations.Nullable;

/**
 * What time does to a {@link Connection}: silence, and the times that its beginning and its end may
 * take.
 *
 * <p>Traffic writes down the time, and nothing else; the one timer, when it runs, finds out how
 * much later it should have, and is scheduled for then. So a packet costs one store. Where nothing
 * can become due there is no timer.
 *
 * <ul>
 *   <li>CONNECTING, SECURING: the limit of the connect, of the handshake.
 *   <li>OPEN, FINISHING: heartbeat, idle.
 *   <li>Once an end is waited for: the time that it may take, and a look every 20 ms.
 * </ul>
 *
 * <p>Passive: {@link #look} answers what is due, and calls nobody. Threads: the loop's.
 */
final class Clock {

  /** What is due. */
  enum Verdict {
    /** Nothing, or nothing more. */
    NOTHING,
    /** The connect or the handshake took too long. */
    NOT_MADE,
    /** Nothing was sent for the time of a heartbeat. */
    HEARTBEAT,
    /** Nothing was received for the time of idleness. */
    IDLE,
    /** It is to be looked whether the end has come closer. */
    LOOK,
    /** The end took too long. */
    NOT_ENDED
  }

  static final long NEVER = Long.MAX_VALUE;

  /** How often it is looked whether an end has come closer. */
  static final long LOOK_NANOS = 20_000_000; // 20 ms

  private final ConnectionOptions options;
  private @Nullable LoopTimer timer;
  private long readNanos;
  private long sentNanos;
  private long madeByNanos = NEVER;
  private long endedByNanos = NEVER;
  private long lookNanos = NEVER;

  Clock(ConnectionOptions options) {
    this.options = options;
  }

  /** The connect or the handshake is to be done after so long; 0 or less is never. */
  void limitMaking(long nowNanos, long timeoutNanos) {
    madeByNanos = timeoutNanos > 0 ? nowNanos + timeoutNanos : NEVER;
  }

  /** It is usable: from now on silence counts. */
  void opened(long nowNanos) {
    madeByNanos = NEVER;
    readNanos = nowNanos;
    sentNanos = nowNanos;
  }

  void read(long nowNanos) {
    readNanos = nowNanos;
  }

  void sent(long nowNanos) {
    sentNanos = nowNanos;
  }

  /** An end is waited for. The first time this is said, its time begins. */
  void ending(long nowNanos) {
    if (lookNanos == NEVER) {
      long timeout = options.closeNanos();
      endedByNanos = timeout > 0 ? nowNanos + timeout : NEVER;
      lookNanos = nowNanos + LOOK_NANOS;
    }
  }

  /**
   * What is due, one after the other: to be asked again until it is nothing.
   *
   * @param listening whether the peer's silence counts: reading is not paused, and nobody works on
   *     an answer. Otherwise it begins anew
   */
  Verdict look(long nowNanos, State state, boolean listening) {
    if (isMaking(state) && nowNanos >= madeByNanos) {
      return Verdict.NOT_MADE;
    }
    if (nowNanos >= endDueNanos(state)) {
      lookNanos = nowNanos + LOOK_NANOS;
      return nowNanos >= endedByNanos ? Verdict.NOT_ENDED : Verdict.LOOK;
    }
    if (nowNanos >= heartbeatDueNanos(state)) {
      sentNanos = nowNanos;
      return Verdict.HEARTBEAT;
    }
    if (nowNanos >= idleDueNanos(state)) {
      readNanos = nowNanos;
      return listening ? Verdict.IDLE : Verdict.NOTHING;
    }
    return Verdict.NOTHING;
  }

  /** When something is due next, or {@link #NEVER}. */
  long dueNanos(State state) {
    long made = isMaking(state) ? madeByNanos : NEVER;
    long silence = Math.min(heartbeatDueNanos(state), idleDueNanos(state));
    return Math.min(Math.min(made, endDueNanos(state)), silence);
  }

  /** Has the timer run when something is due, or a little earlier than it would be now. */
  void arm(EventLoop loop, State state, Runnable action) {
    long due = dueNanos(state);
    LoopTimer scheduled = timer;
    if (due == NEVER) {
      stop(loop);
      return;
    }
    if (scheduled == null) {
      scheduled = new LoopTimer(action);
      timer = scheduled;
    } else if (scheduled.isScheduled() && scheduled.deadlineNanos() <= due) {
      return;
    }
    loop.schedule(scheduled, due - loop.nowNanos());
  }

  void stop(EventLoop loop) {
    LoopTimer scheduled = timer;
    if (scheduled != null) {
      loop.cancel(scheduled);
    }
  }

  private static boolean isMaking(State state) {
    return state == State.CONNECTING || state == State.SECURING;
  }

  private static boolean isSilenceHeard(State state) {
    return state == State.OPEN || state == State.FINISHING;
  }

  private long heartbeatDueNanos(State state) {
    long period = options.heartbeatNanos();
    return period > 0 && isSilenceHeard(state) ? sentNanos + period : NEVER;
  }

  private long idleDueNanos(State state) {
    long period = options.idleNanos();
    return period > 0 && isSilenceHeard(state) ? readNanos + period : NEVER;
  }

  private long endDueNanos(State state) {
    return state == State.OVER ? NEVER : Math.min(lookNanos, endedByNanos);
  }
}

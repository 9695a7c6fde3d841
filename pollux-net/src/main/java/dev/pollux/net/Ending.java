package dev.pollux.net;

import org.jspecify.annotations.Nullable;

/**
 * Where a {@link Connection} stands between its beginning and its end.
 *
 * <pre>
 *   CONNECTING ──► SECURING ──► OPEN ──► FINISHING ──► CLOSING ──► OVER
 *        └──────────────┴─────────┴──────────┴─────────────────────▲
 * </pre>
 *
 * <p>SECURING is the handshake of a filter, and left out without one. FINISHING is open, but ends
 * when nothing is due any more. CLOSING: 1 the queue is sent · 2 the sending half is shut down · 3
 * what still comes is read and dropped, until the peer ends as well, or its kernel has everything,
 * or the time is up. OVER begins with the removal of the registration; the descriptor is closed in
 * the closing phase of the same turn.
 *
 * <p>The two directions end each for itself. A write that fails breaks the sending half alone: the
 * peer may have sent something before it went away, and that is read first.
 *
 * <p>Passive: it notes what happened, and {@link #next} answers what is to be done; it calls
 * nobody. Threads: the loop's.
 */
final class Ending {

  enum State {
    CONNECTING,
    SECURING,
    OPEN,
    FINISHING,
    CLOSING,
    OVER
  }

  /** What is known of the input: it may come, its end was read, or the program knows of that. */
  private enum In {
    READING,
    ENDED,
    TOLD
  }

  /** The output: as it is, to be ended after what is queued, ended, or never to be used again. */
  private enum Out {
    OPEN,
    ENDING,
    ENDED,
    BROKEN
  }

  /** What is to be done next. */
  enum Step {
    /** Nothing. */
    NOTHING,
    /** Shut the sending half down. */
    SHUTDOWN,
    /** Close in order, if the kernel has nothing to be read either. */
    CLOSE,
    /** It is over. */
    DISPOSE,
    /** Look again in a while, and mind the time that an end may take. */
    LOOK
  }

  /**
   * How long a stop waits for the first bytes of a peer that has just come: a round trip or two.
   */
  static final long FIRST_NANOS = 1_000_000_000; // 1 s

  /** Held until the output has ended: a bit of the holds, for every idle connection has them. */
  private static final int TO_END = 1 << 30;

  /** Held, in a finish, until the first bytes or a short time: a bit for the same reason. */
  private static final int TO_FIRST = 1 << 29;

  private State state;
  private In in = In.READING;
  private Out out = Out.OPEN;
  private boolean finishNoted;
  private boolean finishTold;
  private boolean anySent;
  private boolean anyReceived;
  private int holds; // how many, and the bits
  private @Nullable CloseCause cause;
  private @Nullable CloseCause broken;

  Ending(State first) {
    this.state = first;
  }

  State state() {
    return state;
  }

  boolean isConnecting() {
    return state == State.CONNECTING;
  }

  boolean isSecuring() {
    return state == State.SECURING;
  }

  /** Whether it is made and neither closed nor being closed. */
  boolean isOpen() {
    return switch (state) {
      case SECURING, OPEN, FINISHING -> true;
      case CONNECTING, CLOSING, OVER -> false;
    };
  }

  boolean isFinishing() {
    return state == State.FINISHING;
  }

  boolean isClosing() {
    return state == State.CLOSING;
  }

  boolean isOver() {
    return state == State.OVER;
  }

  /** Whether what is written has a chance to be sent. */
  boolean isSending() {
    return out == Out.OPEN && isOpen();
  }

  /** Whether what is written is taken: it can be sent, or that is still to be found out. */
  boolean isTaking() {
    return out == Out.OPEN && (isOpen() || isConnecting());
  }

  /** Whether the program sends no more, or nothing can be sent. */
  boolean isEndAsked() {
    return out != Out.OPEN;
  }

  /** Whether the end of the stream was sent, or nothing can be. */
  boolean isOutputEnded() {
    return out == Out.ENDED || out == Out.BROKEN;
  }

  /** Why the wire takes nothing any more; null as long as it does. */
  @Nullable CloseCause broken() {
    return broken;
  }

  /** Whether the end of the input was read. */
  boolean isInputEnded() {
    return in != In.READING;
  }

  /** Whether the end of the input was read, and the program is still to hear of it. */
  boolean isEndToTell() {
    return in == In.ENDED;
  }

  /** Whether the program knows that the input has ended. */
  boolean isEndTold() {
    return in == In.TOLD;
  }

  /** Whether it is finishing, and the handler is still to hear of that. */
  boolean isFinishToTell() {
    return state == State.FINISHING && !finishTold;
  }

  /** Why nothing can be sent any more, though the program has not ended it; null if it can. */
  @Nullable CloseCause loss() {
    CloseCause obstacle = broken;
    return obstacle == null ? cause : obstacle; // a cause, while it is open, is a loss
  }

  /**
   * Whether somebody works for it, so that it must not come to its end; nobody does for a close, or
   * where nothing of that can be sent.
   */
  boolean isHeld() {
    boolean held = holdCount() > 0 || ((holds & TO_END) != 0 && out == Out.OPEN);
    return held && loss() == null && (isOpen() || isConnecting());
  }

  /** Whether a stop has begun, and nothing has been received that it is to wait for. */
  boolean isFirstAwaited() {
    return (holds & TO_FIRST) != 0 && !anyReceived && state == State.FINISHING && in == In.READING;
  }

  /** Why it is over, or is going to be; null as long as nobody has said. */
  @Nullable CloseCause cause() {
    return cause;
  }

  /** The same, and if nobody has said, this. */
  CloseCause causeOr(CloseCause otherwise) {
    CloseCause known = cause;
    return known == null ? otherwise : known;
  }

  // ---- what happened

  /** A filter was put in, which has its handshake before anything else. */
  void securing() {
    if (state == State.OPEN || state == State.FINISHING) {
      state = State.SECURING;
    }
  }

  /** The kernel took bytes. */
  void sent() {
    anySent = true;
  }

  /** The handler was given bytes. */
  void received() {
    anyReceived = true;
  }

  /** Whether a finish is to wait for the first bytes, should they be on their way. */
  void awaitFirst(boolean isAwaited) {
    holds = isAwaited ? holds | TO_FIRST : holds & ~TO_FIRST;
  }

  /** The connect has succeeded. */
  void connected(boolean secure) {
    state = secure ? State.SECURING : State.OPEN;
  }

  /** The handshake is done. */
  void secured() {
    if (state == State.SECURING) {
      state = finishNoted ? State.FINISHING : State.OPEN;
    }
  }

  void inputEnded() {
    in = In.ENDED;
  }

  void endTold() {
    in = In.TOLD;
  }

  void finishTold() {
    finishTold = true;
  }

  /** Another handler is there, which has not heard of any end yet. */
  void handlerChanged() {
    finishTold = false;
    if (in == In.TOLD) {
      in = In.ENDED;
    }
  }

  /** Somebody works for it. */
  void hold() {
    holds++;
  }

  /** Whether somebody works for it until the output is ended, or cannot be used. */
  void holdToEnd(boolean isHeld) {
    holds = isHeld ? holds | TO_END : holds & ~TO_END;
  }

  private int holdCount() {
    return holds & ~(TO_END | TO_FIRST);
  }

  /** Somebody has done that work. False if nobody did any. */
  boolean release() {
    boolean held = holdCount() > 0;
    holds -= held ? 1 : 0;
    return held;
  }

  /** The program sends no more. False if that is nothing new, or the output is not to be had. */
  boolean end() {
    if (!isTaking()) {
      return false;
    }
    out = Out.ENDING;
    return true;
  }

  /** The sending half was shut down, or is found to have no peer. */
  void outputEnded() {
    out = Out.ENDED;
  }

  /** A write failed. */
  void outputBroken(CloseCause why) {
    out = Out.BROKEN;
    broken = why;
  }

  /** It is to end when nothing is due; in a handshake, after that. */
  void finish() {
    if (state == State.OPEN) {
      state = State.FINISHING;
    }
    finishNoted = true;
  }

  /** It is being closed; {@link #end} came first. */
  void close(CloseCause reason) {
    state = State.CLOSING;
    CloseCause known = cause;
    cause = reason;
    if (known != null) {
      cause = unlessProgram(known);
    }
    CloseCause obstacle = broken;
    if (obstacle != null) {
      cause = unlessProgram(obstacle);
    }
  }

  void over(CloseCause reason) {
    state = State.OVER;
    cause = reason;
  }

  /** Something that was to be sent is lost, whatever else is said of the end. */
  void lost(CloseCause why) {
    cause = unlessProgram(why);
  }

  // ---- what follows

  /**
   * Whether an end at once, for this reason, is to be a reset: it comes in the middle of something,
   * and the end of the stream would tell the peer that it has all of it.
   */
  boolean isCutBy(CloseReason why) {
    boolean midway =
        switch (why) {
          case HANDLER_FAILED, ERROR, LIMIT -> true;
          case CUT_OFF -> anySent;
          default -> false;
        };
    return isSending() && (midway || isHeld());
  }

  /**
   * What is to be done now, with this {@link Pending}. After SHUTDOWN and CLOSE it is to be asked
   * again: they lead on.
   */
  Step next(int pending) {
    boolean sent = (pending & Pending.UNSENT) == 0;
    boolean told = in == In.TOLD && (pending & Pending.GIVE) == 0;
    return switch (state) {
      case CONNECTING, OVER -> Step.NOTHING;
      case SECURING -> finishNoted ? Step.LOOK : Step.NOTHING; // a handshake is due
      case OPEN -> endOfHalf(sent, told, Step.NOTHING);
      case FINISHING -> {
        Step then = (pending & Pending.DUE) == 0 ? Step.CLOSE : Step.LOOK;
        yield endOfHalf(sent, told, then);
      }
      case CLOSING -> endOfHalf(sent, in != In.READING, Step.LOOK);
    };
  }

  /** An end of the output comes after the queue; with the end of the input, it is all. */
  private Step endOfHalf(boolean sent, boolean inputOver, Step otherwise) {
    if (out == Out.OPEN || !sent) {
      return otherwise;
    }
    if (inputOver && out != Out.BROKEN) {
      return Step.DISPOSE; // which sends the end, too
    }
    return out == Out.ENDING ? Step.SHUTDOWN : otherwise;
  }

  /** What came in the way of a close, unless the program had a reason of its own for that. */
  CloseCause unlessProgram(CloseCause obstacle) {
    CloseCause reason = cause;
    if (reason == null
        || reason.reason() == CloseReason.CLOSED
        || reason.reason() == CloseReason.END_OF_STREAM) {
      return obstacle;
    }
    return reason;
  }

  @Override
  public String toString() {
    return state.name();
  }
}

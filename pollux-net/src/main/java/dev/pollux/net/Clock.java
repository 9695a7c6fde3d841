package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import dev.pollux.net.Ending.State;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What time does to a {@link Connection}. All of it but the time of its making and {@link
 * ConnectionOptions#closeTotal} is measured by progress: bytes that were read, or that left the
 * kernel for the peer's. That the kernel took some is none: it takes them for a peer that is gone,
 * too, as long as it has room.
 *
 * <p>Traffic writes down the time, and nothing else; the one timer, when it runs, finds out how
 * much later it should have, and is scheduled for then. So a packet costs one store. Where nothing
 * can become due there is no timer.
 *
 * <table>
 * <caption>What becomes due, and what it counts from</caption>
 * <tr><td>CONNECTING, SECURING<td>the limit of the connect, of the handshake
 * <tr><td>OPEN, FINISHING<td>heartbeat: sent · readIdle: read, while somebody listens · writeStall:
 *     moved, while something is on its way · allIdle: read or moved, while somebody listens, or the
 *     peer has ended and nothing is on its way
 * <tr><td>once an end is waited for<td>closeGrace: read or moved, but moved alone in CLOSING, and
 *     not while somebody works on an answer · closeTotal: its beginning
 * <tr><td>looks, for what no event tells of<td>before anything is said against the peer: what it
 *     has done by now, which lies there unread if the loop was held · every second while there is
 *     no reading: whether the peer is still there · a few in each time of silence while something
 *     is on its way: whether that gets on · once an end is waited for, after 20 ms, and so on up to
 *     640 ms: whether it has come closer, and once when first bytes are no longer waited for
 * </table>
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
    /** Nothing was received for too long. */
    READ_IDLE,
    /** What is on its way does not get on. */
    STALLED,
    /** Nothing moved for too long. */
    ALL_IDLE,
    /** It is to be looked what no event tells of. */
    LOOK,
    /** The end took too long. */
    NOT_ENDED
  }

  // What else there is to know about a connection at a look, as bits.

  /** Reading is paused. */
  static final int PAUSED = 1;

  /** The end of the input was read. */
  static final int ENDED = 1 << 1;

  /** Somebody works on an answer. */
  static final int HELD = 1 << 2;

  /** The end of the input was read, or seen without reading. */
  static final int PEER_ENDED = 1 << 3;

  static final long NEVER = Long.MAX_VALUE;

  private static final long LEAST_LOOK_NANOS = 20_000_000; // 20 ms
  private static final long MOST_LOOK_NANOS = 640_000_000; // 640 ms
  private static final long PEER_LOOK_NANOS = 1_000_000_000; // 1 s
  private static final long LATE_NANOS = 100_000_000; // 100 ms: no timer of an idle loop is so late
  private static final long LEAST_AGAIN_NANOS = 1_000_000_000; // 1 s
  private static final int LOOKS_PER_SILENCE = 4;
  private static final int END_BYTES = 1; // TCP counts the end of the stream as a byte

  // Moments that most connections never have, by their index: when something was told last, by
  // when it is to be made, and when its end began.
  private static final int BEAT = 0;
  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int ALL = 3;
  private static final int MADE_BY = 4;
  private static final int END_BEGAN = 5;
  private static final int FIRST_BY = 6; // until when the first bytes are waited for
  private static final int MOMENTS = 7;

  private final ConnectionOptions options;
  private @Nullable LoopTimer timer;
  private long @Nullable [] moments; // NEVER is none
  private long readNanos;
  private long sentNanos;
  private long movedNanos;
  private long lookedNanos;
  private int kernelBytes; // at the last look
  private int takenBytes; // by the kernel, since then
  private boolean underWay;
  private boolean swept;

  Clock(ConnectionOptions options) {
    this.options = options;
  }

  /** Somebody else looks now and then whether it moves: silence is no reason for a timer. */
  void sweep() {
    swept = true;
  }

  // ---- what happened

  /** The connect or the handshake is to be done after so long; 0 or less is never. */
  void limitMaking(long nowNanos, long timeoutNanos) {
    if (timeoutNanos > 0) {
      note(MADE_BY, nowNanos + timeoutNanos);
    } else if (moments != null) {
      note(MADE_BY, NEVER);
    }
  }

  /**
   * A look found that the peer has sent something. If it comes late because the loop was held, the
   * peer has as long again for what is to be made, and a second at least.
   */
  void heard(long nowNanos) {
    long lateNanos = nowNanos - moment(MADE_BY);
    if (lateNanos > LATE_NANOS) {
      note(MADE_BY, nowNanos + Math.max(lateNanos, LEAST_AGAIN_NANOS));
    }
  }

  /**
   * The first bytes are waited for until so long after it became usable, or was last listened to;
   * what happens from now on puts that off no further.
   */
  void awaitFirst(long ageNanos) {
    if (moment(FIRST_BY) == NEVER) {
      note(FIRST_BY, readNanos + ageNanos);
    }
  }

  /** Whether the first bytes may still be on their way. */
  boolean isFirstAwaited(long nowNanos) {
    long by = moment(FIRST_BY);
    return by != NEVER && nowNanos < by;
  }

  /** It is usable: from now on silence counts. */
  void opened(long nowNanos) {
    boolean firstAwaited = moment(FIRST_BY) != NEVER; // a stop came within the handshake
    if (!isEnding()) {
      moments = null; // it is made, and there are no others yet
    }
    if (firstAwaited) {
      note(FIRST_BY, nowNanos + Ending.FIRST_NANOS);
    }
    readNanos = nowNanos;
    sentNanos = nowNanos;
    movedNanos = nowNanos;
    lookedNanos = nowNanos;
  }

  /** Bytes were read; or somebody listens again, so that the silence before that does not count. */
  void read(long nowNanos) {
    readNanos = nowNanos;
  }

  /** The kernel took so many bytes. True if that is a reason to look at the timer. */
  boolean sent(long nowNanos, int sizeBytes) {
    sentNanos = nowNanos;
    boolean news = !underWay && setUnderWay(nowNanos);
    takenBytes = (int) Math.min(Integer.MAX_VALUE, (long) takenBytes + sizeBytes);
    return news;
  }

  /** Bytes wait to be sent. True if that is a reason to look at the timer. */
  boolean unsent(long nowNanos) {
    return !underWay && setUnderWay(nowNanos);
  }

  private boolean setUnderWay(long nowNanos) {
    underWay = true;
    kernelBytes = 0;
    takenBytes = 0;
    movedNanos = nowNanos;
    lookedNanos = nowNanos;
    return true;
  }

  /** Nothing is on its way any more: what was is lost. */
  void lost() {
    underWay = false;
  }

  /** Whether bytes are on their way to the peer, as far as is known. */
  boolean isUnderWay() {
    return underWay;
  }

  /**
   * What a look found of the bytes on their way. Some have left if there are not as many more as
   * were taken. A kernel that has more than that, beside the end of the stream, does not count
   * bytes (a Unix socket counts its memory): then that it took some is all there is to go by.
   *
   * @param heldBytes how many the kernel has, or -errno if it does not say
   * @param unsent whether there are some that it has not
   */
  void measured(long nowNanos, int heldBytes, boolean unsent) {
    int known = Math.max(heldBytes, 0);
    long unmoved = (long) kernelBytes + takenBytes; // so many there are if none has left
    if (known == 0 && kernelBytes == 0 && takenBytes > 0) {
      movedNanos = Math.max(movedNanos, sentNanos); // all of it, and as far as is known at once
    } else if (known < unmoved || known > unmoved + END_BYTES) {
      movedNanos = nowNanos;
    }
    kernelBytes = known;
    takenBytes = 0;
    underWay = unsent || heldBytes > 0;
  }

  /** No event tells of the peer from now on: reading is paused, or the end was read. */
  void unheard(long nowNanos) {
    lookedNanos = nowNanos;
  }

  /** There is something to be seen of the peer at once. */
  void lookSoon(long nowNanos) {
    lookedNanos = nowNanos - PEER_LOOK_NANOS;
  }

  /** An end is waited for. The first time this is said, its time begins. */
  void ending(long nowNanos) {
    if (!isEnding()) {
      note(END_BEGAN, nowNanos);
      lookedNanos = nowNanos;
    }
  }

  /** Whether an end is waited for. */
  boolean isEnding() {
    return moment(END_BEGAN) != NEVER;
  }

  /** An end has come closer. */
  void endMoved(long nowNanos) {
    movedNanos = nowNanos;
  }

  // ---- what is due

  /** What is due, one after the other: to be asked again until it is nothing. */
  Verdict look(long nowNanos, State state, int facts) {
    if (isLookDue(nowNanos, state, facts)) {
      lookedNanos = nowNanos;
      return Verdict.LOOK;
    }
    if (isMaking(state) && nowNanos >= moment(MADE_BY)) {
      return Verdict.NOT_MADE;
    }
    if (nowNanos >= endDueNanos(state)) {
      if ((facts & HELD) == 0 || nowNanos >= totalDueNanos(state)) {
        return Verdict.NOT_ENDED;
      }
      movedNanos = nowNanos; // the work goes on, and the time of the end begins when it is done
    }
    return isSilenceHeard(state) ? silence(nowNanos, facts) : Verdict.NOTHING;
  }

  private Verdict silence(long nowNanos, int facts) {
    boolean listening = (facts & (PAUSED | HELD)) == 0;
    if (nowNanos >= heartbeatDueNanos()) {
      note(BEAT, nowNanos);
      return Verdict.HEARTBEAT;
    }
    if (nowNanos >= stallDueNanos()) {
      note(WRITE, nowNanos);
      return Verdict.STALLED;
    }
    if (nowNanos >= allIdleDueNanos()) {
      note(ALL, nowNanos); // or else it begins anew
      if (listening || isAbandoned(facts)) {
        return Verdict.ALL_IDLE;
      }
    }
    if (nowNanos >= readIdleDueNanos(facts)) {
      note(READ, nowNanos); // or else it begins anew
      if (listening) {
        return Verdict.READ_IDLE;
      }
    }
    return Verdict.NOTHING;
  }

  /** Whether reading is paused, and nothing is left that could end the pause but the program. */
  private boolean isAbandoned(int facts) {
    return (facts & (PEER_ENDED | HELD)) == PEER_ENDED && !underWay;
  }

  /** Before anything is said against the peer, it is looked what it has done by now. */
  private boolean isLookDue(long nowNanos, State state, int facts) {
    if (nowNanos >= lookDueNanos(state, facts, false)) {
      return true;
    }
    long said = endDueNanos(state);
    if (isMaking(state)) {
      said = Math.min(said, moment(MADE_BY));
    }
    if (isSilenceHeard(state)) {
      said = Math.min(said, Math.min(stallDueNanos(), allIdleDueNanos()));
      said = Math.min(said, readIdleDueNanos(facts));
    }
    return nowNanos >= said && lookedNanos < nowNanos;
  }

  /** Whether something is due that has no timer. */
  boolean isSweepDue(long nowNanos, State state, int facts) {
    return swept && nowNanos >= dueNanos(state, facts, false);
  }

  /** When something is due next that wants a timer, or {@link #NEVER}. */
  long dueNanos(State state, int facts) {
    return dueNanos(state, facts, swept);
  }

  private long dueNanos(State state, int facts, boolean timed) {
    long due = Math.min(lookDueNanos(state, facts, timed), endDueNanos(state));
    if (isMaking(state)) {
      due = Math.min(due, moment(MADE_BY));
    }
    if (isSilenceHeard(state)) {
      due = Math.min(due, Math.min(heartbeatDueNanos(), readIdleDueNanos(facts)));
      due = Math.min(due, timed ? NEVER : Math.min(stallDueNanos(), allIdleDueNanos()));
    }
    return due;
  }

  private static boolean isMaking(State state) {
    return state == State.CONNECTING || state == State.SECURING;
  }

  private static boolean isSilenceHeard(State state) {
    return state == State.OPEN || state == State.FINISHING;
  }

  private long lookDueNanos(State state, int facts, boolean timed) {
    long every = NEVER;
    if (isEnding() && state != State.OVER) {
      long elapsed = lookedNanos - moment(END_BEGAN);
      every = Math.clamp(elapsed, LEAST_LOOK_NANOS, MOST_LOOK_NANOS);
    }
    if (isSilenceHeard(state)) {
      long silence = Math.min(orNever(options.writeStallNanos()), orNever(options.allIdleNanos()));
      if (underWay && silence != NEVER && !timed) {
        every = Math.min(every, Math.max(silence / LOOKS_PER_SILENCE, 1));
      }
      if ((facts & (PAUSED | ENDED)) != 0) {
        every = Math.min(every, PEER_LOOK_NANOS);
      }
    }
    return Math.min(sum(lookedNanos, every), state == State.FINISHING ? firstDueNanos() : NEVER);
  }

  /** When the first bytes are waited for no longer, if it was not looked since. */
  private long firstDueNanos() {
    long by = moment(FIRST_BY);
    return lookedNanos < by ? by : NEVER;
  }

  private long heartbeatDueNanos() {
    return sum(Math.max(sentNanos, told(BEAT)), orNever(options.heartbeatNanos()));
  }

  private long readIdleDueNanos(int facts) {
    long period = (facts & ENDED) == 0 ? orNever(options.readIdleNanos()) : NEVER;
    return sum(Math.max(readNanos, told(READ)), period);
  }

  private long stallDueNanos() {
    long period = underWay ? orNever(options.writeStallNanos()) : NEVER;
    return sum(Math.max(movedNanos, told(WRITE)), period);
  }

  private long allIdleDueNanos() {
    long last = Math.max(movedNanos, readNanos);
    return sum(Math.max(last, told(ALL)), orNever(options.allIdleNanos()));
  }

  private long endDueNanos(State state) {
    if (!isEnding() || state == State.OVER) {
      return NEVER;
    }
    long grace = orNever(options.closeGraceNanos());
    if (underWay) {
      grace = Math.max(grace, options.writeStallNanos());
    }
    // In CLOSING, what is read is dropped: a flood is no progress.
    long last = state == State.CLOSING ? movedNanos : Math.max(movedNanos, readNanos);
    return Math.min(sum(Math.max(last, moment(END_BEGAN)), grace), totalDueNanos(state));
  }

  private long totalDueNanos(State state) {
    boolean counts = isEnding() && state != State.OVER;
    return counts ? sum(moment(END_BEGAN), orNever(options.closeTotalNanos())) : NEVER;
  }

  private static long orNever(long periodNanos) {
    return periodNanos > 0 ? periodNanos : NEVER;
  }

  private static long sum(long fromNanos, long periodNanos) {
    return periodNanos == NEVER ? NEVER : fromNanos + periodNanos;
  }

  /** When that was told last; long ago if it never was. */
  private long told(int kind) {
    long known = moment(kind);
    return known == NEVER ? Long.MIN_VALUE : known;
  }

  private long moment(int which) {
    long[] known = moments;
    return known == null ? NEVER : known[which];
  }

  private void note(int which, long nanos) {
    long[] known = moments;
    if (known == null) {
      known = new long[MOMENTS];
      Arrays.fill(known, NEVER);
      moments = known;
    }
    known[which] = nanos;
  }

  // ---- the timer

  /** Has the timer run when something is due, or a little earlier than it would be now. */
  void arm(EventLoop loop, State state, int facts, Runnable action) {
    long due = dueNanos(state, facts);
    LoopTimer scheduled = timer;
    if (due == NEVER) {
      stop(loop);
      timer = null; // who is idle has none
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
}

package dev.pollux.net;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * When a connection may compute for its handshake, and where: in its turn on the loop, or in an
 * executor. While it waits for either, nothing is read.
 *
 * <p>Who has waited for its turns for half of the time that a handshake may take, and is still to
 * be computed for, is given up: its peer could hardly answer in the rest. Time in which some
 * handler held the loop is none of that.
 *
 * <p>An engine locks itself while it computes. So nobody calls it unless it {@linkplain
 * #isEngineHere is here}, whatever becomes of the connection: the peer then learns of an end
 * without an alert.
 *
 * <p>Threads: the loop's, but for what the executor runs.
 */
final class TlsHandshake {

  /** More than is left of a handshake, with certificates of both, when the first is computed. */
  private static final int STEPS_AHEAD = 8;

  /** Records may be of a byte each: so many cost less than a computation. */
  private static final int RECORDS_PER_STEP = 16;

  /** Something that takes its time. */
  @FunctionalInterface
  private interface Task {
    void run() throws SSLException;
  }

  private enum State {
    IDLE,
    WAITING,
    TURN,
    AWAY
  }

  private final Connection connection;
  private final Link link;
  private final Tls tls;
  private final TlsTurns turns;
  private @Nullable SSLEngine made;
  private State state = State.IDLE;
  private boolean due;
  private boolean underWay;
  private int records; // taken in by this step
  private int stepsAhead; // that come before those of others
  private long waitedNanos; // for turns
  private long waitingSince;
  private @Nullable SSLException failure; // of what was away

  TlsHandshake(Connection connection, Tls tls) {
    this.connection = connection;
    this.link = connection.link();
    this.tls = tls;
    this.turns = TlsTurns.of(link.loop());
  }

  int stepsPerTurn() {
    return tls.handshakeStepsPerTurn();
  }

  /** Whether it comes before others: the most expensive part of it was computed not long ago. */
  boolean isAhead() {
    return stepsAhead > 0;
  }

  /** Whether nobody waits for it any more. */
  boolean isOver() {
    return !link.ending.isSecuring();
  }

  /** Whether it waits for its turn, or computes elsewhere. */
  boolean isHeldUp() {
    return !isOver() && (state == State.WAITING || isAway());
  }

  private boolean isAway() {
    return state == State.AWAY;
  }

  /** The engine, from its first turn on. */
  SSLEngine engine() {
    return Objects.requireNonNull(made, "its turn has not come");
  }

  /** Whether there is an engine, and it may be called. */
  boolean isEngineHere() {
    return made != null && !isAway();
  }

  /** Closes the engine for sending, and says so, if it is here. */
  void sayGoodbye() {
    if (isEngineHere()) {
      TlsRecords.sayGoodbye(engine(), link);
    }
  }

  /** Has an engine that failed say so, if it is here; false if there is none that did. */
  boolean sayAlert() {
    return isEngineHere() && TlsRecords.sayAlert(engine(), link);
  }

  /** Whether the engine has nothing more to send. */
  boolean isOutboundDone() {
    return isEngineHere() && engine().isOutboundDone();
  }

  /** Whether it goes on even without new bytes. */
  boolean isDue() {
    return due;
  }

  /** As {@link #isDue}, once; throws what was thrown while it was away. */
  boolean takeDue() throws SSLException {
    boolean was = due;
    due = false;
    throwFailure();
    return was;
  }

  private void throwFailure() throws SSLException {
    SSLException thrown = failure;
    if (thrown != null) {
      failure = null;
      throw thrown;
    }
  }

  /** Whether it may compute now; else it waits for its turn, and goes on then. */
  boolean takeTurn() {
    if (state == State.IDLE) {
      waitingSince = turns.waitedNanos();
      state = State.WAITING;
      if (turns.take(this)) {
        haveTurn();
      }
    }
    return state == State.TURN;
  }

  /** Whether a record may be taken in now; else as {@link #takeTurn}. */
  boolean takeRecord() {
    if (state == State.TURN && records == RECORDS_PER_STEP) {
      state = State.IDLE; // the turn is used
    }
    boolean now = takeTurn();
    if (now) {
      records++;
    }
    return now;
  }

  /** It counts also if it is of no use: or who sends a record byte by byte would have them all. */
  private void haveTurn() {
    state = State.TURN;
    records = 0;
    stepsAhead = Math.max(0, stepsAhead - 1);
  }

  /** Gives the turn up, if it has one: used, or for others. */
  void endTurn(boolean used) {
    if (state == State.TURN) {
      state = State.IDLE;
      if (!used) {
        turns.giveBack();
      }
    }
  }

  /** Its turn has come. */
  void go() {
    haveTurn();
    waitedNanos += turns.waitedNanos() - waitingSince;
    long limit = tls.handshakeNanos();
    if (!underWay && limit > 0 && waitedNanos > limit / 2) {
      endTurn(false);
      giveUp();
    } else {
      goOn();
    }
  }

  private void giveUp() {
    String waited = "a TLS handshake waited " + waitedNanos / 1_000_000 + " ms for its turns";
    link.closeNow(CloseCause.of(CloseReason.PROTOCOL, waited + ": the loop has too many"));
  }

  private void goOn() {
    if (!isOver()) {
      due = true;
      link.giveAgain();
      link.kick();
    }
  }

  /** Begins, in its first turn; false if that has not come, or is not over. */
  boolean begin() throws SSLException {
    if (made != null) {
      return true;
    }
    if (!takeTurn()) {
      return false;
    }
    SSLEngine engine = tls.engine(connection);
    made = engine;
    due = true;
    return compute(engine::beginHandshake);
  }

  /** Does what the engine asks for; false as below. */
  boolean compute() throws SSLException {
    SSLEngine engine = engine();
    boolean isDone = compute(() -> TlsEngine.runTasks(engine));
    if (!underWay && (isDone || isAway())) {
      underWay = true;
      stepsAhead = STEPS_AHEAD;
    }
    return isDone;
  }

  /**
   * Does what takes its time; false if that has not been done yet: then it goes on when it has
   * been, or when its turn has come to ask for it again.
   */
  private boolean compute(Task task) throws SSLException {
    if (isOver()) { // new keys are cheap
      task.run();
      return true;
    }
    if (!takeTurn()) {
      return false;
    }
    Executor executor = tls.handshakeExecutor();
    if (executor == null) {
      state = State.IDLE; // the turn is used
      task.run();
      return true;
    }
    Errand errand = new Errand(task);
    state = State.AWAY;
    errand.giveTo(executor);
    if (!errand.doneHere) {
      return false;
    }
    state = State.IDLE;
    throwFailure();
    return true;
  }

  /** It has been computed elsewhere. */
  private void back() {
    state = State.IDLE;
    goOn();
  }

  /** A task on its way through the executor. It is done once, whatever the executor does. */
  private final class Errand implements Runnable {
    private final Task task;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private boolean giving; // this, of the loop's thread
    private boolean doneHere; // while it was given, on the loop's thread

    Errand(Task task) {
      this.task = task;
    }

    /** Runs it here if the executor does not take it, or has it run by its caller. */
    void giveTo(Executor executor) {
      giving = true;
      try {
        executor.execute(this);
      } catch (Throwable t) {
        if (claimed.compareAndSet(false, true)) {
          NetStats.of(link.loop()).refuse(Limit.TLS_EXECUTOR);
          work();
          doneHere = true;
        }
        if (!(t instanceof RejectedExecutionException)) {
          link.loop().report("the executor of handshakes", t);
        }
      } finally {
        giving = false;
      }
    }

    @Override
    public void run() {
      if (claimed.compareAndSet(false, true)) {
        work();
        if (link.loop().inLoop() && giving) {
          doneHere = true;
        } else {
          // Without a loop there is no connection either, and its descriptor was closed with it.
          boolean _ = OnLoop.postParking(link.loop(), TlsHandshake.this::back);
        }
      }
    }

    private void work() {
      try {
        task.run();
      } catch (SSLException e) {
        failure = e;
      } catch (Throwable t) {
        failure = new SSLException("TLS engine: " + t, t);
      }
    }
  }
}

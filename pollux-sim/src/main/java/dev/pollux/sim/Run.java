package dev.pollux.sim;

import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Sim} goes on from its set-up to its end, and what comes of it: nothing to say, a
 * failure, or that it was given up.
 */
final class Run {

  private final Sim sim;
  private final SimRuns.Values options;
  private final Schedule schedule;
  private final Judge judge;
  private long endNanos = Long.MAX_VALUE / 2; // in the set-up
  private boolean isEnded;
  private boolean isOver; // hosts are being ended
  private boolean isGivenUp;
  private @Nullable Throwable givenUpFor;
  private @Nullable String failure;
  private @Nullable Throwable cause;

  /** Who runs the test is to end. */
  static final class Interrupted extends IllegalStateException {
    private static final long serialVersionUID = 1;

    Interrupted() {
      super("interrupted; not all of the runs were made");
    }
  }

  /** Ends the run, whose failure is noted. */
  private static final class Unwinding extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unwinding() {
      super("", null, false, false);
    }
  }

  Run(Sim sim, SimRuns.Values options, Schedule schedule, Judge judge) {
    this.sim = sim;
    this.options = options;
    this.schedule = schedule;
    this.judge = judge;
  }

  // ---- on its way

  /**
   * From the set-up to the end of the hosts.
   *
   * @throws Interrupted if the thread was interrupted; the hosts are ended
   */
  void run(SimBody body) {
    Interrupted interrupted = null;
    try {
      body.run(sim);
      if (!isGivenUp) {
        sim.hosts().setUp();
      }
      check();
      sim.setUp();
      endNanos = sim.later(options.lasting);
      for (boolean goesOn = true; goesOn; ) {
        goesOn = step();
      }
    } catch (Unwinding _) {
      // what failed is noted, or that it was ended
    } catch (Interrupted e) {
      interrupted = e;
    } catch (Throwable e) { // also an Error of the test, or of its program
      if (!givesUp(e)) {
        failed(e.toString(), e);
      }
    }
    if (failure == null && interrupted == null) {
      sim.note("the end");
      judge();
      sim.setCalm();
    }
    isOver = true;
    ended(Host::end);
    String judged = failure;
    ended(Host::free);
    failure = judged; // whatever is said by who is over
    if (interrupted != null) {
      throw interrupted;
    }
  }

  /**
   * A step, after which all is looked at that is held of the run; false if that is over. Behind the
   * end it is whatever happens next.
   */
  boolean step() throws Exception {
    if (isOver) {
      return schedule.step(Long.MAX_VALUE / 2);
    }
    if (isEnded) {
      return false;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new Interrupted();
    }
    long start = sim.startNanos();
    long last = Math.max(endNanos, start + judge.lastLook());
    long look = Math.min(last, start + judge.nextLook(sim.nowNanos()));
    boolean goesOn = schedule.step(look) || look < last; // also where nothing happens on the way
    if (schedule.steps() >= options.steps) {
      failed("stopped after step " + options.steps + ", as was asked", null);
    }
    check();
    return goesOn && !isEnded;
  }

  /** Looks at what is held of the run. */
  void check() {
    throwFailure();
    judge.look(sim.nowNanos());
    if (!sim.network().brokenStreams().isEmpty()) { // asked after each step: without an iterator
      sim.network()
          .brokenStreams()
          .forEach(broken -> sim.violated(Invariant.BYTES_IN_ORDER, broken));
    }
    throwFailure();
  }

  /** Who waits within a step for something else does so in vain once the run is ended. */
  void unwindIfEnded() {
    if (isEnded && !isOver) {
      throw new Unwinding();
    }
  }

  private void throwFailure() {
    if (failure != null) {
      throw new Unwinding();
    }
  }

  private void judge() {
    if (!isGivenUp) {
      judge.end();
      boolean isAtRest = !isEnded && schedule.isAtRest();
      sim.hosts().all().forEach(host -> host.look(isAtRest));
    }
  }

  private void ended(Consumer<Host> end) {
    for (Host host : sim.hosts().all()) {
      try {
        end.accept(host);
      } catch (RuntimeException | AssertionError e) {
        failed(host + " cannot be ended: " + e, e);
      }
    }
  }

  // ---- what comes of it

  /** It is over, at the end of this step. */
  void end() {
    isEnded = true;
  }

  /** It comes to nothing, and nobody is to blame. */
  void giveUp(String why) {
    sim.note("given up: " + why);
    isGivenUp = true;
    isEnded = true;
  }

  /** Whether it is given up for what was thrown: an assumption of the test does not hold. */
  boolean givesUp(Throwable thrown) {
    boolean gives =
        options.givesUpOn.isInstance(thrown)
            || (thrown instanceof CompletionException
                && options.givesUpOn.isInstance(thrown.getCause()));
    if (gives) {
      giveUp(thrown.toString());
      givenUpFor = thrown;
    }
    return gives;
  }

  /** It has failed; of several failures the first one counts. */
  void failed(String what, @Nullable Throwable why) {
    if (failure == null) {
      failure = what;
      cause = why;
      sim.note("FAILED: " + what);
    }
  }

  /** Whether it is over, and hosts are being ended. */
  boolean isOver() {
    return isOver;
  }

  boolean isGivenUp() {
    return isGivenUp;
  }

  /** What has had it given up, if something was thrown. */
  @Nullable Throwable givenUpFor() {
    return givenUpFor;
  }

  /** What has failed; null if nothing. */
  @Nullable String failure() {
    return failure;
  }

  @Nullable Throwable cause() {
    return cause;
  }
}

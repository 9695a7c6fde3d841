package dev.pollux.sim;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the run and its threads hand to each other: who has it runs, and the others stand still.
 *
 * <p>Threads are real, so that any code runs on them; but one at a time, and each goes on when the
 * run says so.
 */
final class Baton {

  /** In which a thread has to come to a wait, or to its end; time of the machine. */
  private static final long PATIENCE_SECONDS = 30;

  /** A thread works for ever, or waits for something that is not of the simulation. */
  static final class Stuck extends IllegalStateException {
    private static final long serialVersionUID = 1;

    Stuck(String message) {
      super(message);
    }
  }

  private final Thread run = Thread.currentThread();
  private final Semaphore back = new Semaphore(0);
  private @Nullable Strand holder; // null is the run itself

  /** The thread that runs now; null is the run itself. */
  @Nullable Strand holder() {
    Strand strand = holder;
    Thread here = Thread.currentThread();
    if (strand == null ? !here.equals(run) : !strand.is(here)) {
      throw new IllegalStateException(
          here.getName() + " is no thread of the simulation: start threads by env.threads()");
    }
    return strand;
  }

  /** Lets a thread run until it waits, or ends. On the run's thread. */
  void give(Strand strand) {
    if (holder != null) {
      throw new IllegalStateException("a simulated thread cannot let another one run");
    }
    holder = strand;
    strand.go();
    boolean isBack = awaitBack();
    holder = null;
    if (!isBack) {
      throw strand.lose(PATIENCE_SECONDS);
    }
  }

  /** An interrupt of the run is looked at by the run, between its steps. */
  private boolean awaitBack() {
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return back.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
          isInterrupted = true;
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The thread that has it waits, or ends. */
  void giveBack() {
    back.release();
  }
}

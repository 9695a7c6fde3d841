package dev.pollux.loop;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * The flight recorder's events of a loop, described in package-info. While no recording wants them
 * this asks twice a turn whether one does, and no more.
 *
 * <p>Threads: the loop's. The class is not loaded where there is no flight recorder.
 */
final class LoopTrace {

  // Each is asked whether its kind is switched on, and never committed.
  private static final Event TURN = new TurnEvent();
  private static final Event WAIT = new WaitEvent();
  private static final Event SPIN = new SpinEvent();
  private static final Event SLOW = new SlowHandlerEvent();

  private final String loop;
  private @Nullable TurnEvent turn;
  private @Nullable WaitEvent wait;
  private @Nullable SpinEvent spin;
  private @Nullable SlowHandlerEvent slow;

  LoopTrace(String loop) {
    this.loop = loop;
  }

  /** Whether somebody wants to know what handlers take. */
  boolean wantsWork() {
    return SLOW.isEnabled();
  }

  /** A wait is over, and with it the one before the next turn begins. */
  void woke(int eventCount, boolean mayBlock) {
    WaitEvent ended = wait;
    if (ended != null) {
      wait = null;
      ended.loop = loop;
      ended.events = eventCount;
      ended.mayBlock = mayBlock;
      ended.commit();
    }
    if (TURN.isEnabled()) {
      TurnEvent begun = new TurnEvent();
      begun.begin();
      turn = begun;
    }
  }

  /** A wait is about to begin. */
  void waits(int eventCount, int taskCount, int timerCount) {
    TurnEvent ended = turn;
    if (ended != null) {
      turn = null;
      ended.loop = loop;
      ended.events = eventCount;
      ended.tasks = taskCount;
      ended.timers = timerCount;
      ended.commit();
    }
    if (WAIT.isEnabled()) {
      WaitEvent begun = new WaitEvent();
      begun.begin();
      wait = begun;
    }
  }

  void spins() {
    if (SPIN.isEnabled()) {
      SpinEvent begun = new SpinEvent();
      begun.begin();
      spin = begun;
    }
  }

  void spun(int eventCount) {
    SpinEvent ended = spin;
    if (ended != null) {
      spin = null;
      ended.loop = loop;
      ended.events = eventCount;
      ended.commit();
    }
  }

  /** A handler is about to run, if {@link #wantsWork}. */
  void begins(Object work, int fd) {
    SlowHandlerEvent begun = new SlowHandlerEvent();
    begun.handler = WorkNames.subject(work).getClass();
    begun.fd = fd;
    begun.begin();
    slow = begun;
  }

  /** It has run. */
  void ends() {
    SlowHandlerEvent ended = slow;
    if (ended != null) {
      slow = null;
      ended.loop = loop;
      ended.commit(); // if it took as long as the event's threshold
    }
  }

  @Name("dev.pollux.LoopTurn")
  @Label("Loop Turn")
  @Description("What a loop did from the end of a wait to the beginning of the next")
  @Category("Pollux")
  @Enabled(false)
  @StackTrace(false)
  static final class TurnEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Events")
    int events;

    @Label("Tasks")
    int tasks;

    @Label("Timers")
    int timers;
  }

  @Name("dev.pollux.LoopWait")
  @Label("Loop Wait")
  @Description("A loop waited for events")
  @Category("Pollux")
  @Enabled(false)
  @StackTrace(false)
  static final class WaitEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Events")
    int events;

    @Label("May Block")
    @Description("False if the loop only looked, because it had work left")
    boolean mayBlock;
  }

  @Name("dev.pollux.LoopSpin")
  @Label("Loop Spin")
  @Description("A loop looked for events without sleeping, before it slept")
  @Category("Pollux")
  @Enabled(false)
  @StackTrace(false)
  static final class SpinEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Events")
    @Description("What it found; 0 if it had to sleep, or a task came")
    int events;
  }

  @Name("dev.pollux.SlowHandler")
  @Label("Slow Handler")
  @Description("A handler, task or timer that ran for longer than the threshold")
  @Category("Pollux")
  @Enabled(false)
  @Threshold("20 ms")
  @StackTrace(false)
  static final class SlowHandlerEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Handler")
    @Nullable Class<?> handler;

    @Label("Descriptor")
    @Description("The descriptor whose event it handled; -1 if it was none")
    int fd;
  }
}

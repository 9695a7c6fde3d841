package dev.pollux.loop;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Events;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * An event loop: one thread that waits until descriptors are ready and calls their handlers, and
 * runs tasks and timers in between.
 *
 * <h2>One turn</h2>
 *
 * <ol>
 *   <li>now = the clock
 *   <li>run queued tasks, at most {@link LoopOptions#tasksPerTurn}
 *   <li>run due timers, at most {@link LoopOptions#timersPerTurn}
 *   <li>flush: call the handlers that asked by {@link #flushLater}
 *   <li>timeout = 0 if any of these has work left, else up to the next timer
 *   <li>wait, for at most {@link LoopOptions#eventsPerWait} events
 *   <li>now = the clock
 *   <li>dispatch: call the handlers of what is ready
 *   <li>close: call the handlers that asked by {@link #closeLater}
 * </ol>
 *
 * <p>{@link #runOnce} is one turn, for a thread that is the caller's; {@link #run} is turns until
 * {@link #stop}. A {@link LoopGroup} has threads of its own.
 *
 * <h2>Failures</h2>
 *
 * <p>What a handler throws goes to {@link LoopHandler#failed}, what a task or a timer throws to
 * {@link LoopOptions#errorHandler}; the rest of the batch and the loop go on.
 *
 * <h2>Limits</h2>
 *
 * <p>A turn is bounded by its options; what is left over is first in the next turn, after new
 * events were looked for. {@link #execute} rejects a task when {@link LoopOptions#taskCapacity}
 * wait: the caller is told at once, and nothing is dropped in silence.
 *
 * <p>Ownership: the poller is the loop's; descriptors are their handlers', and {@link #close} tells
 * each handler to give its own back. Threads: {@link #execute}, {@link #offer}, {@link #schedule},
 * {@link #scheduleAtFixedRate}, {@link #cancel}, {@link #stop}, {@link #inLoop} and {@link #stats}
 * from any thread; everything else on the loop's thread. That is the thread that first calls {@link
 * #runOnce} or {@link #run}; before, it is whoever sets the loop up. Time comes from {@link
 * Sys#nanoTime} of the kernel given, so a loop over the model kernel runs in virtual time.
 */
public final class EventLoop implements Executor, Runnable, AutoCloseable {

  private final Sys sys;
  private final LoopOptions options;
  private final Poller poller;
  private final LoopTasks tasks;
  private final TimerWheel timers;
  private final LocalTable locals = new LocalTable(this);
  private final LoopMeter meter;
  private final LoopFailures failures;
  private final HandlerQueue flushes;
  private final HandlerQueue closes;
  private final LoopWait waiter;
  private final LoopOwner owner = new LoopOwner();
  private final TimerWheel.Runner timerRunner = this::runTimer;

  /** The moment this turn stands at, see {@link #nowNanos}. */
  private long nowNanos;

  /** The moment of the last phase 3: what is scheduled for it is due in the next. */
  private long timersNanos;

  private boolean inTurn;
  private volatile boolean stopAsked;
  private volatile boolean closed;

  private EventLoop(Sys sys, LoopOptions options, Poller poller) {
    this.sys = sys;
    this.options = options;
    this.poller = poller;
    this.nowNanos = sys.nanoTime();
    this.meter = new LoopMeter(options.name(), nowNanos);
    this.failures = new LoopFailures(this, meter, options.errorHandler());
    this.flushes = new HandlerQueue(failures, meter, LoopHandler::flush);
    this.closes = new HandlerQueue(failures, meter, LoopHandler::dispose);
    TaskQueue queue = new TaskQueue(options.taskCapacity());
    this.timersNanos = nowNanos;
    this.timers = new TimerWheel(options.tickNanos(), nowNanos, meter);
    this.waiter = new LoopWait(sys, poller, options, queue, meter);
    this.tasks = new LoopTasks(this, queue, waiter, poller, meter);
  }

  /** A loop on this system's kernel. */
  public static EventLoop open() throws SysException {
    return open(LoopOptions.DEFAULT);
  }

  /** A loop on this system's kernel, with options. */
  public static EventLoop open(LoopOptions options) throws SysException {
    return open(NativeSys.open(), options);
  }

  /**
   * A loop on a kernel of one's choice.
   *
   * @throws SysException if the kernel lacks the backend or is out of descriptors or memory; then
   *     nothing is left open
   */
  public static EventLoop open(Sys sys, LoopOptions options) throws SysException {
    Backend backend = options.backend();
    Poller poller = backend == null ? Poller.open(sys) : Poller.open(sys, backend);
    try {
      return new EventLoop(sys, options, poller);
    } catch (Throwable t) {
      poller.close();
      throw t;
    }
  }

  /**
   * Runs turns until {@link #stop}. The thread that calls it is the loop's from then on.
   *
   * @throws ClosedLoopException if the loop is closed
   * @throws IllegalStateException on another thread than the loop's, and within a turn
   */
  @Override
  public void run() {
    claim();
    try {
      while (!stopAsked) {
        int _ = step(-1, false);
      }
    } catch (SysException e) {
      throw new IllegalStateException(this + " cannot wait any more", e);
    }
  }

  /**
   * One turn, as above.
   *
   * @param timeoutNanos how long the wait may take at most: positive, so long; 0, it does not
   *     block; negative, until something happens, so it does not block either when this turn ran a
   *     task or a timer. Timers that come due end it earlier
   * @return how many tasks, timers and events were run
   * @throws SysException if the kernel refuses to wait, which no use of this class leads to
   * @throws IllegalStateException as {@link #run}
   */
  public int runOnce(long timeoutNanos) throws SysException {
    return step(timeoutNanos, timeoutNanos < 0);
  }

  /** One turn; if asked for, one that does not block after it ran something. */
  private int step(long timeoutNanos, boolean untilSomething) throws SysException {
    claim();
    inTurn = true;
    try {
      return turn(timeoutNanos, untilSomething);
    } finally {
      inTurn = false;
    }
  }

  private int turn(long timeoutNanos, boolean untilSomething) throws SysException {
    nowNanos = sys.nanoTime(); // 1. now
    meter.turn(nowNanos, tasks.size());
    // 2. tasks
    int taskCount = tasks.run();
    // 3. timers
    int timerCount = runTimers();
    // 4. flush
    int flushCount = flushes.run();
    // 5. timeout
    long beforeNanos = taskCount + timerCount + flushCount == 0 ? nowNanos : sys.nanoTime();
    boolean isEnough = untilSomething && taskCount + timerCount > 0;
    long timeout = isEnough ? 0 : timeout(timeoutNanos, timerCount, beforeNanos);
    // 6. wait
    waiter.await(timeout, beforeNanos);
    nowNanos = waiter.wokenNanos(); // 7. now
    // 8. dispatch
    int eventCount = dispatch();
    // 9. close
    int _ = closes.run();
    meter.leave();
    return taskCount + timerCount + eventCount;
  }

  /** Makes {@link #run} return after its turn. Idempotent. Any thread. */
  public void stop() {
    stopAsked = true; // volatile, before the wake-up that ends the wait at hand or the next
    waiter.wakeup();
  }

  /** Whether {@link #stop} was called. Any thread. */
  public boolean isStopping() {
    return stopAsked;
  }

  /** Whether it is closed, or being closed. Any thread. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Closes the loop: tasks that were accepted are run, pending flushes are called, each handler
   * that is still registered is told by {@link LoopHandler#failed} with a {@link
   * ClosedLoopException} and gives its descriptor back, and timers are forgotten. On the loop's
   * thread, when {@link #run} has returned, or on any when that thread has ended. Idempotent.
   *
   * @throws IllegalStateException on another thread while the loop's lives, and within a turn: call
   *     {@link #stop} there
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    owner.inherit(this);
    requireNoTurn();
    closed = true;
    tasks.close();
    int _ = flushes.run(); // while the descriptors are still there
    ClosedLoopException cause = new ClosedLoopException(options.name());
    for (Registration registration : poller.registrations()) {
      if (registration.isActive() && registration.attachment() instanceof LoopHandler handler) {
        failures.tell(handler, registration, cause);
      }
    }
    closes.runOut();
    locals.close();
    poller.close();
    meter.leave();
  }

  /**
   * Whether the calling thread is the loop's, or the loop has none: not yet, or, until it is
   * closed, not any more. Any thread.
   */
  public boolean inLoop() {
    return owner.isCurrentOrNone() || (!closed && owner.isOver());
  }

  /** Says whose the loop is before that thread is started. */
  void assign(Thread thread) {
    owner.assign(thread);
  }

  /**
   * Runs a task in the next turn, on the loop's thread; tasks of one thread run in its order.
   *
   * @throws RejectedExecutionException if {@link LoopOptions#taskCapacity} tasks wait already, or
   *     the loop is closed
   */
  @Override
  public void execute(Runnable task) {
    tasks.submit(task, LoopWait.AT_ONCE);
  }

  /** As {@link #execute}, but says false when the queue is full or the loop is closed. */
  public boolean offer(Runnable task) {
    return tasks.offer(task, LoopWait.AT_ONCE) == TaskQueue.Outcome.ACCEPTED;
  }

  /**
   * Runs a task once, after a delay: never earlier, and later by at most a tick and what the loop
   * is busy with.
   *
   * <p>Until the loop has a thread, this counts as off it.
   *
   * @param delayNanos from now; 0 or less is the next phase 3, without waiting for a tick
   * @return to {@link #cancel} it by, or to schedule it again
   * @throws RejectedExecutionException as {@link #execute}, off the loop's thread
   */
  public LoopTimer schedule(long delayNanos, Runnable task) {
    LoopTimer timer = new LoopTimer(task);
    schedule(timer, delayNanos);
    return timer;
  }

  /**
   * As above, with a timer that may be used again and again; one that is pending is moved. On the
   * loop's thread it allocates nothing.
   */
  public void schedule(LoopTimer timer, long delayNanos) {
    schedule(timer, delayNanos, deadline(delayNanos));
  }

  private long deadline(long delayNanos) {
    return sys.nanoTime() + Math.clamp(delayNanos, 0, Long.MAX_VALUE / 2);
  }

  private void schedule(LoopTimer timer, long delayNanos, long deadline) {
    if (owner.isCurrent()) {
      timers.schedule(timer, delayNanos <= 0 ? timersNanos : deadline);
    } else {
      tasks.submit(() -> schedule(timer, delayNanos, deadline), deadline);
    }
  }

  /** Schedules at a moment of the loop's clock. */
  void scheduleAt(LoopTimer timer, long deadlineNanos) {
    timers.schedule(timer, deadlineNanos);
  }

  /**
   * Runs a task again and again: the k-th time, {@code initialDelayNanos + k * periodNanos} from
   * now. A time that is missed because the loop was busy is left out, not made up for. A task that
   * throws is not run again.
   *
   * @return to {@link #cancel} it by
   */
  public LoopTimer scheduleAtFixedRate(long initialDelayNanos, long periodNanos, Runnable task) {
    if (periodNanos < 1) {
      throw new IllegalArgumentException("periodNanos: " + periodNanos + " is less than 1");
    }
    long first = deadline(initialDelayNanos);
    FixedRate periodic = new FixedRate(this, first, periodNanos, task);
    schedule(periodic.timer, initialDelayNanos, first);
    return periodic.timer;
  }

  /**
   * Takes a timer back. On the loop's thread it will not run after this; from another thread the
   * loop does it at its next turn, and the timer may run before.
   *
   * @throws RejectedExecutionException as {@link #execute}, off the loop's thread
   */
  public void cancel(LoopTimer timer) {
    if (owner.isCurrent()) {
      boolean _ = timers.cancel(timer);
    } else {
      tasks.submit(() -> timers.cancel(timer), Long.MAX_VALUE);
    }
  }

  /**
   * Watches a descriptor: from now on its readiness leads to the handler. The rest is done by the
   * {@link #poller}: modify, drained, remove.
   *
   * @throws SysException as {@link Poller#add}
   * @throws ClosedLoopException if the loop is closed, or being closed: nobody would tell the
   *     handler
   */
  public Registration add(int fd, Interest interest, Trigger trigger, LoopHandler handler)
      throws SysException {
    assert inLoop();
    if (closed) {
      throw new ClosedLoopException(options.name());
    }
    return poller.add(fd, interest, trigger, handler);
  }

  /**
   * The poller, for all that is to be done with registrations. Attachments are {@link LoopHandler};
   * a registration with another is removed, and reported, at its first event. Who adds by the
   * poller while the loop is being closed is not told of that.
   */
  public Poller poller() {
    return poller;
  }

  /** The kernel it runs on. Any thread. */
  public Sys sys() {
    return sys;
  }

  /** The options it was opened with. Any thread. */
  public LoopOptions options() {
    return options;
  }

  /**
   * The clock as of phase 1 or 7, whichever was last: the same for everything within, and free. In
   * nanoseconds of {@link Sys#nanoTime}.
   */
  public long nowNanos() {
    assert inLoop();
    return nowNanos;
  }

  /** Calls the handler's {@link LoopHandler#flush} in the next phase 4; once for each call. */
  public void flushLater(LoopHandler handler) {
    assert inLoop();
    flushes.add(handler);
  }

  /** Calls the handler's {@link LoopHandler#dispose} in the next phase 9; once for each call. */
  public void closeLater(LoopHandler handler) {
    assert inLoop();
    closes.add(handler);
  }

  /** What the loop has done so far. Any thread. */
  public LoopStats stats() {
    return meter.stats(sys.nanoTime());
  }

  /**
   * Says that the handler or task that runs moved something: read, wrote, accepted, finished. Who
   * says so is not taken for a spinning loop, see {@link Watchdog}. Costs as good as nothing.
   */
  public void progressed() {
    assert inLoop();
    meter.progressed();
  }

  /** What {@link LoopLocal}s keep here. */
  LocalTable locals() {
    return locals;
  }

  /** What watches the loop from outside sees of it. */
  LoopMeter meter() {
    return meter;
  }

  /** Reports what no handler answers for. */
  void report(String what, Throwable cause) {
    failures.report(what, cause);
  }

  @Override
  public String toString() {
    return options.name() + " (" + poller.backend().label() + ")";
  }

  private void claim() {
    if (closed) {
      throw new ClosedLoopException(options.name());
    }
    owner.claim(this);
    requireNoTurn();
  }

  private void requireNoTurn() {
    if (inTurn) {
      throw new IllegalStateException(this + " is within a turn: return from it, or call stop()");
    }
  }

  private int runTimers() {
    timersNanos = nowNanos;
    int count = timers.expire(nowNanos, options.timersPerTurn(), timerRunner);
    meter.timers(count);
    return count;
  }

  private void runTimer(LoopTimer timer) {
    try {
      timer.run();
    } catch (Throwable t) {
      report("a timer", t);
    }
  }

  private long timeout(long timeoutNanos, int timerCount, long beforeNanos) {
    if (timeoutNanos == 0
        || !flushes.isEmpty()
        || !closes.isEmpty()
        || timerCount == options.timersPerTurn()) {
      return 0;
    }
    long next = timers.nextDeadlineNanos();
    if (next == TimerWheel.NEVER) {
      return timeoutNanos;
    }
    long untilTimer = Math.max(0, next - beforeNanos);
    return timeoutNanos < 0 ? untilTimer : Math.min(timeoutNanos, untilTimer);
  }

  /** How many events led to a handler; those of registrations removed meanwhile do not. */
  private int dispatch() {
    Events events = waiter.events();
    int count = 0;
    while (events.next()) {
      if (!(events.attachment() instanceof LoopHandler handler)) {
        events.registration().remove();
        failures.stray(events.registration());
        continue;
      }
      count++;
      meter.event(handler, events);
      try {
        handler.ready(events);
      } catch (Throwable t) {
        failures.tell(handler, events.registration(), t);
      }
    }
    return count;
  }
}

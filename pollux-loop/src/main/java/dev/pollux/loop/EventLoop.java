package dev.pollux.loop;

import dev.pollux.poll.EventSource;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * An event loop: one thread that waits until descriptors are ready and calls their handlers, and
 * runs tasks and timers in between.
 *
 * <pre>{@code
 * EventLoop loop = EventLoop.open();
 * loop.schedule(1_000_000_000, loop::stop); // in a second; any thread may stop it
 * loop.run();
 * }</pre>
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
 * <p>{@link #runOnce} is one turn; {@link #run} is turns until {@link #stop}. A {@link LoopGroup}
 * has threads of its own.
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
 * <h2>Threads</h2>
 *
 * <p>Who opens a loop owns it: its thread is the loop's. To run the loop in another thread, hand it
 * over first, by {@link #handTo}; many loops may be one thread's. When the owner has ended, the
 * loop belongs to nobody, until a thread calls {@link #takeOver} or {@link #close}. Any thread may
 * call what says so. Everything else is for the owner, and throws {@link IllegalStateException} on
 * another thread, always, before it does anything.
 *
 * <p>Ownership: the poller is the loop's; descriptors are their handlers', and {@link #close} tells
 * each handler to give its own back. Time comes from {@link Sys#nanoTime} of the kernel given, so a
 * loop over the model kernel runs in virtual time.
 */
public final class EventLoop implements Executor, Runnable, AutoCloseable {

  private final Sys sys;
  private final LoopOptions options;
  private final Poller poller;
  private final Mailbox mailbox;
  final LoopTimers timers;
  private final HandlerQueue flushes;
  private final HandlerQueue closes;
  private final LoopTurn turn;
  final LocalTable locals = new LocalTable(this);
  final LoopMeter meter;
  final LoopFailures failures;
  final LoopOwner owner = new LoopOwner();

  private volatile boolean inTurn; // by the owner
  private volatile boolean stopAsked;
  private volatile boolean closed;
  private volatile boolean gone; // closing has come to its end

  private EventLoop(Sys sys, LoopOptions options, Poller poller) {
    this.sys = sys;
    this.options = options;
    this.poller = poller;
    long nowNanos = sys.nanoTime();
    this.meter = new LoopMeter(options.name(), nowNanos);
    this.failures = new LoopFailures(this, meter, options.errorHandler());
    this.mailbox = new Mailbox(options.taskCapacity(), poller, meter, failures);
    this.timers = new LoopTimers(this, nowNanos, meter, failures);
    this.flushes = new HandlerQueue(failures, meter, LoopHandler::flush);
    this.closes = new HandlerQueue(failures, meter, LoopHandler::dispose);
    this.turn = new LoopTurn(this, nowNanos, mailbox, timers, flushes, closes, meter, failures);
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
    Poller poller = options.openPoller(sys);
    try {
      return new EventLoop(sys, options, poller);
    } catch (Throwable t) {
      poller.close();
      throw t;
    }
  }

  /**
   * Runs turns until {@link #stop}. What is queued then stays queued, for {@link #close}.
   *
   * @throws ClosedLoopException if the loop is closed
   * @throws IllegalStateException on another thread than the owner's, and within a turn
   */
  @Override
  public void run() {
    begin("run");
    try {
      while (!stopAsked) {
        int _ = turn.turn(-1, false);
      }
    } catch (SysException e) {
      throw new IllegalStateException(this + " cannot wait any more", e);
    } finally {
      inTurn = false;
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
    begin("runOnce");
    try {
      return turn.turn(timeoutNanos, timeoutNanos < 0);
    } finally {
      inTurn = false;
    }
  }

  private void begin(String call) {
    requireOpen();
    owner.awaitReturn();
    requireInLoop(call);
    requireNoTurn();
    long _ = LoopTurn.reserveStack();
    inTurn = true; // the last thing: what is thrown above leaves no turn behind
  }

  private void requireOpen() {
    if (closed) {
      throw new ClosedLoopException(options.name());
    }
  }

  private void requireNoTurn() {
    if (inTurn) {
      throw new IllegalStateException(this + " is within a turn: return from it, or call stop()");
    }
  }

  /** Makes {@link #run} return after its turn. Idempotent. Any thread. */
  public void stop() {
    stopAsked = true; // volatile, before the wake-up that ends the wait at hand or the next
    mailbox.wakeup();
  }

  /** Whether {@link #stop} was called. Any thread. */
  public boolean isStopping() {
    return stopAsked;
  }

  /** Whether it is run now, or being closed: what is queued is about to be run. Any thread. */
  public boolean isRunning() {
    return inTurn;
  }

  /** Whether it is closed, or being closed. Any thread. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Closes the loop: tasks that were accepted are run, pending flushes are called, each handler
   * that is still registered is told by {@link LoopHandler#failed} with a {@link
   * ClosedLoopException} and gives its descriptor back, and timers are forgotten. By the owner,
   * when {@link #run} has returned, or by any thread that can {@link #takeOver}. Idempotent.
   *
   * @throws IllegalStateException on another thread while the owner lives, and within a turn: call
   *     {@link #stop} there
   */
  @Override
  public void close() {
    if (gone || (closed && !owner.isCurrent() && owner.isAlive())) {
      return;
    }
    owner.requireTakeOver(this, "close");
    if (closed && inTurn) {
      return; // a handler that is just being told calls this
    }
    requireNoTurn();
    closed = true;
    inTurn = true;
    try { // can be called again if a step throws
      mailbox.close(options.tasksPerTurn());
      int _ = flushes.run(); // while the descriptors are still there
      failures.tellAll(poller);
      closes.runOut();
      locals.close();
      timers.clear();
      poller.close();
      meter.leave();
      gone = true;
    } finally {
      inTurn = false;
    }
  }

  /** Whether the calling thread is the owner: one comparison. Any thread. */
  public boolean inLoop() {
    return owner.isCurrent();
  }

  /**
   * The check that every call for the owner alone begins with; for layers above. One comparison.
   *
   * @param call how to name the call in the exception
   * @throws IllegalStateException on another thread: it names both
   */
  public void requireInLoop(String call) {
    if (!owner.isCurrent()) {
      throw owner.refusal(this, call);
    }
  }

  /** Nothing runs on a loop that is closed; while it is being closed, things still do. */
  void requireNotGone() {
    if (gone) {
      throw new ClosedLoopException(options.name());
    }
  }

  /** Whether the owner is a thread that lives. Any thread. */
  public boolean isOwned() {
    return owner.isAlive();
  }

  /**
   * Runs something in place of an owner that has ended, or was not started; it stays the owner.
   * False, and nothing is run, if it lives or the loop is closed. Any thread.
   */
  public boolean runAbandoned(Runnable task) {
    return !gone && owner.runAbandoned(task);
  }

  /**
   * Makes another thread the owner, which may or may not have been started; it sees all that was
   * done so far. Not within a turn. The package's documentation has an example.
   *
   * @throws IllegalArgumentException if that thread has ended, or is a virtual one: it would keep
   *     its carrier while it waits
   */
  public void handTo(Thread thread) {
    requireInLoop("handTo");
    requireNoTurn();
    owner.handTo(thread);
  }

  /**
   * Makes the calling thread the owner in place of one that has ended, or was never started. Does
   * nothing if it is the owner already. Any thread.
   *
   * @throws IllegalStateException if another thread owns it and lives
   */
  public void takeOver() {
    owner.requireTakeOver(this, "takeOver");
  }

  /**
   * Runs a task in the next turn, on the loop's thread; tasks of one thread run in its order. Any
   * thread. If this throws an Error as it wakes the loop, the task is queued all the same.
   *
   * @throws RejectedExecutionException if {@link LoopOptions#taskCapacity} tasks wait already, or
   *     the loop is closed
   */
  @Override
  public void execute(Runnable task) {
    submit(task, Mailbox.AT_ONCE);
  }

  /** As {@link #execute}, but says false when the queue is full or the loop is closed. */
  public boolean offer(Runnable task) {
    return mailbox.offer(task, Mailbox.AT_ONCE) == Mailbox.Outcome.ACCEPTED;
  }

  /** As {@link #execute}, for a task that has until a deadline. */
  void submit(Runnable task, long deadlineNanos) {
    mailbox.submit(this, task, deadlineNanos);
  }

  /**
   * Runs a task once, after a delay: never earlier, and later by at most a tick and what the loop
   * is busy with. Any thread.
   *
   * @param delayNanos from now; 0 or less is the next phase 3, without waiting for a tick
   * @throws RejectedExecutionException as {@link #execute}, off the loop's thread
   * @throws ClosedLoopException on the loop's thread, if the loop is closed
   */
  public LoopTimer schedule(long delayNanos, Runnable task) {
    LoopTimer timer = new LoopTimer(task);
    schedule(timer, delayNanos);
    return timer;
  }

  /**
   * Runs the task of a timer once, after a delay, as {@link #schedule(long, Runnable)}: the timer
   * may be used again and again, and one that is pending is moved. On the loop's thread it
   * allocates nothing.
   */
  public void schedule(LoopTimer timer, long delayNanos) {
    timers.schedule(timer, delayNanos);
  }

  /**
   * Runs a task again and again: the k-th time, {@code initialDelayNanos + k * periodNanos} from
   * now. A time that is missed because the loop was busy is left out, not made up for. A task that
   * throws is not run again. Any thread.
   */
  public LoopTimer scheduleAtFixedRate(long initialDelayNanos, long periodNanos, Runnable task) {
    return timers.scheduleAtFixedRate(initialDelayNanos, periodNanos, task);
  }

  /**
   * Takes a timer back: it does not run for what was scheduled before, even if that is still on its
   * way; only for what is scheduled after. A run that the loop has taken up goes on, and on another
   * thread it may be about to enter its action; {@link #scheduleAtFixedRate} does not run again.
   *
   * <p>Any thread. Never refused, not even with a full queue or by a closed loop; allocates
   * nothing, and wakes nobody: another thread marks the timer, and the next turn puts it aside.
   */
  public void cancel(LoopTimer timer) {
    timers.cancel(timer);
  }

  /** How many timers wait, those with a period among them. */
  public int timerCount() {
    requireInLoop("timerCount");
    return timers.wheel.size();
  }

  /** How many tasks wait to be run, roughly. Any thread. */
  public int pendingTasks() {
    return mailbox.size();
  }

  /**
   * Watches a descriptor: from now on its readiness leads to the handler.
   *
   * @throws SysException as {@link Poller#add}
   * @throws ClosedLoopException if the loop is closed, or being closed
   */
  public Registration add(int fd, Interest interest, Trigger trigger, LoopHandler handler)
      throws SysException {
    requireInLoop("add");
    requireOpen();
    return poller.add(fd, interest, trigger, Objects.requireNonNull(handler, "handler"));
  }

  /** Watches a source, by its descriptor; remove the registration before closing the source. */
  public Registration add(
      EventSource source, Interest interest, Trigger trigger, LoopHandler handler)
      throws SysException {
    return add(source.fd(), interest, trigger, handler);
  }

  /**
   * As {@link #add(int, Interest, Trigger, LoopHandler)}, for a descriptor that several loops
   * watch: an event wakes about one of them. See {@link Poller#addExclusive}.
   */
  public Registration addExclusive(int fd, Interest interest, Trigger trigger, LoopHandler handler)
      throws SysException {
    requireInLoop("addExclusive");
    requireOpen();
    return poller.addExclusive(fd, interest, trigger, Objects.requireNonNull(handler, "handler"));
  }

  /** Watches a source that several loops watch, see {@link Poller#addExclusive}. */
  public Registration addExclusive(
      EventSource source, Interest interest, Trigger trigger, LoopHandler handler)
      throws SysException {
    return addExclusive(source.fd(), interest, trigger, handler);
  }

  /**
   * The poller. Attachments are {@link LoopHandler}; a registration with another is removed, and
   * reported, at its first event. Who adds by it while the loop closes is not told. Any thread.
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

  /** {@link Sys#nanoTime} as of phase 1 or 7, whichever was last; while no turn is run, now. */
  public long nowNanos() {
    requireInLoop("nowNanos");
    return inTurn ? turn.nowNanos() : sys.nanoTime();
  }

  /**
   * Calls the handler's {@link LoopHandler#flush} in the next phase 4; once for each call.
   *
   * @throws ClosedLoopException if the loop is closed
   * @throws RejectedExecutionException if 2,097,152 calls wait already; then it is not added
   */
  public void flushLater(LoopHandler handler) {
    requireInLoop("flushLater");
    requireNotGone();
    flushes.add(handler);
  }

  /**
   * Calls the handler's {@link LoopHandler#dispose} in the next phase 9; once for each call.
   *
   * @throws RuntimeException as {@link #flushLater}
   */
  public void closeLater(LoopHandler handler) {
    requireInLoop("closeLater");
    requireNotGone();
    closes.add(handler);
  }

  /**
   * When {@link #runOnce} has something to do, whatever the kernel reports: now if anything is
   * queued, else when the next timer is due; {@link Long#MAX_VALUE} is never.
   */
  public long nextDueNanos() {
    requireInLoop("nextDueNanos");
    return turn.nextDueNanos();
  }

  /** What the loop has done so far. Any thread. */
  public LoopStats stats() {
    return meter.stats(sys.nanoTime());
  }

  /**
   * Says that the handler or task that runs moved something: it is not taken for a spinning loop,
   * see {@link Watchdog}. Costs as good as nothing.
   */
  public void progressed() {
    requireInLoop("progressed");
    meter.progressed();
  }

  /**
   * Reports to {@link LoopOptions#errorHandler} that something failed for which no handler answers,
   * and counts it; for layers above. Whatever that throws does not come out of here.
   */
  public void report(String what, Throwable cause) {
    requireInLoop("report");
    failures.report(what, cause);
  }

  @Override
  public String toString() {
    return options.name() + " (" + poller.backend().label() + ")";
  }
}

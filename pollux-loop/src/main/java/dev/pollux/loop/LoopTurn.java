package dev.pollux.loop;

import dev.pollux.poll.ClosedPollerException;
import dev.pollux.poll.Event;
import dev.pollux.poll.Events;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Registration;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;

/** The phases of a turn, which {@link EventLoop} describes, and the wait. Threads: the loop's. */
final class LoopTurn {

  /** More than a turn itself takes, down to where a task, a timer or a handler is called. */
  private static final int RESERVED_FRAMES =
      96; // of 48 bytes and more, which a compiler may join by twos

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long OUT_OF_MEMORY_PAUSE_MILLIS = 10;

  private final Sys sys;
  private final Poller poller;
  private final Mailbox mailbox;
  private final LoopTimers timers;
  private final HandlerQueue flushes;
  private final HandlerQueue closes;
  private final LoopMeter meter;
  private final LoopFailures failures;
  private final Events events;
  private final int tasksPerTurn;
  private final long spinNanos;
  private long nowNanos;

  /** When the last spinning ended. */
  private long spunNanos;

  LoopTurn(
      EventLoop loop,
      long nowNanos,
      Mailbox mailbox,
      LoopTimers timers,
      HandlerQueue flushes,
      HandlerQueue closes,
      LoopMeter meter,
      LoopFailures failures) {
    this.sys = loop.sys();
    this.poller = loop.poller();
    this.nowNanos = nowNanos;
    this.mailbox = mailbox;
    this.timers = timers;
    this.flushes = flushes;
    this.closes = closes;
    this.meter = meter;
    this.failures = failures;
    this.events = new Events(loop.options().eventsPerWait());
    this.tasksPerTurn = loop.options().tasksPerTurn();
    this.spinNanos = loop.options().spinNanos();
  }

  /** Fails where a turn would run out of stack half-way, with a timer taken out and not run. */
  static long reserveStack() {
    return reserve(RESERVED_FRAMES, 1, 2, 3, 4);
  }

  /**
   * Few frames that are wide, for what they keep beyond the call: the processor foresees where so
   * many calls return to, and those of the whole turn that are around them.
   */
  private static long reserve(int frames, long a, long b, long c, long d) {
    return frames == 0 ? a : reserve(frames - 1, b, c, d, a) + a + b + c + d;
  }

  /** The moment this turn stands at. */
  long nowNanos() {
    return nowNanos;
  }

  /**
   * One turn.
   *
   * @param untilSomething not to block if it ran something
   * @return how many tasks, timers and events were run
   */
  int turn(long timeoutNanos, boolean untilSomething) throws SysException {
    nowNanos = sys.nanoTime(); // 1. now
    meter.turn(nowNanos, mailbox.size());
    int ranCount = mailbox.run(tasksPerTurn); // 2. tasks
    ranCount += timers.run(nowNanos); // 3. timers
    int flushCount = flushes.run(); // 4. flush
    // 5. timeout
    long beforeNanos = ranCount + flushCount == 0 ? nowNanos : sys.nanoTime();
    long timeout = untilSomething && ranCount > 0 ? 0 : timeout(timeoutNanos, beforeNanos);
    // 6. wait
    meter.waits(beforeNanos);
    int found = 0;
    boolean mayBlock = timeout != 0;
    long deadline = timeout < 0 ? Mailbox.FOR_EVER : beforeNanos + timeout;
    try {
      if (mayBlock && spinNanos > 0) {
        found = spin(timeout, beforeNanos);
        beforeNanos = spunNanos;
      }
      if (found == 0) {
        mayBlock = mayBlock && mailbox.sleeps(deadline) && (spinNanos == 0 || !mailbox.takeWake());
        found =
            mayBlock && timeout > 0
                ? poller.awaitUntil(events, deadline, beforeNanos)
                : poller.await(events, mayBlock ? -1 : 0);
      }
    } catch (SysException e) {
      outOfMemory(e, mayBlock, timeout < 0, deadline);
    } catch (ClosedPollerException e) {
      throw new IllegalStateException("the loop's poller was closed by somebody else", e);
    } finally {
      mailbox.awake();
    }
    nowNanos = sys.nanoTime(); // 7. now
    meter.woke(found, mayBlock, nowNanos);
    int eventCount = dispatch(); // 8. dispatch
    int _ = closes.run(); // 9. close
    meter.leave();
    return ranCount + eventCount;
  }

  /** When there is something to do without an event. */
  long nextDueNanos() {
    if (mailbox.size() > 0 || !flushes.isEmpty() || !closes.isEmpty()) {
      return sys.nanoTime();
    }
    long next = timers.nextDeadlineNanos();
    return next == TimerWheel.NEVER ? Long.MAX_VALUE : next;
  }

  private long timeout(long timeoutNanos, long beforeNanos) {
    if (timeoutNanos == 0 || !flushes.isEmpty() || !closes.isEmpty()) {
      return 0;
    }
    long next = timers.nextDeadlineNanos();
    if (next == TimerWheel.NEVER) {
      return timeoutNanos;
    }
    long untilTimer = Math.max(0, next - beforeNanos);
    return timeoutNanos < 0 ? untilTimer : Math.min(timeoutNanos, untilTimer);
  }

  /**
   * Looks for events without sleeping, for as long as the options say. Who adds a task meanwhile
   * need not wake the loop. Where looking takes no time, as in virtual time, it looks once.
   */
  private int spin(long timeoutNanos, long startNanos) throws SysException {
    long limit = timeoutNanos < 0 ? spinNanos : Math.min(spinNanos, timeoutNanos);
    long now = sys.nanoTime();
    long before;
    int count;
    meter.spins();
    do {
      Thread.onSpinWait();
      count = poller.await(events, 0);
      before = now;
      now = sys.nanoTime();
    } while (count == 0 && now - startNanos < limit && now != before && mailbox.isQuiet());
    meter.spun(count);
    spunNanos = now;
    return count;
  }

  /** poll and select copy their tables in the kernel: somebody has to give memory back first. */
  private void outOfMemory(SysException e, boolean mayBlock, boolean forEver, long deadlineNanos)
      throws SysException {
    if (e.errno() != Errno.ENOMEM) {
      throw e;
    }
    if (mayBlock) {
      long left = forEver ? Long.MAX_VALUE : deadlineNanos - sys.nanoTime();
      long millis = Math.min(OUT_OF_MEMORY_PAUSE_MILLIS, left / NANOS_PER_MILLI);
      int _ = sys.poll(0, 0, (int) Math.max(0, millis));
    }
  }

  /** How many events led to a handler; those of registrations removed meanwhile do not. */
  private int dispatch() {
    int count = 0;
    Event event = events.event();
    while (events.next()) {
      Registration registration = events.registration();
      if (!(registration.attachment() instanceof LoopHandler handler)) {
        failures.stray(registration);
        continue;
      }
      count++;
      try {
        meter.event(handler, events);
        handler.ready(event);
      } catch (Throwable t) {
        failures.tell(handler, registration, t);
      }
    }
    return count;
  }
}

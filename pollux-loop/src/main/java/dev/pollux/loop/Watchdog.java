package dev.pollux.loop;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches loops from outside, and tells of those that are blocked or spin.
 *
 * <h2>Blocked</h2>
 *
 * <p>A loop is blocked that has been in one handler, task or timer for longer than the threshold.
 * It is reported once, with the stack of its thread, and once more when it has gone on. A loop
 * shows what it is doing in a field; the watchdog looks four times within the threshold, so a
 * report comes at most a quarter of it late, and never early.
 *
 * <h2>Spinning</h2>
 *
 * <p>A loop spins that does not sleep because a descriptor comes ready again and again and its
 * handler does nothing about it: the usual mistakes are a level-triggered descriptor that is not
 * read, a hang-up that is overlooked, and an interest in writing with nothing to write. When a loop
 * makes many turns from one check to the next, it is asked to look closely at 256 waits, on its own
 * thread. A registration is a culprit if it came ready in at least half of them, its handler never
 * got on, it was not removed, and one of these signs holds:
 *
 * <ul>
 *   <li>every event was a hang-up or an error;
 *   <li>every event was readable, and the bytes that the kernel had for reading ({@code FIONREAD})
 *       were never fewer after the handler than before. Streams and pipes only;
 *   <li>the loop has been told of {@linkplain EventLoop#progressed progress} at some time, but
 *       never by this handler now.
 * </ul>
 *
 * <p>A handler got on if once in these waits the bytes became fewer, or it said {@link
 * EventLoop#progressed}. Two looks in a row have to find a culprit before it is reported. A loop at
 * its limit that reads what it is given is so told from one that spins.
 *
 * <p>Not guaranteed, because a loop cannot know it: where no handler of a loop calls {@code
 * progressed}, that it finds who spins on writability, on a listener, on datagrams, or on a
 * descriptor without a count of bytes such as an eventfd. Where some handlers of a loop call it and
 * others do not, a busy one of the others may be accused: all should, or none. A handler that is
 * accused because each of its reads was made up for by new bytes, in all looks, was busy as well. A
 * loop that makes fewer than a hundred turns between two checks is not looked at.
 *
 * <p>Cost: while nothing is conspicuous, some reads a check, and for the loop one of a field each
 * turn; nothing is allocated. A busy loop that is innocent is looked at once a second.
 *
 * <p>Ownership: the loops stay whose they were, and may be closed before or after. Threads: {@link
 * #start} has a daemon thread do the checks; without it, {@link #check} is the caller's to call.
 * All methods from any thread; the listener is called while no other check runs.
 */
public final class Watchdog implements AutoCloseable {

  /** The default threshold for a blocked loop. */
  public static final long DEFAULT_BLOCKED_NANOS = 100_000_000; // 100 ms

  private static final int CHECKS_PER_THRESHOLD = 4;

  private final List<EventLoop> loops;
  private final LoopWatch[] watches;
  private final long intervalNanos;
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Thread thread;

  private Watchdog(List<EventLoop> loops, long blockedNanos, WatchdogListener listener) {
    if (blockedNanos < CHECKS_PER_THRESHOLD) {
      throw new IllegalArgumentException(
          "blockedNanos: " + blockedNanos + " is less than " + CHECKS_PER_THRESHOLD);
    }
    if (loops.isEmpty()) {
      throw new IllegalArgumentException("there are no loops to watch");
    }
    this.loops = List.copyOf(loops);
    this.intervalNanos = blockedNanos / CHECKS_PER_THRESHOLD;
    WatchdogListener safe = new SafeListener(listener);
    this.watches =
        this.loops.stream()
            .map(loop -> new LoopWatch(loop, blockedNanos, safe))
            .toArray(LoopWatch[]::new);
  }

  /** Watches loops by the default threshold and writes to the log; to be started. */
  public static Watchdog of(List<EventLoop> loops) {
    return of(loops, DEFAULT_BLOCKED_NANOS, WatchdogListener.logging());
  }

  /**
   * Watches loops; to be started.
   *
   * @param loops at least one
   * @param blockedNanos for how long a handler, task or timer may run
   */
  public static Watchdog of(List<EventLoop> loops, long blockedNanos, WatchdogListener listener) {
    return new Watchdog(loops, blockedNanos, listener);
  }

  /**
   * Starts the thread that checks, by the clock of the first loop's kernel. Idempotent.
   *
   * @return this
   */
  public synchronized Watchdog start() {
    if (closed.getCount() == 0) {
      throw new IllegalStateException("the watchdog is closed");
    }
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("watchdog").start(this::live);
    }
    return this;
  }

  /**
   * Looks at every loop once.
   *
   * @param nowNanos the moment, of any clock that all checks share and that does not go backwards
   */
  public void check(long nowNanos) {
    synchronized (watches) {
      for (LoopWatch watch : watches) {
        watch.check(nowNanos);
      }
    }
  }

  /** How often the thread checks. */
  public long intervalNanos() {
    return intervalNanos;
  }

  /**
   * Ends the thread, and waits for it unless the listener calls this. Idempotent. An interrupt of
   * the caller is kept for later.
   */
  @Override
  public void close() {
    closed.countDown();
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running == null || running.equals(Thread.currentThread())) {
      return;
    }
    boolean interrupted = false;
    while (running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void live() {
    try {
      while (!closed.await(intervalNanos, TimeUnit.NANOSECONDS)) {
        check(loops.getFirst().sys().nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // somebody wants this thread to end
    }
  }

  /** Keeps what a listener throws from ending the checks. */
  private record SafeListener(WatchdogListener listener) implements WatchdogListener {

    @Override
    public void blocked(BlockedLoop incident) {
      tell(() -> listener.blocked(incident));
    }

    @Override
    public void spinning(SpinningLoop incident) {
      tell(() -> listener.spinning(incident));
    }

    @Override
    public void recovered(EventLoop loop, String what, long afterNanos) {
      tell(() -> listener.recovered(loop, what, afterNanos));
    }

    private static void tell(Runnable call) {
      try {
        call.run();
      } catch (RuntimeException e) {
        System.getLogger("dev.pollux.loop").log(Level.ERROR, "a watchdog's listener failed", e);
      }
    }
  }
}

package dev.pollux.loop;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loops with a platform thread each.
 *
 * <p>Ownership: the group owns its loops and threads; {@link #close()} ends them. Threads: any.
 */
public final class LoopGroup implements AutoCloseable {

  /** How long {@link #close()} waits for the loops to end. */
  public static final long DEFAULT_CLOSE_NANOS = 30_000_000_000L; // 30 s

  private final List<EventLoop> loops;
  private final List<Thread> threads;
  private final AtomicInteger next = new AtomicInteger();

  private LoopGroup(List<EventLoop> loops, List<Thread> threads) {
    this.loops = List.copyOf(loops);
    this.threads = List.copyOf(threads);
  }

  /** So many loops on this system's kernel, named by the option's name and a number from 0. */
  public static LoopGroup start(int count, LoopOptions options) throws SysException {
    return start(NativeSys.open(), count, options);
  }

  /**
   * So many loops on a kernel of one's choice, which must allow several threads. Their threads are
   * made by {@link LoopOptions#threadFactory}.
   *
   * <p>Errors: where one loop cannot be opened, or one thread not made or started, every loop is
   * closed, no thread is left, and what went wrong is thrown.
   *
   * @throws SysException if a loop cannot be opened
   * @throws IllegalStateException if the factory makes no thread, or a virtual one
   */
  public static LoopGroup start(Sys sys, int count, LoopOptions options) throws SysException {
    if (count < 1) {
      throw new IllegalArgumentException("count of loops: " + count + " is less than 1");
    }
    List<EventLoop> loops = new ArrayList<>(count);
    List<Thread> threads = new ArrayList<>(count);
    // No thread touches its loop until all are there: if one is not, this thread can close them.
    CompletableFuture<Boolean> allStarted = new CompletableFuture<>();
    LoopGroup group;
    try {
      for (int i = 0; i < count; i++) {
        loops.add(EventLoop.open(sys, options.withName(options.name() + "-" + i)));
      }
      for (EventLoop loop : loops) {
        threads.add(startThread(loop, allStarted));
      }
      group = new LoopGroup(loops, threads);
      for (int i = 0; i < count; i++) {
        loops.get(i).handTo(threads.get(i));
      }
    } catch (Throwable t) {
      allStarted.complete(false);
      boolean _ = join(threads, sys, DEFAULT_CLOSE_NANOS);
      for (EventLoop loop : loops) {
        try {
          loop.close();
        } catch (Throwable inClose) {
          loop.failures.report("closing a loop of a group that did not start", inClose);
        }
      }
      throw t;
    }
    allStarted.complete(true);
    return group;
  }

  private static Thread startThread(EventLoop loop, CompletableFuture<Boolean> allStarted) {
    Thread thread = loop.options().threadFactory().newThread(() -> live(loop, allStarted));
    if (thread == null) {
      throw new IllegalStateException("the thread factory made no thread for " + loop);
    }
    if (thread.isVirtual()) {
      throw new IllegalStateException(
          "the thread factory made a virtual thread for "
              + loop
              + ", which would keep its carrier while it waits: make platform threads");
    }
    thread.setName(loop.options().name());
    thread.start();
    return thread;
  }

  private static void live(EventLoop loop, CompletableFuture<Boolean> allStarted) {
    if (!allStarted.join()) {
      return;
    }
    try {
      loop.run();
    } catch (Throwable t) {
      loop.failures.report("the loop", t);
    } finally {
      loop.close();
    }
  }

  /** The loops, in the order of their numbers. */
  public List<EventLoop> loops() {
    return loops;
  }

  /** One of the loops, in turn; a closed one only if all are. */
  public EventLoop next() {
    EventLoop loop = turn();
    for (int i = 1; i < loops.size() && loop.isClosed(); i++) {
      loop = turn();
    }
    return loop;
  }

  private EventLoop turn() {
    return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
  }

  /**
   * Makes every loop stop after its turn. If memory is too short to wake one of them, the others
   * are told all the same, and it is thrown: call this again.
   */
  public void stop() {
    Throwable first = null;
    for (int i = 0; i < loops.size(); i++) { // no iterator: this must do without memory
      try {
        loops.get(i).stop();
      } catch (Throwable t) {
        first = first == null ? t : first;
      }
    }
    if (first != null) {
      throw LoopFailures.passedOn(first);
    }
  }

  /** As {@link #close(long)}, with {@link #DEFAULT_CLOSE_NANOS}. */
  @Override
  public void close() {
    close(DEFAULT_CLOSE_NANOS);
  }

  /**
   * Stops the loops, waits for their threads, and with them for every handler to be closed. May be
   * called again. An interrupt of the caller is kept for later.
   *
   * <p>Errors: a loop that is blocked in a handler, a task or a timer cannot be ended from outside.
   * If one has not ended in time, the exception names it and says where its thread is. It has been
   * told to stop: when it goes on, it ends and gives back what it holds.
   *
   * @param timeoutNanos positive, for at most so long, by the clock of the loops' kernel; 0, it
   *     does not wait; negative, for as long as it takes
   * @throws IllegalStateException if a loop has not ended in time; and on one of the loops, which
   *     cannot wait for itself
   */
  public void close(long timeoutNanos) {
    if (threads.contains(Thread.currentThread())) {
      throw new IllegalStateException("a loop cannot wait for itself: call stop() instead");
    }
    stop();
    if (!join(threads, loops.getFirst().sys(), timeoutNanos)) {
      throw new IllegalStateException(blocked(timeoutNanos));
    }
    loops.forEach(EventLoop::close); // they are, unless the factory's thread did not run its task
  }

  /** What is to be said of the loops that have not ended: which, and where they are. */
  private String blocked(long timeoutNanos) {
    StringBuilder text = new StringBuilder();
    int count = 0;
    for (int i = 0; i < loops.size(); i++) {
      Thread thread = threads.get(i);
      if (thread.isAlive()) {
        count++;
        text.append("\n  ").append(loops.get(i)).append(", thread ").append(thread.getName());
        text.append(", ").append(thread.getState()).append(':');
        for (StackTraceElement frame : thread.getStackTrace()) {
          text.append("\n    at ").append(frame);
        }
      }
    }
    String time = timeoutNanos / 1_000_000 + " ms";
    return count + " of " + loops.size() + " loops did not end within " + time + ":" + text;
  }

  /** Waits for threads to end; false if one has not in time. Keeps an interrupt for later. */
  private static boolean join(List<Thread> threads, Sys clock, long timeoutNanos) {
    long limit = timeoutNanos < 0 ? OptionChecks.MAX_NANOS : timeoutNanos;
    long deadline = clock.nanoTime() + Math.min(limit, OptionChecks.MAX_NANOS);
    boolean interrupted = false;
    boolean inTime = true;
    for (Thread thread : threads) {
      boolean done = false;
      while (!done) {
        try {
          inTime &= thread.join(Duration.ofNanos(deadline - clock.nanoTime()));
          done = true;
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return inTime;
  }
}

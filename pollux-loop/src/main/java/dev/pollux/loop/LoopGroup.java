package dev.pollux.loop;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loops with a platform thread each.
 *
 * <p>Ownership: the group owns its loops and threads; {@link #close} ends them. Threads: any.
 */
public final class LoopGroup implements AutoCloseable {

  private final List<EventLoop> loops;
  private final List<Thread> threads;
  private final AtomicInteger next = new AtomicInteger();

  private LoopGroup(List<EventLoop> loops) {
    this.loops = List.copyOf(loops);
    List<Thread> started = new ArrayList<>();
    for (EventLoop loop : loops) {
      Thread thread = Thread.ofPlatform().name(loop.options().name()).unstarted(() -> live(loop));
      loop.handTo(thread);
      thread.start();
      started.add(thread);
    }
    this.threads = List.copyOf(started);
  }

  /** So many loops on this system's kernel, named by the option's name and a number from 0. */
  public static LoopGroup start(int count, LoopOptions options) throws SysException {
    return start(NativeSys.open(), count, options);
  }

  /**
   * So many loops on a kernel of one's choice, which must allow several threads.
   *
   * @throws SysException if a loop cannot be opened; then none is left
   */
  public static LoopGroup start(Sys sys, int count, LoopOptions options) throws SysException {
    if (count < 1) {
      throw new IllegalArgumentException("count of loops: " + count + " < 1");
    }
    List<EventLoop> loops = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        loops.add(EventLoop.open(sys, options.withName(options.name() + "-" + i)));
      }
    } catch (SysException | RuntimeException e) {
      loops.forEach(EventLoop::close);
      throw e;
    }
    return new LoopGroup(loops);
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

  /** Makes every loop stop after its turn. */
  public void stop() {
    loops.forEach(EventLoop::stop);
  }

  /**
   * Stops the loops, waits for their threads, and with them for every handler to be closed. Must
   * not be called on one of the loops. An interrupt of the caller is kept for later.
   */
  @Override
  public void close() {
    if (threads.contains(Thread.currentThread())) {
      throw new IllegalStateException("a loop cannot wait for itself: call stop() instead");
    }
    stop();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void live(EventLoop loop) {
    try {
      loop.run();
    } catch (Throwable t) {
      loop.report("the loop", t);
    } finally {
      loop.close();
    }
  }
}

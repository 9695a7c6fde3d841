package dev.pollux.httpserver;

import dev.pollux.http.HttpException;
import dev.pollux.loop.Threads;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Gives exchanges to the threads that handle them. An executor of the program's may run a task in
 * its caller, or have that wait; so its caller is a thread of its own and not a loop, which has to
 * read and write meanwhile. Those of the JDK's that are known to do neither are called by the loop.
 *
 * <p>Nothing is unbounded: a connection has one exchange at a time. Threads: {@link #execute}, any.
 */
final class Dispatcher implements AutoCloseable {

  private static final Class<?> PER_TASK = perTask();

  private final Threads threads;
  private final @Nullable Executor executor;
  private final boolean isPrompt;
  private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();

  private Dispatcher(@Nullable Executor executor, Threads threads) {
    this.executor = executor;
    this.isPrompt = executor != null && isPrompt(executor);
    this.threads = threads;
  }

  /** For an executor; without one, each exchange has a virtual thread of its own. */
  static Dispatcher of(@Nullable Executor executor, Threads threads) {
    Dispatcher result = new Dispatcher(executor, threads);
    if (executor != null && !result.isPrompt) {
      Thread _ = threads.start(Thread.ofVirtual().name("http-executor"), result::run);
    }
    return result;
  }

  /** Whether it returns at once, and runs nothing itself. */
  static boolean isPrompt(Executor executor) {
    return switch (executor) {
      case ForkJoinPool _ -> true;
      case ThreadPoolExecutor pool ->
          pool.getClass() == ThreadPoolExecutor.class
              && pool.getRejectedExecutionHandler() instanceof ThreadPoolExecutor.AbortPolicy;
      default -> executor.getClass() == PER_TASK;
    };
  }

  /** That of {@link Executors#newVirtualThreadPerTaskExecutor}, which has no public name. */
  private static Class<?> perTask() {
    try (ExecutorService some = Executors.newVirtualThreadPerTaskExecutor()) {
      return some.getClass();
    }
  }

  void execute(ExchangeCore exchange) {
    if (executor == null) {
      Thread _ = threads.start(Thread.ofVirtual().name("http"), exchange);
    } else if (isPrompt) {
      hand(executor, exchange);
    } else {
      queue.add(() -> hand(executor, exchange));
    }
  }

  private static void hand(Executor executor, ExchangeCore exchange) {
    try {
      executor.execute(exchange);
    } catch (Throwable t) { // no exception of it says who is to blame
      exchange.refuse(new HttpException(503, "too much to do"), t);
    }
  }

  private void run() {
    try {
      for (Runnable task = queue.take(); !task.equals(End.INSTANCE); task = queue.take()) {
        task.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends when what was queued has been given. */
  @Override
  public void close() {
    queue.add(End.INSTANCE);
  }

  /** Behind the last task. */
  private enum End implements Runnable {
    /** There is no state. */
    INSTANCE;

    @Override
    public void run() {}
  }
}

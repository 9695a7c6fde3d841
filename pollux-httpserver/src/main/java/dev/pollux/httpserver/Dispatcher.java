package dev.pollux.httpserver;

import dev.pollux.http.HttpException;
import dev.pollux.loop.Threads;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Gives exchanges to the threads that handle them. An executor of the program's may run a task in
 * its caller, or have that wait; so its caller is a thread of its own and not a loop, which has to
 * read and write meanwhile.
 *
 * <p>Nothing is unbounded: a connection has one exchange at a time. Threads: {@link #execute}, any.
 */
final class Dispatcher implements AutoCloseable {

  private final Threads threads;
  private final @Nullable Executor executor;
  private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();

  private Dispatcher(@Nullable Executor executor, Threads threads) {
    this.executor = executor;
    this.threads = threads;
  }

  /** For an executor; without one, each exchange has a virtual thread of its own. */
  static Dispatcher of(@Nullable Executor executor, Threads threads) {
    Dispatcher result = new Dispatcher(executor, threads);
    if (executor != null) {
      Thread _ = threads.start(Thread.ofVirtual().name("http-executor"), result::run);
    }
    return result;
  }

  void execute(Exchange exchange) {
    if (executor == null) {
      Thread _ = threads.start(Thread.ofVirtual().name("http"), exchange);
    } else {
      queue.add(() -> hand(executor, exchange));
    }
  }

  private static void hand(Executor executor, Exchange exchange) {
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

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

  private static final System.Logger LOGGER = System.getLogger(Dispatcher.class.getName());

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

  /** Ends with {@link End}, and with nothing that a task throws or leaves behind. */
  private void run() {
    Runnable task = null;
    while (task != End.INSTANCE) {
      try {
        task = queue.take();
        task.run();
      } catch (InterruptedException _) {
        // A task that ran here has left the flag set: it was meant for that.
      } catch (Throwable t) {
        LOGGER.log(System.Logger.Level.ERROR, "an exchange could be given to no thread", t);
      }
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

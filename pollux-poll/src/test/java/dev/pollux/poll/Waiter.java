package dev.pollux.poll;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A thread that waits on a poller once, and what came of it. */
final class Waiter {

  private static final long DEADLINE_SECONDS = 10;

  private final Kernel kernel;
  private final Events events = new Events(64);
  private final CompletableFuture<Object> entered = new CompletableFuture<>();
  private final CompletableFuture<Integer> result = new CompletableFuture<>();
  private final Thread thread;

  private Waiter(Kernel kernel, Poller poller, long timeoutNanos) {
    this.kernel = kernel;
    this.thread =
        Thread.ofPlatform()
            .name("waiter")
            .daemon()
            .unstarted(() -> {
              entered.complete(kernel.currentThread());
              try {
                result.complete(poller.await(events, timeoutNanos));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
  }

  static Waiter start(Kernel kernel, Poller poller, long timeoutNanos) {
    Waiter waiter = new Waiter(kernel, poller, timeoutNanos);
    waiter.thread.start();
    return waiter;
  }

  /** Returns when the thread sleeps in the kernel. */
  Waiter awaitBlocked() throws Exception {
    Object id = entered.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    kernel.awaitBlocked(id, Deadline.forThe("waiter to block"));
    if (result.isDone()) {
      throw new AssertionError("returned instead of waiting: " + result);
    }
    return this;
  }

  boolean isDone() {
    return result.isDone();
  }

  /** What the wait returned, or the failure that it threw. */
  int result() throws Exception {
    try {
      return result.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception exception) {
        throw exception;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new AssertionError("deadline missed: the wait did not return", e);
    } finally {
      thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
    }
  }

  /** The batch; to be read after {@link #result}. */
  Events events() {
    return events;
  }
}

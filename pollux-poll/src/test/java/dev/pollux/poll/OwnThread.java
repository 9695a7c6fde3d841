package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs a test on a thread whose signal mask, and whose pending signals, end with it. */
final class OwnThread {

  private static final long LIMIT_MILLIS = 60_000; // 1 min

  private OwnThread() {}

  static void run(Callable<?> test) throws Exception {
    FutureTask<?> task = new FutureTask<>(test);
    Thread thread = Thread.ofPlatform().daemon().name("signals").start(task);
    task.get(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    thread.join(LIMIT_MILLIS);
    assertFalse(thread.isAlive());
  }
}

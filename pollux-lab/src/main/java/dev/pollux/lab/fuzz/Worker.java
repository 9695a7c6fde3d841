package dev.pollux.lab.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes one call after the other, each of which may block, in a thread of its own.
 *
 * <p>Threads: the main thread hands it calls; {@link #isBusy} says when it may read the result. The
 * threads are used again, and end when nobody has used them for a while.
 */
final class Worker {
  private static final long IDLE_SECONDS = 1;

  private static final ExecutorService THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("fuzz-worker-", 1).factory());

  private static final ThreadLocal<String> TASK = ThreadLocal.withInitial(Worker::currentTask);

  private int result; // written before busy becomes false, like failure
  private @Nullable Throwable failure;
  private volatile boolean busy;
  private volatile @Nullable Thread thread;
  private volatile String task = "";

  /** Makes the call; the one before must have returned. */
  void make(IntSupplier call) {
    thread = null;
    task = "";
    failure = null;
    busy = true;
    THREADS.execute(() -> run(call));
  }

  /** Whether the last call has not returned. */
  boolean isBusy() {
    return busy;
  }

  /** What the last call returned. */
  int result() {
    if (failure != null) {
      throw new IllegalStateException("a thread's call threw " + failure, failure);
    }
    return result;
  }

  /** The same, or another value if the call threw. */
  int resultOr(int otherwise) {
    return failure == null ? result : otherwise;
  }

  /** The thread that makes the call; null before it does. */
  @Nullable Thread thread() {
    return thread;
  }

  /** The thread's directory below {@code /proc}; empty before it makes the call. */
  String task() {
    return task;
  }

  private void run(IntSupplier call) {
    task = TASK.get();
    thread = Thread.currentThread();
    try {
      result = call.getAsInt();
    } catch (RuntimeException | Error e) {
      failure = e; // the main thread tells
    }
    busy = false;
  }

  private static String currentTask() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/thread-self")).toString();
    } catch (IOException _) {
      return ""; // not Linux: the model needs no such thing
    }
  }
}

package dev.pollux.lab.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that makes one call after the other, each of which may block.
 *
 * <p>Threads: the main thread hands it calls; {@link #isBusy} says when it may read the result.
 */
final class Worker {
  private final Thread thread = Thread.ofPlatform().name("fuzz-worker").daemon().unstarted(this::run);
  private final Semaphore handed = new Semaphore(0);
  private @Nullable IntSupplier call; // handed over by the semaphore; null ends the thread
  private int result; // written before busy becomes false
  private @Nullable Throwable failure;
  private volatile boolean busy;

  /** Where {@code /proc} describes the thread; written before its first call. */
  private volatile String task = "";

  static Worker started() {
    Worker worker = new Worker();
    worker.thread.start();
    return worker;
  }

  /** Makes the call; the one before must have returned. */
  void make(IntSupplier nextCall) {
    call = nextCall;
    busy = true;
    handed.release();
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

  Thread thread() {
    return thread;
  }

  /** Its directory below {@code /proc}; empty if it has not begun. */
  String task() {
    return task;
  }

  /** Ends the thread, whose last call has returned. */
  void end() {
    call = null;
    handed.release();
  }

  private void run() {
    try {
      task = Files.readSymbolicLink(Path.of("/proc/thread-self")).toString();
    } catch (IOException _) {
      task = ""; // not Linux: the model needs no such thing
    }
    while (true) {
      handed.acquireUninterruptibly();
      IntSupplier next = call;
      if (next == null) {
        return;
      }
      try {
        result = next.getAsInt();
      } catch (Throwable t) {
        failure = t;
      }
      busy = false;
    }
  }
}

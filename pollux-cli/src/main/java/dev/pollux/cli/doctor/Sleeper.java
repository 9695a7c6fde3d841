package dev.pollux.cli.doctor;

import dev.pollux.sys.Sys;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that is about to sleep in the kernel, and what another does once it sleeps.
 *
 * <p>The evidence is {@code /proc}: the thread is asleep, and not for a lock or a monitor of Java.
 * Not guaranteed: that it sleeps in the very call meant; it is seen twice in a row.
 *
 * <p>Threads: {@link #current} and {@link #slept} belong to the sleeper, {@link #thenRun} to the
 * other.
 */
final class Sleeper {

  private static final long LOOK_NANOS = 200_000; // 0.2 ms
  private static final int LOOKS = 2;

  private final Thread thread = Thread.currentThread();
  private final Path stat;
  private volatile boolean slept;

  private Sleeper(Path stat) {
    this.stat = stat;
  }

  /** The calling thread. */
  static Sleeper current() {
    Path proc = Path.of("/proc");
    try {
      Path task = Files.readSymbolicLink(proc.resolve("thread-self")); // PID/task/TID
      return new Sleeper(proc.resolve(task).resolve("stat"));
    } catch (IOException _) {
      return new Sleeper(proc.resolve("missing")); // it is then never seen asleep
    }
  }

  /** Waits until it sleeps, for so long at most, then acts in any case. */
  void thenRun(Sys clock, long limitNanos, Runnable action) {
    long start = clock.nanoTime(); // a look on a busy machine takes longer than it should
    int seen = 0;
    while (seen < LOOKS && clock.nanoTime() - start < limitNanos) {
      LockSupport.parkNanos(LOOK_NANOS);
      seen = isAsleep() ? seen + 1 : 0;
    }
    slept = seen == LOOKS;
    action.run();
  }

  /** Whether it was asleep before the action; for after the other thread's end. */
  boolean slept() {
    return slept;
  }

  private boolean isAsleep() {
    if (thread.getState() != Thread.State.RUNNABLE) {
      return false; // of a thread in a system call Java says that it runs
    }
    try (BufferedReader reader = Files.newBufferedReader(stat)) {
      // proc_pid_stat(5): TID (NAME) STATE …, and the name may contain anything.
      String line = reader.readLine();
      return line != null && line.startsWith("S", line.lastIndexOf(')') + 2);
    } catch (IOException _) {
      return false;
    }
  }
}

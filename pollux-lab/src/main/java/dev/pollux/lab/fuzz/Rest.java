package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a thread sleeps in its system call. It is asked, not guessed by time.
 *
 * <p>The model tells. Of the real kernel, {@code /proc/self/task/N/syscall} names the call that a
 * thread sleeps in, and says "running" from the moment it is woken; so a thread that is about to
 * return is never taken for one that sleeps. A thread of the JVM sleeps in futex too, before and
 * after its call.
 *
 * <p>Threads: the main one.
 */
final class Rest {
  private static final int NOT_A_CALL = -1;
  private static final int FUTEX_X86 = 202;
  private static final int FUTEX_AARCH64 = 98;
  private static final int TEXT_BYTES = 256;
  private static final int SPINS = 64;
  private static final long LOOK_NANOS = 20_000; // 20 µs

  private final Sys files = NativeSys.open();
  private final MemorySegment text = Arena.ofAuto().allocate(TEXT_BYTES);

  /** Whether a thread that makes a call of this kernel sleeps in it. */
  boolean isAsleep(Sys sys, Worker worker) {
    if (sys instanceof ModelSys model) {
      Thread thread = worker.thread();
      return thread != null && model.isBlocked(thread);
    }
    int call = callOf(worker);
    return call >= 0 && call != FUTEX_X86 && call != FUTEX_AARCH64;
  }

  /** The time by which waiting is bounded. */
  long nanoTime() {
    return files.nanoTime();
  }

  /** Lets other threads go on. */
  static void pause(int looks) {
    if (looks < SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private int callOf(Worker worker) {
    if (worker.task().isEmpty()) {
      return NOT_A_CALL;
    }
    int fd;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/proc/" + worker.task() + "/syscall");
      fd = files.open(path.address(), Linux.O_RDONLY | Linux.O_CLOEXEC, 0);
    }
    if (fd < 0) {
      return NOT_A_CALL;
    }
    int length = files.read(fd, text.address(), TEXT_BYTES);
    files.close(fd);
    int number = 0;
    int digits = 0;
    while (digits < length && Character.isDigit(text.get(JAVA_BYTE, digits))) {
      number = 10 * number + text.get(JAVA_BYTE, digits) - '0';
      digits++;
    }
    return digits > 0 ? number : NOT_A_CALL; // "running", or -1: blocked, but in no call
  }
}

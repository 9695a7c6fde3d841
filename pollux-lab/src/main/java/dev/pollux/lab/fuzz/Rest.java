package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Abi;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a thread sleeps in its system call. It is asked, not guessed by time.
 *
 * <p>The model tells. Of the real kernel, {@code /proc/self/task/N/syscall} names the call that a
 * thread sleeps in. It does so a little longer than the thread sleeps: one that was woken on
 * another processor is "waking" until that takes notice, and for {@code syscall} that is no
 * running. For the state in {@code stat} it is, so that is asked first; a thread that has gone on
 * since, and sleeps elsewhere, is told by the second answer, and one that has gone on into its call
 * and is woken from it by then, by the state once more.
 *
 * <p>A thread of the JVM sleeps elsewhere too, before and after its call: in futex for a lock of
 * the JVM, in mmap or mprotect for that of the address space while it allocates. So only the calls
 * count that a program can make.
 *
 * <p>Threads: the main one.
 */
final class Rest {
  private static final int NOT_A_CALL = -1;
  private static final int TEXT_BYTES = 256;
  private static final int SPINS = 64;
  private static final long LOOK_NANOS = 20_000; // 20 µs

  /** The numbers of the calls in which a thread of a program may sleep. */
  private static final Set<Integer> CALLS =
      switch (Abi.CURRENT) {
        case X86_64 ->
            Set.of(
                0, // read
                1, // write
                7, // poll
                23, // select
                42, // connect
                44, // sendto
                45, // recvfrom
                46, // sendmsg
                47, // recvmsg
                232, // epoll_wait
                270, // pselect6
                271, // ppoll
                281, // epoll_pwait
                288, // accept4
                441); // epoll_pwait2
        case AARCH64 ->
            Set.of(
                22, // epoll_pwait
                63, // read
                64, // write
                72, // pselect6
                73, // ppoll
                203, // connect
                206, // sendto
                207, // recvfrom
                211, // sendmsg
                212, // recvmsg
                242, // accept4
                441); // epoll_pwait2
      };

  private final Sys files = NativeSys.open();
  private final MemorySegment text = Arena.ofAuto().allocate(TEXT_BYTES);

  /** Whether a thread that makes a call of this kernel sleeps in it. */
  boolean isAsleep(Sys sys, Worker worker) {
    if (sys instanceof ModelSys model) {
      Thread thread = worker.thread();
      return thread != null && model.isBlocked(thread);
    }
    return sleeps(worker) && CALLS.contains(callOf(worker)) && sleeps(worker);
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

  // pid (name) state …
  private boolean sleeps(Worker worker) {
    int length = read(worker, "stat");
    int name = length - 1;
    while (name >= 0 && text.get(JAVA_BYTE, name) != ')') {
      name--;
    }
    byte state = name < 0 ? 0 : text.get(JAVA_BYTE, name + 2);
    return state == 'S' || state == 'D';
  }

  // number arguments … stack pointer, program counter; or "running"; or -1 …: blocked, in no call
  private int callOf(Worker worker) {
    int length = read(worker, "syscall");
    int number = 0;
    int digits = 0;
    while (digits < length && Character.isDigit(text.get(JAVA_BYTE, digits))) {
      number = 10 * number + text.get(JAVA_BYTE, digits) - '0';
      digits++;
    }
    return digits > 0 ? number : NOT_A_CALL;
  }

  /** Reads one of a thread's files, from its beginning; how many bytes, 0 if there is none. */
  private int read(Worker worker, String file) {
    if (worker.task().isEmpty()) {
      return 0;
    }
    int fd;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/proc/" + worker.task() + "/" + file);
      fd = files.open(path.address(), Linux.O_RDONLY | Linux.O_CLOEXEC, 0);
    }
    if (fd < 0) {
      return 0;
    }
    int length = files.read(fd, text.address(), TEXT_BYTES);
    files.close(fd);
    return Math.max(length, 0);
  }
}

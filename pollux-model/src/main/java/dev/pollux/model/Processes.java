package dev.pollux.model;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The processes there are: the one that makes the calls, and others, which do nothing but end.
 *
 * <p>Threads: under the kernel's lock.
 */
final class Processes {

  /** The number of the process that makes the calls; its parent's is 1. */
  static final int OWN = 1_000;

  private final TreeMap<Integer, ProcessState> alive = new TreeMap<>();
  private int last = OWN;

  /** A process, to those who hold a descriptor of it. */
  static final class ProcessState {
    final WaitQueue queue = new WaitQueue();
    boolean hasEnded;
    int status; // as wait(2) has it
    boolean isReaped;
  }

  Processes() {
    alive.put(1, new ProcessState());
    alive.put(OWN, new ProcessState());
  }

  /** A process that is there: also one that has ended and is not reaped. */
  @Nullable ProcessState find(int pid) {
    return alive.get(pid);
  }

  int start() {
    alive.put(++last, new ProcessState());
    return last;
  }

  /** Ends a process, which stays until its parent has reaped it. */
  void end(int pid, int status) {
    ProcessState process = other(pid);
    process.status = status;
    process.hasEnded = true;
    process.queue.wakeAll(ProcessFdFile.ENDED);
  }

  void reap(int pid) {
    ProcessState process = other(pid);
    if (!process.hasEnded) {
      throw new IllegalArgumentException("process " + pid + " has not ended");
    }
    process.isReaped = true;
    alive.remove(pid);
    process.queue.wakeAll(0);
  }

  private ProcessState other(int pid) {
    ProcessState process = alive.get(pid);
    if (process == null || pid <= OWN) {
      throw new IllegalArgumentException("no process that was started: " + pid);
    }
    return process;
  }
}

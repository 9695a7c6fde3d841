package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The signals of the one process: what each thread blocks, and what is pending, for the process or
 * for one thread.
 *
 * <p>A standard signal is pending once, however often it is sent; a real-time signal queues. What
 * is sent to the process is pending as if every thread blocked it.
 *
 * <p>Threads: under the kernel's lock; the masks belong to Java threads. Source: kernel/signal.c.
 */
final class Signals {

  /** The first of the real-time signals, as the kernel counts. */
  private static final int FIRST_REAL_TIME = 32;

  /** Those that the C library keeps for itself, and drops from every mask. */
  private static final long LIBRARYS = bit(32) | bit(33);

  private static final long NEVER_BLOCKED = bit(Linux.SIGKILL) | bit(Linux.SIGSTOP) | LIBRARYS;

  /** Signals whose default action is nothing. */
  private static final long IGNORED =
      bit(Linux.SIGCHLD) | bit(Linux.SIGURG) | bit(Linux.SIGWINCH) | bit(Linux.SIGCONT);

  private static final int MAX_PENDING = 1_024; // RLIMIT_SIGPENDING

  // siginfo.h: who sent it
  private static final int SI_USER = 0;
  private static final int SI_TKILL = -6;

  /** Readers of all signalfds stand on one queue, as they do in the kernel. */
  final WaitQueue queue = new WaitQueue();

  private final Deque<Pending> ofProcess = new ArrayDeque<>();
  private final Map<Thread, OfThread> threads = new WeakHashMap<>();

  /** A signal, and how it came: SI_TKILL or SI_USER. */
  record Pending(int signal, int code) {}

  private static final class OfThread {
    private long blocked;
    private final Deque<Pending> pending = new ArrayDeque<>();
  }

  /** The bit of a signal in a set. */
  static long bit(int signal) {
    return 1L << (signal - 1);
  }

  private OfThread own() {
    return threads.computeIfAbsent(Thread.currentThread(), _ -> new OfThread());
  }

  long blocked() {
    return own().blocked;
  }

  /** Sets what the calling thread blocks; false if a signal that is pending would strike it. */
  boolean block(long signals) {
    long blocked = signals & ~NEVER_BLOCKED;
    if (isPending(~blocked & ~IGNORED)) {
      return false;
    }
    own().blocked = blocked;
    while (take(~blocked) != null) {
      // It is ignored.
    }
    return true;
  }

  /** Whether a signal would strike the calling thread: no handler is modelled. */
  boolean wouldStrike(int signal) {
    return ((own().blocked | IGNORED) & bit(signal)) == 0;
  }

  /** Sends the calling thread a signal that does not strike; 0, or -EAGAIN at the limit. */
  int raise(int signal) {
    boolean isBlocked = (own().blocked & bit(signal)) != 0;
    return !isBlocked || add(own().pending, new Pending(signal, SI_TKILL)) ? 0 : -Errno.EAGAIN;
  }

  /** Sends the process a signal, from outside. */
  void send(int signal) {
    boolean _ = add(ofProcess, new Pending(signal, SI_USER));
  }

  /** False if it was lost: the limit is one of real-time signals, of the others one is pending. */
  private boolean add(Deque<Pending> pending, Pending next) {
    boolean isQueued = next.signal >= FIRST_REAL_TIME;
    if (isQueued && pending.size() >= MAX_PENDING) {
      return false;
    }
    if (isQueued || find(pending, bit(next.signal)) == null) {
      pending.addLast(next);
      queue.wake(0);
    }
    return true;
  }

  /** Whether one of these signals is pending for the calling thread. */
  boolean isPending(long signals) {
    return find(own().pending, signals) != null || find(ofProcess, signals) != null;
  }

  /** Takes the next of these signals, or null: the thread's own first, the lowest number first. */
  @Nullable Pending take(long signals) {
    Pending own = find(own().pending, signals);
    if (own != null) {
      own().pending.remove(own);
      return own;
    }
    Pending next = find(ofProcess, signals);
    if (next != null) {
      ofProcess.remove(next);
    }
    return next;
  }

  private static @Nullable Pending find(Deque<Pending> pending, long signals) {
    Pending lowest = null;
    for (Pending each : pending) {
      boolean isWanted = (signals & bit(each.signal)) != 0;
      if (isWanted && (lowest == null || each.signal < lowest.signal)) {
        lowest = each;
      }
    }
    return lowest;
  }
}

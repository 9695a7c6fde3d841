package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A {@code sigset_t}: a set of signals in native memory, for the calls that take a signal mask.
 *
 * <p>Do not block SIGSEGV, SIGBUS, SIGFPE or SIGILL in a Java thread with {@code pthread_sigmask}:
 * the virtual machine uses them itself. As the mask of one waiting call they do no harm.
 *
 * <p>Ownership: the memory is freed by the garbage collector.
 *
 * <p>Threads: one at a time; sharing is safe once nobody changes the set.
 *
 * <p>Source: sigsetops(3).
 */
public final class SignalSet {

  /** The highest signal number of Linux on the architectures of {@link Abi}. */
  public static final int MAX_SIGNAL = 64;

  // typedef struct { unsigned long __val[16]; } sigset_t;  The kernel reads the first word only,
  // in which signal n is bit n - 1.
  private final MemorySegment memory = Arena.ofAuto().allocate(Linux.SIZEOF_SIGSET, 8);

  private SignalSet(long bits) {
    memory.set(JAVA_LONG, 0, bits);
  }

  /** A set without signals; as a mask: every signal is let through. */
  public static SignalSet empty() {
    return new SignalSet(0);
  }

  /** A set of these signals. */
  public static SignalSet of(int... signals) {
    SignalSet set = empty();
    for (int signal : signals) {
      set.add(signal);
    }
    return set;
  }

  /** A set of all signals; as a mask: nothing interrupts but what cannot be blocked. */
  public static SignalSet full() {
    return new SignalSet(-1L);
  }

  /** Puts a signal into the set. */
  public void add(int signal) {
    memory.set(JAVA_LONG, 0, memory.get(JAVA_LONG, 0) | bit(signal));
  }

  /** Takes a signal out of the set. */
  public void remove(int signal) {
    memory.set(JAVA_LONG, 0, memory.get(JAVA_LONG, 0) & ~bit(signal));
  }

  /** Whether the signal is in the set. */
  public boolean contains(int signal) {
    return (memory.get(JAVA_LONG, 0) & bit(signal)) != 0;
  }

  /** The address of the {@code sigset_t}. Good only for as long as this object is reachable. */
  public long address() {
    return memory.address();
  }

  private static long bit(int signal) {
    if (signal < 1 || signal > MAX_SIGNAL) {
      throw new IllegalArgumentException("signal " + signal + " is not within 1 and " + MAX_SIGNAL);
    }
    return 1L << (signal - 1);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("SignalSet[");
    for (int signal = 1; signal <= MAX_SIGNAL; signal++) {
      if (contains(signal)) {
        text.append(text.charAt(text.length() - 1) == '[' ? "" : ", ").append(signal);
      }
    }
    return text.append("]").toString();
  }
}

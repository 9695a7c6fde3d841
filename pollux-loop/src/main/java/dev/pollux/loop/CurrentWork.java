package dev.pollux.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What a loop is doing at the moment: a sequence lock of one writer.
 *
 * <p>The number is odd while the content changes, and even and greater afterwards. A reader that
 * sees the same even number before and after has seen what belongs together; one that sees the same
 * number again later knows that the loop has not gone on meanwhile.
 *
 * <p>Threads: the loop's writes, any reads; nobody waits.
 */
final class CurrentWork {

  /** Of what is no descriptor's. */
  static final int NO_FD = -1;

  private static final VarHandle NUMBER;
  private static final VarHandle WORK;
  private static final VarHandle FD;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NUMBER = lookup.findVarHandle(CurrentWork.class, "number", long.class);
      WORK = lookup.findVarHandle(CurrentWork.class, "work", Object.class);
      FD = lookup.findVarHandle(CurrentWork.class, "fd", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private long number;

  @SuppressWarnings("UnusedVariable") // it is used by its handle
  private @Nullable Object work;

  @SuppressWarnings("UnusedVariable") // it is used by its handle
  private int fd = NO_FD;

  /** The loop does this from now on; null if nothing of the user's. The loop's thread. */
  void set(@Nullable Object newWork, int newFd) {
    long next = number + 1;
    NUMBER.setOpaque(this, next);
    VarHandle.storeStoreFence(); // who sees the content below sees the odd number: pairs with isAt
    WORK.setOpaque(this, newWork);
    FD.setOpaque(this, newFd);
    NUMBER.setRelease(this, next + 1); // pairs with number's getAcquire: the content is there
  }

  /** The number of what is being done; odd if that just changes. Any thread. */
  long number() {
    return (long) NUMBER.getAcquire(this);
  }

  /** What is being done; to be believed if {@link #isAt} says so afterwards. Any thread. */
  @Nullable Object work() {
    return WORK.getOpaque(this);
  }

  /** For which descriptor, or {@link #NO_FD}; likewise. */
  int fd() {
    return (int) FD.getOpaque(this);
  }

  /** Whether what was read since {@link #number} returned this even number belongs to it. */
  boolean isAt(long expected) {
    VarHandle.loadLoadFence(); // pairs with set's storeStoreFence
    return (long) NUMBER.getOpaque(this) == expected;
  }
}

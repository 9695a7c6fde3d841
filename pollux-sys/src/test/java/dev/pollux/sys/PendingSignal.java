package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;

/**
 * A signal that the calling thread has blocked and that is pending for it. When a wait's mask lets
 * it through, it is delivered at once: an interruption without a race.
 */
final class PendingSignal implements AutoCloseable {

  private final Sys sys;
  private final MemorySegment oldMask;

  private PendingSignal(Workspace work, int signal) {
    sys = work.sys;
    oldMask = work.memory(Linux.SIZEOF_SIGSET);
    SignalSet set = SignalSet.of(signal);
    assertEquals(0, sys.pthreadSigmask(Linux.SIG_BLOCK, set.address(), oldMask.address()));
    assertEquals(0, sys.raise(signal));
  }

  /** Gives SIGUSR1 a handler that does nothing, blocks the signal, and raises it. */
  static PendingSignal raise(Workspace work, int signal) {
    assertEquals(Linux.SIGUSR1, signal);
    try { // by reflection, because the compiler warns of sun.misc and cannot be told not to
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              PendingSignal.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (_, _, _) -> null);
      Object usr1 = type.getConstructor(String.class).newInstance("USR1");
      type.getMethod("handle", type, handlerType).invoke(null, usr1, handler);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("sun.misc.Signal", e);
    }
    return new PendingSignal(work, signal);
  }

  /** Restores the thread's mask; a signal still pending is delivered now. */
  @Override
  public void close() {
    assertEquals(0, sys.pthreadSigmask(Linux.SIG_SETMASK, oldMask.address(), 0));
  }
}

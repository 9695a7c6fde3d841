package dev.pollux.loop;

import dev.pollux.poll.Registration;
import org.jspecify.annotations.Nullable;

/** Where the failures on a loop go. Nothing leaves from here. Threads: the loop's. */
final class LoopFailures {

  private final EventLoop loop;
  private final LoopMeter meter;
  private final LoopErrorHandler errorHandler;

  LoopFailures(EventLoop loop, LoopMeter meter, LoopErrorHandler errorHandler) {
    this.loop = loop;
    this.meter = meter;
    this.errorHandler = errorHandler;
  }

  /**
   * Tells a handler that it failed, or why it has to go. One that cannot cope is reported, and
   * loses the registration that led to it.
   */
  void tell(LoopHandler handler, @Nullable Registration registration, Throwable cause) {
    try {
      handler.failed(cause);
    } catch (Throwable t) {
      if (registration != null) {
        registration.remove();
      }
      if (!t.equals(cause)) {
        suppress(t, cause);
        report("a handler's failed()", t);
      } else if (!(cause instanceof ClosedLoopException)) {
        report("a handler", cause);
      }
    }
  }

  /** Throws the cause as it is, checked or not. */
  @SuppressWarnings("unchecked") // the type argument is a promise to the compiler alone
  static <T extends Throwable> RuntimeException passedOn(Throwable cause) throws T {
    throw (T) cause;
  }

  /** Reports a registration that leads nowhere: a mistake, for which other handlers do not pay. */
  void stray(Registration registration) {
    String problem = registration + " is not attached to a LoopHandler";
    report("an event without a handler", new IllegalStateException(problem));
  }

  /** Reports what no handler answers for. */
  void report(String what, Throwable cause) {
    meter.failed();
    try {
      errorHandler.failed(loop, what, cause);
    } catch (Throwable inHandler) {
      suppress(inHandler, cause);
      log(inHandler);
    }
  }

  private void log(Throwable inHandler) {
    try {
      LoopErrorHandler.logging().failed(loop, "the error handler", inHandler);
    } catch (Throwable _) {
      // The logger fails as well: nobody is left to tell, and the loop has others to serve.
    }
  }

  /** Keeps the cause with what came of it; rethrowing it is usual, and it cannot hold itself. */
  private static void suppress(Throwable thrown, Throwable cause) {
    if (!thrown.equals(cause)) {
      thrown.addSuppressed(cause);
    }
  }
}

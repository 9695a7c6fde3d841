package dev.pollux.loop;

import dev.pollux.poll.Poller;
import dev.pollux.poll.Registration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the failures on a loop go. Nothing leaves from here, and nothing of the user's is asked:
 * exceptions are told apart by identity. Threads: the loop's.
 */
@SuppressWarnings("ReferenceEquality")
final class LoopFailures {

  private final EventLoop loop;
  private final LoopMeter meter;
  private final LoopErrorHandler errorHandler;
  private boolean isTold;

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
      remove(registration);
      if (!(cause instanceof ClosedLoopException)) {
        report("a handler", cause);
      }
      if (t != cause) { // the default passes the cause on
        report("a handler's failed()", t);
      }
    }
  }

  /** Tells all handlers that are registered that they have to go, as the loop is closed: once. */
  void tellAll(Poller poller) {
    boolean isOpen = poller.isOpen(); // if not, somebody else has closed it: all are inactive
    ClosedLoopException cause = null; // with its stack, where anybody is told
    for (Registration registration : isTold ? List.<Registration>of() : poller.registrations()) {
      boolean isThere = registration.isActive() || !isOpen;
      if (isThere && registration.attachment() instanceof LoopHandler handler) {
        cause = cause == null ? new ClosedLoopException(loop.options().name()) : cause;
        tell(handler, registration, cause);
      }
    }
    isTold = true;
  }

  /** Throws the cause as it is, checked or not. */
  @SuppressWarnings("unchecked") // the type argument is a promise to the compiler alone
  static <T extends Throwable> RuntimeException passedOn(Throwable cause) throws T {
    throw (T) cause;
  }

  /**
   * Removes and reports a registration that leads nowhere: a mistake, for which other handlers do
   * not pay.
   */
  void stray(Registration registration) {
    remove(registration);
    String problem = "fd " + registration.fd() + " is not attached to a LoopHandler";
    report("an event without a handler", new IllegalStateException(problem));
  }

  private void remove(@Nullable Registration registration) {
    if (registration != null) {
      try {
        registration.remove();
      } catch (Throwable t) {
        report("removing a registration", t);
      }
    }
  }

  /** Reports what no handler answers for. */
  void report(String what, Throwable cause) {
    try {
      meter.failed();
      errorHandler.failed(loop, what, cause);
    } catch (Throwable inHandler) {
      log(what, cause); // not as suppressed by the other, which may be one constant exception
      if (inHandler != cause) {
        log("the error handler", inHandler);
      }
    }
  }

  private void log(String what, Throwable cause) {
    try {
      LoopErrorHandler.logging().failed(loop, what, cause);
    } catch (Throwable _) {
      // The logger fails as well: nobody is left to tell, and the loop has others to serve.
    }
  }
}

package dev.pollux.loop;

import dev.pollux.poll.Event;

/**
 * What a watched descriptor leads to: the attachment of a registration on a loop's poller. One that
 * only wants to be told of readiness is a lambda.
 *
 * <p>Threads: every method is called on the loop's thread, none while another of the same loop
 * runs. A handler must not block: it holds up everything else on its loop.
 *
 * <p>Errors: whatever {@link #ready}, {@link #flush} or {@link #dispose} throws goes to {@link
 * #failed} of the same handler; the loop and the other handlers go on.
 */
@FunctionalInterface
public interface LoopHandler {

  /**
   * The descriptor is ready.
   *
   * <p>The order within: writable (finish a connect, learn its refusal), then readable, then
   * closed.
   *
   * @param event for which; not to be kept
   */
  void ready(Event event);

  /** Phase 4, once for each {@link EventLoop#flushLater}: pending writes, changes of interest. */
  default void flush() {}

  /** Phase 9, once for each {@link EventLoop#closeLater}: gives the descriptor back. */
  default void dispose() {}

  /**
   * The handler threw, or its loop is being closed ({@link ClosedLoopException}): removes its
   * registration and closes its descriptor.
   *
   * <p>What this throws itself goes to {@link LoopOptions#errorHandler}, and the registration whose
   * event led here is removed, so that it does not fail for ever. That is what the default does: it
   * passes the cause on. The descriptor stays open then, it is whose it was.
   */
  default void failed(Throwable cause) {
    throw LoopFailures.passedOn(cause);
  }
}

package dev.pollux.loop;

import dev.pollux.poll.Events;

/**
 * What a watched descriptor leads to: the attachment of a registration on a loop's poller.
 *
 * <p>Threads: every method is called on the loop's thread, none while another of the same loop
 * runs. A handler must not block: it holds up everything else on its loop.
 *
 * <p>Errors: whatever {@link #ready}, {@link #flush} or {@link #dispose} throws goes to {@link
 * #failed} of the same handler; the loop and the other handlers go on.
 */
public interface LoopHandler {

  /**
   * The descriptor is ready. The batch stands at the event for it; do not move it.
   *
   * <p>The order within: writable (finish a connect, learn its refusal), then readable, then
   * closed.
   */
  void ready(Events event);

  /** Phase 4, once for each {@link EventLoop#flushLater}: pending writes, changes of interest. */
  default void flush() {}

  /** Phase 9, once for each {@link EventLoop#closeLater}: gives the descriptor back. */
  default void dispose() {}

  /**
   * The handler threw, or its loop is being closed ({@link ClosedLoopException}): removes its
   * registration and closes its descriptor. It should not throw.
   */
  void failed(Throwable cause);
}

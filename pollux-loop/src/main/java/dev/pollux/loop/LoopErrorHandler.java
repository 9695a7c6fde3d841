package dev.pollux.loop;

/**
 * Told of what a task or a timer threw, and of a handler whose {@code failed} threw: of everything
 * that no connection answers for. It must not throw.
 *
 * <p>Threads: the loop's.
 */
@FunctionalInterface
public interface LoopErrorHandler {

  /**
   * Something failed; the loop goes on.
   *
   * @param what what threw, in a few words
   */
  void failed(EventLoop loop, String what, Throwable cause);

  /** Writes an error with the stack trace to the platform's logger {@code dev.pollux.loop}. */
  static LoopErrorHandler logging() {
    return (loop, what, cause) ->
        System.getLogger("dev.pollux.loop")
            .log(System.Logger.Level.ERROR, loop + ": " + what + " failed", cause);
  }
}

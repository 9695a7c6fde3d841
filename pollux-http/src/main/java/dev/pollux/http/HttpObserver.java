package dev.pollux.http;

/**
 * Is told of each exchange that is over, whether a handler or the server answered: for logs and
 * figures.
 *
 * <p>Threads: the loop's of the connection. What it throws is reported, and changes nothing.
 */
@FunctionalInterface
public interface HttpObserver {

  /**
   * An exchange is over.
   *
   * @param outcome lent until this returns, as all that it gives
   */
  void over(HttpOutcome outcome);

  /** Tells this one, and then another. */
  default HttpObserver and(HttpObserver other) {
    return outcome -> {
      try {
        over(outcome);
      } finally {
        other.over(outcome);
      }
    };
  }
}

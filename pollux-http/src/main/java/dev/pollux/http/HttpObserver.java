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

  /**
   * The head of a request is whole, and its handler is about to be asked. Each is {@link #over}
   * once; but what is over without a {@link HttpOutcome#request} never began.
   *
   * @param outcome as it is then: there is a request, and nothing of an answer
   */
  default void begun(HttpOutcome outcome) {}

  /** Tells this one, and then another. */
  default HttpObserver and(HttpObserver other) {
    return new BothObservers(this, other);
  }
}

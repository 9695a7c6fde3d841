package dev.pollux.net;

/**
 * Told of every connection that has these {@link ConnectionOptions#observer options}, whatever its
 * handler does: for logs and numbers. It sees, and changes nothing.
 *
 * <p>Threads: the connection's loop; one observer may have connections on many. What is thrown here
 * is reported to the loop.
 */
public interface ConnectionObserver {

  /** Reports failures to the loop, and makes nothing of the rest. */
  ConnectionObserver REPORTING =
      new ConnectionObserver() {
        @Override
        public String toString() {
          return "REPORTING";
        }
      };

  /** It is usable, and its handler is about to be told. */
  default void opened(Connection connection) {}

  /** It is over, and its handler was told. Also for one that was never opened. */
  default void closed(Connection connection, CloseCause cause) {}

  /**
   * The program's own code threw, which ends the connection, if it is not over by then: what a
   * thread throws may come later. Told once. By default it is {@linkplain
   * dev.pollux.loop.EventLoop#report reported} to the loop, and so to {@link
   * dev.pollux.loop.LoopOptions#errorHandler}.
   *
   * @param what what threw, in a few words: "the handler", "a worker"
   */
  default void failed(Connection connection, String what, Throwable thrown) {
    connection.loop().report(what + " of " + connection, thrown);
  }
}

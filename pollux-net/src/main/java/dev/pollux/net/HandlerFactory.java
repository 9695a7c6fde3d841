package dev.pollux.net;

/** Makes the handler of each connection that a server accepts. */
@FunctionalInterface
public interface HandlerFactory {

  /**
   * The handler of a new connection, which is not open yet; if this closes, resets or detaches it,
   * {@code closed} is all that the handler is told. Threads: the loop's.
   *
   * @throws Exception closes the connection, with {@link CloseReason#HANDLER_FAILED}, and is told
   *     to its {@link ConnectionOptions#observer}
   */
  ConnectionHandler handlerFor(Connection connection) throws Exception;
}

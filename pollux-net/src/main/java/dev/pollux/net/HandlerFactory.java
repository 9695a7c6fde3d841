package dev.pollux.net;

import dev.pollux.sys.SysException;

/** Makes the handler of each connection that a server accepts. */
@FunctionalInterface
public interface HandlerFactory {

  /**
   * The handler of a new connection, which is not open yet. Threads: the loop's. What it throws
   * closes the connection.
   */
  ConnectionHandler handlerFor(Connection connection) throws SysException;
}

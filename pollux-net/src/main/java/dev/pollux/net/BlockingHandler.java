package dev.pollux.net;

/** Deals with a connection in the blocking style, on a thread of its own. */
@FunctionalInterface
public interface BlockingHandler {

  /**
   * Deals with one connection, from its beginning to its end: when this returns it is {@linkplain
   * BlockingConnection#close closed}. Threads: a virtual one, this connection's own.
   *
   * @throws Exception closes the connection at once, with {@link CloseReason#HANDLER_FAILED}, and
   *     is told to its {@link ConnectionOptions#observer}; not so what the connection itself has
   *     told the thread: its end, a read timeout, an interrupt
   */
  void handle(BlockingConnection connection) throws Exception;
}

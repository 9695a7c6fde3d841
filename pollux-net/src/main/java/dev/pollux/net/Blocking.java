package dev.pollux.net;

/**
 * The blocking style over connections of an event loop: streams, for code on virtual threads.
 *
 * <pre>{@code
 * Server.start(loops, options, Blocking.handlers(connection -> {
 *   connection.input().transferTo(connection.output());
 * }));
 * }</pre>
 *
 * <p>The loop reads and writes; the virtual thread waits on a lock, not in a system call, so it
 * pins no carrier. Each direction goes through a buffer of {@link #BUFFER_BYTES}: when the one for
 * input is full, reading is paused; when the one for output is full because the connection is not
 * {@linkplain Connection#isWritable writable}, the writer waits.
 *
 * <p>A {@linkplain Connection#finish finish} waits while the thread is at work, and closes the
 * connection when it waits for input and there is none. While it is at work it is not {@linkplain
 * ConnectionHandler#idle idle}.
 *
 * <p>{@link Connection#setHandler} and {@link Connection#startTls} take the connection from the
 * thread, see {@link BlockingConnection}, also where the handler is one of the program's that
 * passes its calls on to this one, as a {@link ForwardingHandler} does. {@link Connection#detach}
 * gives away what has arrived, and the thread has not read, and is refused while something that the
 * thread wrote is still to be sent.
 */
public final class Blocking {

  /** How much waits between the loop and the thread, each way. */
  public static final int BUFFER_BYTES = 1 << 14; // 16 KiB

  private Blocking() {}

  /**
   * The handler of a connection that starts a virtual thread for it: when it opens, or is handed
   * over to this; another one each time. Also when it is over without having opened, and the thread
   * is told why at its first call; but where a {@link Server} accepted it, nobody waits for it, so
   * no thread is started: {@link ConnectionOptions#observer} is told, as for all handlers.
   *
   * <p>It is for one connection at a time, until that was told its end, or has another handler: a
   * second one that is given it fails, and its observer is told. For those of a server there is
   * {@link #handlers}.
   */
  public static ConnectionHandler handler(BlockingHandler handler) {
    return new BlockingStarter(handler);
  }

  /** The handlers of the connections of a server, each with a virtual thread. */
  public static HandlerFactory handlers(BlockingHandler handler) {
    return _ -> handler(handler);
  }

  /**
   * Puts a connection that is open into the blocking style; its handler is replaced, as by {@link
   * Connection#setHandler}, also within a callback. What that has left unread comes first; reading
   * goes on if it was paused. On the loop's thread; the result is for another one.
   *
   * <p>The handler that the connection has by that serves once: set again after another one, or by
   * {@link Connection#startTls}, it fails, which ends the connection.
   *
   * @throws IllegalStateException if it is not open
   */
  public static BlockingConnection over(Connection connection) {
    connection.loop().requireInLoop("Blocking.over");
    if (!connection.isOpen()) {
      throw new IllegalStateException(connection + " is not open");
    }
    BlockingBridge bridge = new BlockingBridge(connection.loop().options().threads(), null);
    return bridge.takeOver(connection);
  }
}

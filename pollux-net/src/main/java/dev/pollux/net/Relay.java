package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * Passes on what one connection receives to another: bytes, the half-close behind them, and a reset
 * instead of an end where something may be missing.
 *
 * <p>Who does not read makes the other wait: while the queue of one is full, reading from the other
 * is paused, so a relay holds about {@link ConnectionOptions#highWaterBytes} each way. The second
 * connection may be connecting still; what arrives meanwhile is queued up to that.
 *
 * <pre>{@code
 * Server.open(loop, options, near -> {
 *   Connection far = Connection.connect(loop, there, timeoutNanos, near.options(), Relay.to(near));
 *   return Relay.to(far);
 * });
 * }</pre>
 *
 * <p>A connection that ends in order ends the other in order; any other end, a failed connect too,
 * is passed on as a reset. {@link Connection#finish} does not wait for what the other end has yet
 * to send: who stops a server and cares for that gives it time with {@link Server#stop}.
 *
 * <p>Threads: both connections are of one loop, and this is called there.
 */
public final class Relay {

  private Relay() {}

  /**
   * A handler that passes everything on to another connection, which needs one for the way back.
   */
  public static ConnectionHandler to(Connection other) {
    return new OneWay(other);
  }

  /**
   * Lets two connections talk to each other from now on, also what they left unread.
   *
   * @throws IllegalArgumentException if they are of different loops, or one connection
   */
  public static void between(Connection first, Connection second) {
    if (!first.loop().equals(second.loop()) || first.equals(second)) {
      throw new IllegalArgumentException(
          "a relay takes two connections of one loop: " + first + ", " + second);
    }
    first.setHandler(to(second));
    second.setHandler(to(first));
  }

  private static final class OneWay implements ConnectionHandler {

    private final Connection other;

    OneWay(Connection other) {
      this.other = other;
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      if (!other.write(data).goesOn()) {
        connection.pauseReading(); // what was refused is left unread, and comes again
      }
    }

    @Override
    public void writable(Connection connection) {
      other.resumeReading();
    }

    @Override
    public void readClosed(Connection connection) {
      other.end();
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      switch (cause.reason()) {
        case END_OF_STREAM, CLOSED -> other.close(cause);
        default -> other.reset(cause);
      }
    }
  }
}

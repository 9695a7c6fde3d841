package dev.pollux.guide;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.ConnectOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Connector;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Listens to a server by its name, and comes back whenever that goes away. */
public final class Subscriber implements ConnectionHandler {

  private static final long FIRST_PAUSE_NANOS = 100_000_000; // 100 ms
  private static final long MOST_PAUSE_NANOS = 30_000_000_000L; // 30 s

  private final EventLoop loop;
  private final ConnectOptions options;
  private final RandomGenerator random;
  private final Consumer<ByteBuffer> news;
  private long pauseNanos = FIRST_PAUSE_NANOS;

  Subscriber(
      EventLoop loop, ConnectOptions options, RandomGenerator random, Consumer<ByteBuffer> news) {
    this.loop = loop;
    this.options = options;
    this.random = random;
    this.news = news;
  }

  /** On the loop's thread. */
  void connect() {
    try {
      Connector _ = Connector.connect(loop, options, this, this::later);
    } catch (SysException e) { // no descriptor is left, which may pass as well
      later(CloseCause.of(CloseReason.CONNECT_FAILED, e));
    }
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    pauseNanos = FIRST_PAUSE_NANOS; // it does not only accept, it works
    news.accept(data);
    data.position(data.limit());
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    later(cause);
  }

  /** Twice as long each time, and not all of them at once when the server comes back. */
  private void later(CloseCause cause) {
    if (loop.isClosed()) {
      return; // which is why it ended
    }
    long pause = pauseNanos / 2 + random.nextLong(pauseNanos / 2);
    pauseNanos = Math.min(2 * pauseNanos, MOST_PAUSE_NANOS);
    var _ = loop.schedule(pause, this::connect);
  }
}

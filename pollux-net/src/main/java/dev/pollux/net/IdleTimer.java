package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;

/**
 * Watches over silence on a connection: for {@link ConnectionHandler#idle} and {@link
 * ConnectionHandler#heartbeat}.
 *
 * <p>Traffic writes down the time, and nothing else; the timer, when it runs, finds out how much
 * later it should have, and is scheduled for then. So a packet costs one store.
 */
final class IdleTimer {

  private final Connection connection;
  private final EventLoop loop;
  private final LoopTimer timer = new LoopTimer(this::look);
  private long receivedNanos;
  private long sentNanos;

  private IdleTimer(Connection connection) {
    this.connection = connection;
    this.loop = connection.loop();
    this.receivedNanos = loop.nowNanos();
    this.sentNanos = receivedNanos;
  }

  static IdleTimer start(Connection connection) {
    IdleTimer idle = new IdleTimer(connection);
    idle.schedule();
    return idle;
  }

  void received(long nowNanos) {
    receivedNanos = nowNanos;
  }

  void sent(long nowNanos) {
    sentNanos = nowNanos;
  }

  void stop() {
    loop.cancel(timer);
  }

  private void look() {
    try {
      tell();
    } catch (Throwable t) {
      connection.life().failed(t);
    }
  }

  private void tell() {
    if (!connection.isOpen()) {
      return; // a close has its own deadline
    }
    long now = loop.nowNanos();
    ConnectionOptions options = connection.options();
    if (options.heartbeatNanos() > 0 && now - sentNanos >= options.heartbeatNanos()) {
      sentNanos = now;
      connection.handler().heartbeat(connection);
    }
    if (connection.isOpen()
        && options.idleNanos() > 0
        && now - receivedNanos >= options.idleNanos()) {
      receivedNanos = now;
      if (!connection.isReadingPaused() && !connection.life().isHeld()) {
        connection.handler().idle(connection); // else it is this side that is silent
      }
    }
    if (connection.isOpen()) {
      schedule();
    }
  }

  private void schedule() {
    ConnectionOptions options = connection.options();
    long delay = Long.MAX_VALUE;
    if (options.heartbeatNanos() > 0) {
      delay = sentNanos + options.heartbeatNanos() - loop.nowNanos();
    }
    if (options.idleNanos() > 0) {
      delay = Math.min(delay, receivedNanos + options.idleNanos() - loop.nowNanos());
    }
    loop.schedule(timer, delay);
  }
}

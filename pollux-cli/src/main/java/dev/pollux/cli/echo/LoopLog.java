package dev.pollux.cli.echo;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopTimer;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionTrace;
import dev.pollux.poll.Event;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Tells an {@link EchoLog} what the connections of one loop do, and has it written out once a turn.
 *
 * <p>Threads: the loop's; the counters are read by any.
 */
final class LoopLog implements LoopHandler {

  /** How soon a log that could not be written out is tried again. */
  private static final long RETRY_NANOS = 20_000_000; // 20 ms

  /** Passes on what a connection does to the log of its loop. */
  static final ConnectionTrace TRACE =
      new ConnectionTrace() {
        @Override
        public void read(Connection connection, int sizeBytes) {
          // What still comes while the connection is being closed is dropped.
          if (connection.handler() instanceof EchoConnection echo && connection.isOpen()) {
            echo.log().read(connection, sizeBytes);
          }
        }

        @Override
        public void wrote(Connection connection, int sizeBytes) {
          if (connection.handler() instanceof EchoConnection echo) {
            echo.log().wrote(connection, sizeBytes);
          }
        }
      };

  private final EventLoop loop;
  private final EchoLog log;
  private final EchoCounters counters = new EchoCounters();
  private final LoopTimer retry = new LoopTimer(this::flush);
  private boolean flushQueued;

  LoopLog(EventLoop loop, EchoLog log) {
    this.loop = loop;
    this.log = log;
  }

  /** The log. */
  EchoLog log() {
    return log;
  }

  /** What has happened so far. Any thread. */
  EchoCounters counters() {
    return counters;
  }

  void connected(Connection connection, @Nullable SocketAddress peer) {
    counters.accepted();
    log.connected(connection.fd(), peer);
    touch();
  }

  void closed(Connection connection, CloseCause cause) {
    CloseReason reason = CloseReason.of(cause);
    boolean isSaid = reason == CloseReason.PROTOCOL || reason == CloseReason.BUG;
    String detail = isSaid ? cause.message() : "";
    log.closed(connection.fd(), reason, cause.errno(), connection.queuedBytes(), detail);
    touch();
  }

  /** If the connection has TLS, says how. */
  void opened(Connection connection) {
    SSLSession session = connection.tlsSession();
    if (session != null) {
      log.secured(connection.fd(), session.getProtocol() + ", " + session.getCipherSuite());
      touch();
    }
  }

  /** Bytes came in. */
  void read(Connection connection, int sizeBytes) {
    counters.read(sizeBytes);
    log.read(connection.fd(), sizeBytes);
    touch();
  }

  /** Bytes went out. */
  void wrote(Connection connection, int sizeBytes) {
    log.wrote(connection.fd(), sizeBytes);
    touch();
  }

  /** Nothing is watched for it. */
  @Override
  public void ready(Event event) {}

  @Override
  public void flush() {
    flushQueued = false;
    if (!log.flush()) {
      loop.schedule(retry, RETRY_NANOS);
    }
  }

  @Override
  public void failed(Throwable cause) {
    throw new IllegalStateException("a log does not fail", cause);
  }

  private void touch() {
    if (!flushQueued && log.isGathering()) {
      flushQueued = true;
      loop.flushLater(this);
    }
  }
}

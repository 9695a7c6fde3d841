package dev.pollux.cli.echo;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ForwardingHandler;
import java.nio.ByteBuffer;

/**
 * One connection of an {@link EchoServer} that is answered by workers: what has arrived is a
 * request, and the next one is dealt with when that is answered and the peer takes answers.
 *
 * <p>Threads: the loop's.
 */
final class WorkerEchoHandler extends ForwardingHandler implements EchoConnection {

  private final LoopLog log;
  private final ConnectionHandler requests;
  private final boolean counts;

  /**
   * A handler.
   *
   * @param requests hands what arrives to the workers
   * @param counts whether it tells the log of bytes that come, because what is on the wire is TLS
   */
  WorkerEchoHandler(LoopLog log, ConnectionHandler requests, boolean counts) {
    this.log = log;
    this.requests = requests;
    this.counts = counts;
  }

  @Override
  public LoopLog log() {
    return log;
  }

  @Override
  protected ConnectionHandler delegate() {
    return requests;
  }

  @Override
  public void opened(Connection connection) {
    log.opened(connection);
    super.opened(connection);
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    int before = data.position();
    super.received(connection, data);
    if (counts && data.position() > before) { // the rest comes again
      log.read(connection, data.position() - before);
    }
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    try {
      super.closed(connection, cause);
    } finally {
      log.closed(connection, cause);
    }
  }
}

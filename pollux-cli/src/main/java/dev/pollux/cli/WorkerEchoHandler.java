package dev.pollux.cli;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Silence;
import java.nio.ByteBuffer;

/**
 * One connection of an {@link EchoServer} that is answered by workers: what has arrived is a
 * request, and the next one is dealt with when that is answered and the peer takes answers.
 *
 * <p>Threads: the loop's.
 */
final class WorkerEchoHandler implements EchoConnection {

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
  public void opened(Connection connection) {
    log.opened(connection);
    requests.opened(connection);
  }

  @Override
  public void attached(Connection connection) {
    requests.attached(connection);
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    int before = data.position();
    requests.received(connection, data);
    if (counts && data.position() > before) { // the rest comes again
      log.read(connection, data.position() - before);
    }
  }

  @Override
  public void readComplete(Connection connection) {
    requests.readComplete(connection);
  }

  @Override
  public void readClosed(Connection connection) {
    requests.readClosed(connection);
  }

  @Override
  public void writable(Connection connection) {
    requests.writable(connection);
  }

  @Override
  public void heartbeat(Connection connection) {
    requests.heartbeat(connection);
  }

  @Override
  public void peerEnded(Connection connection) {
    requests.peerEnded(connection);
  }

  @Override
  public void idle(Connection connection, Silence silence) {
    requests.idle(connection, silence);
  }

  @Override
  public void finishing(Connection connection) {
    requests.finishing(connection);
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    try {
      requests.closed(connection, cause);
    } finally {
      log.closed(connection, cause);
    }
  }
}

package dev.pollux.cli.echo;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of an {@link EchoServer}: sends back what arrives, or answers a fixed line to it.
 *
 * <p>Echo: a peer that sends and does not read is read until the connection's high watermark, and
 * then left alone until the low one. So it costs memory up to that limit, and no time.
 *
 * <p>Answer: what has arrived is read until there is nothing more; then one answer is sent, and
 * nothing is read before it has left.
 *
 * <p>Threads: the loop's.
 */
final class EchoHandler implements EchoConnection {

  private final LoopLog log;
  private final @Nullable ByteBuffer reply;
  private final boolean counts;

  /** Answer: something came in since the last one. */
  private boolean answerDue;

  /**
   * A handler.
   *
   * @param reply the fixed answer, or null to echo; its position is moved
   * @param counts whether it tells the log of bytes, because what is on the wire is TLS
   */
  EchoHandler(LoopLog log, @Nullable ByteBuffer reply, boolean counts) {
    this.log = log;
    this.reply = reply;
    this.counts = counts;
  }

  @Override
  public LoopLog log() {
    return log;
  }

  @Override
  public void opened(Connection connection) {
    log.opened(connection);
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    if (counts) {
      log.read(connection, data.remaining());
    }
    if (reply != null) {
      var _ = data.position(data.limit());
      answerDue = true;
    } else {
      write(connection, data);
    }
  }

  @Override
  public void readComplete(Connection connection) {
    if (answerDue && connection.availableBytes() <= 0) {
      answer(connection);
    }
  }

  @Override
  public void readClosed(Connection connection) {
    if (answerDue) {
      answer(connection);
    }
    connection.close(); // who reads, however slowly, gets all of it
  }

  @Override
  public void writable(Connection connection) {
    connection.resumeReading();
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    log.closed(connection, cause);
  }

  private void answer(Connection connection) {
    answerDue = false;
    if (reply != null) {
      write(connection, reply.rewind());
    }
  }

  private void write(Connection connection, ByteBuffer data) {
    int size = data.remaining();
    WriteResult result = connection.write(data);
    if (counts && result.isTaken()) {
      log.wrote(connection, size);
    }
    if (!result.goesOn()) {
      connection.pauseReading();
    }
  }
}

package dev.pollux.net;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS on one connection, by an {@link SSLEngine}.
 *
 * <p>In: the wire's bytes lie in the loop's read buffer, and a record that is not whole yet is left
 * there, for the stream to keep. Plain bytes are gathered in a buffer of the loop's, in front of
 * them what the handler left before. Out: plain bytes are wrapped at once into the stream's queue;
 * what comes before the handshake is done, and files, wait in {@link #held} and follow as the queue
 * has room. So no buffer here grows without a bound of the connection's.
 *
 * <p>Threads: the loop's.
 */
final class TlsFilter implements Filter {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final String TLS_1_3 = "TLSv1.3";

  private final Connection connection;
  private final SSLEngine engine;
  private final TlsBuffers buffers;
  private final ByteQueue held;
  private @Nullable ByteQueue unread;
  private boolean established;
  private boolean readClosed;
  private boolean endAsked;
  private boolean failed;

  TlsFilter(Connection connection, SSLEngine engine) {
    this.connection = connection;
    this.engine = engine;
    this.buffers = TlsBuffers.of(connection.loop());
    this.held = new ByteQueue(connection.stream().local());
  }

  @Nullable SSLSession session() {
    return established ? engine.getSession() : null;
  }

  /** What ALPN agreed on; null if nothing. */
  @Nullable String applicationProtocol() {
    String protocol = engine.getApplicationProtocol();
    return protocol == null || protocol.isEmpty() ? null : protocol;
  }

  @Override
  public void begin() {
    try {
      engine.beginHandshake();
      proceed();
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  public void received(ByteBuffer wire) {
    if (failed || connection.isReadingPaused()) {
      return;
    }
    ByteBuffer plain = buffers.plain(unreadBytes());
    ByteQueue kept = unread;
    if (kept != null) {
      kept.drainTo(plain);
    }
    try {
      unwrap(wire, plain);
    } catch (SSLException e) {
      fail(e);
      return;
    }
    deliver(plain);
    if (readClosed) {
      var _ = wire.position(wire.limit()); // what follows a close_notify means nothing
    }
  }

  @Override
  public int wireBytes() {
    return TlsBuffers.WIRE_RECORD_BYTES;
  }

  @Override
  public int unreadBytes() {
    ByteQueue kept = unread;
    return kept == null ? 0 : kept.sizeBytes();
  }

  @Override
  public void readClosed() {
    if (!readClosed && !failed) {
      failed = true;
      String when = established ? "without close_notify: something may be missing" : "in a handshake";
      connection.close(CloseCause.of(CloseReason.PROTOCOL, "the peer ended the stream " + when));
    }
  }

  @Override
  public void write(ByteBuffer plain) {
    if (!established || !held.isEmpty()) {
      held.append(plain);
      return;
    }
    try {
      while (plain.hasRemaining() && !failed) {
        wrap(plain);
      }
    } catch (SSLException e) {
      fail(e);
    }
    var _ = plain.position(plain.limit()); // after a failure nobody is there to take it
  }

  @Override
  public void write(FileRegion file) {
    held.append(file);
    pump();
  }

  @Override
  public void pump() {
    if (!established || failed) {
      return;
    }
    int limit = connection.options().highWaterBytes();
    try {
      while (!held.isEmpty() && connection.stream().queuedBytes() < limit) {
        ByteBuffer source = buffers.source();
        int result = held.fill(source);
        if (result < 0) {
          failed = true;
          connection.closeNow(CloseCause.ofErrno("pread", -result));
          return;
        }
        var _ = source.flip();
        while (source.hasRemaining()) {
          wrap(source);
        }
      }
      if (endAsked && held.isEmpty() && !engine.isOutboundDone()) {
        engine.closeOutbound();
        flushHandshake();
      }
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  public int queuedBytes() {
    return held.sizeBytes();
  }

  @Override
  public boolean isDrained() {
    return failed || (held.isEmpty() && (!endAsked || engine.isOutboundDone()));
  }

  @Override
  public void end() {
    endAsked = true;
    if (!established) {
      engine.closeOutbound(); // nobody waits for a handshake any more
      held.clear();
      try {
        flushHandshake();
      } catch (SSLException _) {
        failed = true;
      }
    }
    pump();
  }

  @Override
  public void closed() {
    held.clear();
    ByteQueue kept = unread;
    if (kept != null) {
      kept.clear();
    }
  }

  /** Takes records off the wire until there is no whole one, or the handler pauses. */
  private void unwrap(ByteBuffer wire, ByteBuffer plain) throws SSLException {
    while (!failed && !readClosed) {
      SSLEngineResult result = engine.unwrap(wire, plain);
      switch (result.getStatus()) {
        case OK -> {
          proceed();
          if (result.bytesConsumed() == 0 && result.bytesProduced() == 0 && isSettled()) {
            return;
          }
        }
        case BUFFER_UNDERFLOW -> {
          return;
        }
        case BUFFER_OVERFLOW -> {
          if (!makeRoom(plain)) {
            return;
          }
        }
        case CLOSED -> {
          readClosed = true;
          flushHandshake();
        }
      }
    }
  }

  /** Whether another unwrap without new bytes would do nothing. */
  private boolean isSettled() {
    return engine.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP_AGAIN;
  }

  /** Gives the handler what is there; false if it does not want more now. */
  private boolean makeRoom(ByteBuffer plain) {
    int before = plain.position();
    var _ = plain.flip();
    connection.handler().received(connection, plain);
    if (!connection.isOpen()) {
      var _ = plain.clear();
      return false;
    }
    var _ = plain.compact();
    if (plain.position() == before && !connection.isReadingPaused()) {
      failed = true;
      connection.closeNow(
          CloseCause.of(CloseReason.LIMIT, "the handler left " + before + " bytes unread"));
      return false;
    }
    return !connection.isReadingPaused();
  }

  private void deliver(ByteBuffer plain) {
    var _ = plain.flip();
    if (established && plain.hasRemaining() && connection.isOpen()) {
      if (!connection.isReadingPaused()) {
        connection.handler().received(connection, plain);
      }
      if (plain.hasRemaining() && connection.isOpen()) {
        keep(plain);
      }
    }
    if (readClosed && connection.isOpen() && !endAsked) {
      connection.handler().readClosed(connection);
    }
  }

  private void keep(ByteBuffer plain) {
    ByteQueue kept = unread;
    if (kept == null) {
      kept = new ByteQueue(connection.stream().local());
      unread = kept;
    }
    kept.append(plain);
  }

  /** Does what the handshake wants, until it waits for the peer or is done. */
  private void proceed() throws SSLException {
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (established && status != HandshakeStatus.NOT_HANDSHAKING) {
        refuseRenegotiation();
      }
      switch (status) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> wrap(NOTHING);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          return;
        }
        case NOT_HANDSHAKING, FINISHED -> {
          if (!established) {
            establish();
          }
          return;
        }
      }
    }
  }

  /** TLS 1.3 has messages after the handshake; before it, another handshake is all there is. */
  private void refuseRenegotiation() throws SSLException {
    if (!engine.getSession().getProtocol().equals(TLS_1_3)
        && !engine.isInboundDone()
        && !engine.isOutboundDone()) {
      throw new SSLException("the peer wants to renegotiate, which is refused");
    }
  }

  private void establish() {
    established = true;
    connection.handler().opened(connection);
    pump();
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /** Writes what the engine has to say by itself: alerts, close_notify. */
  private void flushHandshake() throws SSLException {
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && !engine.isOutboundDone()) {
      wrap(NOTHING);
    }
  }

  /** One record. */
  private void wrap(ByteBuffer plain) throws SSLException {
    ByteBuffer wire = buffers.wire();
    SSLEngineResult result = engine.wrap(plain, wire);
    if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
      throw new SSLException("a record of more than " + wire.capacity() + " bytes");
    }
    var _ = wire.flip();
    if (wire.hasRemaining()) {
      connection.stream().write(wire);
    } else if (result.getStatus() == SSLEngineResult.Status.CLOSED && plain.hasRemaining()) {
      throw new SSLException("TLS is closed for sending");
    }
  }

  /** The protocol is broken: tells the peer by an alert, and ends. */
  private void fail(SSLException e) {
    if (failed) {
      return;
    }
    try {
      engine.closeOutbound();
      flushHandshake();
    } catch (SSLException _) {
      // then the peer learns it from the end of the stream
    }
    failed = true;
    connection.close(CloseCause.of(CloseReason.PROTOCOL, e));
  }
}

package dev.pollux.net;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * What an engine sends: records, which are put in the queue of the wire.
 *
 * <p>Threads: the loop's.
 */
final class TlsRecords {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private TlsRecords() {}

  /** One record of plain bytes. */
  static void wrap(SSLEngine engine, ByteBuffer plain, Link link) throws SSLException {
    SSLEngineResult result = wrapOne(engine, plain, link);
    if (result.bytesProduced() == 0 && plain.hasRemaining()) {
      throw new SSLException("TLS sends nothing: " + result);
    }
  }

  /** One record of what the engine has to say itself; false if it has nothing. */
  static boolean wrap(SSLEngine engine, Link link) throws SSLException {
    return wrapOne(engine, NOTHING, link).bytesProduced() > 0;
  }

  private static SSLEngineResult wrapOne(SSLEngine engine, ByteBuffer plain, Link link)
      throws SSLException {
    ByteBuffer wire = TlsBuffers.of(link.loop()).wire();
    SSLEngineResult result = TlsEngine.wrap(engine, plain, wire);
    if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
      throw new SSLException("a record of more than " + wire.capacity() + " bytes");
    }
    if (wire.flip().hasRemaining()) {
      link.sender.writeRecord(wire);
    }
    return result;
  }

  /** What an engine that is closed for sending still has to say: alerts, close_notify. */
  static void flush(SSLEngine engine, Link link) throws SSLException {
    boolean more = true;
    while (more
        && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
        && !engine.isOutboundDone()) {
      more = wrap(engine, link);
    }
  }

  /** Closes an engine for sending, and says so. */
  static void sayGoodbye(SSLEngine engine, Link link) {
    engine.closeOutbound();
    try {
      flush(engine, link);
    } catch (SSLException _) {
      // then the peer learns it from the end of the stream
    }
  }

  /**
   * Says what an engine that failed has to say of it, its alert. False if it has not said its last
   * by that, because it was not the engine that failed.
   */
  static boolean sayAlert(SSLEngine engine, Link link) {
    try {
      flush(engine, link);
    } catch (SSLException _) {
      // then it is not done
    }
    return engine.isOutboundDone();
  }
}

package dev.pollux.net;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** Calls of an {@link SSLEngine} whose mistakes are the connection's, not the handler's. */
final class TlsEngine {

  private static final int LEAST_PACKET_BYTES = 512; // the least fragment of RFC 6066, 4

  private TlsEngine() {}

  /**
   * Begins a handshake, of a client up to its first record, to see whether one is possible.
   *
   * @throws IllegalArgumentException if not, whatever a peer says
   */
  static void check(SSLEngine engine) {
    int packetBytes = engine.getSSLParameters().getMaximumPacketSize(); // 0 is as the JDK likes
    int most = TlsBuffers.WIRE_RECORD_BYTES;
    if (packetBytes != 0 && (packetBytes < LEAST_PACKET_BYTES || packetBytes > most)) {
      throw new IllegalArgumentException(
          "packets of " + packetBytes + " bytes; it takes " + LEAST_PACKET_BYTES + " to " + most);
    }
    try {
      engine.beginHandshake();
      if (engine.getUseClientMode()) {
        SSLEngineResult _ = wrap(engine, ByteBuffer.allocate(0), ByteBuffer.allocate(most));
      }
    } catch (SSLException e) {
      throw new IllegalArgumentException("no handshake is possible: " + e.getMessage(), e);
    }
  }

  static boolean isTls13(SSLEngine engine) {
    return engine.getSession().getProtocol().equals("TLSv1.3");
  }

  /** TLS 1.3 has messages after the handshake; before it, another handshake is all there is. */
  static void refuseRenegotiation(SSLEngine engine) throws SSLException {
    if (!isTls13(engine) && !engine.isInboundDone() && !engine.isOutboundDone()) {
      throw new SSLException("the peer wants to renegotiate, which is refused");
    }
  }

  static SSLEngineResult unwrap(SSLEngine engine, ByteBuffer wire, ByteBuffer plain)
      throws SSLException {
    try {
      return engine.unwrap(wire, plain);
    } catch (RuntimeException e) {
      throw new SSLException("TLS engine: " + e, e);
    }
  }

  static SSLEngineResult wrap(SSLEngine engine, ByteBuffer plain, ByteBuffer wire)
      throws SSLException {
    try {
      return engine.wrap(plain, wire);
    } catch (RuntimeException e) {
      throw new SSLException("TLS engine: " + e, e);
    }
  }

  /** The computations of a handshake. */
  static void runTasks(SSLEngine engine) throws SSLException {
    try {
      for (Runnable task = engine.getDelegatedTask();
          task != null;
          task = engine.getDelegatedTask()) {
        task.run();
      }
    } catch (RuntimeException e) {
      throw new SSLException("TLS engine: " + e, e);
    }
  }
}

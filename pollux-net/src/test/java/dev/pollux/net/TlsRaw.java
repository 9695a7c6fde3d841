package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A TLS client by hand over a plain connection, which can be told to misbehave. */
final class TlsRaw implements ConnectionHandler {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  final SSLEngine engine;
  final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ByteBuffer in = ByteBuffer.allocate(1 << 20);
  private final ByteBuffer plain = ByteBuffer.allocate(1 << 20);
  @Nullable Connection connection;
  @Nullable SSLException error;
  boolean established;
  boolean closeNotified;
  boolean ended;
  boolean closed;
  @Nullable CloseReason reason;
  private boolean ending;

  TlsRaw(SSLContext context, String protocol) {
    engine = context.createSSLEngine("localhost", 443);
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {protocol});
  }

  String text() {
    return bytes.toString(ISO_8859_1);
  }

  Connection connection() {
    if (connection == null) {
      throw new AssertionError("not opened");
    }
    return connection;
  }

  /** A record that nobody has encrypted. */
  static byte[] damaged() {
    byte[] record = new byte[5 + 40];
    record[0] = 23;
    record[1] = 3;
    record[2] = 3;
    record[4] = 40;
    return record;
  }

  /** A record that is not sent. */
  byte[] record(String text) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(1 << 16);
    SSLEngineResult _ = engine.wrap(TlsBox.bytes(text), out);
    byte[] record = new byte[out.flip().remaining()];
    out.get(record);
    return record;
  }

  void send(String text) throws SSLException {
    sendWire(record(text));
  }

  void sendWire(byte[] record) {
    WriteResult _ = connection().write(ByteBuffer.wrap(record));
  }

  void sendCloseNotify() throws SSLException {
    engine.closeOutbound();
    ending = true;
    drive();
  }

  /** TLS 1.2: another handshake. TLS 1.3: new keys. */
  void handshakeAgain() throws SSLException {
    engine.beginHandshake();
    drive();
  }

  @Override
  public void opened(Connection opened) {
    connection = opened;
    try {
      engine.beginHandshake();
      drive();
    } catch (SSLException e) {
      error = e;
    }
  }

  @Override
  public void received(Connection source, ByteBuffer data) {
    in.put(data);
    try {
      drive();
    } catch (SSLException e) {
      error = e;
      ending = true;
      try {
        flush();
      } catch (SSLException _) {
        // nothing more to say
      }
    }
  }

  @Override
  public void readClosed(Connection source) {
    ended = true;
  }

  @Override
  public void closed(Connection source, CloseCause cause) {
    closed = true;
    reason = cause.reason();
  }

  private void drive() throws SSLException {
    while (true) {
      for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
        task.run();
      }
      flush();
      if (closeNotified) {
        return;
      }
      var _ = in.flip();
      int before = in.remaining();
      SSLEngineResult result;
      try {
        result = engine.unwrap(in, plain);
      } finally {
        var _ = in.compact();
      }
      bytes.write(plain.array(), 0, plain.position());
      var _ = plain.clear();
      established |= engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
      closeNotified |= result.getStatus() == SSLEngineResult.Status.CLOSED;
      boolean waiting = in.position() == before || before == 0;
      if (waiting && engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK) {
        flush();
        return;
      }
    }
  }

  private void flush() throws SSLException {
    // An engine that may still send after the peer's close_notify always wants to.
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
        && (ending || !engine.isInboundDone())) {
      ByteBuffer out = ByteBuffer.allocate(1 << 16);
      SSLEngineResult _ = engine.wrap(NOTHING, out);
      if (out.position() == 0) {
        return;
      }
      WriteResult _ = connection().write(out.flip());
    }
  }
}

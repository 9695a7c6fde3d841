package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopLocal;
import java.nio.ByteBuffer;

/**
 * What the TLS connections of one loop share: room for plain bytes on their way in and out, and for
 * a record on its way out.
 */
final class TlsBuffers {

  /** The most plain bytes of a record. */
  static final int RECORD_BYTES = 1 << 14; // 16 KiB

  /** A record with its header, padding and tag: what the JDK asks for at most. */
  static final int WIRE_RECORD_BYTES = 33_305;

  private static final LoopLocal<TlsBuffers> LOCAL = new LoopLocal<>(_ -> new TlsBuffers());

  private ByteBuffer plain =
      ByteBuffer.allocateDirect(ConnectionOptions.DEFAULT.readBytes() + WIRE_RECORD_BYTES);
  private final ByteBuffer source = ByteBuffer.allocateDirect(RECORD_BYTES);
  private final ByteBuffer wire = ByteBuffer.allocateDirect(WIRE_RECORD_BYTES);

  private TlsBuffers() {}

  static TlsBuffers of(EventLoop loop) {
    return LOCAL.of(loop);
  }

  /**
   * Plain bytes for the handler: room for up to so many of them, and for any one record in
   * addition.
   */
  ByteBuffer plain(int limitBytes) {
    int capacity = limitBytes + WIRE_RECORD_BYTES;
    if (plain.capacity() < capacity) {
      plain = ByteBuffer.allocateDirect(capacity);
    }
    return LoopNet.fresh(plain);
  }

  /** Plain bytes for a record. */
  ByteBuffer source() {
    return source.clear();
  }

  /** A record for the wire. */
  ByteBuffer wire() {
    return wire.clear();
  }
}

package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopLocal;
import java.nio.ByteBuffer;

/**
 * What the TLS connections of one loop share: room for plain bytes on their way in and out, and for
 * a record on its way out.
 */
final class TlsBuffers {

  private static final int RECORD_BYTES = 1 << 14; // 16 KiB, the most plain bytes of a record

  /** A record with its header, padding and tag: what the JDK asks for at most. */
  static final int WIRE_RECORD_BYTES = 33_305;

  private static final LoopLocal<TlsBuffers> LOCAL = new LoopLocal<>(_ -> new TlsBuffers());

  private ByteBuffer plain = ByteBuffer.allocateDirect(4 * RECORD_BYTES);
  private final ByteBuffer source = ByteBuffer.allocateDirect(RECORD_BYTES);
  private final ByteBuffer wire = ByteBuffer.allocateDirect(WIRE_RECORD_BYTES);

  private TlsBuffers() {}

  static TlsBuffers of(EventLoop loop) {
    return LOCAL.of(loop);
  }

  /** Plain bytes for the handler: so many that were left, and room for some records. */
  ByteBuffer plain(int keptBytes) {
    int capacity = keptBytes + 2 * RECORD_BYTES;
    if (plain.capacity() < capacity) {
      plain = ByteBuffer.allocateDirect(Integer.highestOneBit(capacity - 1) << 1);
    }
    return plain.clear();
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

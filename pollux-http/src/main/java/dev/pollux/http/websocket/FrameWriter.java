package dev.pollux.http.websocket;

import dev.pollux.loop.LoopLocal;
import dev.pollux.net.Connection;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages into frames, where they are sent from.
 *
 * <p>Ownership: close frees the memory of zlib; where messages do not refer to those before, that
 * is the loop's, for all of its WebSockets. Threads: the loop's.
 */
final class FrameWriter implements AutoCloseable {

  private static final LoopLocal<MessageDeflater> SHARED =
      new LoopLocal<>(_ -> new MessageDeflater(false));

  private final WebSocketOptions options;
  private final Connection connection;
  private final boolean isMasking;
  private final boolean isDeflating;
  private final boolean keepsContext;
  private @Nullable MessageDeflater own;

  FrameWriter(
      WebSocketOptions options,
      Connection connection,
      boolean isClient,
      @Nullable Deflation deflation) {
    this.options = options;
    this.connection = connection;
    this.isMasking = isClient;
    this.isDeflating = deflation != null;
    this.keepsContext = Deflation.keepsOwn(deflation, isClient);
  }

  /** Sends a message, in one frame. The data is read to its end unless it is refused. */
  WriteResult message(boolean isText, ByteBuffer data) {
    int first = Opcode.FIN | (isText ? Opcode.TEXT : Opcode.BINARY);
    if (!isDeflating || data.remaining() < options.compressFromBytes()) {
      return frame(first, data);
    }
    int position = data.position();
    MessageDeflater deflater = deflater();
    WriteResult result = frame(first | Opcode.RSV1, deflater.deflate(data));
    deflater.sent();
    if (result == WriteResult.REFUSED) {
      var _ = data.position(position);
      deflater.forget(); // the peer does not know this one
    }
    return result;
  }

  private MessageDeflater deflater() {
    if (!keepsContext) {
      return SHARED.of(connection.loop());
    }
    MessageDeflater known = own;
    if (known == null) {
      known = new MessageDeflater(true);
      own = known;
    }
    return known;
  }

  /** Sends a frame. The payload is read to its end unless it is refused. */
  WriteResult frame(int first, ByteBuffer payload) {
    int length = payload.remaining();
    int position = payload.position();
    ByteBuffer out = connection.beginWrite(Opcode.MAX_HEAD_BYTES + length);
    Opcode.putHead(out, first, length, isMasking);
    if (isMasking) {
      int mask = options.random().nextInt();
      var _ = out.putInt(mask);
      int from = out.position();
      var _ = out.put(payload);
      Masking.apply(out, from, out.position(), mask, 0);
    } else {
      var _ = out.put(payload);
    }
    WriteResult result = connection.endWrite();
    if (result == WriteResult.REFUSED) {
      var _ = payload.position(position);
    }
    return result;
  }

  @Override
  public void close() {
    MessageDeflater known = own;
    if (known != null) {
      own = null;
      known.close();
    }
  }
}

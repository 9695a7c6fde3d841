package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.net.Payload;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message that is sent to many: put into a frame once, and compressed once, if somebody wants it
 * so; no WebSocket has a copy of it.
 *
 * <p>Immutable. Ownership: nobody frees it, as of {@link Payload}. Threads: any.
 */
public final class WebSocketMessage {

  private final boolean isText;
  private final ByteBuffer content;
  private final Payload plain;
  private volatile @Nullable Payload deflated;

  private WebSocketMessage(boolean isText, ByteBuffer content) {
    this.isText = isText;
    this.content = content;
    this.plain = frame(isText, false, content.duplicate());
  }

  /** A text. */
  public static WebSocketMessage text(String text) {
    return new WebSocketMessage(true, ByteBuffer.wrap(text.getBytes(UTF_8)).asReadOnlyBuffer());
  }

  /** What remains of the buffer, which is copied and read to its end. */
  public static WebSocketMessage binary(ByteBuffer data) {
    ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
    return new WebSocketMessage(false, copy.asReadOnlyBuffer());
  }

  private static Payload frame(boolean isText, boolean isCompressed, ByteBuffer payload) {
    int first = Opcode.FIN | (isText ? Opcode.TEXT : Opcode.BINARY);
    first |= isCompressed ? Opcode.RSV1 : 0;
    ByteBuffer whole = ByteBuffer.allocate(Opcode.MAX_HEAD_BYTES + payload.remaining());
    Opcode.putHead(whole, first, payload.remaining(), false);
    return Payload.copyOf(whole.put(payload).flip());
  }

  /** Whether it is a text. */
  public boolean isText() {
    return isText;
  }

  /** How long it is, without its frame. */
  public int sizeBytes() {
    return content.remaining();
  }

  /** The content; its position is the caller's. */
  ByteBuffer content() {
    return content.duplicate();
  }

  /** The frame, as a server sends it. */
  Payload plain() {
    return plain;
  }

  /** The frame, compressed without what was before; as it is, if that makes it no shorter. */
  Payload deflated() {
    Payload known = deflated;
    if (known == null) {
      known = plain;
      if (content.hasRemaining()) {
        try (MessageDeflater deflater = new MessageDeflater(false)) {
          ByteBuffer shorter = deflater.deflate(content());
          known = shorter.remaining() < sizeBytes() ? frame(isText, true, shorter) : plain;
        }
      }
      deflated = known;
    }
    return known;
  }

  @Override
  public String toString() {
    return (isText ? "text" : "binary") + " message of " + sizeBytes() + " bytes";
  }
}

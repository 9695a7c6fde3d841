package dev.pollux.net;

import dev.pollux.sys.IoBuffer;
import java.nio.ByteBuffer;

/**
 * Bytes that never change, in native memory, to be sent on many connections without a copy for each
 * of them.
 *
 * <p>Ownership: nobody frees it. It lives for as long as somebody refers to it, the program or a
 * connection that has not sent all of it; then the garbage collector frees the memory.
 *
 * <p>Threads: any; one payload may be on its way on connections of many loops at once.
 */
public final class Payload {

  private final IoBuffer memory;
  private final int sizeBytes;

  private Payload(ByteBuffer source, int position, int sizeBytes) {
    this.memory = IoBuffer.allocate(Math.max(1, sizeBytes));
    this.sizeBytes = sizeBytes;
    var _ = memory.buffer().put(0, source, position, sizeBytes).limit(sizeBytes);
  }

  /**
   * A copy of what remains of the buffer, which is read to its end.
   *
   * @throws OutOfMemoryError if the virtual machine has no native memory left; nothing else that
   *     takes a payload throws this
   */
  public static Payload copyOf(ByteBuffer source) {
    int position = source.position(); // once, and the limit
    int limit = source.limit();
    Payload payload = new Payload(source, position, Math.max(0, limit - position));
    var _ = source.position(limit);
    return payload;
  }

  /** How many bytes it has. */
  public int sizeBytes() {
    return sizeBytes;
  }

  /** The bytes, for calls that neither change the buffer nor move its position. */
  ByteBuffer buffer() {
    return memory.buffer();
  }

  /** Where they lie; good only for as long as this object or its buffer is reachable. */
  long address() {
    return memory.address();
  }

  @Override
  public String toString() {
    return "payload of " + sizeBytes + " bytes";
  }
}

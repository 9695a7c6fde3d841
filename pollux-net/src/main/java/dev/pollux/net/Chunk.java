package dev.pollux.net;

import dev.pollux.sys.IoBuffer;
import org.jspecify.annotations.Nullable;

/** A piece of native memory in a {@link ByteQueue}, or a file that stands in its place. */
final class Chunk {

  static final int CAPACITY = 1 << 14; // 16 KiB
  static final int NO_DESCRIPTOR = -1;

  final @Nullable IoBuffer memory;
  final @Nullable FileRegion file;

  /**
   * A descriptor that goes with the first byte, which the queue owns; or {@link #NO_DESCRIPTOR}.
   */
  int descriptor = NO_DESCRIPTOR;

  int start;
  int end;
  @Nullable Chunk next;

  /** Memory. */
  Chunk() {
    this.memory = IoBuffer.allocate(CAPACITY);
    this.file = null;
  }

  /** A file; it is never pooled. */
  Chunk(FileRegion file) {
    this.memory = null;
    this.file = file;
  }

  /** The memory, where it is known that this is no file. */
  IoBuffer bytes() {
    IoBuffer bytes = memory;
    if (bytes == null) {
      throw new IllegalStateException("a file has no bytes in memory");
    }
    return bytes;
  }

  int sizeBytes() {
    return end - start;
  }
}

package dev.pollux.model;

import java.util.Arrays;

/** The bytes of a regular file: an array with room to grow. What was never written is 0. */
final class FileContent {

  /** A file cannot be longer: 256 MiB. */
  static final int MAX_BYTES = 1 << 28;

  private byte[] bytes = new byte[0];
  private int size;

  int size() {
    return size;
  }

  /** The array that holds the bytes, and maybe more. */
  byte[] array() {
    return bytes;
  }

  /** Reads from an offset; 0 is the end. */
  int read(Span to, long offset) {
    int from = (int) Math.min(offset, size);
    return to.putSome(bytes, from, size - from);
  }

  /** Writes what fits below {@link #MAX_BYTES}; 0 if nothing does. */
  int write(Span from, long offset) {
    long end = Math.min(offset + from.remaining(), MAX_BYTES);
    if (end <= offset) {
      return 0;
    }
    grow((int) end);
    int n = from.takeSome(bytes, (int) offset, (int) (end - offset));
    size = Math.max(size, (int) offset + n);
    return n;
  }

  void replace(byte[] content) {
    bytes = content.clone();
    size = content.length;
  }

  void clear() {
    bytes = new byte[0];
    size = 0;
  }

  private void grow(int end) {
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, (int) Math.min(MAX_BYTES, 2L * bytes.length)));
    }
  }
}

package dev.pollux.http;

import dev.pollux.http.wire.FieldParser;
import java.nio.ByteBuffer;

/**
 * Where heads are read from: the beginning of what a connection received, as far as it was looked
 * at, in an array that the connections of a loop share. What a head shows lies here until the next
 * turn of a connection.
 *
 * <p>Threads: the loop's.
 */
final class HeadInput {

  private static final int COPY_BYTES = 1 << 12; // 4 KiB

  private byte[] bytes = {};
  private int from; // where, in what was received, the array begins
  private int size; // how much of it was copied here
  private int base; // of the head

  /** Begins with what a connection received. */
  void begin(ByteBuffer received) {
    from = received.position();
    size = 0;
  }

  /** Has a parser look at the head that begins where the buffer stands, which does not move. */
  FieldParser.Result parse(HeadParser head, ByteBuffer received, int longest) {
    if (bytes.length < 2 * longest) {
      bytes = new byte[2 * longest];
      begin(received);
    }
    base = received.position() - from;
    if (base > size || base + longest > bytes.length) { // a body lies between, or it is much
      begin(received);
      base = 0;
    }
    FieldParser.Result result = head.parse(bytes, base, size);
    while (result == FieldParser.Result.MORE && copyMore(received)) {
      result = head.parse(bytes, base, size);
    }
    return result;
  }

  private boolean copyMore(ByteBuffer received) {
    int at = from + size;
    int count = Math.min(Math.min(COPY_BYTES, received.limit() - at), bytes.length - size);
    if (count == 0) {
      return false;
    }
    var _ = received.get(at, bytes, size, count);
    size += count;
    return true;
  }

  /** Moves the buffer behind a head that is whole; where that begins here. */
  int take(HeadParser head, ByteBuffer received) {
    var _ = received.position(from + base + head.sizeBytes());
    return base;
  }

  /** Where the head begins that was looked at last. */
  int base() {
    return base;
  }

  /** Behind what was looked at. */
  int end() {
    return size;
  }

  byte[] bytes() {
    return bytes;
  }
}

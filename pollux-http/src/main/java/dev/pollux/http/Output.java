package dev.pollux.http;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where a loop puts heads and short contents together, so that the answers of a turn leave by one
 * write. One connection has it at a time; another one that wants it has the first one's bytes sent.
 *
 * <p>Threads: the loop's.
 */
final class Output {

  static final int CAPACITY = 1 << 16; // 64 KiB

  private static final int MAX_DIGITS = 20;

  private final byte[] bytes = new byte[CAPACITY];
  private final ByteBuffer view = ByteBuffer.wrap(bytes);
  private final byte[] digits = new byte[MAX_DIGITS];
  private int size;
  private @Nullable Outlet owner;

  /** Gives it to a connection; whoever had it sends what is there. */
  void claim(Outlet outlet) {
    Outlet before = owner;
    if (before != null && !before.equals(outlet)) {
      before.flush();
    }
    owner = outlet;
  }

  /** Whether there is something of this connection's. */
  boolean has(Outlet outlet) {
    return size > 0 && outlet.equals(owner);
  }

  int sizeBytes() {
    return size;
  }

  int room() {
    return CAPACITY - size;
  }

  /** What is there, to be sent at once. */
  ByteBuffer take() {
    int taken = size;
    size = 0;
    return view.clear().limit(taken);
  }

  void put(byte[] some) {
    put(some, some.length);
  }

  /** The first bytes of an array. */
  void put(byte[] some, int count) {
    System.arraycopy(some, 0, bytes, size, count);
    size += count;
  }

  void put(ByteBuffer some) {
    int count = some.remaining();
    some.get(bytes, size, count);
    size += count;
  }

  /** Text of which each character is a byte. */
  @SuppressWarnings("deprecation") // the one method that copies Latin text as it is
  void put(String latin) {
    latin.getBytes(0, latin.length(), bytes, size);
    size += latin.length();
  }

  void putEnd() {
    bytes[size] = '\r';
    bytes[size + 1] = '\n';
    size += 2;
  }

  void putLine(String name, String value) {
    put(name);
    bytes[size] = ':';
    bytes[size + 1] = ' ';
    size += 2;
    put(value);
    putEnd();
  }

  void put(Lines lines) {
    for (int i = 0; i < lines.count(); i++) {
      putLine(lines.name(i), lines.value(i));
    }
  }

  /** A number of at least 0, in this base. */
  void putNumber(long number, int base) {
    long left = number;
    int at = MAX_DIGITS;
    do {
      at--;
      int digit = (int) (left % base);
      digits[at] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
      left /= base;
    } while (left > 0);
    System.arraycopy(digits, at, bytes, size, MAX_DIGITS - at);
    size += MAX_DIGITS - at;
  }
}

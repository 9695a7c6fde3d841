package dev.pollux.arena;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** JSON as it is written, in UTF-8. */
final class JsonOutput {

  private static final int MAX_DIGITS = 20; // of a long, with its sign
  private static final HexFormat HEX = HexFormat.of();

  private byte[] bytes;
  private int size;

  JsonOutput(int roomBytes) {
    bytes = new byte[roomBytes];
  }

  /** What is in ASCII, as it is. */
  @SuppressWarnings("deprecation") // the one copy of a string that makes nothing; ASCII it is
  JsonOutput raw(String text) {
    reserve(text.length());
    text.getBytes(0, text.length(), bytes, size);
    size += text.length();
    return this;
  }

  JsonOutput number(long value) {
    reserve(MAX_DIGITS);
    if (value < 0) {
      return raw(String.valueOf(value));
    }
    int digits = 1;
    for (long left = value / 10; left > 0; left /= 10) {
      digits++;
    }
    long left = value;
    for (int i = size + digits - 1; i >= size; i--) {
      bytes[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    size += digits;
    return this;
  }

  /** A string, in quotes. */
  JsonOutput string(String text) {
    raw("\"");
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        encoded(text.substring(from, i)).raw("\\u" + HEX.toHexDigits((short) c));
        from = i + 1;
      }
    }
    return encoded(from == 0 ? text : text.substring(from)).raw("\"");
  }

  private JsonOutput encoded(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        reserve(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
        return this;
      }
    }
    return raw(text);
  }

  private void reserve(int count) {
    if (bytes.length - size < count) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length + count);
    }
  }

  /** All that was written. */
  ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, size);
  }
}

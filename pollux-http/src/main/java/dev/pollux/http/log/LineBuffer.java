package dev.pollux.http.log;

import java.util.Arrays;

/**
 * A line as it grows, in memory that is used again. What came from a client cannot end it, or a
 * quoted part of it. Threads: one.
 */
final class LineBuffer {

  private static final String HEX = "0123456789abcdef";
  private static final int FIRST_BYTES = 512;
  private static final int MAX_FIELD = 2048; // characters of what a client sent

  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;

  void clear() {
    size = 0;
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  LineBuffer put(char ascii) {
    reserve(1);
    bytes[size] = (byte) ascii;
    size++;
    return this;
  }

  /** Text of ours. */
  LineBuffer put(String ascii) {
    int count = ascii.length();
    reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[size + i] = (byte) ascii.charAt(i);
    }
    size += count;
    return this;
  }

  /** A number that is not negative, with zeros before it if it has fewer digits. */
  LineBuffer put(long number, int leastDigits) {
    int digits = 1;
    for (long rest = number / 10; rest != 0; rest /= 10) {
      digits++;
    }
    digits = Math.max(digits, leastDigits);
    reserve(digits);
    long rest = number;
    for (int i = size + digits - 1; i >= size; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
    return this;
  }

  LineBuffer put(long number) {
    return put(number, 1);
  }

  /** Text of a client's, for the formats of lines: what could end a part is \xHH. */
  LineBuffer putLogged(String text) {
    int end = Math.min(text.length(), MAX_FIELD);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
        put("\\x").put(HEX.charAt(c >> 4 & 15)).put(HEX.charAt(c & 15));
      } else {
        put(c);
      }
    }
    return putCut(text);
  }

  /** A mark of what was left out. */
  private LineBuffer putCut(String text) {
    return text.length() > MAX_FIELD ? put("...") : this;
  }

  /** Text of a client's as a string of JSON, of ASCII alone. */
  LineBuffer putJson(String text) {
    put('"');
    int end = Math.min(text.length(), MAX_FIELD);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        put('\\').put(c);
      } else if (c < ' ' || c >= 0x7f) {
        put("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          put(HEX.charAt(c >> shift & 15));
        }
      } else {
        put(c);
      }
    }
    return putCut(text).put('"');
  }

  private void reserve(int more) {
    if (more > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}

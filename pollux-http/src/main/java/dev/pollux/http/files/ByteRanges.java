package dev.pollux.http.files;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a content that a Range field asks for. Source: RFC 9110, 14.1 and 14.2, and 17.15:
 * who asks for many small parts, or for the same ones again, gets the whole.
 */
final class ByteRanges {

  /**
   * A part.
   *
   * @param start of its first byte
   * @param length at least 1
   */
  record Part(long start, long length) {

    /** As Content-Range says it. */
    String of(long size) {
      return "bytes " + start + "-" + (start + length - 1) + "/" + size;
    }
  }

  /** How many parts an answer has at most. */
  static final int MAX_PARTS = 32;

  private static final String UNIT = "bytes=";

  private ByteRanges() {}

  /**
   * The parts that there are of those asked for: none if there is none of them. Null if this asks
   * for no parts, in a way that is understood.
   */
  static @Nullable List<Part> of(String field, long size) {
    if (!field.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
      return null;
    }
    List<Part> parts = new ArrayList<>();
    long total = 0;
    int asked = 0;
    for (String each : field.substring(UNIT.length()).split(",", -1)) {
      String spec = each.strip();
      if (spec.isEmpty()) {
        continue; // as lists may have it
      }
      asked++;
      int dash = spec.indexOf('-');
      if (dash < 0 || asked > MAX_PARTS) {
        return null;
      }
      long first = number(spec, 0, dash);
      long last = number(spec, dash + 1, spec.length());
      if (first == WRONG || last == WRONG || (first == NONE && last == NONE)) {
        return null;
      }
      if (first >= 0 && last >= 0 && last < first) {
        return null;
      }
      if (size == 0 && first == NONE && last > 0) {
        return null; // the last bytes of none are there, and cannot be said
      }
      Part part = part(first, last, size);
      if (part != null) {
        if (part.length > size - total) {
          return null;
        }
        parts.add(part);
        total += part.length;
      }
    }
    return asked == 0 ? null : parts;
  }

  private static final long NONE = -1;
  private static final long WRONG = -2;

  /** A number; {@link #NONE} for nothing, {@link #WRONG} for something else. */
  private static long number(String spec, int from, int to) {
    if (from == to) {
      return NONE;
    }
    long number = 0;
    for (int i = from; i < to; i++) {
      char c = spec.charAt(i);
      if (c < '0' || c > '9') {
        return WRONG;
      }
      int digit = c - '0';
      boolean isBeyond = number > (Long.MAX_VALUE - digit) / 10;
      number = isBeyond ? Long.MAX_VALUE : 10 * number + digit; // and so it stays
    }
    return number;
  }

  private static @Nullable Part part(long first, long last, long size) {
    if (first == NONE) {
      long length = Math.min(last, size);
      return length == 0 ? null : new Part(size - length, length);
    }
    if (first >= size) {
      return null;
    }
    long end = last == NONE ? size - 1 : Math.min(last, size - 1);
    return new Part(first, end - first + 1);
  }
}

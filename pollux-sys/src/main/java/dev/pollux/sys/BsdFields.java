package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** Reads and writes fields of structures where a profile says that they are, and as wide. */
final class BsdFields {

  private BsdFields() {}

  /** With its sign, as a shorter one is used for negative numbers too. */
  static long read(Profile profile, MemorySegment from, long start, Field field) {
    long at = start + profile.offset(field);
    return switch (profile.width(field)) {
      case Byte.BYTES -> from.get(JAVA_BYTE, at);
      case Short.BYTES -> from.get(JAVA_SHORT_UNALIGNED, at);
      case Integer.BYTES -> from.get(JAVA_INT_UNALIGNED, at);
      default -> from.get(JAVA_LONG_UNALIGNED, at);
    };
  }

  static void write(Profile profile, MemorySegment to, long start, Field field, long value) {
    long at = start + profile.offset(field);
    switch (profile.width(field)) {
      case Byte.BYTES -> to.set(JAVA_BYTE, at, (byte) value);
      case Short.BYTES -> to.set(JAVA_SHORT_UNALIGNED, at, (short) value);
      case Integer.BYTES -> to.set(JAVA_INT_UNALIGNED, at, (int) value);
      default -> to.set(JAVA_LONG_UNALIGNED, at, value);
    }
  }
}

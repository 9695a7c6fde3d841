package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The caller's buffer of one transfer: one range of memory, or the ranges of an iovec array, with a
 * cursor.
 *
 * <p>Errors: a move that meets an address without memory is a {@link BadAddressException}, and
 * leaves the cursor where the move began; but {@link #putSome} and {@link #takeSome} end there.
 */
final class Span {

  /** The most that one call moves: Linux's MAX_RW_COUNT. */
  static final long MAX_BYTES = 0x7ffff000L;

  private static final int MAX_IOVECS = 1024; // UIO_MAXIOV
  private static final int IOV_LEN = 8;

  private final Memory memory;

  /** Bytes of the kernel itself instead of the caller's; {@link #address} is an index then. */
  private final byte @Nullable [] own;

  private long address;
  private int left;

  private long nextIovec;
  private int iovecsLeft;

  /** Bytes left in all ranges together. */
  private int remaining;

  private Span(Memory memory, byte @Nullable [] own) {
    this.memory = memory;
    this.own = own;
  }

  /** Bytes that the kernel has, to be taken. */
  static Span ofOwn(Memory memory, byte[] own, int index, int count) {
    Span span = new Span(memory, own);
    span.address = index;
    span.left = count;
    span.remaining = count;
    return span;
  }

  /** One range, that {@link #checkedRange} found good. */
  static Span of(Memory memory, long address, long count) {
    Span span = new Span(memory, null);
    span.address = address;
    span.left = (int) Math.min(count, MAX_BYTES);
    span.remaining = span.left;
    return span;
  }

  /**
   * 0, or -EFAULT for addresses that no program has; whether there is memory at them is found out
   * when it is copied. All of the count is looked at, also what is beyond {@link #MAX_BYTES}: one
   * that is negative as a ssize_t goes beyond everything.
   */
  static int checkedRange(Memory memory, long address, long count) {
    return memory.isUsers(address, count) ? 0 : -Errno.EFAULT;
  }

  /** The ranges of {@code count} iovecs that {@link #checkedIovecs} found good. */
  static Span ofIovecs(Memory memory, long iovecs, int count) {
    Span span = new Span(memory, null);
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += memory.getLong(iovecs + (long) i * Linux.SIZEOF_IOVEC + IOV_LEN);
    }
    span.remaining = (int) Math.min(total, MAX_BYTES);
    span.nextIovec = iovecs;
    span.iovecsLeft = count;
    return span;
  }

  /**
   * 0, or what readv(2) and writev(2) answer to a bad array: -EINVAL for any length that is
   * negative as a ssize_t, before an address is looked at; then each range as by {@link
   * #checkedRange}.
   *
   * <p>Source: __import_iovec of lib/iov_iter.c.
   */
  static int checkedIovecs(Memory memory, long iovecs, long count) {
    if (count < 0 || count > MAX_IOVECS) {
      return -Errno.EINVAL;
    }
    long end = iovecs + count * Linux.SIZEOF_IOVEC;
    if (!memory.valid(iovecs, count * Linux.SIZEOF_IOVEC)) {
      return -Errno.EFAULT;
    }
    for (long at = iovecs; at < end; at += Linux.SIZEOF_IOVEC) {
      if (memory.getLong(at + IOV_LEN) < 0) {
        return -Errno.EINVAL;
      }
    }
    long most =
        count == 1 ? MAX_BYTES : Long.MAX_VALUE; // a single one is cut before it is looked at
    for (long at = iovecs; at < end; at += Linux.SIZEOF_IOVEC) {
      long length = Math.min(memory.getLong(at + IOV_LEN), most);
      if (checkedRange(memory, memory.getLong(at), length) < 0) {
        return -Errno.EFAULT;
      }
    }
    return 0;
  }

  int remaining() {
    return remaining;
  }

  /** Takes room away at the end: a transfer that the model cuts short. */
  void limit(int bytes) {
    remaining = Math.min(remaining, bytes);
  }

  /** Moves kernel bytes to the caller; returns how many fitted. */
  int put(byte[] source, int index, int count) {
    if (isInOneRange(count)) { // all of it, or nothing
      memory.copyOut(source, index, address, count);
      consumed(count);
      return count;
    }
    Cursor start = cursor();
    try {
      return copyOut(source, index, count);
    } catch (BadAddressException e) {
      moveTo(start);
      throw e;
    }
  }

  /**
   * Moves kernel bytes to the caller, up to the first range without memory, if there is something
   * before it; returns how many fitted.
   */
  int putSome(byte[] source, int index, int count) {
    int before = remaining;
    try {
      return copyOut(source, index, count);
    } catch (BadAddressException e) {
      return movedSince(before, e);
    }
  }

  private boolean isInOneRange(int count) {
    return 0 < count && count <= Math.min(left, remaining);
  }

  private int copyOut(byte[] source, int index, int count) {
    assert own == null;
    int moved = 0;
    while (moved < count && advance()) {
      int n = Math.min(Math.min(count - moved, left), remaining);
      memory.copyOut(source, index + moved, address, n);
      consumed(n);
      moved += n;
    }
    return moved;
  }

  /** Moves the caller's bytes to the kernel; returns how many there were. */
  int take(byte[] target, int index, int count) {
    if (own == null && isInOneRange(count)) { // all of it, or nothing
      memory.copyIn(address, target, index, count);
      consumed(count);
      return count;
    }
    Cursor start = cursor();
    try {
      return copyIn(target, index, count);
    } catch (BadAddressException e) {
      moveTo(start);
      throw e;
    }
  }

  /**
   * Moves the caller's bytes to the kernel, up to the first range without memory, if there is
   * something before it; returns how many there were.
   */
  int takeSome(byte[] target, int index, int count) {
    int before = remaining;
    try {
      return copyIn(target, index, count);
    } catch (BadAddressException e) {
      return movedSince(before, e);
    }
  }

  private int copyIn(byte[] target, int index, int count) {
    int moved = 0;
    while (moved < count && advance()) {
      int n = Math.min(Math.min(count - moved, left), remaining);
      if (own != null) {
        System.arraycopy(own, (int) address, target, index + moved, n);
      } else {
        memory.copyIn(address, target, index + moved, n);
      }
      consumed(n);
      moved += n;
    }
    return moved;
  }

  /** The next eight bytes of one range, which stay where they are. */
  long peekLong() {
    byte[] bytes = new byte[Long.BYTES];
    memory.copyIn(address, bytes, 0, bytes.length);
    return Bytes.getLong(bytes, 0);
  }

  /** The next so many bytes, which stay where they are: {@link #skip} goes over them. */
  byte[] peek(int count) {
    Cursor start = cursor();
    byte[] bytes = new byte[count];
    int _ = take(bytes, 0, count);
    moveTo(start);
    return bytes;
  }

  /** Drops what is left; returns how much that is. */
  int skipAll() {
    int skipped = remaining;
    remaining = 0;
    return skipped;
  }

  /** All that is left, as an array. */
  byte[] takeAll() {
    return takePieces(remaining, remaining);
  }

  /**
   * What is left, up to so many bytes, as an array. It is taken in pieces of this size: those
   * before the first without memory, if there is one.
   */
  byte[] takePieces(int most, int pieceBytes) {
    byte[] bytes = new byte[Math.min(most, remaining)];
    int taken = 0;
    try {
      while (taken < bytes.length) {
        taken += take(bytes, taken, Math.min(pieceBytes, bytes.length - taken));
      }
    } catch (BadAddressException e) {
      if (taken == 0) {
        throw e;
      }
    }
    return taken == bytes.length ? bytes : Arrays.copyOf(bytes, taken);
  }

  /** Goes over up to so many bytes, and leaves them as they are; returns how many. */
  int skip(int count) {
    int skipped = 0;
    while (skipped < count && advance()) {
      int n = Math.min(Math.min(count - skipped, left), remaining);
      consumed(n);
      skipped += n;
    }
    return skipped;
  }

  /** A place in the buffer. */
  private record Cursor(long address, int left, long nextIovec, int iovecsLeft, int remaining) {}

  private Cursor cursor() {
    return new Cursor(address, left, nextIovec, iovecsLeft, remaining);
  }

  private void moveTo(Cursor cursor) {
    address = cursor.address;
    left = cursor.left;
    nextIovec = cursor.nextIovec;
    iovecsLeft = cursor.iovecsLeft;
    remaining = cursor.remaining;
  }

  private int movedSince(int before, BadAddressException bad) {
    if (remaining == before) {
      throw bad;
    }
    return before - remaining;
  }

  private void consumed(int n) {
    address += n;
    left -= n;
    remaining -= n;
  }

  /** Goes to a range with bytes left; false if there is none. */
  private boolean advance() {
    while (left == 0 && iovecsLeft > 0) {
      address = memory.getLong(nextIovec);
      left = (int) Math.min(memory.getLong(nextIovec + IOV_LEN), MAX_BYTES);
      nextIovec += Linux.SIZEOF_IOVEC;
      iovecsLeft--;
    }
    return left > 0 && remaining > 0;
  }
}

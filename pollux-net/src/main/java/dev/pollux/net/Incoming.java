package dev.pollux.net;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The input of a {@link Connection}: whether the kernel is known to have some, and the bytes that
 * the handler, or the filter, left {@link Unread} of what it was given. What is read next stands
 * behind those: in the loop's buffer, which nobody else touches, or where they lie.
 *
 * <p>Passive: a read answers with bytes or -errno, and calls nobody but who takes descriptors.
 * Threads: the loop's.
 */
final class Incoming {

  /** The answer of a read that had no room: the peer sent more, and as much as may be was left. */
  static final int FULL = Integer.MIN_VALUE;

  private final LoopNet local;
  private @Nullable Unread unread;
  private @Nullable DescriptorHandler descriptors;
  private int limitBytes;
  private boolean readReady;

  Incoming(LoopNet local, int limitBytes) {
    this.local = local;
    this.limitBytes = limitBytes;
  }

  /** Whether the kernel is known to have input, or its end. */
  boolean isReadReady() {
    return readReady;
  }

  /** What is known of the kernel: by its word, or by a look. */
  void setReadReady(boolean ready) {
    readReady = ready;
  }

  /** Takes descriptors out of the stream from now on, or for null drops them. */
  void acceptDescriptors(@Nullable DescriptorHandler handler) {
    descriptors = handler;
  }

  /** How many bytes were left. */
  int sizeBytes() {
    Unread left = unread;
    return left == null ? 0 : left.sizeBytes();
  }

  /** How many bytes may be left. */
  int limitBytes() {
    return limitBytes;
  }

  /** Sets how many bytes may be left. */
  void limit(int newLimitBytes) {
    limitBytes = newLimitBytes;
  }

  /**
   * Reads once, behind what was left; {@link #take} gives both.
   *
   * @param mostBytes how many may be left, and read at once
   * @return how many bytes, 0 at the end, -errno, or {@link #FULL}
   */
  int read(Connection owner, int mostBytes) {
    Unread left = unread;
    int size = sizeBytes();
    int room = Math.min(mostBytes - size, owner.options().readBytes());
    if (room <= 0) { // the end may come, but nothing else
      int n = local.sys().recv(owner.fd(), local.input(1).address(), 1, Linux.MSG_PEEK);
      return result(n > 0 ? FULL : n);
    }
    if (left == null || left.isShort()) {
      IoBuffer input = local.input(Unread.SHORT_BYTES + owner.options().readBytes());
      return result(read(owner, input.address(), input.buffer(), size, room));
    }
    Chunk memory = left.reserve(Math.min(room, Unread.SHORT_BYTES));
    room = Math.min(room, memory.roomBytes());
    return result(read(owner, memory.base(), memory.view(), memory.end, room));
  }

  private int read(Connection owner, long address, ByteBuffer buffer, int offset, int room) {
    DescriptorHandler taker = descriptors;
    if (taker == null) {
      return local.sys().recv(owner.fd(), address + offset, room, 0);
    }
    ByteBuffer target = buffer.clear().limit(offset + room).position(offset);
    return DescriptorReader.read(owner, taker, target);
  }

  private int result(int n) {
    readReady &= n > 0 || n == -Errno.EINTR || n == FULL;
    return n;
  }

  /** What was left, and behind it so many bytes that were just read; {@link #settle} is due. */
  ByteBuffer take(int readBytes) {
    Unread left = unread;
    if (left != null && !left.isShort()) {
      return left.lend(readBytes);
    }
    int size = sizeBytes();
    ByteBuffer buffer = LoopNet.fresh(local.input(size + readBytes).buffer()); // read to by now
    if (left != null) {
      left.drainTo(buffer);
    }
    return buffer.limit(size + readBytes).position(0);
  }

  /** What is left of what was taken is the beginning of so many bytes. */
  void expect(int sizeBytes) {
    unread().expect(sizeBytes);
  }

  /** Keeps what was left of what was taken. */
  void settle(ByteBuffer data) {
    if (data.hasRemaining() || unread != null) {
      unread().settle(data);
    }
  }

  /** What was left. */
  Unread unread() {
    Unread left = unread;
    if (left == null) {
      left = new Unread(local);
      unread = left;
    }
    return left;
  }

  /** Takes what was left. */
  ByteBuffer rest() {
    ByteBuffer rest = ByteBuffer.allocate(sizeBytes());
    Unread left = unread;
    if (left != null) {
      left.drainTo(rest);
    }
    return rest.flip();
  }

  /** Forgets what was left: nobody will be given it. */
  void clear() {
    Unread left = unread;
    if (left != null) {
      left.clear();
    }
  }

  /** What ends a connection for {@link #FULL}. */
  CloseCause full() {
    return CloseCause.of(
        CloseReason.LIMIT,
        "the handler left " + sizeBytes() + " bytes unread, which is the limit (maxUnreadBytes)");
  }
}

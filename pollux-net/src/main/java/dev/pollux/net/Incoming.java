package dev.pollux.net;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The input of a {@link Connection}: whether the kernel is known to have some, and the bytes that
 * the handler, or the filter, left of what it was given. They stand in front of what is read next,
 * in the loop's buffer; nobody else touches that.
 *
 * <p>Passive: a read answers with bytes or -errno, and calls nobody but who takes descriptors.
 * Threads: the loop's.
 */
final class Incoming {

  /** The answer of a read that had no room: the peer sent more, and as much as may be was left. */
  static final int FULL = Integer.MIN_VALUE;

  private final ConnectionOptions options;
  private final LoopNet local;
  private @Nullable ByteQueue kept;
  private @Nullable DescriptorHandler descriptors;
  private boolean readReady;

  Incoming(ConnectionOptions options, LoopNet local) {
    this.options = options;
    this.local = local;
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
    ByteQueue left = kept;
    return left == null ? 0 : left.sizeBytes();
  }

  /** How much may lie in one piece before who is given it: the most that may be left, or is. */
  int limit(@Nullable Filter filter) {
    int bytes = Math.max(options.readBytes(), sizeBytes());
    return filter == null ? bytes : Math.max(bytes, filter.wireBytes());
  }

  /**
   * Reads once, behind what was left; {@link #take} gives both.
   *
   * @return how many bytes, 0 at the end, -errno, or {@link #FULL}
   */
  int read(Connection owner, int limitBytes) {
    IoBuffer input = local.input(limitBytes);
    int left = sizeBytes();
    int room = Math.min(limitBytes - left, options.readBytes());
    DescriptorHandler taker = descriptors;
    int fd = owner.fd();
    int n;
    if (room == 0) { // the end may come, but nothing else
      n = local.sys().recv(fd, input.address(), 1, Linux.MSG_PEEK);
      n = n > 0 ? FULL : n;
    } else if (taker != null) {
      n = DescriptorReader.read(owner, taker, input.buffer().limit(left + room).position(left));
    } else {
      n = local.sys().recv(fd, input.address() + left, room, 0);
    }
    readReady &= n > 0 || n == -Errno.EINTR;
    return n;
  }

  /** What was left, and behind it so many bytes that were just read, in the loop's buffer. */
  ByteBuffer take(int readBytes, int limitBytes) {
    ByteBuffer buffer = local.input(limitBytes).buffer().clear();
    ByteQueue left = kept;
    int size = 0;
    if (left != null) {
      size = left.sizeBytes();
      left.drainTo(buffer);
    }
    return buffer.limit(size + readBytes).position(0);
  }

  /** Keeps what was left of a buffer; a link without memory for that is reset. */
  void keep(ByteBuffer rest, Link link) {
    ByteQueue left = kept;
    if (left == null) {
      left = new ByteQueue(local);
      kept = left;
    }
    keep(rest, left, link);
  }

  /** As above, in some queue. Nobody is to blame, least of all the handler. */
  static void keep(ByteBuffer rest, ByteQueue queue, Link link) {
    while (queue.appendSome(rest) > 0) {}
    if (rest.hasRemaining()) {
      NetStats.of(link.loop).refuse(Limit.MEMORY);
      link.reset(CloseCause.of(CloseReason.LIMIT, "no memory for what was left unread"));
    }
  }

  /** Bytes that were taken, and not read after all: they come before what was left. */
  void putBack(ByteBuffer front) {
    kept = inFront(local, front, kept);
  }

  /** A queue of bytes in front of those of another, which it takes. */
  static ByteQueue inFront(LoopNet local, ByteBuffer front, @Nullable ByteQueue behind) {
    ByteQueue all = new ByteQueue(local);
    all.append(front);
    if (behind != null) {
      ByteBuffer rest = ByteBuffer.allocate(behind.sizeBytes());
      behind.drainTo(rest);
      all.append(rest.flip());
    }
    return all;
  }

  /** Takes what was left. */
  ByteBuffer rest() {
    ByteBuffer rest = ByteBuffer.allocate(sizeBytes());
    ByteQueue left = kept;
    if (left != null) {
      left.drainTo(rest);
    }
    return rest.flip();
  }

  /** Forgets what was left: nobody will be given it. */
  void clear() {
    ByteQueue left = kept;
    if (left != null) {
      left.clear();
    }
  }

  /** What ends a connection for {@link #FULL}. */
  CloseCause full() {
    return CloseCause.of(
        CloseReason.LIMIT,
        "the handler left " + sizeBytes() + " bytes unread, which is the limit (readBytes)");
  }
}

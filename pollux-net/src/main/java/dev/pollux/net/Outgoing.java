package dev.pollux.net;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.nio.ByteBuffer;

/**
 * The output of a {@link Connection}: what waits to be taken by the kernel, whether that has room,
 * and how full it is by the watermarks.
 *
 * <p>Passive: a write answers with bytes or -errno, and calls nobody. Threads: the loop's.
 */
final class Outgoing {

  private final ConnectionOptions options;
  private final LoopNet local;
  private final ByteQueue queue;
  private int lostBytes;
  private boolean writeReady = true;
  private boolean full;

  Outgoing(ConnectionOptions options, LoopNet local) {
    this.options = options;
    this.local = local;
    this.queue = new ByteQueue(local);
  }

  /** Whether everything is with the kernel. */
  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** How many bytes are to be sent. */
  int sizeBytes() {
    return queue.sizeBytes();
  }

  /** How many bytes are to be sent, or were lost. */
  int queuedBytes() {
    return (int) Math.min(Integer.MAX_VALUE, (long) queue.sizeBytes() + lostBytes);
  }

  /** Whether the kernel is not known to be full. */
  boolean isWriteReady() {
    return writeReady;
  }

  /** The kernel says that it has room. */
  void becameReady() {
    writeReady = true;
  }

  /** Whether so many bytes more may be queued. */
  boolean hasRoom(int sizeBytes) {
    return sizeBytes <= options.maxQueuedBytes() - queue.sizeBytes();
  }

  /** What ends a connection that would have more queued. */
  CloseCause overfull() {
    return CloseCause.of(
        CloseReason.LIMIT,
        queuedBytes()
            + " bytes would be queued and the peer does not read; the limit is "
            + options.maxQueuedBytes());
  }

  // ---- into the queue

  void append(ByteBuffer data) {
    queue.append(data);
  }

  void append(FileRegion file) {
    queue.append(file);
  }

  /** A descriptor goes with the first of these bytes; it is this object's from now on. */
  void append(int descriptor, ByteBuffer with) {
    queue.append(descriptor, with);
  }

  /** Counts what was to be sent and cannot be. */
  void lose(int sizeBytes) {
    lostBytes = (int) Math.min(Integer.MAX_VALUE, (long) lostBytes + sizeBytes);
  }

  /** Loses what is queued. */
  void loseAll() {
    lostBytes = queuedBytes();
    queue.clear();
  }

  // ---- to the kernel

  /** Whether there is something to write, and the kernel may take it. */
  boolean canWrite() {
    return writeReady && !queue.isEmpty();
  }

  /** Writes once from the queue, which is not empty. */
  int write(int fd) {
    return noted(queue.writeTo(local.sys(), fd));
  }

  /** Whether this is too much to copy, and can be sent from where it was read to. */
  boolean isDirect(ByteBuffer data) {
    return local.isInput(data)
        && queue.isEmpty()
        && writeReady
        && data.remaining() >= Chunk.CAPACITY;
  }

  /** Writes once what {@link #isDirect}; the position moves over what was taken. */
  int write(int fd, ByteBuffer data) {
    int position = data.position(); // once, and the limit: they say what the kernel reads
    int count = data.limit() - position;
    long address = local.input(0).address() + position;
    int n = noted(local.sys().send(fd, address, count, Linux.MSG_NOSIGNAL));
    var _ = data.position(position + Math.max(n, 0));
    return n;
  }

  private int noted(int result) {
    writeReady &= result != -Errno.EAGAIN;
    return result;
  }

  // ---- the watermarks

  /** Whether it was full and is not empty enough yet. */
  boolean isFull() {
    return full;
  }

  /** So much is queued, after a write. */
  void grewTo(int levelBytes) {
    full |= levelBytes >= options.highWaterBytes();
  }

  /** So much is queued, after less was; true if it is no longer full by that. */
  boolean shrankTo(int levelBytes) {
    boolean over = full && levelBytes <= options.lowWaterBytes();
    full &= !over;
    return over;
  }
}

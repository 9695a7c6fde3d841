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
  private boolean refused;
  private boolean closed;

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

  /** How many bytes are to be sent, of memory and of files. */
  long level() {
    return queue.sizeBytes() + queue.fileBytes();
  }

  /** How many files and descriptors are to be sent. */
  int fileCount() {
    return queue.fileCount();
  }

  /** How many bytes were to be sent and cannot be. */
  int lostBytes() {
    return lostBytes;
  }

  /** Whether the kernel is not known to be full. */
  boolean isWriteReady() {
    return writeReady;
  }

  /** The kernel says that it has room. */
  void becameReady() {
    writeReady = true;
  }

  // ---- into the queue

  /** Appends a piece of the bytes; how many, 0 if there is no memory for them. */
  int appendSome(ByteBuffer data) {
    return queue.appendSome(data);
  }

  /** Appends shared bytes; whether there was memory for that. */
  boolean append(Payload payload) {
    return queue.append(payload);
  }

  /** Appends memory of the pool. */
  void append(Chunk memory) {
    queue.append(memory);
  }

  void append(FileRegion file) {
    queue.append(file);
  }

  /**
   * A descriptor goes with the first of these bytes; it is this object's from now on unless the
   * answer is 0.
   */
  int appendSome(int descriptor, ByteBuffer with) {
    return queue.appendSome(descriptor, with);
  }

  /** Appends a mark, which is told as lost whatever happens, or as sent if it is. */
  void append(Delivery mark, boolean lost) {
    queue.append(mark, lost);
  }

  /** Appends the marks that are due in a queue in front of this one. */
  void takeMarks(ByteQueue other) {
    other.moveMarksTo(queue);
  }

  /** Whether deliveries can be told. */
  boolean hasDueDeliveries() {
    return queue.hasDue();
  }

  /** How many deliveries can be told. */
  int dueDeliveries() {
    return queue.dueCount();
  }

  /** Tells the next delivery. */
  void tellDelivery(Connection connection) {
    boolean _ = queue.tell(connection);
  }

  /** Counts what was to be sent and cannot be. */
  void lose(int sizeBytes) {
    lostBytes = (int) Math.min(Integer.MAX_VALUE, (long) lostBytes + sizeBytes);
  }

  /** Loses what is queued. */
  void loseAll() {
    lose(queue.sizeBytes());
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

  /** Whether it was full, and with so much in it is not empty enough yet. */
  boolean isFull(long level) {
    return full && level > enough();
  }

  /** Whether the program waits for room, and is to hear that it need not any more. */
  boolean isToTell(long level) {
    return full && level <= enough();
  }

  /**
   * So empty it is to be before there is room again: whatever was refused fits where nothing is.
   */
  private long enough() {
    return refused ? 0 : options.lowWaterBytes();
  }

  /** So much is queued, after a write. */
  void grewTo(long level) {
    full |= level >= options.highWaterBytes();
  }

  /** A write was refused, however little is queued. */
  void refused() {
    full = true;
    refused = true;
  }

  /** A write was told that nothing is sent any more, and so is who waits, once an input. */
  void closed() {
    full |= !closed;
    closed = true;
  }

  /** The handler has taken input: it may write, and wait, anew. */
  void inputTaken() {
    closed = false;
  }

  /** The program hears that there is room. */
  void told() {
    full = false;
    refused = false;
  }
}

package dev.pollux.net;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one connection that wait, in order: to be sent, or to be read again.
 *
 * <p>A list of pieces: chunks from the loop's pool, payloads, and files. An empty queue holds no
 * memory, a queue in steady use allocates none, and what a queue takes is in proportion to the
 * bytes in it: the first chunk is the smallest that fits, and each further one up to four times the
 * one before. Several pieces go to the kernel in one gathered write.
 *
 * <p>{@link Marks} beside it come true when all that was appended before them has left. They are
 * told by {@link #tell}, when the connection finds the time, and never by a call that moves bytes.
 *
 * <p>Threads: the loop's.
 */
final class ByteQueue {

  /** A payload that is shorter is copied: a reference to it would take as much memory. */
  static final int SHARED_FROM_BYTES = 256;

  private static final int MAX_WRITTEN_AT_ONCE = 1 << 18; // 256 KiB of memory
  private static final int GROWTH = 4;

  /** What stands before a file leaves with its first bytes: one packet less, and a wake-up. */
  private static final int BEFORE_FILE = Linux.MSG_NOSIGNAL | Linux.MSG_MORE;

  private final LoopNet local;
  private @Nullable Chunk head;
  private @Nullable Chunk tail;
  private @Nullable Marks marks; // from the first one on
  private int sizeBytes;
  private long fileBytes;
  private int fileCount;

  ByteQueue(LoopNet local) {
    this.local = local;
  }

  /** Whether there is nothing to be sent or read; marks may be due all the same. */
  boolean isEmpty() {
    return head == null;
  }

  /** The bytes in memory; files do not count. */
  int sizeBytes() {
    return sizeBytes;
  }

  /** The bytes in files. */
  long fileBytes() {
    return fileBytes;
  }

  /** How many descriptors wait: files, and what goes along with bytes. */
  int fileCount() {
    return fileCount;
  }

  // ---- appending

  /**
   * Appends what remains of the buffer, which is read to its end.
   *
   * @throws OutOfMemoryError if there is no native memory; the buffer is read as far as it was
   *     appended
   */
  void append(ByteBuffer source) {
    while (source.hasRemaining()) {
      if (appendSome(source) == 0) {
        throw outOfMemory();
      }
    }
  }

  /**
   * Appends the next bytes of the buffer, at most {@link ChunkPool#MAX_CHUNK_BYTES}.
   *
   * @return how many; 0 if there is no memory for them, and then nothing was appended
   */
  int appendSome(ByteBuffer source) {
    int position = source.position(); // once, and the limit
    int count = Math.min(source.limit() - position, ChunkPool.MAX_CHUNK_BYTES);
    if (count <= 0 || !copy(source, position, count)) {
      return 0;
    }
    var _ = source.position(position + count);
    return count;
  }

  /**
   * Appends a payload, as a whole.
   *
   * @return whether there was memory for it
   */
  boolean append(Payload payload) {
    int count = payload.sizeBytes();
    if (count < SHARED_FROM_BYTES) {
      return count == 0 || copy(payload.buffer(), 0, count);
    }
    try {
      add(new Chunk(payload));
    } catch (OutOfMemoryError _) {
      return false;
    }
    sizeBytes += count;
    return true;
  }

  /** Appends memory of the pool that has bytes, which is the queue's from now on. */
  void append(Chunk memory) {
    sizeBytes += memory.sizeBytes();
    add(memory);
  }

  /**
   * Appends what remains of the buffer, and a descriptor with the first byte of it, which is the
   * queue's from now on: closed if this throws.
   *
   * @throws OutOfMemoryError as above
   */
  void append(int descriptor, ByteBuffer source) {
    int n;
    try {
      n = appendSome(descriptor, source);
    } catch (Throwable t) {
      int _ = local.sys().close(descriptor);
      throw t;
    }
    if (n == 0) {
      int _ = local.sys().close(descriptor);
      throw outOfMemory();
    }
    append(source);
  }

  /**
   * Appends the next bytes of the buffer, which has some, and a descriptor with the first of them.
   *
   * @return how many; 0 if there is no memory for them: then nothing was appended, and the
   *     descriptor is still the caller's
   */
  int appendSome(int descriptor, ByteBuffer source) {
    int position = source.position(); // once, and the limit
    int count = Math.min(source.limit() - position, ChunkPool.MAX_CHUNK_BYTES);
    Chunk chunk = count <= 0 ? null : local.pool().take(count);
    if (chunk == null) {
      return 0;
    }
    put(source, position, chunk, count);
    chunk.descriptor = descriptor;
    fileCount++;
    sizeBytes += count;
    add(chunk);
    var _ = source.position(position + count);
    return count;
  }

  /**
   * Appends a file, which is the queue's from now on: closed if this fails.
   *
   * @throws IllegalStateException if the file is not the program's to give; nothing was done
   */
  void append(FileRegion file) {
    file.give();
    try {
      add(new Chunk(file));
    } catch (Throwable t) {
      file.release();
      throw t;
    }
    fileCount++;
    fileBytes += file.remaining();
  }

  /**
   * Appends a mark, which comes true when what was appended so far has left.
   *
   * @param lost whether it is told as lost all the same, but in its turn
   */
  void append(Delivery mark, boolean lost) {
    Marks all = marks;
    if (all == null) {
      all = new Marks();
      marks = all;
    }
    all.add(mark, sizeBytes + fileBytes, lost);
  }

  // ---- reading

  /** Moves all bytes into a buffer that has room for them. There must be no files. */
  void drainTo(ByteBuffer target) {
    for (Chunk chunk = head; chunk != null; chunk = head) {
      int n = chunk.sizeBytes();
      chunk.moveTo(target, n);
      sizeBytes -= n;
      left(n);
      removeHead();
    }
  }

  /**
   * Moves bytes from the front into a buffer, up to the end of a piece or as many as fit.
   *
   * @return how many, or -errno if a file cannot be read
   */
  int fill(ByteBuffer target) {
    Chunk chunk = head;
    if (chunk == null) {
      return 0;
    }
    FileRegion file = chunk.file;
    if (file != null) {
      return moved(file, file.readInto(target));
    }
    int n = Math.min(target.remaining(), chunk.sizeBytes());
    chunk.moveTo(target, n);
    sizeBytes -= n;
    left(n);
    if (chunk.sizeBytes() == 0) {
      removeHead();
    }
    return n;
  }

  // ---- writing

  /**
   * Writes once from the front; the queue must not be empty.
   *
   * @return how many bytes the kernel took, or -errno
   */
  int writeTo(Sys sys, int fd) {
    Chunk first = head;
    if (first == null) {
      throw new IllegalStateException("nothing to write");
    }
    FileRegion file = first.file;
    if (file != null) {
      return writeFile(file, sys, fd);
    }
    int n;
    Chunk next = first.next;
    if (first.descriptor != Chunk.NO_DESCRIPTOR) {
      n = writeDescriptor(first, sys, fd);
    } else if (next == null || !next.isPlain() || first.sizeBytes() >= MAX_WRITTEN_AT_ONCE) {
      int count = Math.min(first.sizeBytes(), MAX_WRITTEN_AT_ONCE);
      boolean isMore = isBeforeFile(next) && count == first.sizeBytes();
      n = sys.send(fd, first.address(), count, isMore ? BEFORE_FILE : Linux.MSG_NOSIGNAL);
    } else {
      n = gather(first, sys, fd);
    }
    if (n > 0) {
      drop(n);
    }
    return n;
  }

  private static boolean isBeforeFile(@Nullable Chunk next) {
    FileRegion file = next == null ? null : next.file;
    return file != null && file.remaining() > 0;
  }

  /** Gives all memory back, and closes files. The marks that wait are due, as lost. */
  void clear() {
    while (head != null) {
      removeHead();
    }
    Marks all = marks;
    if (all != null) {
      all.lost(sizeBytes + fileBytes);
    }
    sizeBytes = 0;
    fileBytes = 0;
  }

  /** As {@link #clear}; what was taken out did not arrive either, and no mark here comes true. */
  void lose() {
    clear();
    Marks all = marks;
    if (all != null) {
      all.lostAll();
    }
  }

  // ---- marks

  /** Whether there are marks to be told. */
  boolean hasDue() {
    Marks all = marks;
    return all != null && all.hasDue();
  }

  /** How many marks there are to be told. */
  int dueCount() {
    Marks all = marks;
    return all == null ? 0 : all.dueCount();
  }

  /** Tells the next mark that is due; false if there was none. */
  boolean tell(Connection connection) {
    Marks all = marks;
    return all != null && all.tell(connection);
  }

  /**
   * Appends the marks that are due here to another queue, which has the bytes now that were before
   * them.
   */
  void moveMarksTo(ByteQueue other) {
    Marks all = marks;
    if (all != null) {
      all.moveDueTo(other);
    }
  }

  // ---- pieces

  /** Copies up to a chunk's worth behind the last bytes; false if there is no memory for all. */
  private boolean copy(ByteBuffer source, int position, int count) {
    Chunk last = tail;
    int room = last == null ? 0 : Math.min(last.roomBytes(), count);
    int rest = count - room;
    if (last != null && room > 0) {
      last.bytes().put(last.end, source, position, room);
    }
    if (rest > 0) {
      Chunk more = local.pool().take(chunkBytes(last, rest));
      if (more == null) {
        return false;
      }
      put(source, position + room, more, rest);
      add(more);
    }
    if (last != null) {
      last.end += room;
    }
    sizeBytes += count;
    return true;
  }

  /** How big the chunk behind another one is to be, which is for so many bytes. */
  private static int chunkBytes(@Nullable Chunk last, int rest) {
    int grown = last == null || last.slab == null ? 0 : GROWTH * last.capacity;
    return Math.min(Math.max(rest, grown), ChunkPool.MAX_CHUNK_BYTES);
  }

  /** Copies bytes into a fresh chunk, which is given back if another thread changed the source. */
  private void put(ByteBuffer source, int position, Chunk chunk, int count) {
    try {
      chunk.bytes().put(0, source, position, count);
    } catch (Throwable t) {
      local.pool().give(chunk);
      throw t;
    }
    chunk.end = count;
  }

  private int gather(Chunk first, Sys sys, int fd) {
    int count = 0;
    int total = 0;
    for (Chunk chunk = first;
        chunk != null
            && chunk.isPlain()
            && count < LoopNet.MAX_GATHERED
            && total < MAX_WRITTEN_AT_ONCE;
        chunk = chunk.next) {
      int n = Math.min(chunk.sizeBytes(), MAX_WRITTEN_AT_ONCE - total);
      local.gather(count++, chunk.address(), n);
      total += n;
    }
    return sys.writev(fd, local.gatheredAddress(), count);
  }

  private int writeDescriptor(Chunk chunk, Sys sys, int fd) {
    ByteBuffer bytes = chunk.bytes().slice(chunk.start, chunk.sizeBytes());
    try {
      int n = Ancillary.sendFds(sys, fd, bytes, chunk.descriptor);
      if (n > 0) {
        closeDescriptor(chunk);
      }
      return n;
    } catch (SysException e) {
      return -e.errno();
    }
  }

  private void closeDescriptor(Chunk chunk) {
    if (chunk.descriptor != Chunk.NO_DESCRIPTOR) {
      int _ = local.sys().close(chunk.descriptor);
      chunk.descriptor = Chunk.NO_DESCRIPTOR;
      fileCount--;
    }
  }

  private int writeFile(FileRegion file, Sys sys, int fd) {
    int n = file.sendTo(sys, fd);
    if (n == 0 && file.remaining() > 0) {
      return -Errno.EIO; // the file is shorter than it was said to be
    }
    return moved(file, n);
  }

  /** So many bytes of the file in front were moved, or -errno. */
  private int moved(FileRegion file, int result) {
    if (result >= 0) {
      fileBytes -= result;
      left(result);
      if (file.remaining() == 0) {
        removeHead();
      }
    }
    return result;
  }

  private void drop(int count) {
    sizeBytes -= count;
    left(count);
    int rest = count;
    for (Chunk chunk = head; chunk != null && rest > 0; chunk = head) {
      int n = Math.min(rest, chunk.sizeBytes());
      chunk.start += n;
      rest -= n;
      if (chunk.start == chunk.end) {
        removeHead();
      }
    }
  }

  /** So many bytes have left, which makes marks come true. */
  private void left(int count) {
    Marks all = marks;
    if (all != null) {
      all.left(count);
    }
  }

  private void add(Chunk chunk) {
    if (tail == null) {
      head = chunk;
    } else {
      tail.next = chunk;
    }
    tail = chunk;
  }

  /** The piece in front is done with. */
  private void removeHead() {
    Chunk chunk = head;
    if (chunk == null) {
      return;
    }
    head = chunk.next;
    if (head == null) {
      tail = null;
    }
    chunk.next = null;
    if (chunk.file != null) {
      fileCount--;
      chunk.file.release();
    } else if (chunk.slab != null) {
      closeDescriptor(chunk);
      local.pool().give(chunk);
    }
  }

  private static OutOfMemoryError outOfMemory() {
    return new OutOfMemoryError("no native memory for the queue of a connection");
  }
}

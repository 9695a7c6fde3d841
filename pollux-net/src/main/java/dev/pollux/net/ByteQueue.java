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
 * <p>A list of chunks from the loop's pool, and of files: an empty queue holds no memory, and a
 * queue in steady use allocates none. Several chunks go to the kernel in one gathered write.
 *
 * <p>Threads: the loop's.
 */
final class ByteQueue {

  private final LoopNet local;
  private @Nullable Chunk head;
  private @Nullable Chunk tail;
  private int sizeBytes;

  ByteQueue(LoopNet local) {
    this.local = local;
  }

  boolean isEmpty() {
    return head == null;
  }

  /** The bytes in memory; files do not count. */
  int sizeBytes() {
    return sizeBytes;
  }

  /** Appends what remains of the buffer, which is read to its end. */
  void append(ByteBuffer source) {
    int remaining = source.remaining();
    while (remaining > 0) {
      Chunk chunk = tail;
      if (chunk == null || chunk.file != null || chunk.end == Chunk.CAPACITY) {
        chunk = add(local.pool().take());
      }
      int n = Math.min(remaining, Chunk.CAPACITY - chunk.end);
      int position = source.position();
      chunk.bytes().buffer().put(chunk.end, source, position, n);
      var _ = source.position(position + n);
      chunk.end += n;
      sizeBytes += n;
      remaining -= n;
    }
  }

  /**
   * Appends what remains of the buffer, and a descriptor with the first byte of it, which is the
   * queue's from now on: closed if this throws.
   */
  void append(int descriptor, ByteBuffer source) {
    Chunk chunk;
    try {
      chunk = local.pool().take();
    } catch (Throwable t) {
      int _ = local.sys().close(descriptor);
      throw t;
    }
    add(chunk).descriptor = descriptor;
    append(source);
  }

  /** Appends a file, which is the queue's from now on: closed if this throws. */
  void append(FileRegion file) {
    Chunk chunk;
    try {
      chunk = new Chunk(file);
    } catch (Throwable t) {
      file.release();
      throw t;
    }
    Chunk _ = add(chunk);
  }

  /** Moves all bytes into a buffer that has room for them. */
  void drainTo(ByteBuffer target) {
    for (Chunk chunk = head; chunk != null; chunk = head) {
      int position = target.position();
      int n = chunk.sizeBytes();
      target.put(position, chunk.bytes().buffer(), chunk.start, n);
      var _ = target.position(position + n);
      sizeBytes -= n;
      dropHead();
    }
  }

  /**
   * Moves bytes from the front into a buffer, up to the end of a chunk or file or as many as fit.
   *
   * @return how many, or -errno if a file cannot be read
   */
  int fill(ByteBuffer target) {
    Chunk chunk = head;
    if (chunk == null) {
      return 0;
    }
    FileRegion file = chunk.file;
    int n;
    if (file != null) {
      n = file.readInto(target);
      if (n < 0) {
        return n;
      }
      if (file.remaining() == 0) {
        dropHead();
      }
      return n;
    }
    n = Math.min(target.remaining(), chunk.sizeBytes());
    int position = target.position();
    target.put(position, chunk.bytes().buffer(), chunk.start, n);
    var _ = target.position(position + n);
    drop(n);
    return n;
  }

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
    if (first.descriptor != Chunk.NO_DESCRIPTOR) {
      n = writeDescriptor(first, sys, fd);
    } else if (first.next == null || !isPlain(first.next)) {
      long address = first.bytes().address() + first.start;
      n = sys.send(fd, address, first.sizeBytes(), Linux.MSG_NOSIGNAL);
    } else {
      n = gather(first, sys, fd);
    }
    if (n > 0) {
      drop(n);
    }
    return n;
  }

  /** Gives all memory back, and closes files. */
  void clear() {
    while (head != null) {
      dropHead();
    }
    sizeBytes = 0;
  }

  private int gather(Chunk first, Sys sys, int fd) {
    int count = 0;
    for (Chunk chunk = first;
        chunk != null && isPlain(chunk) && count < LoopNet.MAX_GATHERED;
        chunk = chunk.next) {
      local.gather(count++, chunk.bytes().address() + chunk.start, chunk.sizeBytes());
    }
    return sys.writev(fd, local.gatheredAddress(), count);
  }

  /** Whether it can be part of a gathered write. */
  private static boolean isPlain(Chunk chunk) {
    return chunk.file == null && chunk.descriptor == Chunk.NO_DESCRIPTOR;
  }

  private static int writeDescriptor(Chunk chunk, Sys sys, int fd) {
    ByteBuffer bytes = chunk.bytes().buffer().slice(chunk.start, chunk.sizeBytes());
    try {
      int n = Ancillary.sendFds(sys, fd, bytes, chunk.descriptor);
      if (n > 0) {
        closeDescriptor(chunk, sys);
      }
      return n;
    } catch (SysException e) {
      return -e.errno();
    }
  }

  private static void closeDescriptor(Chunk chunk, Sys sys) {
    if (chunk.descriptor != Chunk.NO_DESCRIPTOR) {
      int _ = sys.close(chunk.descriptor);
      chunk.descriptor = Chunk.NO_DESCRIPTOR;
    }
  }

  private int writeFile(FileRegion file, Sys sys, int fd) {
    int n = file.sendTo(sys, fd);
    if (n == 0 && file.remaining() > 0) {
      return -Errno.EIO; // the file is shorter than it was said to be
    }
    if (file.remaining() == 0) {
      dropHead();
    }
    return n;
  }

  private void drop(int count) {
    sizeBytes -= count;
    int left = count;
    for (Chunk chunk = head; chunk != null && left > 0; chunk = head) {
      int n = Math.min(left, chunk.sizeBytes());
      chunk.start += n;
      left -= n;
      if (chunk.start == chunk.end) {
        dropHead();
      }
    }
  }

  private Chunk add(Chunk chunk) {
    if (tail == null) {
      head = chunk;
    } else {
      tail.next = chunk;
    }
    tail = chunk;
    return chunk;
  }

  private void dropHead() {
    Chunk chunk = head;
    if (chunk == null) {
      return;
    }
    head = chunk.next;
    if (head == null) {
      tail = null;
    }
    FileRegion file = chunk.file;
    if (file != null) {
      file.release();
    } else {
      closeDescriptor(chunk, local.sys());
      local.pool().give(chunk);
    }
  }
}

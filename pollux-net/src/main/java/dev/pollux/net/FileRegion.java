package dev.pollux.net;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A part of an open file, to be sent by {@link Connection#sendFile} without passing through the
 * program.
 *
 * <p>Ownership: the program's until it is given to a connection, and that connection's ever after:
 * {@link #close} then does nothing, so that it may stand in any {@code finally}; the descriptor is
 * closed when the region has been sent or dropped. A region can be given once.
 *
 * <p>Threads: any thread may make one and give it away; once given, the loop's of its connection.
 *
 * <p>Blocking: reading a file waits for the disk, if the kernel has it not in memory.
 */
public final class FileRegion implements AutoCloseable {

  private static final int MAX_SENT_AT_ONCE = 1 << 20; // 1 MiB
  private static final int MAX_COPIED_AT_ONCE = 1 << 16; // 64 KiB

  private final Sys sys;
  private final MemorySegment offset = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
  private final AtomicBoolean programs = new AtomicBoolean(); // whose it is, and that it is open
  private int fd = -1; // until it is open
  private long remaining;

  private FileRegion(Sys sys, long start, long length) {
    if (start < 0 || length < 0 || start > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("a region of " + length + " bytes from " + start);
    }
    this.sys = sys;
    this.remaining = length;
    offset.set(ValueLayout.JAVA_LONG, 0, start);
  }

  /**
   * A part of a file, which is opened.
   *
   * @throws SysException if it cannot be opened, or is not a file that can be read from any place,
   *     such as a folder or a FIFO; opening a FIFO waits for nobody
   */
  public static FileRegion open(Sys sys, Path path, long start, long length) throws SysException {
    FileRegion region = new FileRegion(sys, start, length); // before the descriptor that it owns
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = PathBytes.allocate(arena, path);
      int flags = Linux.O_RDONLY | Linux.O_CLOEXEC | Linux.O_NONBLOCK;
      region.take("open(" + path + ")", sys.open(name.address(), flags, 0));
      return region;
    }
  }

  /**
   * A part of an open file, whose position is neither used nor moved.
   *
   * <p>Ownership: {@code fd} stays the caller's, who may close it at once; the region has a
   * duplicate.
   *
   * @throws SysException if it cannot be duplicated, or is not a file that can be read from any
   *     place
   */
  public static FileRegion of(Sys sys, int fd, long start, long length) throws SysException {
    FileRegion region = new FileRegion(sys, start, length);
    int copy = sys.fcntl(fd, Linux.F_DUPFD_CLOEXEC, 0);
    region.take("fcntl(fd=" + fd + ", F_DUPFD_CLOEXEC)", copy);
    return region;
  }

  /**
   * A part of an open file, which owns the descriptor.
   *
   * <p>Ownership: {@code fd} is the region's, also if this throws: then it is closed.
   *
   * @throws SysException if it is not a file that can be read from any place
   */
  public static FileRegion take(Sys sys, int fd, long start, long length) throws SysException {
    FileRegion region;
    try {
      region = new FileRegion(sys, start, length);
    } catch (Throwable t) {
      int _ = sys.close(fd);
      throw t;
    }
    region.take("fd=" + fd, fd);
    return region;
  }

  /** Owns a descriptor from now on, if the call brought one that can be read from any place. */
  private void take(String call, int result) throws SysException {
    fd = SysException.check(call, result);
    int n = sys.pread(fd, offset.address(), 0, 0);
    if (n < 0) {
      int _ = sys.close(fd);
      boolean other = n == -Errno.ESPIPE || n == -Errno.EISDIR;
      throw SysException.of(call + ", pread", n, other ? "not a regular file" : Errno.meaning(-n));
    }
    programs.set(true);
  }

  /** How many bytes of it are still to be sent. */
  public long remaining() {
    return remaining;
  }

  /** Gives it up, if it was not given to a connection; may be called twice. */
  @Override
  public void close() {
    if (programs.getAndSet(false)) {
      release();
    }
  }

  /**
   * A connection's from now on, which calls {@link #release} once.
   *
   * @throws IllegalStateException if it is not the program's any more
   */
  void give() {
    if (!programs.getAndSet(false)) {
      throw new IllegalStateException(
          "a region of a file that was closed, or given to a connection before");
    }
  }

  /** Sends once; how many bytes, or -errno. */
  int sendTo(Sys target, int socketFd) {
    long count = Math.min(remaining, MAX_SENT_AT_ONCE);
    int n = count == 0 ? 0 : target.sendfile(socketFd, fd, offset.address(), count);
    if (n == -Errno.ENOSYS) {
      n = copyTo(target, socketFd);
    }
    if (n > 0) {
      remaining -= n;
    }
    return n;
  }

  /** Where there is no sendfile: reads a piece, and sends as much of it as is taken. */
  private int copyTo(Sys target, int socketFd) {
    int count = (int) Math.min(remaining, MAX_COPIED_AT_ONCE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(count);
      long start = offset.get(ValueLayout.JAVA_LONG, 0);
      int n = sys.pread(fd, piece.address(), count, start);
      n = n <= 0 ? n : target.send(socketFd, piece.address(), n, Linux.MSG_NOSIGNAL);
      if (n > 0) {
        offset.set(ValueLayout.JAVA_LONG, 0, start + n);
      }
      return n;
    }
  }

  /** Reads once into a direct buffer; how many bytes, or -errno. */
  int readInto(ByteBuffer target) {
    int position = target.position(); // once, and the limit: they say where the kernel writes
    int count = (int) Math.min(remaining, target.limit() - position);
    if (count <= 0) {
      return 0;
    }
    long address = MemorySegment.ofBuffer(target).address();
    int n;
    try {
      do {
        n = sys.pread(fd, address, count, offset.get(ValueLayout.JAVA_LONG, 0));
      } while (n == -Errno.EINTR);
    } finally {
      Reference.reachabilityFence(target);
    }
    if (n == 0) {
      return -Errno.EIO; // the file is shorter than it was said to be
    }
    if (n > 0) {
      remaining -= n;
      offset.set(ValueLayout.JAVA_LONG, 0, offset.get(ValueLayout.JAVA_LONG, 0) + n);
      var _ = target.position(position + n);
    }
    return n;
  }

  /** Closes the descriptor; by its owner, once. */
  void release() {
    int _ = sys.close(fd);
  }
}

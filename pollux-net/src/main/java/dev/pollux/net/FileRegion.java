package dev.pollux.net;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A part of an open file, to be sent by {@link Connection#sendFile} without passing through the
 * program.
 *
 * <p>Ownership: the descriptor is this object's; it is closed when the region has been sent or
 * dropped by its connection, or by {@link #close} if it was never given to one.
 */
public final class FileRegion implements AutoCloseable {

  private static final int MAX_SENT_AT_ONCE = 1 << 20; // 1 MiB

  private final Sys sys;
  private int fd = -1; // until it is open
  private final MemorySegment offset = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
  private long remaining;
  private boolean closed;

  private FileRegion(Sys sys, long start, long length) {
    this.sys = sys;
    this.remaining = length;
    offset.set(ValueLayout.JAVA_LONG, 0, start);
  }

  /** A part of a file, which is opened. */
  public static FileRegion open(Sys sys, Path path, long start, long length) throws SysException {
    if (start < 0 || length < 0) {
      throw new IllegalArgumentException("region of " + path + ": " + start + ", " + length);
    }
    FileRegion region = new FileRegion(sys, start, length); // before the descriptor that it owns
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toString(), StandardCharsets.UTF_8);
      int fd = sys.open(name.address(), Linux.O_RDONLY | Linux.O_CLOEXEC, 0);
      if (fd < 0) {
        throw SysException.of("open(" + path + ")", fd);
      }
      region.fd = fd;
      return region;
    }
  }

  /** How many bytes of it are still to be sent. */
  public long remaining() {
    return remaining;
  }

  @Override
  public void close() {
    release();
  }

  /** Sends once; how many bytes, or -errno. */
  int sendTo(Sys target, int socketFd) {
    long count = Math.min(remaining, MAX_SENT_AT_ONCE);
    int n = count == 0 ? 0 : target.sendfile(socketFd, fd, offset.address(), count);
    if (n > 0) {
      remaining -= n;
    }
    return n == -Errno.EINTR ? -Errno.EINTR : n;
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

  void release() {
    if (!closed) {
      closed = true;
      int _ = sys.close(fd);
    }
  }
}

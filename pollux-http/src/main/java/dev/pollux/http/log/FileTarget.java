package dev.pollux.http.log;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.Poll;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that is appended to, a FIFO, or standard output.
 *
 * <p>It is asked whether it takes something before it is written to, so a pipe that nobody reads
 * holds the writer for {@link #PATIENCE_MILLIS} at a time. A file of a disk always says yes, and
 * holds it as long as the disk does. Standard output is left in the mode it came in, as others
 * share it.
 */
final class FileTarget implements LogTarget {

  private static final int STDOUT = 1;
  private static final int MODE = 0640;
  private static final int FLAGS =
      Linux.O_WRONLY | Linux.O_APPEND | Linux.O_CREAT | Linux.O_CLOEXEC | Linux.O_NONBLOCK;

  private static final int BUFFER_BYTES = 1 << 16; // 64 KiB

  /** What a pipe that is said to be writable takes for sure, see pipe(7). */
  private static final int PIPE_BUF = 4096;

  private static final int PATIENCE_MILLIS = 100;

  private final Sys sys;
  private final @Nullable Path file; // null is standard output
  private final Poll poll;
  private final IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
  private final int mostBytes;
  private int fd;

  private FileTarget(Sys sys, @Nullable Path file, int fd) {
    this.sys = sys;
    this.file = file;
    this.mostBytes = file == null ? PIPE_BUF : BUFFER_BYTES;
    this.poll = Poll.allocate(sys, 1);
    use(fd);
  }

  /**
   * A file, which is made if it is not there, for its owner to write and its group to read.
   *
   * @throws SysException if it cannot be; ENXIO of a FIFO that nobody has opened to read
   */
  static FileTarget of(Sys sys, Path file) throws SysException {
    return new FileTarget(sys, file, open(sys, file));
  }

  static FileTarget standardOutput(Sys sys) {
    return new FileTarget(sys, null, STDOUT);
  }

  /** Does not wait for the other end of a FIFO. */
  private static int open(Sys sys, Path file) throws SysException {
    int fd;
    try (Arena arena = Arena.ofConfined()) {
      fd = sys.open(PathBytes.allocate(arena, file).address(), FLAGS, MODE);
    }
    if (fd < 0) {
      String meaning =
          switch (-fd) {
            case Errno.ENOENT -> "its folder is not there";
            case Errno.ENXIO -> "a FIFO that nobody reads, or a socket";
            default -> Errno.meaning(-fd);
          };
      throw SysException.of("open(" + file + ")", fd, meaning);
    }
    return fd;
  }

  private void use(int newFd) {
    fd = newFd;
    poll.set(0, newFd, Linux.POLLOUT);
  }

  @Override
  public void reopen() throws SysException {
    Path known = file;
    if (known != null) {
      int next = open(sys, known);
      int before = fd;
      use(next);
      int _ = sys.close(before);
    }
  }

  @Override
  public void write(ByteBuffer lines) throws SysException {
    if (poll.poll(PATIENCE_MILLIS) <= 0) {
      return;
    }
    int size = Math.min(lines.remaining(), mostBytes);
    var _ = buffer.buffer().clear().put(0, lines, lines.position(), size).limit(size);
    int count = buffer.write(sys, fd);
    if (count >= 0) {
      var _ = lines.position(lines.position() + count);
    } else if (count != -Errno.EAGAIN && count != -Errno.EINTR) {
      String meaning = count == -Errno.ENOSPC ? "the disk is full" : Errno.meaning(-count);
      throw SysException.of(
          "write(" + (file == null ? "standard output" : file) + ")", count, meaning);
    }
  }

  @Override
  public void close() {
    if (file != null) {
      int _ = sys.close(fd);
    }
  }
}

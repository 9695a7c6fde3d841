package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;

/** The other end of a connection, by system calls alone. Ownership: the descriptor is its own. */
final class Raw implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16; // 64 KiB

  private final Sys sys;
  private final int fd;
  private final IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private boolean ended;
  private boolean closed;
  private int errno;

  Raw(Sys sys, int fd) {
    if (fd < 0) {
      throw new AssertionError("not opened: " + Errno.name(-fd));
    }
    this.sys = sys;
    this.fd = fd;
  }

  int fd() {
    return fd;
  }

  /** Writes in one call; how many bytes, or -errno. */
  int write(byte[] bytes, int start, int length) {
    int n = Math.min(length, BUFFER_BYTES);
    var _ = buffer.buffer().put(0, bytes, start, n);
    return sys.send(fd, buffer.address(), n, Linux.MSG_NOSIGNAL);
  }

  void write(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    int n = write(bytes, 0, bytes.length);
    if (n != bytes.length) {
      throw new AssertionError("wrote " + n + " of " + bytes.length);
    }
  }

  /** Fills the buffers on the way; how many bytes that took. */
  int fill() {
    int total = 0;
    for (int n = 1; n > 0; total += Math.max(n, 0)) {
      n = sys.send(fd, buffer.address(), BUFFER_BYTES, Linux.MSG_NOSIGNAL);
    }
    return total;
  }

  /** Reads what there is, to EAGAIN, the end or an error; this, for chains. */
  Raw read() {
    int _ = read(Integer.MAX_VALUE);
    return this;
  }

  /** Reads at most so much; how many bytes that were. */
  int read(int most) {
    int before = size();
    while (!isOver() && size() - before < most) {
      int n = sys.recv(fd, buffer.address(), Math.min(most - size() + before, BUFFER_BYTES), 0);
      if (n == -Errno.EAGAIN) {
        break;
      }
      take(n);
    }
    return size() - before;
  }

  private void take(int n) {
    if (n > 0) {
      byte[] got = new byte[n];
      var _ = buffer.buffer().get(0, got);
      seen.writeBytes(got);
    } else if (n == 0) {
      ended = true;
    } else {
      errno = -n;
    }
  }

  /** Forgets what was read so far. */
  void forget() {
    seen.reset();
  }

  /** Everything read so far. */
  byte[] bytes() {
    return seen.toByteArray();
  }

  String text() {
    return seen.toString(US_ASCII);
  }

  int size() {
    return seen.size();
  }

  /** Whether the end of the stream was read. */
  boolean isEnded() {
    return ended;
  }

  /** The error that a read met, or 0. */
  int errno() {
    return errno;
  }

  boolean isOver() {
    return ended || errno != 0;
  }

  void shutdown() {
    int result = sys.shutdown(fd, Linux.SHUT_WR);
    if (result < 0) {
      throw new AssertionError("shutdown: " + Errno.name(-result));
    }
  }

  void reset() throws SysException {
    Sockets.linger(sys, fd, 0);
    close();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      int _ = sys.close(fd);
    }
  }
}

package dev.pollux.cli;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Sys;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * An {@link EchoLog} that writes a line for each thing that happens, to a descriptor.
 *
 * <p>Lines are gathered and written once a turn. Allocates nothing for reads and writes.
 *
 * <p>Errors: a log that cannot be written (its reader is gone) falls silent and the server goes on.
 * If the descriptor is non-blocking and full, lines beyond {@link #BUFFER_BYTES} are dropped.
 *
 * <p>Blocking: a blocking descriptor whose reader is slow holds the server up, as with any log.
 */
final class TextLog implements EchoLog {

  static final int BUFFER_BYTES = 1 << 16; // 64 KiB

  /** No line is longer, an address with a scope name included. */
  private static final int MAX_LINE_BYTES = 512;

  private final Sys sys;
  private final int fd;
  private final boolean quiet;
  private final IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
  private boolean broken;

  /**
   * A log.
   *
   * @param quiet leaves out everything about single connections
   */
  TextLog(Sys sys, int fd, boolean quiet) {
    this.sys = sys;
    this.fd = fd;
    this.quiet = quiet;
  }

  /** A log on standard output; one that writes nothing if that is closed. */
  static TextLog onStandardOutput(Sys sys, boolean quiet) {
    TextLog log = new TextLog(sys, StandardStreams.STDOUT, quiet);
    log.broken = !StandardStreams.hasOutput(sys);
    return log;
  }

  /** A line of its own, written at once. */
  void line(String text) {
    if (begin()) {
      put(text);
      end();
    }
    flush();
  }

  @Override
  public void connected(int connection, SocketAddress peer) {
    if (!quiet && begin(connection)) {
      put("connected from ");
      put(text(peer));
      end();
    }
  }

  @Override
  public void read(int connection, int sizeBytes) {
    if (!quiet && begin(connection)) {
      put("read ");
      bytes(sizeBytes);
      end();
    }
  }

  @Override
  public void wrote(int connection, int sizeBytes) {
    if (!quiet && begin(connection)) {
      put("wrote ");
      bytes(sizeBytes);
      end();
    }
  }

  @Override
  public void closed(int connection, CloseReason reason, int errno, int unsentBytes) {
    if (quiet || !begin(connection)) {
      return;
    }
    put("closed: ");
    put(reason.text());
    if (errno != 0) {
      put(" (");
      put(Errno.name(errno));
      put(")");
    }
    if (unsentBytes > 0) {
      put(", ");
      bytes(unsentBytes);
      put(" unsent");
    }
    end();
  }

  @Override
  public void exhausted(int errno) {
    if (begin()) {
      put("cannot accept: ");
      put(Errno.name(errno));
      put(", ");
      put(Errno.meaning(errno));
      put(
          errno == Errno.EMFILE
              ? "; connections are refused until some close (see: ulimit -n)"
              : "; connections are refused until there is room");
      end();
    }
  }

  @Override
  public void recovered(long refusedCount) {
    if (begin()) {
      put("accepting again; refused: ");
      put(refusedCount);
      end();
    }
  }

  @Override
  public void flush() {
    ByteBuffer bytes = buffer.buffer();
    bytes.flip();
    while (bytes.hasRemaining() && !broken) {
      int n = buffer.write(sys, fd);
      if (n == -Errno.EAGAIN) {
        break;
      }
      broken = n < 0 && n != -Errno.EINTR;
    }
    bytes.compact();
    if (broken) {
      bytes.clear();
    }
  }

  /** How people write an address: {@code 127.0.0.1:80}, {@code [::1]:80}. */
  static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return address.toString();
    }
    InetAddress host = inet.getAddress();
    if (host == null) {
      return inet.getHostString() + ":" + inet.getPort();
    }
    String literal = host.getHostAddress();
    return (host instanceof Inet6Address ? "[" + literal + "]:" : literal + ":") + inet.getPort();
  }

  private boolean begin() {
    if (buffer.buffer().remaining() < MAX_LINE_BYTES) {
      flush();
    }
    return buffer.buffer().remaining() >= MAX_LINE_BYTES;
  }

  private boolean begin(int connection) {
    if (!begin()) {
      return false;
    }
    put("fd ");
    put(connection);
    put(": ");
    return true;
  }

  private void end() {
    buffer.buffer().put((byte) '\n');
  }

  private void bytes(int count) {
    put(count);
    put(count == 1 ? " byte" : " bytes");
  }

  private void put(String ascii) {
    ByteBuffer bytes = buffer.buffer();
    for (int i = 0; i < ascii.length(); i++) {
      bytes.put((byte) ascii.charAt(i));
    }
  }

  private void put(long number) {
    if (number < 0) {
      buffer.buffer().put((byte) '-');
    }
    if (number / 10 != 0) {
      put(Math.abs(number / 10));
    }
    buffer.buffer().put((byte) ('0' + Math.abs(number % 10)));
  }
}

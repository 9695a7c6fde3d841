package dev.pollux.cli.echo;

import dev.pollux.sys.Addresses;
import dev.pollux.sys.Errno;
import dev.pollux.sys.UnixAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An {@link EchoLog} that writes a line for each thing that happens, to a {@link LogSink}.
 *
 * <p>Lines are gathered and handed over once a turn, together. Allocates nothing for reads and
 * writes.
 *
 * <p>Ownership: the sink is the caller's. Threads: one.
 */
public final class TextLog implements EchoLog {

  static final int BUFFER_BYTES = 1 << 15; // 32 KiB: half of what the sink holds

  /** No line is longer, an address with a scope name or a path included. */
  private static final int MAX_LINE_BYTES = 512;

  /** How much is said of what a peer did wrong. */
  private static final int MAX_DETAIL = 200;

  private static final char MAX_ASCII = 0x7f;

  private final LogSink sink;
  private final boolean quiet;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private int lineCount;

  /**
   * A log.
   *
   * @param quiet leaves out everything about single connections
   */
  public TextLog(LogSink sink, boolean quiet) {
    this.sink = sink;
    this.quiet = quiet;
  }

  /** A line of its own, written at once. */
  public void line(String text) {
    begin();
    put(text);
    end();
    boolean _ = flush();
  }

  @Override
  public void connected(int connection, @Nullable SocketAddress peer) {
    if (!quiet) {
      begin(connection);
      put("connected");
      if (peer != null && !(peer instanceof UnixAddress unix && unix.isUnnamed())) {
        put(" from ");
        put(Addresses.text(peer));
      }
      end();
    }
  }

  @Override
  public void read(int connection, int sizeBytes) {
    if (!quiet) {
      begin(connection);
      put("read ");
      bytes(sizeBytes);
      end();
    }
  }

  @Override
  public void wrote(int connection, int sizeBytes) {
    if (!quiet) {
      begin(connection);
      put("wrote ");
      bytes(sizeBytes);
      end();
    }
  }

  /** Something happened to a datagram from or to a peer. */
  void datagram(SocketAddress peer, String what, int sizeBytes, String more) {
    if (!quiet) {
      begin();
      put(Addresses.text(peer));
      put(": ");
      put(what);
      bytes(sizeBytes);
      put(more);
      end();
    }
  }

  @Override
  public void secured(int connection, String outcome) {
    if (!quiet) {
      begin(connection);
      put("TLS handshake done: ");
      put(outcome);
      end();
    }
  }

  @Override
  public void closed(
      int connection, CloseReason reason, int errno, int unsentBytes, String detail) {
    if (quiet) {
      return;
    }
    begin(connection);
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
    if (!detail.isEmpty()) {
      put(": ");
      putForeign(detail);
    }
    end();
  }

  @Override
  public void exhausted(int errno) {
    begin();
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

  @Override
  public void recovered(long refusedCount) {
    begin();
    put("accepting again; refused: ");
    put(refusedCount);
    end();
  }

  @Override
  public void shed() {
    if (!quiet) {
      begin();
      put("refused a connection: as many are open as may be");
      end();
    }
  }

  @Override
  public boolean isGathering() {
    return lineCount > 0;
  }

  @Override
  public boolean flush() {
    if (lineCount == 0) {
      return sink.drain();
    }
    boolean all = sink.write(buffer.flip(), lineCount);
    buffer.clear();
    lineCount = 0;
    return all;
  }

  private void begin() {
    if (buffer.remaining() < MAX_LINE_BYTES) {
      boolean _ = flush();
    }
  }

  private void begin(int connection) {
    begin();
    put("fd ");
    put(connection);
    put(": ");
  }

  private void end() {
    buffer.put((byte) '\n');
    lineCount++;
  }

  private void bytes(int count) {
    put(count);
    put(count == 1 ? " byte" : " bytes");
  }

  /** Text as UTF-8, which ASCII is as it stands: nothing is allocated for that. */
  private void put(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) <= MAX_ASCII) {
      buffer.put((byte) text.charAt(i));
      i++;
    }
    if (i < text.length()) {
      buffer.put(text.substring(i).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Text with what others said in it: cut, and without what a terminal would obey. */
  private void putForeign(String text) {
    for (int i = 0; i < Math.min(text.length(), MAX_DETAIL); i++) {
      char each = text.charAt(i);
      buffer.put((byte) (each < ' ' || each > '~' ? '?' : each));
    }
  }

  private void put(long number) {
    if (number < 0) {
      buffer.put((byte) '-');
    }
    if (number / 10 != 0) {
      put(Math.abs(number / 10));
    }
    buffer.put((byte) ('0' + Math.abs(number % 10)));
  }
}

package dev.pollux.cli.serve;

import dev.pollux.cli.echo.LogSink;
import dev.pollux.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;

/**
 * Standard error, while it serves, of all that says something in this process: whole lines, and
 * nobody waits for their reader. What a reader that is too slow misses is counted, and said.
 *
 * <p>Ownership: {@link #close} gives {@link System#err} back. Threads: any.
 */
final class ErrorLines extends OutputStream {

  private static final int MAX_LINE_BYTES = 1 << 13; // 8 KiB; a longer one is two

  private final PrintStream before = System.err;
  private final LogSink sink;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private ErrorLines(Sys sys) {
    this.sink = LogSink.onStandardError(sys);
  }

  /** Takes the place of {@link System#err}. */
  static ErrorLines take(Sys sys) {
    ErrorLines lines = new ErrorLines(sys);
    Charset charset = lines.before.charset();
    System.setErr(new PrintStream(lines, false, charset));
    return lines;
  }

  /** Writes what its reader had no room for before, as far as it has now. */
  void drain() {
    boolean _ = sink.drain();
  }

  @Override
  public synchronized void write(int octet) {
    line.write(octet);
    if (octet == '\n') {
      end();
    } else if (line.size() == MAX_LINE_BYTES - 1) {
      write('\n');
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int count) {
    for (int i = from; i < from + count; i++) {
      write(bytes[i]);
    }
  }

  private void end() {
    boolean _ = sink.write(ByteBuffer.wrap(line.toByteArray()), 1);
    line.reset();
  }

  @Override
  public synchronized void close() {
    System.setErr(before);
    if (line.size() > 0) {
      write('\n');
    }
    sink.close();
  }
}

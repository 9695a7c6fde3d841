package dev.pollux.inspect.proc;

import dev.pollux.inspect.SystemCall;
import dev.pollux.inspect.SystemCall.Watched;
import dev.pollux.sys.Linux;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory of another process, of which the arrays of poll and select are read. It is not stopped
 * for that; what it changes meanwhile may be read half.
 *
 * <p>Ownership: open until {@link #close}. Source: proc_pid_mem(5).
 */
public final class ProcessMemory implements AutoCloseable {

  private static final int MOST_WATCHED = 100_000;
  private static final int SETS = 3; // of select: readable, writable, exceptional
  private static final long MILLIS_PER_SECOND = 1000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long MICROS_PER_MILLI = 1000;

  private final FileChannel channel;

  private ProcessMemory(FileChannel channel) {
    this.channel = channel;
  }

  /** Of the process with these files; null if it may not be read. */
  public static @Nullable ProcessMemory open(ProcFiles files) {
    try {
      return new ProcessMemory(FileChannel.open(files.path("mem"), StandardOpenOption.READ));
    } catch (IOException _) {
      return null;
    }
  }

  private @Nullable ByteBuffer read(long address, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.nativeOrder());
    try {
      while (bytes.hasRemaining()) {
        int n = channel.read(bytes, address + bytes.position());
        if (n <= 0) {
          return null;
        }
      }
      return bytes.flip();
    } catch (IOException | IllegalArgumentException _) { // unmapped, or not of the program
      return null;
    }
  }

  /** An array of {@code struct pollfd}; empty if it cannot be read. */
  List<Watched> polled(long address, long count) {
    ByteBuffer bytes =
        count <= 0 || count > MOST_WATCHED
            ? null
            : read(address, (int) count * Linux.SIZEOF_POLLFD);
    List<Watched> watched = new ArrayList<>();
    while (bytes != null && bytes.hasRemaining()) {
      int fd = bytes.getInt();
      int events = bytes.getShort();
      short _ = bytes.getShort();
      if (fd >= 0) {
        watched.add(new Watched(fd, events));
      }
    }
    return watched;
  }

  /**
   * Three sets of bits; empty if they cannot be read. The kernel has its own copy of them while it
   * waits, and leaves these as they were.
   */
  List<Watched> selected(long[] arguments) {
    int count = (int) arguments[0];
    if (count <= 0 || count > MOST_WATCHED) {
      return List.of();
    }
    int[] events = new int[count];
    int[] bits = {Linux.EPOLLIN, Linux.EPOLLOUT, Linux.EPOLLPRI};
    for (int set = 0; set < SETS; set++) {
      long address = arguments[set + 1];
      ByteBuffer bytes = address == 0 ? null : read(address, (count + 63) / 64 * Long.BYTES);
      for (int fd = 0; bytes != null && fd < count; fd++) {
        boolean isSet = (bytes.getLong(fd / 64 * Long.BYTES) & 1L << (fd % 64)) != 0;
        events[fd] |= isSet ? bits[set] : 0;
      }
    }
    List<Watched> watched = new ArrayList<>();
    for (int fd = 0; fd < count; fd++) {
      if (events[fd] != 0) {
        watched.add(new Watched(fd, events[fd]));
      }
    }
    return watched;
  }

  /** A {@code struct timespec}, or for select a {@code struct timeval}. */
  long millis(long address, boolean isTimeval) {
    ByteBuffer bytes = read(address, Linux.SIZEOF_TIMESPEC);
    if (bytes == null) {
      return SystemCall.UNKNOWN;
    }
    long seconds = bytes.getLong();
    long fraction = bytes.getLong();
    long part = isTimeval ? fraction / MICROS_PER_MILLI : fraction / NANOS_PER_MILLI;
    return seconds * MILLIS_PER_SECOND + part;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // it was read only
    }
  }
}

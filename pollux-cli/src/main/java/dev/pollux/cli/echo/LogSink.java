package dev.pollux.cli.echo;

import dev.pollux.cli.terminal.StandardStreams;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Poll;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Where the lines of all {@link TextLog}s of a server go: a descriptor that others may share, and
 * whose reader may be slow.
 *
 * <p>It never waits for the reader. The descriptor is left in the mode it came in, since others
 * share it, so a pipe or a terminal is opened a second time, without blocking; a socket is sent to
 * without blocking; a file takes everything, or is asked again while its disk is full. Lines that
 * do not fit into {@link #BUFFER_BYTES} of memory are dropped whole, and a line says how many they
 * were.
 *
 * <p>Errors: a sink whose reader is gone, or that cannot be written for good, falls silent. {@link
 * #isComplete} tells whether an error has cost something.
 *
 * <p>Ownership: the descriptor is the caller's, a second one this object's. Threads: any; lines
 * that come together stay together.
 */
public final class LogSink implements AutoCloseable {

  static final int BUFFER_BYTES = 1 << 16; // 64 KiB

  /** What a pipe that is said to be writable takes for sure, see pipe(7). */
  private static final int PIPE_BUF = 4096;

  private static final int F_GETPIPE_SZ = 1032; // <fcntl.h>: F_LINUX_SPECIFIC_BASE + 8
  private static final int EDQUOT = 122; // <asm-generic/errno.h>: the user's part of a disk is full
  private static final int NOTICE_BYTES = 128;

  /** How long {@link #close} may take to write out what is left. */
  private static final long CLOSE_NANOS = 500_000_000; // 500 ms

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** How one writes without blocking. */
  private enum Way {
    /** It does not block by itself: a file, or it was opened so. */
    WRITE,
    /** A socket. */
    SEND,
    /** Anything else: ask first, and write no more than is sure to be taken. */
    ASK
  }

  private final Sys sys;
  private final String name; // in notices
  private final IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
  private final Poll poll;
  private int fd;
  private int ownFd = -1; // or none
  private Way way = Way.WRITE;
  private long droppedCount;
  private boolean terminal;
  private boolean broken; // or closed: nothing is written any more
  private boolean failing; // the last write has found no room, and no reader is to blame
  private boolean lossy; // something was lost to an error
  private boolean noticeable; // something was, that no notice has told of

  private LogSink(Sys sys, int fd, String name) {
    this.sys = sys;
    this.name = name;
    this.fd = fd;
    this.poll = Poll.allocate(sys, 1);
    poll.set(0, fd, Linux.POLLOUT);
  }

  /** A sink for a descriptor. */
  public static LogSink open(Sys sys, int fd) {
    return open(sys, fd, "standard output");
  }

  private static LogSink open(Sys sys, int fd, String name) {
    LogSink sink = new LogSink(sys, fd, name); // before the descriptor that it owns
    sink.terminal = StandardStreams.isTerminal(sys, fd); // which one that is gone does not say
    if (isSocket(sys, fd)) {
      sink.way = Way.SEND;
    } else if (sink.terminal || isPipe(sys, fd)) {
      sink.useOwn(openAgain(sys, fd));
    }
    return sink;
  }

  private void useOwn(int result) {
    if (result < 0) {
      way = Way.ASK;
    } else {
      fd = result;
      ownFd = result;
      poll.set(0, fd, Linux.POLLOUT);
    }
  }

  /** A sink for standard output; one that writes nothing if that is closed. */
  public static LogSink onStandardOutput(Sys sys) {
    LogSink sink = open(sys, StandardStreams.STDOUT);
    sink.broken = !StandardStreams.isOutput(sys, StandardStreams.STDOUT);
    return sink;
  }

  /** A sink for standard error; likewise. */
  public static LogSink onStandardError(Sys sys) {
    LogSink sink = open(sys, StandardStreams.STDERR, "standard error");
    sink.broken = !StandardStreams.isOutput(sys, StandardStreams.STDERR);
    return sink;
  }

  /**
   * Takes whole lines, which are read to their end, and writes what can be written.
   *
   * @return whether nothing is left to be written
   */
  public synchronized boolean write(ByteBuffer lines, int lineCount) {
    ByteBuffer waiting = buffer.buffer();
    if (!drain() && droppedCount > 0 && waiting.remaining() >= BUFFER_BYTES / 2) {
      notice(); // not as soon as one line fits: a notice is for many
    }
    if (droppedCount > 0 || waiting.remaining() < lines.remaining() + NOTICE_BYTES) {
      droppedCount += lineCount;
      lossy |= failing;
      noticeable |= failing;
      var _ = lines.position(lines.limit());
    } else {
      waiting.put(lines);
    }
    return drain();
  }

  /** Writes what can be written; whether nothing is left. */
  public synchronized boolean drain() {
    boolean all = writeOut();
    if (all && droppedCount > 0) {
      notice();
      all = writeOut();
    }
    return all;
  }

  /** Writes what is left, for half a second at most, and gives the descriptor back. */
  @Override
  public synchronized void close() {
    long deadline = sys.nanoTime() + CLOSE_NANOS;
    long left = CLOSE_NANOS;
    while (!drain() && !failing && left > 0) {
      try {
        int _ = poll.poll((int) (left / NANOS_PER_MILLI) + 1);
      } catch (SysException _) {
        broken = true;
      }
      left = deadline - sys.nanoTime();
    }
    lossy |= failing;
    broken = true;
    if (ownFd >= 0) {
      int _ = sys.close(ownFd);
    }
  }

  /** Whether no error has cost a line. A reader that is slow, or gone, is none. */
  synchronized boolean isComplete() {
    return !lossy;
  }

  private void notice() {
    String text =
        droppedCount
            + (droppedCount == 1 ? " line was" : " lines were")
            + " left out here: "
            + name
            + (noticeable ? " could not be written\n" : " is read too slowly\n");
    buffer.buffer().put(text.getBytes(StandardCharsets.US_ASCII));
    droppedCount = 0;
    noticeable = false;
  }

  private boolean writeOut() {
    ByteBuffer bytes = buffer.buffer();
    bytes.flip();
    boolean goesOn = true;
    while (goesOn && bytes.hasRemaining() && !broken) {
      int n = writeOnce(bytes);
      if (n >= 0) {
        bytes.position(bytes.position() + n);
        failing = false;
      } else {
        goesOn = n == -Errno.EINTR;
        fail(-n);
      }
    }
    bytes.compact();
    if (broken) {
      bytes.clear();
      droppedCount = 0;
    }
    return bytes.position() == 0;
  }

  /** A write has failed: there may be room later, the reader may be gone, or it is worse. */
  private void fail(int errno) {
    switch (errno) {
      case Errno.EINTR, Errno.EAGAIN -> failing = false;
      case Errno.ENOSPC, EDQUOT, Errno.ENOMEM -> failing = true;
      case Errno.EPIPE, Errno.ECONNRESET -> broken = true;
      default -> {
        broken = true;
        lossy |= !terminal || errno != Errno.EIO; // of a terminal: that is gone, and its reader
      }
    }
  }

  private int writeOnce(ByteBuffer bytes) {
    int position = bytes.position();
    long address = buffer.address() + position;
    int size = bytes.limit() - position;
    return switch (way) {
      case WRITE -> sys.write(fd, address, size);
      case SEND -> sys.send(fd, address, size, Linux.MSG_DONTWAIT | Linux.MSG_NOSIGNAL);
      case ASK -> isWritable() ? sys.write(fd, address, Math.min(size, PIPE_BUF)) : -Errno.EAGAIN;
    };
  }

  private boolean isWritable() {
    try {
      return poll.poll(0) > 0;
    } catch (SysException _) {
      return false;
    }
  }

  private static boolean isPipe(Sys sys, int fd) {
    return sys.fcntl(fd, F_GETPIPE_SZ, 0) > 0;
  }

  private static boolean isSocket(Sys sys, int fd) {
    IoBuffer value = IoBuffer.allocate(2 * Integer.BYTES);
    value.buffer().order(ByteOrder.nativeOrder()).putInt(Integer.BYTES, Integer.BYTES);
    long length = value.address() + Integer.BYTES;
    return sys.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_ERROR, value.address(), length) == 0;
  }

  /** Another open file description for the same pipe or terminal. */
  private static int openAgain(Sys sys, int fd) {
    byte[] path = ("/proc/self/fd/" + fd + "\0").getBytes(StandardCharsets.US_ASCII);
    IoBuffer memory = IoBuffer.allocate(path.length);
    memory.buffer().put(0, path);
    return sys.open(memory.address(), Linux.O_WRONLY | Linux.O_NONBLOCK | Linux.O_CLOEXEC, 0);
  }
}

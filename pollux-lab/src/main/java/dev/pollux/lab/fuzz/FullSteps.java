package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;

/**
 * TCP connections with small buffers, which are filled and emptied.
 *
 * <p>How much fits is not compared; that something is full or empty is, and the edges on the way.
 * In between, nobody reads or writes ({@link Concessions}).
 */
final class FullSteps {
  private static final int BUFFER_BYTES = 32_768;
  private static final int PIECE_BYTES = 1_024;
  private static final int READ_BYTES = 1 << 16;
  private static final int MAX_PIECES = 4_096; // four megabytes: full on any kernel
  private static final int MAX_ACKNOWLEDGE_LOOKS = 100; // milliseconds
  private static final int SIOCOUTQNSD = 0x894B; // linux/sockios.h
  private static final int MAX_CLOSED_LOOKS = 30; // where the sender cannot be asked
  private static final int MAX_LOOKS = 400; // milliseconds for what is on its way to arrive

  private final Handles handles;
  private final SocketSteps sockets;
  private final Pattern pattern;
  private final MemorySegment buffer;
  private final MemorySegment small;

  FullSteps(Handles handles, SocketSteps sockets, Pattern pattern, MemorySegment buffer) {
    this.handles = handles;
    this.sockets = sockets;
    this.pattern = pattern;
    this.buffer = buffer;
    this.small = handles.small;
  }

  int execute(Op op) {
    int fd = handles.fd(op, 0);
    return switch (op.kind()) {
      case SMALL -> connection(op);
      case FLOOD -> flood(fd);
      case LOAD -> load(fd);
      default -> empty(fd, handles.fd(op, 1));
    };
  }

  /** A client and the accepted end; the listener is gone. */
  private int connection(Op op) {
    Sys sys = handles.sys();
    int listener = small();
    int result = sys.bind(listener, handles.address(small, 0), Linux.SIZEOF_SOCKADDR_IN);
    result = Math.min(result, sys.listen(listener, 1));
    int port = sockets.port(listener);
    int client = small();
    int connected = sys.connect(client, handles.address(small, port), Linux.SIZEOF_SOCKADDR_IN);
    result = Math.min(result, connected == -Errno.EINPROGRESS ? 0 : connected);
    int accepted = sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK);
    for (int looks = 0; accepted == -Errno.EAGAIN && looks < MAX_LOOKS; looks++) {
      int _ = sys.poll(0, 0, 1);
      accepted = sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK);
    }
    sys.close(listener);
    int first = sockets.connection(op, 0, client);
    int second = sockets.connection(op, 1, accepted);
    return Math.min(result, Math.min(first, second));
  }

  private int small() {
    int fd = handles.sys().socket(Linux.AF_INET, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0);
    sockets.option(fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF, BUFFER_BYTES);
    sockets.option(fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF, BUFFER_BYTES);
    return fd;
  }

  /** Writes until nothing more is taken, even when all that has arrived is acknowledged; then 0. */
  private int flood(int fd) {
    long source = pattern.next();
    int n = writeAll(fd, source);
    awaitAcknowledgement(fd);
    n = Math.max(n, writeAll(fd, source));
    return n == -Errno.EAGAIN ? 0 : n;
  }

  private int writeAll(int fd, long source) {
    int size = PIECE_BYTES;
    int n = 0;
    for (int i = 0; i < MAX_PIECES; i++) {
      n = handles.sys().write(fd, source, size);
      if (n < 0 && size > 1) {
        size = 1;
      } else if (n < 0) {
        break;
      }
    }
    return Math.min(n, 0);
  }

  /**
   * Writes until seven tenths of the send buffer are taken: that is not writable, which it is up to
   * two thirds, and not full, whatever else the kernel counts.
   */
  private int load(int fd) {
    Sys sys = handles.sys();
    long source = pattern.next();
    for (int i = 0; i < MAX_PIECES; i++) {
      int n = sys.write(fd, source, PIECE_BYTES);
      if (n < 0) {
        return n;
      }
      int limit = sockets.optionValue(fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF) / 10 * 7;
      if (queuedBytes(fd, Linux.TIOCOUTQ) >= limit) {
        awaitAcknowledgement(fd);
        if (queuedBytes(fd, Linux.TIOCOUTQ) >= limit) {
          return 0;
        }
      }
    }
    return 0;
  }

  /** Reads until nothing is left here or on its way; 0, or 1 if that is the end of the stream. */
  private int empty(int fd, int sender) {
    Sys sys = handles.sys();
    int n = 0;
    for (int looks = 0; looks < MAX_LOOKS; looks++) {
      do {
        n = sys.read(fd, buffer.address(), READ_BYTES);
      } while (n > 0);
      int queued = queuedBytes(sender, Linux.TIOCOUTQ);
      boolean mayCome = queued > 0 || (queued < 0 && looks < MAX_CLOSED_LOOKS);
      if (n != -Errno.EAGAIN || !mayCome) {
        break;
      }
      int _ = sys.poll(0, 0, 1);
    }
    return n == -Errno.EAGAIN ? 0 : n == 0 ? 1 : n;
  }

  /** Waits until everything that was sent is acknowledged; what was not, waits for a window. */
  private void awaitAcknowledgement(int fd) {
    for (int looks = 0; looks < MAX_ACKNOWLEDGE_LOOKS; looks++) {
      if (queuedBytes(fd, Linux.TIOCOUTQ) == queuedBytes(fd, SIOCOUTQNSD)) {
        return;
      }
      int _ = handles.sys().poll(0, 0, 1);
    }
  }

  /** What is not acknowledged, or not even sent. */
  private int queuedBytes(int fd, int which) {
    int result = handles.sys().ioctl(fd, which, small.address());
    return result < 0 ? result : small.get(JAVA_INT, 0);
  }
}

package dev.pollux.bench;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Framing;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;

/**
 * A connection of a loop and its peer, both in the hands of one thread.
 *
 * <p>Threads: one.
 */
final class InputBenchmark implements AutoCloseable {

  private static final int LARGEST_FRAME = 1 << 26;
  private static final int PIECE_BYTES = 1 << 16;
  private static final int PREFIX_BYTES = 4;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final Framing FRAMING = Framing.lengthPrefix(PREFIX_BYTES, LARGEST_FRAME);

  private final EventLoop loop;
  private final Sys sys;
  private final IoBuffer piece = IoBuffer.allocate(PIECE_BYTES);
  private int framesSeen;

  private InputBenchmark(EventLoop loop) {
    this.loop = loop;
    this.sys = loop.sys();
  }

  static InputBenchmark open() throws SysException {
    return new InputBenchmark(EventLoop.open());
  }

  /** Microseconds for a byte that is received behind so many of one frame. */
  double dribble(int filledBytes, int packets) throws SysException {
    int peer = connect();
    try {
      beginFrame(peer, filledBytes + packets + 1);
      feed(peer, filledBytes);
      long begin = System.nanoTime();
      for (int i = 0; i < packets; i++) {
        feed(peer, 1);
      }
      return (System.nanoTime() - begin) / NANOS_PER_MICRO / packets;
    } finally {
      hangUp(peer);
    }
  }

  /** Microseconds for the same without Pollux: a byte is sent, and one is received. */
  double bareDribble(int packets) throws SysException {
    int[] pair = pair();
    try {
      long begin = System.nanoTime();
      for (int i = 0; i < packets; i++) {
        send(pair[1], 1);
        receive(pair[0], 1);
      }
      return (System.nanoTime() - begin) / NANOS_PER_MICRO / packets;
    } finally {
      int _ = sys.close(pair[0]);
      int _ = sys.close(pair[1]);
    }
  }

  /** Milliseconds a MiB, in frames of one size. */
  double frames(int frameBytes, int totalBytes) throws SysException {
    int peer = connect();
    try {
      int count = Math.max(1, totalBytes / frameBytes);
      long begin = System.nanoTime();
      int seen = framesSeen;
      for (int i = 0; i < count; i++) {
        beginFrame(peer, frameBytes);
        feed(peer, frameBytes);
      }
      double millis = (System.nanoTime() - begin) / NANOS_PER_MILLI;
      if (framesSeen - seen != count) {
        throw new IllegalStateException(framesSeen - seen + " frames of " + count);
      }
      return millis / ((double) count * frameBytes / (1 << 20));
    } finally {
      hangUp(peer);
    }
  }

  /** Milliseconds a MiB without Pollux: a piece is sent, and received into one buffer. */
  double bare(int totalBytes) throws SysException {
    int[] pair = pair();
    try {
      long begin = System.nanoTime();
      for (int done = 0; done < totalBytes; done += PIECE_BYTES) {
        send(pair[1], PIECE_BYTES);
        receive(pair[0], PIECE_BYTES);
      }
      return (System.nanoTime() - begin) / NANOS_PER_MILLI / (totalBytes / (double) (1 << 20));
    } finally {
      int _ = sys.close(pair[0]);
      int _ = sys.close(pair[1]);
    }
  }

  private int connect() throws SysException {
    int[] pair = pair();
    Connection _ =
        Connection.adopt(
            loop, pair[0], ConnectionOptions.DEFAULT, FRAMING.handler((_, _) -> framesSeen++));
    return pair[1];
  }

  private int[] pair() throws SysException {
    return Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
  }

  private void beginFrame(int peer, int frameBytes) throws SysException {
    ByteBuffer head = piece.buffer().clear();
    var _ = head.putInt(frameBytes);
    send(peer, PREFIX_BYTES);
    int _ = loop.runOnce(0);
  }

  /** Sends so much, and lets the loop take each piece of it. */
  private void feed(int peer, int sizeBytes) throws SysException {
    for (int left = sizeBytes; left > 0; left -= PIECE_BYTES) {
      send(peer, Math.min(left, PIECE_BYTES));
      int _ = loop.runOnce(0);
    }
  }

  private void send(int fd, int sizeBytes) throws SysException {
    int n = sys.send(fd, piece.address(), sizeBytes, Linux.MSG_NOSIGNAL);
    if (n != sizeBytes) {
      throw new IllegalStateException("sent " + n + " bytes of " + sizeBytes);
    }
  }

  private void receive(int fd, int sizeBytes) throws SysException {
    int n = sys.recv(fd, piece.address(), sizeBytes, 0);
    if (n != sizeBytes) {
      throw new IllegalStateException("received " + n + " bytes of " + sizeBytes);
    }
  }

  private void hangUp(int peer) throws SysException {
    int _ = sys.close(peer);
    int _ = loop.runOnce(0);
    int _ = loop.runOnce(0);
  }

  @Override
  public void close() {
    loop.close();
  }
}

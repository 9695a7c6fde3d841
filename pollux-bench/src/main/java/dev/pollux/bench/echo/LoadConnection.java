package dev.pollux.bench.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One connection of the load, which checks every byte that comes back: its stream is a window on
 * one random pattern, which starts at another place for each connection.
 *
 * <p>Ownership: close closes the channel. Threads: one for all connections.
 */
final class LoadConnection implements AutoCloseable {

  /** Each connection echoes so much before it counts. */
  static final int GREETING_BYTES = 64;

  private static final int PERIOD = 65_521; // a prime, so that no message size divides it
  private static final int CHUNK = 1 << 18;
  private static final int SHIFT = 977;
  private static final int SOURCES = 200; // 127.0.0.2 on: ports enough for closed ones

  private static final ByteBuffer PATTERN = pattern();
  private static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(CHUNK);

  private final long number;
  private final SocketChannel channel;
  private final SelectionKey key;
  private long sent;
  private long target;
  private long received;
  private long base;
  private long due;
  private boolean ended;

  private LoadConnection(long number, SocketChannel channel, Selector selector) throws IOException {
    this.number = number;
    this.channel = channel;
    this.key = channel.register(selector, 0, this);
  }

  /** Begins to connect, from a source address that changes with the number. */
  static LoadConnection open(long number, int port, Selector selector) throws IOException {
    SocketChannel channel = SocketChannel.open();
    boolean done = false;
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.bind(new InetSocketAddress(loopback((int) (2 + number % SOURCES)), 0));
      LoadConnection result = new LoadConnection(number, channel, selector);
      boolean connected = channel.connect(new InetSocketAddress(loopback(1), port));
      int interest = connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT;
      int _ = result.key.interestOpsOr(interest);
      done = true;
      return result;
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  private static InetAddress loopback(int host) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host});
  }

  /** From here on messages are counted. */
  void begin() {
    base = received;
  }

  /** The bytes received since {@link #begin}. */
  long receivedBytes() {
    return received - base;
  }

  /** The messages received since {@link #begin}. */
  long messages(long messageBytes) {
    return receivedBytes() / messageBytes;
  }

  long number() {
    return number;
  }

  long due() {
    return due;
  }

  void dueAt(long nanos) {
    due = nanos;
  }

  /** Whether everything that may be sent has come back. */
  boolean isAnswered() {
    return received == target;
  }

  /** Whether it has said that nothing more will come. */
  boolean hasEnded() {
    return ended;
  }

  /** Lets so many bytes be sent, counted from {@link #begin}, and sends them. */
  void allow(long bytes) throws IOException {
    target = base + bytes;
    flush();
  }

  /** Lets so many more bytes be sent, and sends them. */
  void allowMore(long bytes) throws IOException {
    target += bytes;
    flush();
  }

  /** Completes the connecting, if that is what is ready, and sends what waits for it. */
  void writable() throws IOException {
    if (key.isConnectable() && channel.finishConnect()) {
      key.interestOps(SelectionKey.OP_READ);
    }
    flush();
  }

  private void flush() throws IOException {
    if (!channel.isConnected()) {
      return;
    }
    while (sent < target) {
      int from = (int) ((number * SHIFT + sent) % PERIOD);
      PATTERN.limit(from + (int) Math.min(CHUNK, target - sent)).position(from);
      int taken = channel.write(PATTERN);
      if (taken == 0) {
        break;
      }
      sent += taken;
    }
    int writing = sent < target ? SelectionKey.OP_WRITE : 0;
    if ((key.interestOps() & SelectionKey.OP_WRITE) != writing) {
      key.interestOps(SelectionKey.OP_READ | writing);
    }
  }

  /**
   * Receives once and checks it.
   *
   * @return false at the end of the stream
   */
  boolean receive() throws IOException {
    BUFFER.clear();
    int count = channel.read(BUFFER);
    if (count <= 0) {
      return count == 0;
    }
    if (received + count > sent) {
      throw new IOException(
          "connection " + number + ": " + (received + count - sent) + " bytes too many");
    }
    BUFFER.flip();
    int from = (int) ((number * SHIFT + received) % PERIOD);
    PATTERN.limit(from + count).position(from);
    int wrong = BUFFER.mismatch(PATTERN);
    if (wrong >= 0) {
      throw new IOException(
          "connection " + number + ": byte " + (received + wrong) + " of its stream is wrong");
    }
    received += count;
    return true;
  }

  /** Says that nothing more will come. */
  void end() throws IOException {
    ended = true;
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static ByteBuffer pattern() {
    ByteBuffer result = ByteBuffer.allocateDirect(PERIOD + CHUNK);
    long x = 88172645463325252L; // any seed but 0
    for (int i = 0; i < PERIOD; i++) {
      x ^= x << 13; // xorshift64
      x ^= x >>> 7;
      x ^= x << 17;
      result.put((byte) (x >> 32));
    }
    while (result.hasRemaining()) {
      result.put(result.get(result.position() - PERIOD));
    }
    return result;
  }
}

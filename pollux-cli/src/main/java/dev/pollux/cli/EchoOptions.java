package dev.pollux.cli;

import dev.pollux.poll.Trigger;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link EchoServer} is to do.
 *
 * @param address where to listen; port 0 lets the kernel choose
 * @param backlog how many connections may wait to be accepted
 * @param trigger how the connections are watched; the listener is always level-triggered
 * @param bufferBytes the size of the one read buffer, and so the most that one call reads
 * @param reply the one line that answers whatever arrives, or null to echo it
 */
record EchoOptions(
    InetSocketAddress address,
    int backlog,
    Trigger trigger,
    int bufferBytes,
    @Nullable String reply) {

  static final int DEFAULT_BACKLOG = 15;
  static final int DEFAULT_BUFFER_BYTES = 1024;
  static final int MAX_BUFFER_BYTES = 1 << 24; // 16 MiB

  EchoOptions {
    if (bufferBytes < 1 || bufferBytes > MAX_BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "a buffer of " + bufferBytes + " bytes; it takes 1 to " + MAX_BUFFER_BYTES);
    }
  }

  /** Echoes, with the defaults. */
  static EchoOptions echo(InetSocketAddress address, Trigger trigger) {
    return new EchoOptions(address, DEFAULT_BACKLOG, trigger, DEFAULT_BUFFER_BYTES, null);
  }
}

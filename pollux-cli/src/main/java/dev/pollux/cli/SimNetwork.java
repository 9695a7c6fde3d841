package dev.pollux.cli;

import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * What the clients of one simulated run share: the kernel, the server's address, memory, the trace.
 *
 * <p>The bytes that clients send are a pattern whose period is a prime, begun by each client at a
 * place of its own: a byte that is lost, doubled, out of order or another client's shows at once.
 */
final class SimNetwork {

  static final int BUFFER_BYTES = 1 << 16; // 64 KiB

  private static final int PERIOD_BYTES = 65_521; // prime
  private static final int CLIENT_STRIDE_BYTES = 7_919; // prime
  private static final byte[] PATTERN = pattern();

  final Sys sys;
  final SimTrace trace;
  final IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
  private final MemorySegment address = Arena.ofAuto().allocate(SockAddr.MAX_BYTES, Long.BYTES);
  private int addressLength;

  /** Counts what moves: as long as it grows, the run is not stuck. */
  long progress;

  SimNetwork(Sys sys, SimTrace trace) {
    this.sys = sys;
    this.trace = trace;
  }

  /** Where the server listens. */
  void server(InetSocketAddress server) {
    addressLength = SockAddr.encode(server, address);
  }

  /** A line of the trace. */
  void note(String what) {
    if (trace.isOn()) {
      trace.add(sys.nanoTime(), what);
    }
  }

  /** {@code connect(2)} to the server. */
  int connect(int fd) {
    return sys.connect(fd, address.address(), addressLength);
  }

  /** Puts a client's bytes from a place in its stream into the buffer. */
  void fill(int client, long position, int count) {
    buffer.buffer().put(0, PATTERN, start(client, position), count);
  }

  /** How many bytes in the buffer are the client's from this place on; -1 if all are. */
  int mismatch(int client, long position, int count) {
    ByteBuffer expected = ByteBuffer.wrap(PATTERN, start(client, position), count);
    return expected.mismatch(buffer.buffer().slice(0, count));
  }

  private static int start(int client, long position) {
    return (int) ((position + (long) client * CLIENT_STRIDE_BYTES) % PERIOD_BYTES);
  }

  private static byte[] pattern() {
    byte[] bytes = new byte[PERIOD_BYTES + BUFFER_BYTES];
    SimDice dice = new SimDice(1);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = i < PERIOD_BYTES ? (byte) dice.next() : bytes[i - PERIOD_BYTES];
    }
    return bytes;
  }
}

package dev.pollux.bench.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.HdrHistogram.Histogram;

/**
 * Waves of handshakes beside one good peer of a server, which sends a message, awaits its echo and
 * pauses for a moment.
 *
 * <p>Each connection of a wave sends the same first message of a client, awaits the first bytes of
 * the answer, for which the server has to compute all that is dear, and leaves. So the clients cost
 * next to nothing, and take no time from the server. Threads: one, and one for the good peer.
 */
public final class TlsStorm {

  private static final int MESSAGE_BYTES = 64;
  private static final long PAUSE_NANOS = 200_000; // 200 us
  private static final int HELLO_BYTES = 1 << 15;

  private final InetSocketAddress server;
  private final SSLContext trusting;
  private volatile boolean over;

  /** Against a server with this certificate. */
  public TlsStorm(int port, TlsKey key) throws IOException {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.trusting = key.trusting();
  }

  /**
   * What came of it: how long the good peer waited for its echoes, and how many handshakes were
   * answered a second.
   */
  public record Result(long median, long percentile99, long longest, double handshakesPerSecond) {}

  /** Waves of so many, for so long; of 0 for none, and the good peer alone. */
  public Result run(int wave, long nanos) throws IOException {
    over = false;
    Histogram latencies = new Histogram(3);
    Socket socket = trusting.getSocketFactory().createSocket(server.getAddress(), server.getPort());
    FutureTask<Boolean> peer = new FutureTask<>(() -> pingPong(socket, latencies));
    exchange(socket); // its handshake is over before the others begin
    Thread _ = Thread.ofPlatform().daemon().name("good-peer").start(peer);
    long start = System.nanoTime();
    long answered = 0;
    try {
      while (System.nanoTime() - start < nanos && !peer.isDone()) {
        if (wave == 0) {
          LockSupport.parkNanos(PAUSE_NANOS);
        } else {
          answered += wave(wave);
        }
      }
    } finally {
      over = true;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    try {
      boolean _ = peer.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("the good peer failed: " + e.getMessage(), e);
    }
    return new Result(
        latencies.getValueAtPercentile(50),
        latencies.getValueAtPercentile(99),
        latencies.getMaxValue(),
        answered / seconds);
  }

  private boolean pingPong(Socket socket, Histogram latencies) throws IOException {
    try (socket) {
      socket.setTcpNoDelay(true);
      while (!over) {
        latencies.recordValue(exchange(socket));
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    return true;
  }

  /** A message and its echo; how long that took. */
  private static long exchange(Socket socket) throws IOException {
    byte[] message = new byte[MESSAGE_BYTES];
    long sent = System.nanoTime();
    socket.getOutputStream().write(message);
    if (socket.getInputStream().readNBytes(message, 0, MESSAGE_BYTES) < MESSAGE_BYTES) {
      throw new IOException("closed by the server");
    }
    return System.nanoTime() - sent;
  }

  private int wave(int count) throws IOException {
    ByteBuffer hello = hello();
    List<SocketChannel> all = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        all.add(SocketChannel.open(server));
      }
      for (SocketChannel each : all) {
        ByteBuffer copy = hello.duplicate();
        while (copy.hasRemaining()) {
          int _ = each.write(copy);
        }
      }
      for (SocketChannel each : all) {
        if (each.read(ByteBuffer.allocate(1)) < 1) {
          throw new IOException("a handshake was not answered");
        }
      }
    } finally {
      for (SocketChannel each : all) {
        each.close();
      }
    }
    return count;
  }

  private ByteBuffer hello() throws IOException {
    SSLEngine engine = trusting.createSSLEngine("localhost", server.getPort());
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(HELLO_BYTES);
    var _ = engine.wrap(ByteBuffer.allocate(0), hello);
    return hello.flip();
  }
}

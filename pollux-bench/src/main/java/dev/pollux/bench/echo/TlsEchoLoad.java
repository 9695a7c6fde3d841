package dev.pollux.bench.echo;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections with TLS, on a loop of the calling thread, each of which sends a message, awaits its
 * echo and sends the next.
 *
 * <p>Ownership: close ends them. Threads: one.
 */
public final class TlsEchoLoad implements AutoCloseable {

  private static final long TURN_NANOS = 10_000_000; // 10 ms
  private static final long PATIENCE_NANOS = 30_000_000_000L; // 30 s

  private final EventLoop loop;
  private final byte[] message;
  private int opened;
  private long echoes;
  private @Nullable CloseCause failure;

  private TlsEchoLoad(EventLoop loop, int messageBytes) {
    this.loop = loop;
    this.message = new byte[messageBytes];
  }

  /** Connects so many to a server with this certificate, and waits for their handshakes. */
  public static TlsEchoLoad open(int port, TlsKey key, int count, int messageBytes)
      throws IOException {
    TlsEchoLoad load = new TlsEchoLoad(EventLoop.open(), messageBytes);
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    Tls tls = Tls.client("localhost", port).withTrust(TlsTrust.of(List.of(key.certificate())));
    for (int i = 0; i < count; i++) {
      Connection _ =
          Connection.connect(
              load.loop, server, 0, ConnectionOptions.DEFAULT, tls, load.new PingPong());
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (load.opened < count) {
      load.turn();
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(load.opened + " of " + count + " handshakes in 30 s");
      }
    }
    return load;
  }

  /** Goes on for so long; how many messages came back. */
  public long run(long nanos) throws IOException {
    long before = echoes;
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      turn();
    }
    return echoes - before;
  }

  private void turn() throws IOException {
    int _ = loop.runOnce(TURN_NANOS);
    if (failure != null) {
      throw new IOException("a connection ended: " + failure.message());
    }
  }

  @Override
  public void close() {
    loop.close();
  }

  private final class PingPong implements ConnectionHandler {
    private int due;

    @Override
    public void opened(Connection connection) {
      opened++;
      send(connection);
    }

    private void send(Connection connection) {
      due = message.length;
      var _ = connection.write(ByteBuffer.wrap(message));
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      due -= data.remaining();
      var _ = data.position(data.limit());
      if (due == 0) {
        echoes++;
        send(connection);
      }
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      failure = cause;
    }
  }
}

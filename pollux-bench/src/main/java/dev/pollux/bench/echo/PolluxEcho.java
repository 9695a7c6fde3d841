package dev.pollux.bench.echo;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import dev.pollux.poll.Trigger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * An echo server on Pollux, as a user writes it: one loop that accepts, too, and one handler for
 * all connections; one whose peer does not read is not read from.
 */
final class PolluxEcho implements EchoServer {

  private final Server server;
  private final Thread thread;

  private PolluxEcho(Server server, Thread thread) {
    this.server = server;
    this.thread = thread;
  }

  static PolluxEcho start(Trigger trigger) throws IOException {
    return start(trigger, null);
  }

  static PolluxEcho start(Trigger trigger, @Nullable Tls tls) throws IOException {
    LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
    ServerOptions options =
        ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .withBacklog(BACKLOG)
            .withConnection(ConnectionOptions.DEFAULT.withTrigger(trigger))
            .withTls(tls);
    ConnectionHandler echo = new Echo();
    EventLoop loop = loops.loops().getFirst();
    FutureTask<PolluxEcho> open =
        new FutureTask<>(
            () -> new PolluxEcho(Server.open(loop, options, _ -> echo), Thread.currentThread()));
    loop.execute(open);
    try {
      return open.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("the server could not be opened", e);
    }
  }

  @Override
  public int port() {
    return ((InetSocketAddress) server.address()).getPort();
  }

  @Override
  public OptionalLong allocatedBytes() {
    return Allocation.of(thread);
  }

  private static final class Echo implements ConnectionHandler {

    @Override
    public void received(Connection connection, ByteBuffer data) {
      if (!connection.write(data).goesOn()) {
        connection.pauseReading();
      }
    }

    @Override
    public void writable(Connection connection) {
      connection.resumeReading();
    }
  }
}

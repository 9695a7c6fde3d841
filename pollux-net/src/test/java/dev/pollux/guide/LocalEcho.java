package dev.pollux.guide;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.SocketSetup;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Sends back what programs of one user on this host say. */
public final class LocalEcho implements ConnectionHandler {

  private final int user;

  LocalEcho(int user) {
    this.user = user;
  }

  public static void main(String[] args) throws IOException {
    try (EventLoop loop = EventLoop.open();
        Server server = open(loop, UnixAddress.path(Path.of(args[0])), 1000)) {
      System.out.println("listening on " + server.address());
      loop.run();
    }
  }

  static Server open(EventLoop loop, UnixAddress at, int user) throws SysException {
    ServerOptions options =
        ServerOptions.at(at).withSocket(SocketSetup.DEFAULT.withReplaceStale(true));
    return Server.open(loop, options, _ -> new LocalEcho(user));
  }

  @Override
  public void opened(Connection connection) {
    try {
      if (connection.peerCredentials().uid() != user) {
        connection.reset();
      }
    } catch (SysException e) {
      throw new UncheckedIOException(e); // which ends this connection
    }
  }

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

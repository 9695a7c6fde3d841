package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Joins each client to another server: an end that does not read makes only its peer wait. */
public record Proxy(Connection peer) implements ConnectionHandler {
  @Override
  public void opened(Connection connection) {
    peer.resumeReading();
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    if (!peer.write(data).goesOn()) {
      connection.pauseReading();
    }
  }

  @Override
  public void writable(Connection connection) {
    peer.resumeReading();
  }

  @Override
  public void readClosed(Connection connection) {
    peer.end(); // the half-close is passed on, after what was written
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    if (cause.reason() != CloseReason.END_OF_STREAM) {
      peer.reset(); // something may be lost: the other end must see that
    }
  }

  private static Proxy join(Connection near, String port) throws Exception {
    near.pauseReading(); // until the other connection is made, for which there are 5 s
    var there = new InetSocketAddress("localhost", Integer.parseInt(port));
    var back = new Proxy(near);
    return new Proxy(Connection.connect(near.loop(), there, 5_000_000_000L, near.options(), back));
  }

  /** Takes a port, and the port of the other server. */
  public static void main(String[] args) throws Exception {
    var here = ServerOptions.at(new InetSocketAddress("localhost", Integer.parseInt(args[0])));
    try (EventLoop loop = EventLoop.open();
        Server server = Server.open(loop, here, near -> join(near, args[1]))) {
      System.out.println("listening on " + server.address());
      loop.run();
    }
  }
}

package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Sends everything back, and does not read from a peer that does not read. */
public final class Echo implements ConnectionHandler {

  private Echo() {}

  @Override
  public void received(Connection connection, ByteBuffer data) {
    if (!connection.write(data).goesOn()) { // the queue is full: let the peer wait
      connection.pauseReading();
    }
  }

  @Override
  public void writable(Connection connection) { // the queue is empty enough again
    connection.resumeReading();
  }

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (EventLoop loop = EventLoop.open();
        Server server = Server.open(loop, ServerOptions.at(address), _ -> new Echo())) {
      System.out.println("listening on " + Addresses.text(server.address()));
      loop.run();
    }
  }
}

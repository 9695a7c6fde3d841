package dev.pollux.guide;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Sends back what comes, and waits for peers that do not read. */
public final class Echo implements ConnectionHandler {

  public static void main(String[] args) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);
    try (EventLoop loop = EventLoop.open();
        Server server = Server.open(loop, ServerOptions.at(address), _ -> new Echo())) {
      System.out.println("listening on " + Addresses.text(server.address()));
      loop.run();
    }
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    if (!connection.write(data).goesOn()) {
      connection.pauseReading(); // enough is queued: let the peer wait
    }
  }

  @Override
  public void writable(Connection connection) {
    connection.resumeReading();
  }
}

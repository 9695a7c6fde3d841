package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Relay;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Addresses;
import java.net.InetSocketAddress;

/** Joins each client to another server: an end that does not read makes only its peer wait. */
public final class Proxy {
  private static final long CONNECT_NANOS = 5_000_000_000L; // 5 s

  private Proxy() {}

  private static ConnectionHandler join(Connection near, InetSocketAddress there) throws Exception {
    var back = Relay.to(near);
    return Relay.to(Connection.connect(near.loop(), there, CONNECT_NANOS, near.options(), back));
  }

  /** Takes a port, and the port of the other server. */
  public static void main(String[] args) throws Exception {
    var here = ServerOptions.at(new InetSocketAddress("localhost", Integer.parseInt(args[0])));
    var there = new InetSocketAddress("localhost", Integer.parseInt(args[1]));
    try (EventLoop loop = EventLoop.open();
        Server server = Server.open(loop, here, near -> join(near, there))) {
      System.out.println("listening on " + Addresses.text(server.address()));
      loop.run();
    }
  }
}

package dev.pollux.examples.web;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.EventLoop;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What the programs here have in common: a server on one loop, at the port that they are given. */
final class Web {

  private Web() {}

  /** Serves until the process is ended. */
  static void serve(EventLoop loop, String[] args, HttpHandler handler) throws SysException {
    int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    var at = ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    try (HttpServer server = HttpServer.open(loop, at, handler)) {
      System.out.println("listening on " + Addresses.text(server.address()));
      loop.run();
    }
  }
}

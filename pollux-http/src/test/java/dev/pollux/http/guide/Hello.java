package dev.pollux.http.guide;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.loop.EventLoop;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A service of one route. */
final class Hello {

  static final HttpHandler SERVICE =
      new Router()
          .get(
              "/hello/{name}",
              (request, response) -> response.send("Hello " + request.parameter("name") + "\n"));

  public static void main(String[] args) throws SysException {
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080));
    try (EventLoop loop = EventLoop.open();
        HttpServer _ = HttpServer.open(loop, at, SERVICE)) {
      loop.run();
    }
  }
}

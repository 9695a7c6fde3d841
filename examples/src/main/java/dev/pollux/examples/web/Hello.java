package dev.pollux.examples.web;

import dev.pollux.http.Router;
import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;

/** Greets who is named in the path. */
public final class Hello {

  private Hello() {}

  /** Takes a port. */
  public static void main(String[] args) throws SysException {
    Router routes = new Router();
    routes.get("/", (_, response) -> response.send("Hello, who are you?\n"));
    routes.get(
        "/{name}",
        (request, response) -> response.send("Hello, " + request.parameter("name") + "!\n"));
    try (EventLoop loop = EventLoop.open()) {
      Web.serve(loop, args, routes);
    }
  }
}

package dev.pollux.http.guide;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.Router;
import dev.pollux.http.proxy.ProxyOptions;
import dev.pollux.http.proxy.ReverseProxy;
import java.util.List;

/** A service of its own in front, and two servers behind for all else. */
final class Gateway {

  static HttpHandler service(String first, String second) {
    ProxyOptions options =
        ProxyOptions.DEFAULT
            .withHealthPath("/health")
            .withFailureListener((target, why) -> System.err.println(target + ": " + why));
    ReverseProxy behind = ReverseProxy.to(options, List.of(first, second));
    return new Router()
        .get("/own", (_, response) -> response.send("of the front\n"))
        .otherwise(behind);
  }
}

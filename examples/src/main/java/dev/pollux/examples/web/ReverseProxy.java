package dev.pollux.examples.web;

import dev.pollux.http.proxy.ProxyOptions;
import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.util.Arrays;
import java.util.List;

/** Has the servers that are named answer, the one with the fewest requests first. */
public final class ReverseProxy {

  private ReverseProxy() {}

  /** Takes a port, and targets: http://127.0.0.1:8081 … */
  public static void main(String[] args) throws SysException {
    List<String> targets = Arrays.asList(args).subList(1, args.length);
    ProxyOptions options =
        ProxyOptions.DEFAULT.withFailureListener(
            (target, why) -> System.out.println(target + ": " + why.getMessage()));
    try (EventLoop loop = EventLoop.open();
        var proxy = dev.pollux.http.proxy.ReverseProxy.to(options, targets)) {
      Web.serve(loop, args, proxy);
    }
  }
}

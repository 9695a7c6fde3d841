package dev.pollux.bench.http;

import dev.pollux.http.proxy.ReverseProxy;
import java.io.IOException;

/**
 * A reverse proxy on Pollux, as a user writes it, with all by default: in front of the server whose
 * port on this machine is its argument.
 */
public final class PolluxProxy {

  private PolluxProxy() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws IOException {
    PolluxServing.run(ReverseProxy.to("http://127.0.0.1:" + args[0]), null);
  }
}

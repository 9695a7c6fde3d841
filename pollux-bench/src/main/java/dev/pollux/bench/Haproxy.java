package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * HAProxy before one server, with one thread: it keeps connections to it, for whatever request is
 * next, and writes no log.
 */
final class Haproxy {

  private static final String COMMAND = "haproxy";

  private static final String CONFIGURATION =
      """
      global
        nbthread 1
        maxconn 4000

      defaults
        mode http
        timeout connect 5s
        timeout client 60s
        timeout server 60s

      frontend web
        bind 127.0.0.1:PORT backlog 4096
        option forwardfor
        http-request set-header X-Forwarded-Proto http
        http-request set-header X-Forwarded-Host %[req.hdr(host)]
        default_backend origin

      backend origin
        http-reuse always
        server a 127.0.0.1:ORIGIN pool-max-conn -1
      """;

  private Haproxy() {}

  static boolean isInstalled() {
    return Machine.command(COMMAND).isPresent();
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param origin the port of the server behind
   * @throws UnsupportedOperationException if it is not installed
   */
  static EchoProcess start(HttpFiles files, int origin, OptionalInt processor) throws IOException {
    if (!isInstalled()) {
      throw new UnsupportedOperationException("is not installed (apt-get install haproxy)");
    }
    int port = Ports.free();
    Path file = files.work(COMMAND).resolve("haproxy.cfg");
    Files.writeString(
        file,
        CONFIGURATION
            .replace("PORT", String.valueOf(port))
            .replace("ORIGIN", String.valueOf(origin)));
    List<String> command = List.of(COMMAND, "-db", "-q", "-f", file.toString());
    return Ports.started(Child.start(command, processor), port);
  }
}

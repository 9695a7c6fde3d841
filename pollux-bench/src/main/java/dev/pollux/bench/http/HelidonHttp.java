package dev.pollux.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.util.logging.Level;
import java.util.logging.Logger;

/** An HTTP server on Helidon, with a virtual thread for each connection. */
public final class HelidonHttp {

  private static final Logger LOG = Logger.getLogger("io.helidon"); // held, lest it be forgotten

  private HelidonHttp() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws IOException {
    LOG.setLevel(Level.WARNING);
    PrintStream err = System.err; // it says there that it does not log
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    WebServer server =
        WebServer.builder()
            .address(InetAddress.getLoopbackAddress())
            .port(0)
            .backlog(HttpServing.BACKLOG)
            .routing(routes ->
                routes
                    .get(HttpServing.SUM_PATH, HelidonHttp::get)
                    .post(HttpServing.SUM_PATH, HelidonHttp::post))
            .build()
            .start();
    System.setErr(err);
    HttpServing.run(server.port());
  }

  private static void get(ServerRequest request, ServerResponse response) {
    answer(request, "", response);
  }

  private static void post(ServerRequest request, ServerResponse response) {
    answer(request, request.content().as(String.class), response);
  }

  private static void answer(ServerRequest request, String body, ServerResponse response) {
    var _ = response.header(HeaderNames.CONTENT_TYPE, HttpServing.TYPE);
    response.send(HttpServing.sum(request.query().rawValue(), body));
  }
}

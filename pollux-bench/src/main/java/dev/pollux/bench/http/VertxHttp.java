package dev.pollux.bench.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP server on Vert.x, of one event loop and its native transport; its WebSockets are given
 * texts as strings, and sent such.
 */
public final class VertxHttp {

  private VertxHttp() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws IOException {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(InetAddress.getLoopbackAddress().getHostAddress())
            .setPort(0)
            .setAcceptBacklog(HttpServing.BACKLOG);
    HttpServer server =
        vertx
            .createHttpServer(options)
            .requestHandler(VertxHttp::answer)
            .webSocketHandler(VertxHttp::echo)
            .listen()
            .await();
    HttpServing.run(server.actualPort());
  }

  private static void answer(HttpServerRequest request) {
    if (!request.path().equals(HttpServing.SUM_PATH)) {
      var _ = request.response().setStatusCode(404).end();
    } else if (request.method().name().equals("GET")) {
      send(request, "");
    } else {
      var _ =
          request.body().onSuccess(body -> send(request, body.toString(StandardCharsets.US_ASCII)));
    }
  }

  private static void echo(ServerWebSocket socket) {
    var _ = socket.textMessageHandler(text -> socket.writeTextMessage(text));
  }

  private static void send(HttpServerRequest request, String body) {
    HttpServerResponse response = request.response();
    var _ = response.putHeader("Content-Type", HttpServing.TYPE);
    var _ = response.end(HttpServing.sum(request.query(), body));
  }
}

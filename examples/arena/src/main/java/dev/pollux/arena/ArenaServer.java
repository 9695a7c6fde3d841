package dev.pollux.arena;

import dev.pollux.http.HttpContent;
import dev.pollux.http.HttpLimits;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.http.files.FileOptions;
import dev.pollux.http.files.StaticFiles;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.http.websocket.WebSocketOptions;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.AcceptMode;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The server: a loop for each processor, each with a listener of its own. */
public final class ArenaServer {

  private static final int BACKLOG = 4096;
  private static final int MAX_CONNECTIONS = 100_000;

  /** All as by default, but that a connection is not ended after 1,000 requests. */
  private static final HttpOptions HTTP =
      HttpOptions.DEFAULT.withLimits(HttpLimits.DEFAULT.withRequests(Integer.MAX_VALUE));

  private static final WebSocketOptions SOCKETS = WebSocketOptions.DEFAULT.withOriginsIf(_ -> true);

  /** It keeps nothing, so there is one for all. */
  private static final WebSocketHandler ECHO =
      new WebSocketHandler() {
        @Override
        public void message(WebSocket socket, boolean isText, ByteBuffer data) {
          var _ = socket.send(isText, data);
        }
      };

  private ArenaServer() {}

  /** What is answered by what. */
  static Router routes(Items items) {
    HttpContent ok = HttpContent.text("ok");
    return new Router()
        .get("/baseline11", Sums::ofQuery)
        .post("/baseline11", Sums::ofQueryAndBody)
        .get("/pipeline", (_, response) -> response.send(ok))
        .post("/upload", Upload::count)
        .get("/json/{count}", items::first)
        .get("/ws", WebSocketEndpoint.of(SOCKETS, _ -> ECHO));
  }

  /** Answers by the files of a folder, too, which is open as long as the process is there. */
  static void addFiles(Router routes, Path folder) throws SysException {
    FileOptions below = FileOptions.DEFAULT.withPrefix("/static");
    var _ = routes.get("/static/{file...}", StaticFiles.open(folder, below));
  }

  /** Serves on all loops of a group. */
  static HttpServer start(LoopGroup loops, InetSocketAddress address, Router routes)
      throws SysException {
    ServerOptions options =
        ServerOptions.at(address)
            .withAcceptMode(AcceptMode.REUSEPORT)
            .withBacklog(BACKLOG)
            .withMaxConnections(MAX_CONNECTIONS);
    return HttpServer.start(loops, options, HTTP, routes);
  }

  /**
   * Takes a port, 8080 by default, a file of items, those beside this class by default, and a
   * folder whose files are at /static/, none by default.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
    Router routes = routes(args.length > 1 ? Items.read(Path.of(args[1])) : Items.ofOwn());
    if (args.length > 2) {
      addFiles(routes, Path.of(args[2]));
    }
    int processors = Runtime.getRuntime().availableProcessors();
    try (LoopGroup loops = LoopGroup.start(processors, LoopOptions.DEFAULT);
        HttpServer server = start(loops, new InetSocketAddress(port), routes)) {
      System.out.println("listening on " + Addresses.text(server.address()));
      Thread.currentThread().join(); // until the process is ended
    }
  }
}

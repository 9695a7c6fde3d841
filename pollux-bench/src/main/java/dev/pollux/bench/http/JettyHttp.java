package dev.pollux.bench.http;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/** An HTTP server on Jetty, with a handler that does not block, and no name in its answers. */
public final class JettyHttp {

  private JettyHttp() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    Server server = new Server();
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    connector.setAcceptQueueSize(HttpServing.BACKLOG);
    server.addConnector(connector);
    server.setHandler(new Sums());
    server.start();
    HttpServing.run(connector.getLocalPort());
  }

  private static final class Sums extends Handler.Abstract.NonBlocking {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      if (!request.getHttpURI().getPath().equals(HttpServing.SUM_PATH)) {
        return false;
      }
      String query = request.getHttpURI().getQuery();
      if (request.getMethod().equals("GET")) {
        answer(HttpServing.sum(query, ""), response, callback);
      } else {
        Content.Source.asString(
            request,
            StandardCharsets.US_ASCII,
            Promise.from(
                body -> answer(HttpServing.sum(query, body), response, callback),
                callback::failed));
      }
      return true;
    }

    private static void answer(String sum, Response response, Callback callback) {
      var _ = response.getHeaders().put(HttpHeader.CONTENT_TYPE, HttpServing.TYPE);
      Content.Sink.write(response, true, sum, callback);
    }
  }
}

package dev.pollux.bench.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server on the API that the JDK has, by the JDK's own provider or another, with a virtual
 * thread for each request; Jetty's with threads of its own.
 */
public final class JdkHttp {

  private static final String IDLE = "sun.net.httpserver.maxIdleConnections";
  private static final String JETTY = "jetty-http-spi";
  private static final String PROVIDER = "com.sun.net.httpserver.HttpServerProvider";

  private JdkHttp() {}

  /** Serves by the provider of a name, until standard input ends. */
  public static void main(String[] args) throws IOException {
    var _ = System.setProperty(PROVIDER, provider(args[0]));
    var _ = System.setProperty(IDLE, "100000"); // by default 200: others are closed
    var _ = System.setProperty("sun.net.httpserver.nodelay", "true");
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    HttpServer server = HttpServer.create(any, HttpServing.BACKLOG);
    if (!args[0].equals(JETTY)) { // which does not listen with one, 12.1.14
      server.setExecutor(threads);
    }
    var _ = server.createContext(HttpServing.SUM_PATH, JdkHttp::answer);
    server.start();
    HttpServing.run(server.getAddress().getPort());
  }

  private static String provider(String name) {
    return switch (name) {
      case "jdk" -> "sun.net.httpserver.DefaultHttpServerProvider";
      case "pollux-httpserver" -> "dev.pollux.httpserver.PolluxHttpServerProvider";
      case "robaho" -> "robaho.net.httpserver.DefaultHttpServerProvider";
      case JETTY -> "org.eclipse.jetty.http.spi.JettyHttpServerProvider";
      default -> throw new IllegalArgumentException("there is no provider " + name);
    };
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
      String sum = HttpServing.sum(exchange.getRequestURI().getRawQuery(), body);
      byte[] content = sum.getBytes(StandardCharsets.US_ASCII);
      exchange.getResponseHeaders().set("Content-Type", HttpServing.TYPE);
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    }
  }
}

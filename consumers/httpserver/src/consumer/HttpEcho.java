package consumer;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Sends a word to itself by the JDK's HttpServer, which has to be served by Pollux. */
public final class HttpEcho {

  private HttpEcho() {}

  /** Echoes, and ends. */
  public static void main(String[] args) throws IOException, InterruptedException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getRequestBody().transferTo(exchange.getResponseBody());
          exchange.close();
        });
    server.start();
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    HttpRequest request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString("hello")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      boolean isPollux = server.getClass().getName().startsWith("dev.pollux.");
      String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      System.out.println(isPollux ? "echoed: " + body : "served by " + server.getClass());
    }
    server.stop(1);
  }
}

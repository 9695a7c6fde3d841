package dev.pollux.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A server of one context, and what asks it: the JDK's client, or bytes. */
final class Served implements AutoCloseable {

  static final Duration MOST = Duration.ofSeconds(30);

  static final String CLOSE = "Connection: close¶";

  static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** What the handler's code throws when it is run, told by the answer. */
  static HttpHandler telling(HttpHandler code) {
    return exchange -> {
      String said = "nothing";
      try {
        code.handle(exchange);
      } catch (IOException | RuntimeException e) {
        said = e.getClass().getSimpleName() + ": " + e.getMessage();
      }
      send(exchange, 200, said);
    };
  }

  static String ask(HttpHandler handler, String request) throws IOException {
    try (Served served = Served.by(handler)) {
      return served.raw(request);
    }
  }

  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  final HttpServer server;
  final HttpContext context;
  final HttpClient client = HttpClient.newBuilder().connectTimeout(MOST).build();

  private Served(HttpServer server, HttpContext context) {
    this.server = server;
    this.context = context;
  }

  static Served by(HttpHandler handler) throws IOException {
    return by(handler, (Executor) null);
  }

  static Served by(HttpHandler handler, @Nullable Executor executor) throws IOException {
    return by(handler, executor, unstarted());
  }

  static Served by(HttpHandler handler, Settings settings) throws IOException {
    Server server = new Server(settings);
    server.bind(LOOPBACK, 0);
    return by(handler, null, server);
  }

  private static Served by(HttpHandler handler, @Nullable Executor executor, HttpServer server) {
    HttpContext context = server.createContext("/", handler);
    server.setExecutor(executor);
    server.start();
    return new Served(server, context);
  }

  static HttpServer unstarted() throws IOException {
    return new PolluxHttpServerProvider().createHttpServer(LOOPBACK, 0);
  }

  URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(at(path)));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.timeout(MOST).build(), HttpResponse.BodyHandlers.ofString());
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort());
    socket.setSoTimeout((int) MOST.toMillis());
    return socket;
  }

  /** Sends lines that end with a ¶, and reads until the end; dates and ports are not read. */
  String raw(String text) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes(text));
      return readAll(socket);
    }
  }

  static byte[] bytes(String text) {
    return text.replace("¶", "\r\n").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  static String readAll(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    try {
      in.transferTo(all);
    } catch (java.net.SocketException e) {
      all.writeBytes("(reset)".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }
    return all.toString(java.nio.charset.StandardCharsets.ISO_8859_1)
        .replaceAll("Date: [^\r]*\r\n", "")
        .replace("\r\n", "¶");
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
  }
}

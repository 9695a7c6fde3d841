package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.HttpServer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A server with the files of a folder, and a client that sends what it is told. */
final class Site implements AutoCloseable {

  private static final int WAIT_MILLIS = 30_000;

  final StaticFiles files;
  private final LoopGroup loops;
  private final HttpServer server;

  Site(Path folder, FileOptions options) throws IOException {
    files = StaticFiles.open(folder, options);
    loops = LoopGroup.start(1, LoopOptions.DEFAULT);
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    server = HttpServer.start(loops, ServerOptions.at(address), files);
  }

  /** The whole answer to a request with these fields; ¶ is a line's end. */
  String ask(String method, String target, String... fields) throws IOException {
    try (Socket socket = connect()) {
      send(socket, method, target, fields);
      return text(socket.getInputStream());
    }
  }

  String get(String target, String... fields) throws IOException {
    return ask("GET", target, fields);
  }

  Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1 << 12);
    socket.setSoTimeout(WAIT_MILLIS);
    socket.connect(server.address());
    return socket;
  }

  static void send(Socket socket, String method, String target, String... fields)
      throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: a\r\n");
    Stream.of(fields).forEach(field -> head.append(field).append("\r\n"));
    socket
        .getOutputStream()
        .write(head.append("Connection: close\r\n\r\n").toString().getBytes(ISO_8859_1));
  }

  static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1).replace("\r\n", "¶");
  }

  /** The value of a field of an answer; empty without. */
  static String field(String answer, String name) {
    String head = answer.substring(0, answer.indexOf("¶¶") + 1);
    int at = head.indexOf("¶" + name + ": ");
    return at < 0 ? "" : head.substring(at + name.length() + 3, head.indexOf('¶', at + 1));
  }

  static int status(String answer) {
    return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
  }

  static String content(String answer) {
    return answer.substring(answer.indexOf("¶¶") + 2);
  }

  @Override
  public void close() {
    server.close();
    loops.close();
    files.close();
  }
}

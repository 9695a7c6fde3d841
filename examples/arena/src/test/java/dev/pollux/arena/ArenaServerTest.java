package dev.pollux.arena;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server on two loops, asked over plain sockets, in the pieces that a test of it sends. */
class ArenaServerTest {

  private static final int DEADLINE_MILLIS = 10_000;
  private static final String FIELDS = "Host: localhost\r\nConnection: close\r\n";
  private static final String GET =
      "GET /baseline11?a=13&b=42 HTTP/1.1\r\n" + FIELDS + "User-Agent: test\r\n\r\n";
  private static final String POST = "POST /baseline11?a=13&b=42 HTTP/1.1\r\n" + FIELDS;
  private static final String SIZED = POST + "Content-Length: 2\r\n\r\n20";
  private static final String CHUNKED =
      POST + "Transfer-Encoding: chunked\r\n\r\n1\r\n2\r\n1\r\n0\r\n0\r\n\r\n";

  private LoopGroup loops;
  private HttpServer server;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(folder.resolve("app.js"), "let answer = 42;");
    loops = LoopGroup.start(2, LoopOptions.DEFAULT);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Router routes = ArenaServer.routes(Items.ofOwn());
    ArenaServer.addFiles(routes, folder);
    server = ArenaServer.start(loops, any, routes);
  }

  @AfterEach
  void stop() {
    server.close();
    loops.close();
  }

  @Test
  void request_cutAtAnyByte_isAnsweredAlike() throws IOException {
    for (int at = 1; at < GET.length(); at++) {
      assertEquals("55", asked(GET.substring(0, at), GET.substring(at)));
    }
    for (int at = 1; at < SIZED.length(); at++) {
      assertEquals("75", asked(SIZED.substring(0, at), SIZED.substring(at)));
    }
    for (int at = 1; at < CHUNKED.length(); at++) {
      assertEquals("75", asked(CHUNKED.substring(0, at), CHUNKED.substring(at)));
    }
  }

  @Test
  void request_lineByLine_orByteByByte_isAnsweredAlike() throws IOException {
    assertEquals("55", asked(GET.split("(?<=\n)", -1)));
    assertEquals("75", asked(SIZED.split("(?<=\n)", -1)));
    assertEquals("75", asked(CHUNKED.split("(?<=\n)", -1)));
    assertEquals("55", asked(GET.split("", -1)));
    assertEquals("75", asked(SIZED.split("", -1)));
    assertEquals("75", asked(CHUNKED.split("", -1)));
  }

  @Test
  void pipelinedRequests_areAllAnswered() throws IOException {
    String begin = "GET /pipeline HTTP/1.1\r\n";
    String one = begin + "Host: localhost\r\n\r\n";
    String answers = exchanged(one.repeat(99) + begin + FIELDS + "\r\n");
    assertEquals(100, answers.split("\r\n\r\nok", -1).length - 1);
  }

  @Test
  void upload_ofTwentyMegabytes_isCounted() throws IOException {
    byte[] body = new byte[20 << 20];
    new Random(20).nextBytes(body);
    String head = "POST /upload HTTP/1.1\r\n" + FIELDS + "Content-Length: " + body.length;
    assertEquals("20971520", asked(head + "\r\n\r\n", new String(body, ISO_8859_1)));
  }

  @Test
  void files_areBeneathTheirPath_andNoneElse() throws IOException {
    String answer = exchanged("GET /static/app.js HTTP/1.1\r\n" + FIELDS + "\r\n");
    assertTrue(answer.contains("\r\nContent-Type: text/javascript"), answer);
    assertTrue(answer.endsWith("\r\n\r\nlet answer = 42;"), answer);
    assertEquals(404, status("/static/none.js"));
    assertEquals(404, status("/app.js"));
    assertEquals(400, status("/static/../app.js")); // which is no path to the router
  }

  private int status(String path) throws IOException {
    String answer = exchanged("GET " + path + " HTTP/1.1\r\n" + FIELDS + "\r\n");
    return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
  }

  /** Sends the pieces, each by a call of its own; what the one answer says. */
  private String asked(String... pieces) throws IOException {
    String answer = exchanged(pieces);
    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
    assertTrue(answer.contains("\r\nContent-Type: text/plain"), answer);
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  private String exchanged(String... pieces) throws IOException {
    int port = ((InetSocketAddress) server.address()).getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(DEADLINE_MILLIS);
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      for (String piece : pieces) {
        out.write(piece.getBytes(ISO_8859_1));
      }
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }
}

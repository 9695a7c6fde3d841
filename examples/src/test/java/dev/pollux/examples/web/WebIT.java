package dev.pollux.examples.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.examples.Program;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each example of the web as a process, against the client of the JDK. */
class WebIT {

  static final Duration LIMIT = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  static HttpRequest.Builder to(Program program, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + program.port() + path))
        .timeout(LIMIT);
  }

  private HttpResponse<String> ask(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void hello_greets() throws Exception {
    try (Program hello = new Program(Hello.class)) {
      assertEquals("Hello, Ann!\n", ask(to(hello, "/Ann")).body());
      assertEquals("Hello, who are you?\n", ask(to(hello, "/")).body());
    }
  }

  @Test
  void jsonApi_keepsBooks() throws Exception {
    try (Program api = new Program(JsonApi.class)) {
      String book = "{\"title\":\"Dune\",\"year\":1965}";
      HttpRequest.Builder put = to(api, "/books/dune");
      assertEquals(book, ask(put.PUT(HttpRequest.BodyPublishers.ofString(book))).body());
      assertEquals(book, ask(to(api, "/books/dune")).body());
      HttpResponse<String> all = ask(to(api, "/books"));
      assertEquals("{\"dune\":" + book + "}", all.body());
      assertEquals("application/json", all.headers().firstValue("Content-Type").orElseThrow());
      assertEquals(404, ask(to(api, "/books/emma")).statusCode());
      for (String wrong : new String[] {"{", "", "[]", "null"}) {
        put = to(api, "/books/emma").PUT(HttpRequest.BodyPublishers.ofString(wrong));
        assertEquals(400, ask(put).statusCode(), wrong);
      }
      put = to(api, "/books/a").PUT(HttpRequest.BodyPublishers.ofString("x".repeat(10_001)));
      assertEquals(413, ask(put).statusCode());
    }
  }

  @Test
  void fileServer_servesAFolder(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("a.txt"), "text");
    try (Program files = new Program(FileServer.class, folder.toString())) {
      assertEquals("text", ask(to(files, "/a.txt")).body());
      assertTrue(ask(to(files, "/")).body().contains("a.txt"));
      assertEquals(404, ask(to(files, "/b.txt")).statusCode());
    }
  }

  @Test
  void reverseProxy_passesOn() throws Exception {
    try (Program hello = new Program(Hello.class);
        Program chat = new Program(ChatOverWebSocket.class);
        Program proxy = new Program(ReverseProxy.class, target(hello), "http://127.0.0.1:1");
        Program talk = new Program(ReverseProxy.class, target(chat))) {
      for (int i = 0; i < 5; i++) {
        assertEquals("Hello, Ann!\n", ask(to(proxy, "/Ann")).body());
      }
      try (Ears ann = new Ears(http, talk, "/chat/ann")) {
        ann.say("through");
        ann.assertHears("ann is here", "ann: through");
      }
    }
  }

  private static String target(Program program) {
    return "http://127.0.0.1:" + program.port();
  }

  @Test
  void sse_tellsWhatWasMissed() throws Exception {
    try (Program ticks = new Program(Sse.class)) {
      long heard = next(to(ticks, "/events"));
      long again = next(to(ticks, "/events").header("Last-Event-ID", String.valueOf(heard)));
      assertEquals(heard + 1, again);
    }
  }

  /** The number of the first event that comes. */
  private long next(HttpRequest.Builder request) throws Exception {
    HttpResponse<InputStream> events =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    assertEquals("text/event-stream", events.headers().firstValue("Content-Type").orElseThrow());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      assertEquals("retry: 1000", lines.readLine());
      assertEquals("", lines.readLine());
      String id = lines.readLine();
      String data = lines.readLine();
      assertEquals("data: tick " + id.substring("id: ".length()), data);
      return Long.parseLong(id.substring("id: ".length()));
    }
  }
}

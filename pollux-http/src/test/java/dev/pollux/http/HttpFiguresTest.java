package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What figures are made of: beginnings, routes, bytes that came, and the recorder's event. */
class HttpFiguresTest {

  private static final String POST = "POST /notes/7 HTTP/1.1¶Host: a¶";

  @TempDir Path folder;

  private final List<String> told = new ArrayList<>();
  private final List<HttpResponse> waiting = new ArrayList<>();
  private final HttpHandler router =
      new Router()
          .get("/", (_, response) -> response.send("root"))
          .get("/later/{id}", (_, response) -> waiting.add(response.later()))
          .post(
              "/notes/{id}",
              (request, response) -> request.body().whole(_ -> response.send("taken")))
          .get(
              "/in/{rest...}",
              new Router().get("/in/{id}", (_, response) -> response.send("inner")));

  /** Notes what it is told, under a name. */
  private final class Noting implements HttpObserver {
    private final String name;

    Noting(String name) {
      this.name = name;
    }

    @Override
    public void begun(HttpOutcome outcome) {
      HttpRequest request = Objects.requireNonNull(outcome.request());
      assertNull(request.route());
      assertEquals(0, outcome.status());
      told.add(name + "+" + request.path());
    }

    @Override
    public void over(HttpOutcome outcome) {
      HttpRequest request = outcome.request();
      String route = request == null ? "no request" : String.valueOf(request.route());
      told.add(name + "-" + route + " " + outcome.status() + " " + outcome.receivedBytes());
    }
  }

  private HttpWire wire() {
    return HttpWire.to(HttpWire.OPTIONS.withObserver(new Noting("")), router);
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1¶Host: a¶¶";
  }

  @Test
  void requests_begin_andAreOverOnce_withTheirRoute() {
    try (HttpWire wire = wire()) {
      String _ = wire.send(get("/") + get("/none") + get("/in/x") + get("/")).read();
      assertEquals(
          List.of("+/", "-/ 200 0", "+/none", "-null 404 0", "+/in/x", "-/in/{id} 200 0", "+/"),
          told.subList(0, 7));
      assertEquals(8, told.size());
    }
    assertEquals(8, told.size());
  }

  @Test
  void head_thatIsRefused_neverBegan() {
    try (HttpWire wire = wire()) {
      String _ = wire.send(get("/") + "GET / HTTP/1.1¶Host : a¶¶").read();
    }
    assertEquals(List.of("+/", "-/ 200 0", "-no request 400 0"), told);
  }

  @Test
  void request_whoseClientIsGone_isOverOnce() {
    try (HttpWire wire = wire()) {
      var _ = wire.send(get("/later/1"));
      assertEquals(List.of("+/later/1"), told);
      wire.connection.reset();
      var _ = wire.turn();
    }
    assertEquals(List.of("+/later/1", "-/later/{id} 0 0"), told);
  }

  @Test
  void bodies_areCounted_withoutWhatIsAroundThem() {
    try (HttpWire wire = wire()) {
      String _ = wire.send(POST + "Content-Length: 3¶¶abc").read();
      String _ = wire.send(POST + "Transfer-Encoding: chunked¶¶2;x=y¶ab¶").send("3¶cde¶0¶¶").read();
      String _ = wire.send(get("/")).read();
    }
    List<String> over = told.stream().filter(each -> each.startsWith("-")).toList();
    assertEquals(List.of("-/notes/{id} 200 3", "-/notes/{id} 200 5", "-/ 200 0"), over);
  }

  @Test
  void observers_oneAndAnother_areBothTold_whateverTheFirstThrows() {
    HttpObserver failing =
        new HttpObserver() {
          @Override
          public void begun(HttpOutcome outcome) {
            throw new IllegalStateException("planted");
          }

          @Override
          public void over(HttpOutcome outcome) {
            throw new IllegalStateException("planted");
          }
        };
    HttpObserver all = new Noting("a").and(failing).and(new Noting("b"));
    try (HttpWire wire = HttpWire.to(HttpWire.OPTIONS.withObserver(all), router)) {
      assertEquals("root", wire.send(get("/")).contents());
      assertEquals(2, wire.reported.size(), wire.reported.toString());
    }
    assertEquals(List.of("a+/", "b+/", "a-/ 200 0", "b-/ 200 0"), told);
  }

  @Test
  void recording_thatNamesTheEvent_hasEachRequest() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("dev.pollux.HttpRequest");
      recording.start();
      try (HttpWire wire = HttpWire.to(HttpWire.OPTIONS, router)) { // without an observer
        String _ = wire.send(POST + "Content-Length: 3¶¶abc").read();
        var _ = wire.send(get("/later/1")).pass(Duration.ofMillis(1));
        waiting.getFirst().status(404).send("");
        var _ = wire.send(get("/later/2"));
        wire.connection.reset();
        var _ = wire.turn();
      }
      List<RecordedEvent> events = stop(recording);
      assertEquals(3, events.size(), events::toString);
      RecordedEvent first = events.getFirst();
      assertEquals("POST", first.getString("method"));
      assertEquals("/notes/{id}", first.getString("route"));
      assertEquals("/notes/7", first.getString("path"));
      assertEquals(200, first.getInt("status"));
      assertEquals("answered", first.getString("end"));
      assertEquals(3, first.getLong("receivedBytes"));
      assertEquals(5, first.getLong("contentBytes"));
      assertEquals(404, events.get(1).getInt("status"));
      assertEquals("lost", events.get(2).getString("end"));
      assertTrue(first.getDuration().isPositive(), first::toString);
    }
  }

  @Test
  void recording_thatDoesNotNameIt_hasNone() throws Exception {
    try (Recording recording = new Recording()) {
      recording.start();
      try (HttpWire wire = wire()) {
        String _ = wire.send(get("/")).read();
      }
      assertEquals(List.of(), stop(recording));
    }
  }

  private List<RecordedEvent> stop(Recording recording) throws IOException {
    recording.stop();
    Path file = folder.resolve("http.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(each -> each.getEventType().getName().equals("dev.pollux.HttpRequest"))
        .sorted((a, b) -> a.getStartTime().compareTo(b.getStartTime()))
        .toList();
  }
}

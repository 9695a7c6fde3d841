package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What observers are told: each exchange once, and what became of it. */
class HttpObserverTest {

  private static final String GET = "GET /a HTTP/1.1¶Host: a¶¶";
  private static final HttpHandler HELLO = (_, response) -> response.send("Hello");

  private final List<String> told = new ArrayList<>();
  private final List<HttpEnd> ends = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private final List<Long> durations = new ArrayList<>();
  private final List<HttpResponse> waiting = new ArrayList<>();
  private final HttpOptions options = HttpWire.OPTIONS.withObserver(this::note);

  /** METHOD TARGET STATUS BYTES, and "lost" unless it is whole. */
  private void note(HttpOutcome outcome) {
    HttpRequest request = outcome.request();
    String what = request == null ? "-" : request.method() + " " + request.target();
    String end = outcome.isComplete() ? "" : " lost";
    told.add(what + " " + outcome.status() + " " + outcome.contentBytes() + end);
    ends.add(outcome.end());
    seen.add(outcome.seen());
    durations.add(outcome.durationNanos());
    assertTrue(outcome.loop().inLoop());
    assertEquals(options.wallClock(), outcome.wallClock());
    InetSocketAddress from = (InetSocketAddress) Objects.requireNonNull(outcome.remoteAddress());
    assertTrue(from.getAddress().isLoopbackAddress(), from.toString());
  }

  private HttpWire to(HttpHandler handler) {
    return HttpWire.to(options, handler);
  }

  private void later(HttpRequest request, HttpResponse response) {
    waiting.add(response.later());
  }

  @Test
  void answer_atOnce_isToldOnce() {
    try (HttpWire wire = to(HELLO)) {
      String _ = wire.send(GET + "HEAD /b HTTP/1.1¶Host: a¶¶" + GET).read();
      assertEquals(List.of("GET /a 200 5", "HEAD /b 200 0", "GET /a 200 5"), told);
    }
    assertEquals(3, told.size());
  }

  @Test
  void answer_later_isToldThen_withTheTimeItTook() {
    try (HttpWire wire = to(this::later)) {
      var _ = wire.send(GET).pass(Duration.ofSeconds(3));
      assertEquals(List.of(), told);
      waiting.getFirst().send("Hello");
      assertEquals(List.of("GET /a 200 5"), told);
      long took = durations.getFirst();
      assertTrue(took >= 3_000_000_000L && took < 4_000_000_000L, "took " + took);
      assertTrue(wire.read().endsWith("Hello"));
      var _ = wire.send(GET);
      waiting.getLast().status(404).send("");
      assertEquals(List.of("GET /a 200 5", "GET /a 404 0"), told);
    }
    assertEquals(2, told.size());
  }

  @Test
  void answer_inPieces_isToldAtItsEnd() {
    try (HttpWire wire = to(this::later)) {
      var _ = wire.send(GET);
      HttpResponse response = waiting.getFirst();
      response.write("abc");
      response.write("0123456789");
      assertEquals(List.of(), told);
      response.end();
      assertEquals(List.of(), told); // the kernel has not got it yet
      var _ = wire.turn();
      assertEquals(List.of("GET /a 200 13"), told);
      assertTrue(wire.read().endsWith("¶0¶¶"));
      var _ = wire.send("HEAD /b HTTP/1.1¶Host: a¶¶");
      waiting.getLast().write("abc");
      waiting.getLast().end();
      assertEquals("HEAD /b 200 0", told.getLast());
    }
    assertEquals(2, told.size());
  }

  @Test
  void answer_thatWaitsForItsClient_isToldWhenItIsTaken_andLostWithIt() {
    HttpHandler much = (_, response) -> response.send(ByteBuffer.allocate(4 << 20));
    try (HttpWire wire = to(much)) {
      var _ = wire.send(GET);
      assertEquals(List.of(), told);
      String all = wire.read();
      assertTrue(all.length() > 4 << 20);
      assertEquals(List.of("GET /a 200 4194304"), told);
      var _ = wire.send("GET /b HTTP/1.1¶Host: a¶¶");
      assertEquals(1, told.size());
    }
    assertEquals(List.of("GET /a 200 4194304", "GET /b 200 4194304 lost"), told);
  }

  @Test
  void answer_longerThanIsCopied_isCounted() {
    HttpHandler handler =
        (request, response) -> {
          ByteBuffer content = ByteBuffer.allocate(100_000);
          if (request.path().equals("/a")) {
            response.send(content);
          } else {
            response.send(HttpContent.of("text/plain", content.array()));
          }
        };
    try (HttpWire wire = to(handler)) {
      String _ = wire.send(GET + "GET /b HTTP/1.1¶Host: a¶¶").read();
      assertEquals(List.of("GET /a 200 100000", "GET /b 200 100000"), told);
    }
  }

  @Test
  void answer_withoutContent_hasNoBytes() {
    HttpHandler handler = (_, response) -> response.status(304).field("ETag", "\"1\"").send();
    try (HttpWire wire = to(handler)) {
      String _ = wire.send(GET).read();
      assertEquals(List.of("GET /a 304 0"), told);
    }
  }

  @Test
  void answer_behindABody_isToldWhateverIsReadOfIt() {
    String post = "POST /p HTTP/1.1¶Host: a¶Content-Length: 3¶¶";
    HttpHandler whole =
        (request, response) -> request.body().whole(body -> response.send(body.remaining() + ""));
    try (HttpWire wire = to(whole)) {
      String _ = wire.send(post + "abc" + post + "abc").read();
      assertEquals(List.of("POST /p 200 1", "POST /p 200 1"), told);
    }
    told.clear();
    try (HttpWire wire = to(HELLO)) { // it is drained
      var _ = wire.send(post);
      assertEquals(List.of("POST /p 200 5"), told);
      String _ = wire.send("abc" + GET).read();
      assertEquals(List.of("POST /p 200 5", "GET /a 200 5"), told);
    }
    assertEquals(2, told.size());
  }

  @Test
  void handler_thatThrows_isToldAs500_andOfItsOwnStatus() {
    HttpHandler failing =
        (request, response) -> {
          response.status(201);
          if (request.path().equals("/a")) {
            throw new IllegalStateException("planted");
          }
          throw new HttpException(409, "taken");
        };
    try (HttpWire wire = to(failing)) {
      String _ = wire.send(GET + "GET /b HTTP/1.1¶Host: a¶¶").read();
      assertEquals(2, told.size(), told.toString());
      assertTrue(told.get(0).matches("GET /a 500 [1-9][0-9]*"), told.toString());
      assertTrue(told.get(1).matches("GET /b 409 [1-9][0-9]*"), told.toString());
    }
    assertEquals(2, told.size());
  }

  @Test
  void handler_thatThrowsInTheMiddle_isLost() {
    HttpHandler failing =
        (_, response) -> {
          response.write("abc");
          throw new IllegalStateException("planted");
        };
    try (HttpWire wire = to(failing)) {
      var _ = wire.send(GET);
      assertTrue(wire.isReset());
    }
    assertEquals(List.of("GET /a 200 3 lost"), told);
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1¶Host : a¶¶, 400",
    "nonsense¶¶, 400",
    "GET / HTTP/3.1¶Host: a¶¶, 505",
    "GET / HTTP/1.1¶¶, 400",
    "GET / HTTP/1.1¶Host: a¶Transfer-Encoding: odd¶¶, 400",
  })
  void head_refused_isToldWithoutARequest(String head, int status) {
    try (HttpWire wire = to(HELLO)) {
      String answer = wire.send(head).read();
      assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
      int content = answer.length() - answer.indexOf("¶¶") - 2;
      assertEquals(List.of("- " + status + " " + content), told);
      assertEquals(List.of(0L), durations);
    }
    assertEquals(1, told.size());
  }

  @Test
  void head_refusedBehindARequest_isNotThatOne() {
    try (HttpWire wire = to(HELLO)) {
      String _ = wire.send(GET + "GET /b HTTP/1.1¶Host : a¶¶").read();
      assertEquals(2, told.size(), told.toString());
      assertEquals("GET /a 200 5", told.get(0));
      assertTrue(told.get(1).startsWith("- 400 "), told.toString());
    }
  }

  @Test
  void head_tooLong_isTold() {
    try (HttpWire wire = to(HELLO)) {
      String _ = wire.send("GET /" + "x".repeat(100_000)).read();
      assertTrue(told.getFirst().startsWith("- 414 "), told.toString());
    }
    try (HttpWire wire = to(HELLO)) {
      String _ = wire.send("GET / HTTP/1.1¶Host: a¶X: " + "x".repeat(100_000)).read();
      assertTrue(told.getLast().startsWith("- 431 "), told.toString());
    }
    assertEquals(2, told.size(), told.toString());
  }

  @Test
  void head_tooSlow_isTold() {
    try (HttpWire wire = to(HELLO)) {
      var _ = wire.send("GET / HT").pass(Duration.ofMinutes(5));
      assertTrue(wire.read().startsWith("HTTP/1.1 408"));
    }
    assertEquals(1, told.size(), told.toString());
    assertTrue(told.getFirst().startsWith("- 408 "), told.toString());
  }

  @Test
  void head_halfOfIt_thenTheEnd_isLost_withWhatWasSeen() {
    try (HttpWire wire = to(HELLO)) {
      assertEquals("", wire.send("¶¶GET / HT").end().read());
    }
    try (HttpWire wire = to(HELLO)) {
      var _ = wire.send("G").send("ET /b HTTP/1.1¶Ho").send("st: a");
      wire.connection.reset();
      var _ = wire.turn();
    }
    try (HttpWire wire = to(HELLO)) { // behind a request
      assertTrue(wire.send(GET + "GET /c").end().read().endsWith("Hello"));
    }
    assertEquals(List.of("- 0 0 lost", "- 0 0 lost", "GET /a 200 5", "- 0 0 lost"), told);
    assertEquals(List.of("GET / HT", "GET /b HTTP/1.1", "", "GET /c"), seen);
    assertEquals(
        List.of(HttpEnd.LOST, HttpEnd.LOST, HttpEnd.ANSWERED, HttpEnd.LOST), List.copyOf(ends));
  }

  @Test
  void connection_withoutAWord_isNone() {
    try (HttpWire wire = to(HELLO)) {
      assertEquals("", wire.end().read());
    }
    try (HttpWire wire = to(HELLO)) {
      assertTrue(wire.send(GET + "¶").end().read().endsWith("Hello")); // as some send behind a body
    }
    try (HttpWire wire = to(HELLO)) {
      var _ = wire.pass(Duration.ofHours(1));
      assertEquals("", wire.read());
    }
    assertEquals(List.of("GET /a 200 5"), told);
  }

  @Test
  void body_thatEndsOrIsNone_isToldWithItsRequest() {
    HttpHandler whole = (request, response) -> request.body().whole(_ -> response.send("x"));
    try (HttpWire wire = to(whole)) {
      String _ = wire.send("POST /p HTTP/1.1¶Host: a¶Content-Length: 9¶¶abc").end().read();
      assertTrue(told.getFirst().startsWith("POST /p 400 "), told.toString());
    }
    try (HttpWire wire = to(whole)) {
      String _ = wire.send("POST /p HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶no").read();
      assertTrue(told.getLast().startsWith("POST /p 400 "), told.toString());
    }
    assertEquals(2, told.size(), told.toString());
  }

  @Test
  void client_thatIsGone_isToldAsLost() {
    try (HttpWire wire = to(this::later)) {
      var _ = wire.send(GET);
      wire.connection.reset();
      var _ = wire.turn();
      assertEquals(List.of("GET /a 0 0 lost"), told);
      waiting.getFirst().send("Hello"); // too late
    }
    assertEquals(1, told.size(), told.toString());
    try (HttpWire wire = to(this::later)) {
      var _ = wire.send(GET);
      waiting.getLast().write("abc");
      wire.connection.reset();
      var _ = wire.turn();
      waiting.getLast().end();
    }
    assertEquals(List.of("GET /a 0 0 lost", "GET /a 200 3 lost"), told);
  }

  @Test
  void client_thatIsGone_betweenRequests_isToldNothingMore() {
    try (HttpWire wire = to(HELLO)) {
      String _ = wire.send(GET).read();
      wire.connection.reset();
      var _ = wire.turn();
    }
    assertEquals(List.of("GET /a 200 5"), told);
  }

  @Test
  void upgrade_isToldWhenItIsAnswered() {
    HttpHandler switching =
        (_, response) ->
            response.switchTo(
                "echo",
                new ConnectionHandler() {
                  @Override
                  public void received(Connection connection, ByteBuffer data) {
                    var _ = connection.write(data);
                  }
                });
    String upgrade = "GET /chat HTTP/1.1¶Host: a¶Connection: upgrade¶Upgrade: echo¶¶";
    try (HttpWire wire = to(switching)) {
      assertTrue(wire.send(upgrade + "more").read().endsWith("¶¶more"));
      assertEquals(List.of("GET /chat 101 0"), told);
      assertEquals(List.of(HttpEnd.SWITCHED), ends);
    }
    try (HttpWire wire = to(this::later)) {
      var _ = wire.send(upgrade).pass(Duration.ofSeconds(1));
      waiting
          .getFirst()
          .switchTo(
              "echo",
              new ConnectionHandler() {
                @Override
                public void received(Connection connection, ByteBuffer data) {}
              });
      assertEquals(List.of("GET /chat 101 0", "GET /chat 101 0"), told);
    }
    assertEquals(2, told.size(), told.toString());
  }

  @Test
  void tunnel_isToldWhenItIsAnswered() {
    HttpHandler switching =
        (_, response) ->
            response.switchTo(
                null,
                new ConnectionHandler() {
                  @Override
                  public void received(Connection connection, ByteBuffer data) {}
                });
    try (HttpWire wire = to(switching)) {
      String _ = wire.send("CONNECT b:1 HTTP/1.1¶Host: b:1¶¶").read();
    }
    assertEquals(List.of("CONNECT b:1 200 0"), told);
  }

  @Test
  void informed_isNotTheAnswer() {
    HttpHandler handler =
        (_, response) -> {
          response.inform(103);
          response.status(200).send("x");
        };
    try (HttpWire wire = to(handler)) {
      String _ = wire.send(GET).read();
    }
    assertEquals(List.of("GET /a 200 1"), told);
    try (HttpWire wire =
        to((_, response) -> {
          response.inform(103);
          waiting.add(response.later());
        })) {
      var _ = wire.send(GET);
      wire.connection.reset();
      var _ = wire.turn();
    }
    assertEquals("GET /a 0 0 lost", told.getLast());
  }

  @Test
  void observer_thatThrows_isReported_andChangesNothing() {
    List<String> second = new ArrayList<>();
    HttpObserver failing =
        _ -> {
          throw new IllegalStateException("planted");
        };
    HttpOptions both =
        HttpWire.OPTIONS.withObserver(
            failing.and(outcome -> second.add(outcome.status() + "")).and(this::note));
    List<String> ends = new ArrayList<>();
    HttpHandler handler =
        (request, response) -> {
          response.whenOver(() -> ends.add(request.path()));
          response.send("Hello");
        };
    try (HttpWire wire = HttpWire.to(both, handler)) {
      assertEquals("HelloHello", wire.send(GET + GET).contents());
      assertEquals(List.of("200", "200"), second);
      assertEquals(List.of("GET /a 200 5", "GET /a 200 5"), told);
      assertEquals(List.of("/a", "/a"), ends);
      assertEquals(2, wire.reported.size(), wire.reported.toString());
    }
  }

  @Test
  void proxy_said_isWhoIsTold_alsoOfWhatIsNoRequest() {
    List<String> from = new ArrayList<>();
    HttpOptions behind =
        HttpWire.OPTIONS
            .withProxyProtocol(true)
            .withObserver(outcome -> from.add(outcome.status() + " " + outcome.remoteAddress()));
    for (String request : List.of(GET, "GET / HTTP/1.1¶Host : a¶¶")) {
      try (HttpWire wire = HttpWire.to(behind, HELLO)) {
        String _ = wire.send("PROXY TCP4 192.0.2.7 192.0.2.8 4711 80¶" + request).read();
      }
    }
    assertEquals(List.of("200 /192.0.2.7:4711", "400 /192.0.2.7:4711"), from);
  }

  @Test
  void request_isThere_whenItIsTold_howeverItWasAnswered() {
    List<String> hosts = new ArrayList<>();
    HttpOptions noting =
        HttpWire.OPTIONS.withObserver(
            outcome -> hosts.add(Objects.requireNonNull(outcome.request()).field("X")));
    try (HttpWire wire = HttpWire.to(noting, this::later)) {
      for (int i = 0; i < 3; i++) {
        var _ = wire.send("GET / HTTP/1.1¶Host: a¶X: " + i + "¶¶");
        waiting.getLast().send("");
        assertEquals("" + i, hosts.getLast());
      }
    }
    assertEquals(3, hosts.size());
  }
}

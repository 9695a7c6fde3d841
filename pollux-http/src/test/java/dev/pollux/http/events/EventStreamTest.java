package dev.pollux.http.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpCall;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpWire;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.CloseReason;
import dev.pollux.net.NetStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events to one client, and to many. */
class EventStreamTest {

  private static final String ASK = "GET /feed HTTP/1.1¶Host: a¶";
  private static final String HEAD =
      "HTTP/1.1 200 OK¶Cache-Control: no-store¶X-Accel-Buffering: no¶"
          + "Content-Type: text/event-stream¶";

  private final List<EventStream> streams = new ArrayList<>();
  private final HttpHandler feed =
      (request, response) -> streams.add(EventStream.begin(request, response));

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "¶" + text + "¶";
  }

  @Test
  void event_isSentInItsLines() {
    try (HttpWire wire = HttpWire.to(feed)) {
      assertEquals(HEAD + "Transfer-Encoding: chunked¶¶", wire.send(ASK + "¶").read());
      EventStream events = streams.getFirst();
      assertTrue(events.isOpen() && events.isWritable());
      assertNull(events.lastEventId());
      events.send("one");
      assertEquals(chunk("data: one\n\n"), wire.read());
      events.send(ServerEvent.of("a\nb\rc\r\nd\n").withType("news").withId("7"));
      assertEquals(
          chunk("event: news\nid: 7\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"), wire.read());
      events.retry(Duration.ofSeconds(2));
      assertEquals(chunk("retry: 2000\n\n"), wire.read());
      events.end();
      assertEquals("0¶¶", wire.read());
      assertFalse(events.isOpen());
      assertFalse(events.send("late").isTaken());
      assertTrue(wire.send(ASK + "¶").read().startsWith(HEAD));
    }
  }

  @Test
  void event_ofMoreLines_isRefused() {
    for (String wrong : List.of("a\nb", "a\rb")) {
      assertThrows(IllegalArgumentException.class, () -> ServerEvent.of("").withId(wrong));
      assertThrows(IllegalArgumentException.class, () -> ServerEvent.of("").withType(wrong));
    }
    assertThrows(IllegalArgumentException.class, () -> ServerEvent.of("").withId("a\0"));
  }

  @Test
  void client_thatComesAgain_saysWhatItHeardLast() {
    try (HttpWire wire = HttpWire.to(feed)) {
      wire.send(ASK + "Last-Event-ID: caf\u00c3\u00a9¶¶");
      assertEquals("café", streams.getFirst().lastEventId());
    }
  }

  @Test
  void silence_isBrokenByAComment() {
    try (HttpWire wire = HttpWire.to(feed)) {
      wire.send(ASK + "¶").read();
      wire.pass(Duration.ofSeconds(31));
      assertEquals(chunk(":\n\n").repeat(2), wire.read());
      wire.pass(Duration.ofHours(1));
      assertTrue(streams.getFirst().isOpen());
    }
  }

  @Test
  void client_thatGoes_isTold() {
    List<String> told = new ArrayList<>();
    try (HttpWire wire = HttpWire.to(feed)) {
      wire.send(ASK + "¶").read();
      streams.getFirst().whenClosed(() -> told.add("over"));
      wire.connection.reset();
      wire.turn();
      assertEquals(List.of("over"), told);
      streams.getFirst().whenClosed(() -> told.add("at once"));
      assertEquals(List.of("over", "at once"), told);
    }
  }

  @Test
  void head_hasNoEvents() {
    try (HttpWire wire = HttpWire.to(feed)) {
      String answer = wire.send((ASK + "¶").replace("GET", "HEAD")).read();
      assertTrue(answer.startsWith(HEAD) && answer.endsWith("¶¶"), answer);
      assertFalse(streams.getFirst().isOpen());
    }
  }

  /** Which waits for answers that are not complete. */
  @Test
  void stream_endsInOrder_whenTheServerStops() {
    try (HttpWire wire = HttpWire.to(feed)) {
      wire.send(ASK + "¶").read();
      wire.connection.finish();
      assertEquals("0¶¶", wire.read());
      assertTrue(wire.isEnded());
      assertEquals(CloseReason.CLOSED, wire.cause.reason());
    }
  }

  @Test
  void stream_thatBegins_whileTheServerStops_ends() {
    try (HttpWire wire = HttpWire.to(feed)) {
      wire.write(HttpWire.bytes(ASK + "¶"));
      wire.connection.finish();
      String all = wire.read();
      assertTrue(all.startsWith(HEAD) && all.endsWith("¶¶0¶¶"), all);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void stream_ofALengthThatWasSaid_isRefused() {
    HttpHandler handler =
        (request, response) -> {
          response.length(1_000);
          assertThrows(IllegalStateException.class, () -> EventStream.begin(request, response));
          response.status(500).length(0).send();
        };
    try (HttpWire wire = HttpWire.to(handler)) {
      assertTrue(wire.send(ASK + "¶").read().startsWith("HTTP/1.1 500 "));
    }
  }

  /** Which has no loop to wait on: it says what has. */
  @Test
  void stream_inARehearsal_saysWhereItCanBe() throws Exception {
    HttpHandler handler =
        (request, response) -> {
          EventStream events = EventStream.begin(request, response);
          events.send("one");
          events.end();
        };
    HttpCall call = HttpCall.get("/feed");
    String said = assertThrows(IllegalStateException.class, () -> call.to(handler)).getMessage();
    assertTrue(said.endsWith("in a test, use HttpCall.on(sys, handler)"), said);
    ModelSys sys = ModelSys.virtual(1, Faults.none());
    assertEquals("data: one\n\n", call.on(sys, handler).text());
  }

  // ---- groups

  @Test
  void broadcast_reachesMembers_inOrder() {
    EventGroup[] group = {null};
    HttpHandler joining =
        (request, response) -> {
          EventStream events = EventStream.begin(request, response);
          events.send("first");
          group[0].add(events);
          group[0].broadcast(ServerEvent.of("second"));
          streams.add(events);
        };
    try (HttpWire wire = HttpWire.to(joining)) {
      group[0] = EventGroup.over(List.of(wire.loop));
      String answer = wire.send(ASK + "¶").read();
      assertTrue(
          answer.endsWith("¶¶" + chunk("data: first\n\n") + chunk("data: second\n\n")), answer);
      assertEquals(1, group[0].size());
      streams.getFirst().end();
      group[0].broadcast(ServerEvent.of("late"));
      assertEquals("0¶¶", wire.read());
      assertEquals(0, group[0].size());
    }
    try (HttpWire wire = HttpWire.to(joining)) {
      group[0] = EventGroup.over(List.of(wire.loop));
      String answer = wire.send("GET / HTTP/1.0¶¶").read();
      assertTrue(answer.endsWith("¶¶data: first\n\ndata: second\n\n"), answer);
    }
  }

  /** What each client is sent in a coding of its own cannot be shared. */
  @Test
  void stream_thatIsCoded_isNoMember() {
    HttpHandler coded =
        (request, response) -> {
          response.field("Content-Encoding", "x-own");
          streams.add(EventStream.begin(request, response));
        };
    try (HttpWire wire = HttpWire.to(coded)) {
      wire.send(ASK + "¶").read();
      EventGroup group = EventGroup.over(List.of(wire.loop));
      assertThrows(IllegalArgumentException.class, () -> group.add(streams.getFirst()));
      assertEquals(0, group.size());
    }
  }

  @Test
  void broadcast_toWhoDoesNotRead_takesNoMemoryForEach() {
    try (HttpWire wire = HttpWire.to(feed)) {
      EventGroup group = EventGroup.over(List.of(wire.loop));
      wire.send(ASK + "¶").read();
      group.add(streams.getFirst());
      long before = NetStats.of(wire.loop).memoryBytes();
      ServerEvent big = ServerEvent.of("x".repeat(1 << 20));
      for (int i = 0; i < 10; i++) {
        group.broadcast(big);
      }
      wire.turn();
      assertTrue(wire.connection.queuedBytes() > 5 << 20);
      assertTrue(NetStats.of(wire.loop).memoryBytes() - before < 1 << 18);
    }
  }
}

package dev.pollux.http.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpWire;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where what is sent to all stands in the streams of the members. */
class EventGroupTest {

  private static final String ASK = "GET /feed HTTP/1.1¶Host: a¶¶";

  private final List<EventStream> streams = new ArrayList<>();
  private @Nullable EventGroup group;

  private final HttpHandler joining =
      (request, response) -> {
        if (request.path().equals("/plain")) {
          response.send("plain");
          return;
        }
        EventStream events = EventStream.begin(request, response);
        streams.add(events);
        group().add(events);
      };

  private EventGroup group() {
    return java.util.Objects.requireNonNull(group);
  }

  private void broadcast(String data) {
    assertTrue(group().broadcast(ServerEvent.of(data)));
  }

  private HttpWire wire(HttpOptions options, HttpHandler handler) {
    HttpWire wire = HttpWire.to(options, handler);
    group = EventGroup.over(List.of(wire.loop));
    return wire;
  }

  private void requireNothingBehindTheEnd(HttpWire wire) {
    assertEquals("0¶¶", wire.turn().read());
    assertTrue(wire.send("GET /plain HTTP/1.1¶Host: a¶¶").read().startsWith("HTTP/1.1 200 OK¶"));
    assertEquals(0, group().size());
    assertEquals(List.of(), wire.reported);
  }

  @Test
  void broadcast_byTheObserver_isNotBehindTheEnd() {
    HttpObserver observer = _ -> broadcast("a request is over");
    try (HttpWire wire = wire(HttpWire.OPTIONS.withObserver(observer), joining)) {
      wire.send(ASK).read();
      streams.getFirst().end();
      requireNothingBehindTheEnd(wire);
    }
  }

  @Test
  void broadcast_byWhoIsToldFirst_isNotBehindTheEnd() {
    HttpHandler told =
        (request, response) -> {
          response.whenOver(() -> broadcast("somebody left"));
          joining.handle(request, response);
        };
    try (HttpWire wire = wire(HttpWire.OPTIONS, told)) {
      wire.send(ASK).read();
      streams.getFirst().end();
      String end = wire.turn().read();
      assertEquals("0¶¶", end);
    }
  }

  @Test
  void broadcast_byWhoWaitsForRoom_isNotBehindTheEnd() {
    try (HttpWire wire = wire(HttpWire.OPTIONS, joining)) {
      wire.send(ASK).read();
      EventStream events = streams.getFirst();
      while (events.send("x".repeat(50_000)).goesOn()) {}
      events.whenWritable(() -> broadcast("more"));
      events.end();
      String end = wire.turn().read();
      assertTrue(end.endsWith("x\n\n¶0¶¶"), end.substring(end.length() - 40));
    }
  }

  /** The connection is over for the answer before anybody else is told. */
  @Test
  void broadcast_byWhoIsToldOfAFailure_isNotSent() {
    HttpHandler told =
        (request, response) -> {
          response.whenOver(() -> broadcast("somebody left"));
          joining.handle(request, response);
          request.fail(new IllegalStateException("boom"));
        };
    try (HttpWire wire = wire(HttpWire.OPTIONS, told)) {
      String answer = wire.send(ASK).read();
      assertTrue(answer.isEmpty() || answer.endsWith("chunked¶¶"), answer);
      assertEquals(0, group().size());
    }
  }

  /** The connection is that of another stream by then. */
  @Test
  void streamThatIsOver_isNoMember_thatCouldBeRemoved() {
    try (HttpWire wire = wire(HttpWire.OPTIONS, joining)) {
      wire.send(ASK);
      streams.getFirst().end();
      wire.send(ASK).read();
      assertEquals(1, group().size());
      group().remove(streams.getFirst());
      assertEquals(1, group().size());
      broadcast("hello");
      assertEquals("d¶data: hello\n\n¶", wire.read());
      group().remove(streams.getLast());
      assertEquals(0, group().size());
    }
  }
}

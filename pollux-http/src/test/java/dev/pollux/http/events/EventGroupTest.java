package dev.pollux.http.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.Compression;
import dev.pollux.http.HttpException;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpWire;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionObserver;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.WriteResult;
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

  @Test
  void end_ofAll_isBehindWhatTheyWereSent() {
    for (String version : List.of("1.1", "1.0")) {
      try (HttpWire wire = wire(HttpWire.OPTIONS, joining)) {
        wire.send("GET /feed HTTP/" + version + "¶Host: a¶¶").read();
        broadcast("last");
        assertTrue(group().end());
        boolean isNew = version.equals("1.1");
        assertEquals(isNew ? "c¶data: last\n\n¶0¶¶" : "data: last\n\n", wire.read());
        assertEquals(!isNew, wire.isEnded());
        assertEquals(0, group().size());
        assertTrue(group().end());
      }
    }
  }

  /** Else each would have a coding of its own, and no place in a group. */
  @Test
  void stream_aroundWhichAnswersAreCompressed_isNot() {
    try (HttpWire wire = wire(HttpWire.OPTIONS, Compression.gzip().around(joining))) {
      wire.send("GET /feed HTTP/1.1¶Host: a¶Accept-Encoding: gzip¶¶");
      broadcast("plain");
      String all = wire.read();
      assertTrue(all.endsWith("¶¶d¶data: plain\n\n¶"), all);
      assertEquals(-1, all.indexOf("gzip"));
    }
  }

  /** There is nothing left to answer it by, and it is no failure of the program's. */
  @Test
  void failure_behindTheEnd_isReportedUnlessItIsAnAnswer() {
    List<HttpRequest> requests = new ArrayList<>();
    HttpHandler keeping =
        (request, response) -> {
          requests.add(request);
          joining.handle(request, response);
        };
    List<Throwable> failures = new ArrayList<>();
    ConnectionObserver observer =
        new ConnectionObserver() {
          @Override
          public void failed(Connection connection, String what, Throwable thrown) {
            failures.add(thrown);
          }
        };
    ConnectionOptions like = ConnectionOptions.DEFAULT.withObserver(observer);
    try (HttpWire wire = HttpWire.to(HttpWire.OPTIONS, like, keeping)) {
      group = EventGroup.over(List.of(wire.loop));
      wire.send(ASK);
      streams.getFirst().end();
      requests.getFirst().fail(new HttpException(404, "too late"));
      assertEquals(List.of(), failures);
      IllegalStateException bug = new IllegalStateException("boom");
      requests.getFirst().fail(bug);
      assertEquals(List.of(bug), failures);
    }
  }

  // ---- what waits before it

  private final List<WriteResult> slow = new ArrayList<>();

  private HttpWire narrow(int mostBytes, HttpHandler handler) {
    ConnectionOptions like = ConnectionOptions.DEFAULT.withMaxQueuedBytes(mostBytes);
    HttpWire wire = HttpWire.to(HttpWire.OPTIONS, like, handler);
    group = EventGroup.over(List.of(wire.loop), (_, result) -> slow.add(result));
    return wire;
  }

  /** How many events of 1 KiB the kernel has room for, and how much of the last is beyond it. */
  private int[] kernelRoom(int mostBytes) {
    try (HttpWire wire = narrow(mostBytes, joining)) {
      wire.send(ASK);
      int count = 0;
      while (wire.connection.queuedBytes() == 0) {
        streams.getLast().send("y".repeat(993));
        wire.turn();
        count++;
      }
      return new int[] {count, wire.connection.queuedBytes()};
    }
  }

  /** The kernel is full to the byte: a chunk begins to wait with its head. */
  @Test
  void broadcast_intoAChunk_thatWaits_isRefused_untilThereIsRoom() {
    int most = 1 << 17;
    int[] room = kernelRoom(most);
    try (HttpWire wire = narrow(most, joining)) {
      wire.send(ASK);
      EventStream events = streams.getLast();
      for (int i = 1; i < room[0]; i++) {
        events.send("y".repeat(993));
        wire.turn();
      }
      events.send("y".repeat(993 - room[1]));
      wire.turn();
      assertEquals(0, wire.connection.queuedBytes());
      String big = "B".repeat(200_000);
      assertTrue(events.send(big).isTaken());
      broadcast("small");
      assertEquals(List.of(WriteResult.REFUSED), slow);
      String all = wire.read();
      assertTrue(all.endsWith("¶30d48¶data: " + big + "\n\n¶"), all.substring(all.length() - 40));
      broadcast("again");
      assertEquals("d¶data: again\n\n¶", wire.read());
    }
  }

  /** Answers before it have left no room for a head. */
  @Test
  void broadcast_beforeAHead_thatWaits_isRefused() {
    int most = 1 << 14;
    HttpHandler handler =
        (request, response) -> {
          if (request.path().equals("/feed")) {
            joining.handle(request, response);
            broadcast("first");
          } else {
            response.send("p".repeat(Integer.parseInt(request.path().substring(1))));
          }
        };
    try (HttpWire wire = narrow(most, handler)) {
      while (wire.connection.queuedBytes() == 0) {
        wire.send("GET /1000 HTTP/1.1¶Host: a¶¶");
      }
      while (wire.connection.queuedBytes() < most - 1_500) {
        wire.send("GET /1000 HTTP/1.1¶Host: a¶¶");
      }
      while (wire.connection.queuedBytes() < most - 250) {
        wire.send("GET /10 HTTP/1.1¶Host: a¶¶");
      }
      wire.send(ASK);
      String all = wire.read();
      assertTrue(all.endsWith("¶Transfer-Encoding: chunked¶¶"), all.substring(all.length() - 80));
      assertEquals(List.of(WriteResult.REFUSED), slow);
      broadcast("then");
      assertEquals("c¶data: then\n\n¶", wire.read());
    }
  }

  /** Whatever the number of digits in the size of the chunk is. */
  @Test
  void content_thatWasShared_isCounted() {
    List<Long> counts = new ArrayList<>();
    HttpObserver observer = outcome -> counts.add(outcome.contentBytes());
    for (String version : List.of("1.1", "1.0")) {
      try (HttpWire wire = wire(HttpWire.OPTIONS.withObserver(observer), joining)) {
        wire.send("GET /feed HTTP/" + version + "¶Host: a¶¶");
        long content = 0;
        for (int bytes : new int[] {1, 7, 8, 9, 247, 248, 249, 4_000, 4_088, 4_089, 70_000}) {
          broadcast("x".repeat(bytes));
          content += bytes + "data: \n\n".length();
        }
        streams.getLast().end();
        wire.read();
        assertEquals(content, counts.getLast());
      }
    }
  }
}

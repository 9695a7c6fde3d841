package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a program may say in an answer, what it may not, and how much it may say at once. */
class AnswerTest {

  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";

  /** What the call throws; the answer goes on. */
  private static String refusal(java.util.function.Consumer<HttpResponse> call) {
    List<String> thrown = new ArrayList<>();
    HttpHandler handler =
        (_, response) -> {
          thrown.add(
              assertThrows(RuntimeException.class, () -> call.accept(response)).getMessage());
          response.send("ok");
        };
    assertEquals("ok", HttpCall.get("/").to(handler).text());
    return thrown.getFirst();
  }

  @Test
  void field_thatCouldSplitTheAnswer_isRefused() {
    for (String value : List.of("a\r\nb: c", "a\nb", "a\rb", "a\0b", " a", "a\t", "\u0100")) {
      refusal(response -> response.field("X", value));
      refusal(response -> response.addField("X", value));
      refusal(response -> response.trailer("X", value));
      refusal(response -> response.type(value));
      assertThrows(RuntimeException.class, () -> HttpContent.of(value, new byte[0]));
    }
    for (String name : List.of("", "a b", "a:", "a\r\n", "\u00e9")) {
      refusal(response -> response.field(name, "x"));
    }
  }

  @Test
  void field_ofTheServer_isRefused() {
    for (String name :
        List.of(
            "content-length", "Transfer-Encoding", "TRAILER", "Connection", "keep-alive", "Date")) {
      String message = refusal(response -> response.field(name, "1"));
      assertTrue(message.startsWith(name + " is not for the handler to set"), message);
    }
  }

  @Test
  void notModified_saysALengthOnlyIfItIsTold() {
    HttpHandler handler =
        (request, response) -> {
          if (request.path().equals("/told")) {
            var _ = response.length(99);
          }
          response.status(304).send();
        };
    try (HttpWire wire = HttpWire.to(handler)) {
      String ask = " HTTP/1.1¶Host: a¶¶";
      assertEquals("HTTP/1.1 304 Not Modified¶¶", wire.send("GET /" + ask).read());
      assertEquals(
          "HTTP/1.1 304 Not Modified¶Content-Length: 99¶¶", wire.send("GET /told" + ask).read());
      assertEquals("HTTP/1.1 304 Not Modified¶¶", wire.send("GET /" + ask).read());
    }
  }

  @Test
  void upgrade_isOfTheConnection_asLongAsItIsSaid() {
    HttpHandler handler =
        (request, response) -> {
          var _ = response.status(426).field("Upgrade", "one").field("upgrade", "two");
          if (request.path().equals("/not")) {
            var _ = response.status(200).removeField("UPGRADE");
          }
          response.send();
        };
    try (HttpWire wire = HttpWire.to(handler)) {
      String said = wire.send("GET / HTTP/1.1¶Host: a¶¶").read();
      assertTrue(said.contains("¶upgrade: two¶Connection: upgrade¶Content-Length: 0¶"), said);
      String not = wire.send("GET /not HTTP/1.1¶Host: a¶¶").read();
      assertEquals("HTTP/1.1 200 OK¶Content-Length: 0¶¶", not);
      assertEquals("HTTP/1.1 426", wire.send("GET / HTTP/1.1¶Host: a¶¶").read().substring(0, 12));
    }
  }

  @Test
  void trailer_thatIsNone_isRefused() {
    for (String name : List.of("Content-Length", "Connection", "upgrade")) {
      String message = refusal(response -> response.trailer(name, "1"));
      assertTrue(message.startsWith(name + " is no"), message);
    }
  }

  @Test
  void status_outOfBounds_isRefused() {
    for (int status : new int[] {-1, 0, 100, 101, 199, 600}) {
      refusal(response -> response.status(status));
    }
  }

  @Test
  void field_isSetAddedAndRemoved() {
    HttpHandler handler =
        (_, response) ->
            response
                .addField("A", "1")
                .addField("a", "2")
                .field("B", "3")
                .field("b", "4")
                .addField("C", "5")
                .removeField("c")
                .send();
    HttpAnswer answer = HttpCall.get("/").to(handler);
    assertEquals(List.of("1", "2"), answer.all("A"));
    assertEquals(List.of("4"), answer.all("B"));
    assertEquals(List.of(), answer.all("C"));
  }

  @Test
  void answer_complete_takesNothingMore() {
    List<Runnable> after = new ArrayList<>();
    HttpHandler handler =
        (request, response) -> {
          response.later();
          response.send("once");
          after.add(() -> response.send("twice"));
          after.add(() -> response.status(404));
          after.add(() -> response.write("more"));
          after.add(() -> response.end());
          after.add(() -> response.field("a", "b"));
          after.add(() -> response.later());
        };
    try (HttpWire wire = HttpWire.to(handler)) {
      assertEquals("once", wire.send(GET).contents());
      for (Runnable late : after) {
        assertThrows(IllegalStateException.class, late::run);
      }
      assertEquals("once", wire.send(GET).contents());
    }
  }

  @Test
  void bodiless_haveNoContent() {
    for (int status : new int[] {204, 304}) {
      HttpHandler handler = (_, response) -> response.status(status).send();
      try (HttpWire wire = HttpWire.to(handler)) {
        String expected = "HTTP/1.1 " + status + " " + Statuses.name(status) + "¶¶";
        assertEquals(expected + expected, wire.send(GET + GET).read());
      }
      HttpHandler wrong = (_, response) -> response.status(status).send("content");
      try (HttpWire wire = HttpWire.to(wrong)) {
        assertTrue(wire.send(GET).read().startsWith("HTTP/1.1 500 "));
      }
    }
  }

  @Test
  void last_closes() {
    try (HttpWire wire = HttpWire.to((_, response) -> response.last().send("bye"))) {
      String answer = wire.send(GET + GET).read();
      assertTrue(answer.endsWith("¶Connection: close¶Content-Length: 3¶¶bye"), answer);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void serverName_isSaid() {
    HttpOptions named = HttpWire.OPTIONS.withServerName("pollux");
    try (HttpWire wire = HttpWire.to(named, (_, response) -> response.send())) {
      assertEquals("HTTP/1.1 200 OK¶Server: pollux¶Content-Length: 0¶¶", wire.send(GET).read());
    }
  }

  @Test
  void content_long_isSentWhole() {
    byte[] much = new byte[3_000_000];
    new java.util.Random(2).nextBytes(much);
    for (HttpHandler handler :
        List.<HttpHandler>of(
            (_, response) -> response.send(much),
            (_, response) -> response.send(HttpContent.of("a/b", much)))) {
      try (HttpWire wire = HttpWire.to(handler)) {
        wire.send(GET + GET);
        String both = wire.readRaw();
        for (int i = 0; i < 200 && both.length() < 2 * much.length; i++) {
          both += wire.readRaw();
        }
        String expected = new String(much, java.nio.charset.StandardCharsets.ISO_8859_1);
        String text = expected.replace("\r\n", "¶");
        int first = both.indexOf(text);
        assertTrue(first > 0);
        assertTrue(both.indexOf(text, first + text.length()) > 0);
      }
    }
  }

  @Test
  void write_toASlowReader_isToldToWait_andGoesOn() {
    byte[] piece = new byte[10_000];
    List<WriteResult> results = new ArrayList<>();
    int pieces = 500;
    HttpHandler pump =
        (_, response) -> {
          response.later();
          Runnable more =
              new Runnable() {
                int sent;

                @Override
                public void run() {
                  WriteResult result = WriteResult.SENT;
                  while (sent < pieces && result.goesOn()) {
                    result = response.write(ByteBuffer.wrap(piece));
                    results.add(result);
                    sent++;
                  }
                  if (sent == pieces) {
                    response.end();
                  } else {
                    response.whenWritable(this);
                  }
                }
              };
          more.run();
        };
    try (HttpWire wire = HttpWire.to(pump)) {
      wire.send(GET);
      assertTrue(results.size() < pieces, "the client reads nothing");
      assertEquals(WriteResult.FULL, results.getLast());
      assertTrue(wire.connection.queuedBytes() < 200_000, "queued");
      int read = wire.read().length();
      for (int i = 0; i < 1000 && results.size() < pieces; i++) {
        read += wire.read().length();
      }
      read += wire.read().length();
      assertEquals(pieces, results.size());
      assertTrue(read > pieces * piece.length, "read " + read);
    }
  }

  @Test
  void pipelined_toAPeerThatDoesNotRead_waits() {
    int[] answered = {0};
    HttpHandler large =
        (_, response) -> {
          answered[0]++;
          response.send(new byte[30_000]);
        };
    try (HttpWire wire = HttpWire.to(HttpWire.OPTIONS, ConnectionOptions.DEFAULT, large)) {
      wire.send(GET.repeat(500));
      assertTrue(answered[0] < 200, answered[0] + " answered");
      assertTrue(wire.connection.queuedBytes() < 300_000, "queued");
      for (int i = 0; i < 2000 && answered[0] < 500; i++) {
        wire.read();
      }
      assertEquals(500, answered[0]);
      assertFalse(wire.isEnded());
    }
  }

  @Test
  void fields_tooMuchForAHead_fail() {
    HttpHandler much =
        (_, response) -> {
          for (int i = 0; i < 80; i++) {
            response.addField("X-" + i, "v".repeat(1000));
          }
          response.send();
        };
    try (HttpWire wire = HttpWire.to(much)) {
      assertTrue(wire.send(GET).read().startsWith("HTTP/1.1 500 "));
      assertTrue(wire.reported.getFirst().contains("the fields of an answer"));
    }
  }

  @Test
  void trailer_setFirst_isOne_whateverIsAroundTheHandler() {
    HttpHandler trailing =
        (_, response) -> {
          response.trailer("X-Sum", "1").write("a");
          response.end();
        };
    for (HttpHandler handler :
        List.of(
            trailing,
            SecurityFields.DEFAULT.around(trailing),
            RequestIds.DEFAULT.around(trailing),
            Compression.gzip().around(trailing))) {
      HttpAnswer answer = HttpCall.get("/").to(handler);
      assertEquals("1", answer.trailer("X-Sum"));
      assertEquals(List.of(), answer.all("X-Sum"));
    }
  }

  @Test
  void last_thatIsMoreThanCanBeQueued_isSentWhole_beforeTheEnd() {
    ConnectionOptions few = ConnectionOptions.DEFAULT.withMaxQueuedBytes(100_000);
    for (int size = 300_000; size < 420_000; size += 11_000) { // so that something is queued
      byte[] much = new byte[size];
      HttpHandler large = (_, response) -> response.send(much);
      try (HttpWire wire = HttpWire.to(HttpWire.OPTIONS, few, large)) {
        wire.send(GET + "GET / HTTP/1.1¶Host: a¶Connection: close¶¶");
        int got = 0;
        int more = 1;
        while (more > 0) {
          more = wire.receive(7_000);
          got += more;
        }
        assertTrue(got > 2 * size, "got " + got + " of two times " + size);
        assertTrue(wire.isEnded());
      }
    }
  }
}

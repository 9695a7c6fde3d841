package dev.pollux.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.ConnectionOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Bodies in gzip, both ways, against the JDK's streams. */
class CompressionTest {

  private static final String TEXT = "All work and no play. ".repeat(500);
  private static final HttpHandler PLAIN = (_, response) -> response.send(TEXT);

  private static HttpCall accepting(String codings) {
    return HttpCall.get("/").withField("Accept-Encoding", codings);
  }

  private static byte[] inflated(byte[] gzip) {
    try {
      return new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  @Test
  void answer_isInGzip_ifTheClientTakesIt() {
    HttpHandler handler = Compression.gzip().around(PLAIN);
    HttpAnswer answer = accepting("br, gzip").to(handler);
    assertEquals("gzip", answer.field("Content-Encoding"));
    assertEquals("Accept-Encoding", answer.field("Vary"));
    assertTrue(answer.bytes().length < TEXT.length() / 10);
    assertEquals(TEXT, new String(inflated(answer.bytes()), UTF_8));
    HttpAnswer plain = HttpCall.get("/").to(handler);
    assertNull(plain.field("Content-Encoding"));
    assertEquals("Accept-Encoding", plain.field("Vary"));
    assertEquals(TEXT, plain.text());
  }

  @Test
  void client_saysWhatItTakes() {
    for (String yes :
        List.of("gzip", "GZIP;q=0.5", "*", "br;q=1, *;q=0.1", "x-gzip", "gzip; q=1")) {
      assertTrue(Compression.accepts(List.of(yes)), yes);
    }
    for (String no :
        List.of("", "br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *", "gzip;q=x")) {
      assertEquals(false, Compression.accepts(List.of(no)), no);
    }
  }

  @Test
  void answer_thatIsNotFit_isAsItIs() {
    Compression compression = Compression.gzip().withMinBytes(100);
    List<HttpHandler> handlers =
        List.of(
            (_, response) -> response.send("x".repeat(99)),
            (_, response) -> response.type("image/png").send(TEXT),
            (_, response) -> response.field("Content-Encoding", "br").send(TEXT),
            (_, response) -> response.field("Cache-Control", "no-transform").send(TEXT),
            (_, response) -> response.status(206).send(TEXT),
            (_, response) -> response.status(204).send());
    for (HttpHandler handler : handlers) {
      HttpAnswer answer = accepting("gzip").to(compression.around(handler));
      assertTrue(!"gzip".equals(answer.field("Content-Encoding")), answer.toString());
    }
    HttpHandler hundred = (_, response) -> response.send("x".repeat(100));
    assertEquals(
        "gzip", accepting("gzip").to(compression.around(hundred)).field("Content-Encoding"));
  }

  @Test
  void vary_thatIsSaid_isNotSaidAgain() {
    for (int status : new int[] {200, 304}) {
      HttpHandler varying =
          (_, response) -> {
            response.status(status).field("Vary", "Origin, accept-encoding");
            if (status == 200) {
              response.send(TEXT);
            } else {
              response.send();
            }
          };
      HttpAnswer answer = accepting("gzip").to(Compression.gzip().around(varying));
      assertEquals(List.of("Origin, accept-encoding"), answer.all("Vary"), status + "");
      HttpHandler other =
          (_, response) -> response.type("text/plain").field("Vary", "Origin").send(TEXT);
      HttpAnswer both = accepting("gzip").to(Compression.gzip().around(other));
      assertEquals(List.of("Origin", "Accept-Encoding"), both.all("Vary"));
    }
  }

  @Test
  void entityTag_becomesWeak() {
    HttpHandler tagged = (_, response) -> response.field("ETag", "\"a\"").send(TEXT);
    assertEquals("W/\"a\"", accepting("gzip").to(Compression.gzip().around(tagged)).field("ETag"));
  }

  @Test
  void content_thatIsMadeOnce_isCompressed() {
    HttpContent content = HttpContent.text(TEXT);
    HttpHandler sending = (_, response) -> response.send(content);
    HttpAnswer answer = accepting("gzip").to(Compression.gzip().around(sending));
    assertEquals(TEXT, new String(inflated(answer.bytes()), UTF_8));
    assertEquals(List.of(HttpResponse.TEXT), answer.all("Content-Type"));
  }

  @Test
  void pieces_comePieceByPiece() {
    List<Integer> sizes = new ArrayList<>();
    HttpHandler pieces =
        (_, response) -> {
          var _ = response.type("text/plain").length(6);
          response.write("abc");
          response.write("def");
          response.end();
        };
    HttpAnswer answer = accepting("gzip").to(Compression.gzip().withMinBytes(0).around(pieces));
    assertEquals("abcdef", new String(inflated(answer.bytes()), UTF_8));
    try (HttpWire wire = HttpWire.to(Compression.gzip().withMinBytes(0).around(pieces))) {
      String text = wire.send("GET / HTTP/1.1¶Host: a¶Accept-Encoding: gzip¶¶").read();
      assertTrue(text.contains("Transfer-Encoding: chunked¶"), text);
      sizes.add(text.length());
    }
    assertEquals(1, sizes.size());
  }

  // ---- requests

  private static HttpHandler counting(List<String> got) {
    return (request, response) ->
        request
            .body()
            .whole(body -> {
              got.add(UTF_8.decode(body).toString());
              response.send();
            });
  }

  @Test
  void request_isInflated() {
    List<String> got = new ArrayList<>();
    HttpHandler handler = Decompression.gzip().around(counting(got));
    byte[] gzip = gzip(TEXT.getBytes(UTF_8));
    for (int pieces : new int[] {1, 7, 100, 100_000}) {
      HttpCall post = HttpCall.post("/", "").withBody(gzip).withField("Content-Encoding", "gzip");
      assertEquals(200, post.withPieces(pieces).to(handler).status());
      assertEquals(TEXT, got.removeFirst());
    }
    assertEquals(200, HttpCall.post("/", "plain").to(handler).status());
    assertEquals("plain", got.removeFirst());
  }

  @Test
  void request_ofManyBytes_isBounded() {
    List<String> got = new ArrayList<>();
    byte[] bomb = gzip(new byte[10_000_000]);
    HttpCall post = HttpCall.post("/", "").withBody(bomb).withField("Content-Encoding", "gzip");
    assertEquals(413, post.to(Decompression.gzip().around(counting(got))).status());
    HttpHandler streaming =
        Decompression.gzip()
            .withMaxBytes(5_000_000)
            .around((request, response) -> request.body().stream(new Sum(request, response)));
    assertEquals(413, post.to(streaming).status());
    HttpHandler enough =
        Decompression.gzip()
            .withMaxBytes(10_000_000)
            .around((request, response) -> request.body().stream(new Sum(request, response)));
    assertEquals("10000000", post.to(enough).text());
    assertEquals(List.of(), got);
  }

  @Test
  void request_ofAnotherCoding_orOfNone_isRefused() {
    HttpHandler handler = Decompression.gzip().around(counting(new ArrayList<>()));
    HttpCall post = HttpCall.post("/", "not gzip");
    HttpAnswer other = post.withField("Content-Encoding", "br").to(handler);
    assertEquals(415, other.status());
    assertEquals("gzip", other.field("Accept-Encoding"));
    assertEquals(400, post.withField("Content-Encoding", "gzip").to(handler).status());
    byte[] cut = java.util.Arrays.copyOf(gzip(TEXT.getBytes(UTF_8)), 50);
    HttpCall part = HttpCall.post("/", "").withBody(cut).withField("Content-Encoding", "gzip");
    assertEquals(400, part.to(handler).status());
  }

  /** Counts, and pauses after each piece until a task goes on. */
  private static final class Sum implements HttpBodyHandler {
    private final HttpRequest request;
    private final HttpResponse response;
    private long bytes;
    private boolean isPaused;

    Sum(HttpRequest request, HttpResponse response) {
      this.request = request;
      this.response = response;
    }

    @Override
    public void data(ByteBuffer data) {
      assertTrue(!isPaused, "given while it pauses");
      bytes += data.remaining();
      isPaused = true;
      request.body().pause();
      request.execute(() -> {
        isPaused = false;
        request.body().resume();
      });
    }

    @Override
    public void end() {
      response.send(Long.toString(bytes));
    }
  }

  @Test
  void paused_isGivenNothing_andAllComes() {
    byte[] plain = new byte[300_000];
    new java.util.Random(3).nextBytes(plain);
    java.util.Arrays.fill(plain, 100_000, 250_000, (byte) 7);
    byte[] gzip = gzip(plain);
    assertArrayEquals(plain, inflated(gzip));
    HttpHandler summing =
        Decompression.gzip()
            .around((request, response) -> request.body().stream(new Sum(request, response)));
    HttpCall post = HttpCall.post("/", "").withBody(gzip).withField("Content-Encoding", "gzip");
    assertEquals("300000", post.to(summing).text());
    assertEquals("300000", post.withPieces(1000).to(summing).text());
    try (HttpWire wire = HttpWire.to(summing)) {
      wire.write(
          HttpWire.bytes(
              "POST / HTTP/1.1¶Host: a¶Content-Encoding: gzip¶Content-Length: "
                  + gzip.length
                  + "¶¶"));
      wire.write(gzip).turn();
      assertEquals("300000", wire.contents());
      assertEquals("0", wire.send("POST / HTTP/1.1¶Host: a¶Content-Encoding: gzip¶¶").contents());
    }
  }

  @Test
  void notModified_andHead_sayWhatTheAnswerWouldSay() {
    HttpHandler service =
        Compression.gzip()
            .around((request, response) -> {
              response.field("ETag", "\"v1\"");
              if (request.field("If-None-Match") != null) {
                response.status(304).send();
              } else if (request.method().equals("HEAD")) {
                response.type("text/plain").length(TEXT.length()).send();
              } else {
                response.send(TEXT);
              }
            });
    HttpCall head = HttpCall.of("HEAD", "/").withField("Accept-Encoding", "gzip");
    for (HttpCall call :
        List.of(accepting("gzip"), accepting("gzip").withField("If-None-Match", "x"), head)) {
      HttpAnswer answer = call.to(service);
      assertEquals("W/\"v1\"", answer.field("ETag"), call.toString());
      assertEquals("Accept-Encoding", answer.field("Vary"), call.toString());
    }
    HttpAnswer plain = HttpCall.get("/").withField("If-None-Match", "x").to(service);
    assertEquals("\"v1\"", plain.field("ETag"));
    try (HttpWire wire = HttpWire.to(service)) {
      String answer = wire.send("HEAD / HTTP/1.1¶Host: a¶Accept-Encoding: gzip¶¶").read();
      assertTrue(
          answer.contains("Content-Encoding: gzip¶") && !answer.contains("Content-Length"), answer);
      assertTrue(wire.send("HEAD / HTTP/1.1¶Host: a¶¶").read().contains("Content-Length: 11000¶"));
    }
  }

  @Test
  void answeredEarly_whatIsWrongInTheRest_isNoMatter() {
    HttpHandler early =
        Decompression.gzip()
            .withMaxBytes(100)
            .around((request, response) ->
                request.body().stream(
                    new HttpBodyHandler() {
                      @Override
                      public void data(ByteBuffer data) {
                        response.send("early");
                      }

                      @Override
                      public void end() {}
                    }));
    byte[] damaged = gzip("short".getBytes(UTF_8));
    damaged[damaged.length - 5] ^= 1;
    for (byte[] body : List.of(damaged, gzip(TEXT.getBytes(UTF_8)))) {
      try (HttpWire wire = HttpWire.to(early)) {
        String head = "POST / HTTP/1.1¶Host: a¶Content-Encoding: gzip¶Content-Length: ";
        wire.write(HttpWire.bytes(head + body.length + "¶¶")).write(body).turn();
        assertEquals("early", wire.contents());
        assertTrue(!wire.isReset() && !wire.isEnded());
      }
    }
  }

  @Test
  void end_whenTheQueueIsFull_comesBehindAllThatWasWritten() throws IOException {
    for (int most = 100_000; most < 100_024; most++) { // so that there is room for a part of it
      endWhenFull(ConnectionOptions.DEFAULT.withMaxQueuedBytes(most));
    }
  }

  private static void endWhenFull(ConnectionOptions few) throws IOException {
    List<HttpResponse> waiting = new ArrayList<>();
    HttpHandler later =
        Compression.gzip()
            .around((_, response) -> waiting.add(response.later().type("text/plain")));
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    java.util.Random random = new java.util.Random(5);
    try (HttpWire wire = HttpWire.to(HttpWire.OPTIONS, few, later)) {
      wire.send("GET / HTTP/1.1¶Host: a¶Accept-Encoding: gzip¶¶");
      HttpResponse response = waiting.getFirst();
      for (int size : new int[] {1000, 1}) { // up to the last byte
        boolean isTaken = true;
        while (isTaken) {
          byte[] piece = new byte[size];
          random.nextBytes(piece);
          isTaken = response.write(ByteBuffer.wrap(piece)).isTaken();
          plain.write(piece, 0, isTaken ? size : 0);
        }
      }
      response.end();
      assertArrayEquals(plain.toByteArray(), inflated(chunked(wire.readBytes())));
    }
  }

  /** What is in chunks, behind a head. */
  private static byte[] chunked(byte[] answer) {
    String text = new String(answer, java.nio.charset.StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int at = text.indexOf("\r\n\r\n") + 4;
    int size = 1;
    while (size > 0) {
      int end = text.indexOf("\r\n", at);
      size = Integer.parseInt(text.substring(at, end), 16);
      content.write(answer, end + 2, size);
      at = end + 2 + size + 2;
    }
    assertEquals(answer.length, at);
    return content.toByteArray();
  }
}

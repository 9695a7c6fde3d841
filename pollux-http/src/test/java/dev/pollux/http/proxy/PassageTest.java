package dev.pollux.http.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpBodyHandler;
import dev.pollux.http.HttpLimits;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.HttpWire;
import dev.pollux.http.client.ClientOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Resolver;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What may go wrong with a request on its way, and with its answer on the way back. */
class PassageTest {

  private static final ProxyOptions OPTIONS = ProxyOptions.DEFAULT;
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";
  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";

  private final ProxyWire net = new ProxyWire();

  @AfterEach
  void nothingIsLeft() {
    net.close();
    assertEquals(List.of(), net.wire.reported);
  }

  /** Answers when the test says so. */
  private static final class Slow implements Resolver {
    final List<Answer> asked = new ArrayList<>();
    boolean isSlow;

    @Override
    public void resolve(String host, Answer answer) {
      asked.add(answer);
      if (!isSlow) {
        answer();
      }
    }

    void answer() {
      asked.forEach(each -> each.resolved(List.of(InetAddress.ofLiteral("127.0.0.1"))));
      asked.clear();
    }
  }

  @Test
  void body_thatComesWhileTheRequestIsSentAgain_isPassedOnWhole() throws Exception {
    Slow names = new Slow();
    ClientOptions client = OPTIONS.client().withResolver(names);
    net.to(OPTIONS.withClient(client), net.raw().replace("127.0.0.1", "a.test"));
    net.wire.send(GET);
    net.far().send(OK);
    assertTrue(net.wire.read().endsWith("ok"));
    ProxyWire.Far kept = net.far();
    names.isSlow = true;
    net.wire.send("PUT / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶");
    kept.connection.close();
    net.wire.turn();
    net.wire.send("5¶hello¶");
    names.answer();
    net.wire.send("6¶ world¶0¶¶");
    assertEquals(2, net.fars.size());
    String came = net.far().read();
    assertTrue(came.endsWith("¶¶5¶hello¶6¶ world¶0¶¶"), came);
    net.far().send(OK);
    assertTrue(net.wire.read().endsWith("ok"));
  }

  @Test
  void body_whoseLastPieceFillsTheWay_isPassedOnWhole() throws Exception {
    long[] read = {0};
    HttpRequest[] asked = {null};
    net.to(OPTIONS, net.serve((request, response) -> readSlowly(request, response, asked, read)));
    int size = 0;
    byte[] piece = new byte[1 << 16];
    net.wire.send("POST / HTTP/1.1¶Host: a¶Content-Length: " + (8 << 20) + "¶¶");
    while (!net.wire.connection.isReadingPaused()) {
      net.wire.write(piece).turn();
      size += piece.length;
    }
    try (ProxyWire other = new ProxyWire()) { // once more, with just so much
      HttpRequest[] second = {null};
      long[] got = {0};
      other.to(OPTIONS, other.serve((q, p) -> readSlowly(q, p, second, got)));
      other.wire.send("POST / HTTP/1.1¶Host: a¶Content-Length: " + size + "¶¶");
      for (int sent = 0; sent < size; sent += piece.length) {
        other.wire.write(piece).turn();
      }
      for (int i = 0; i < 10_000 && got[0] < size; i++) {
        second[0].body().resume();
        other.wire.turn();
      }
      String answer = other.wire.read();
      assertTrue(answer.endsWith("read " + size), answer);
    }
  }

  /** Takes a piece only when the test resumes it. */
  private static void readSlowly(
      HttpRequest request, HttpResponse response, HttpRequest[] asked, long[] read)
      throws Exception {
    asked[0] = request;
    request.body().stream(
        new HttpBodyHandler() {
          @Override
          public void data(ByteBuffer data) {
            read[0] += data.remaining();
            request.body().pause();
          }

          @Override
          public void end() {
            response.send("read " + read[0]);
          }
        });
  }

  @Test
  void listener_thatThrows_leavesNobodyWithoutAnAnswer() throws Exception {
    net.to(
        OPTIONS.withFailureListener((_, _) -> {
          throw new IllegalStateException("listener");
        }),
        "http://127.0.0.1:1");
    assertTrue(net.ask(GET).startsWith("HTTP/1.1 502 "));
    assertEquals(1, net.wire.reported.size());
    assertTrue(net.wire.reported.getFirst().contains("listener"));
    net.wire.reported.clear();
  }

  @Test
  void trailers_thatAreNotTheProxysToSay_areLeftOut() throws Exception {
    net.to(OPTIONS, net.raw());
    net.wire.send(GET);
    net.far().send("HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶2¶ok¶0¶Date: x¶X-Sum: 1¶¶");
    String answer = net.wire.read();
    assertTrue(answer.endsWith("2¶ok¶0¶X-Sum: 1¶¶"), answer);
  }

  @Test
  void trailers_thatAreMoreThanAnAnswerMayHave_cutItVisibly() throws Exception {
    ClientOptions client = OPTIONS.client();
    client = client.withLimits(client.limits().withFieldBytes(1 << 20));
    net.to(OPTIONS.withClient(client), net.raw());
    net.wire.send(GET);
    net.far().send("HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶2¶ok¶0¶");
    net.far().send("X: " + "x".repeat(50_000) + "¶¶");
    assertTrue(net.wire.isReset());
    assertEquals(1, net.wire.reported.size());
    net.wire.reported.clear();
  }

  @Test
  void head_ofWhatHasNoKnownLength_saysNone() throws Exception {
    net.to(OPTIONS, net.raw());
    net.wire.send("HEAD / HTTP/1.1¶Host: a¶¶");
    net.far().send("HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶");
    String answer = net.wire.read();
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    assertFalse(answer.contains("Content-Length"), answer);
    net.wire.send(GET);
    net.far().send(OK);
    assertTrue(net.wire.read().endsWith("ok"));
  }

  @Test
  void headOfAnAnswer_isNotHeldUntilItsBodyComes() throws Exception {
    net.to(OPTIONS, net.raw());
    net.wire.send(GET);
    net.far().send("HTTP/1.1 200 OK¶Content-Type: text/event-stream¶Transfer-Encoding: chunked¶¶");
    String head = net.wire.read();
    assertTrue(head.startsWith("HTTP/1.1 200 OK¶Content-Type: text/event-stream¶"), head);
    assertTrue(head.endsWith("¶¶"), head);
    net.far().send("2¶ok¶0¶¶");
    assertEquals("2¶ok¶0¶¶", net.wire.read());
  }

  @Test
  void upgrade_toWhatIsNotPassed_isAskedWithout() throws Exception {
    net.to(OPTIONS, net.raw());
    for (String protocol : List.of("h2c", "TLS/1.0", "", "a b", "websocketx")) {
      net.wire.send(
          "GET / HTTP/1.1¶Host: a¶Connection: Upgrade, HTTP2-Settings¶HTTP2-Settings: x¶Upgrade: "
              + protocol
              + "¶¶");
      String came = net.far().read();
      assertTrue(came.startsWith("GET / HTTP/1.1¶"), protocol + ": " + came);
      assertFalse(came.contains("Upgrade") || came.contains("Settings"), protocol + ": " + came);
      net.far().send(OK);
      assertTrue(net.wire.read().endsWith("ok"), protocol);
    }
  }

  @Test
  void upgrade_ofAFew_isToTheOneThatIsPassed() throws Exception {
    net.to(OPTIONS.withUpgrades("chat/2", "WebSocket"), net.raw());
    String get = "GET / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: ";
    net.wire.send(get + "h2c, websocket¶¶");
    assertTrue(net.far().read().endsWith("¶Upgrade: WebSocket¶Connection: Upgrade¶¶"));
    net.far().send(OK);
    assertTrue(net.wire.read().endsWith("ok"));
    net.wire.send(get + "Chat/2¶¶");
    assertTrue(net.far().read().endsWith("¶Upgrade: chat/2¶Connection: Upgrade¶¶"));
    net.to(OPTIONS.withUpgrades(), net.raw());
    net.far().send(OK);
    assertTrue(net.wire.read().endsWith("ok"));
    net.wire.send(get + "websocket¶¶");
    assertFalse(net.far().read().contains("Upgrade"));
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withUpgrades("a b"));
  }

  @Test
  void upgrade_thatNobodyAskedFor_isNoAnswer() throws Exception {
    net.to(OPTIONS, net.raw());
    net.wire.send(GET);
    net.far().send("HTTP/1.1 101 Switching Protocols¶Upgrade: websocket¶Connection: Upgrade¶¶");
    assertTrue(net.wire.read().startsWith("HTTP/1.1 502 "));
    net.wire.send(
        "POST / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: websocket¶Content-Length: 2¶¶hi");
    assertFalse(net.far().read().contains("Upgrade"));
    net.far().send("HTTP/1.1 101 Switching Protocols¶Upgrade: websocket¶Connection: Upgrade¶¶");
    assertTrue(net.wire.read().startsWith("HTTP/1.1 502 "));
  }

  @Test
  void fields_thatSayWhereARequestCameFrom_areNotPassedOn_inAnySpelling() throws Exception {
    net.to(OPTIONS, net.raw());
    net.wire.send(
        "GET / HTTP/1.1¶Host: a¶X-Forwarded-Port: 1¶X-Forwarded-Prefix: /x¶X_Forwarded_For: 6¶"
            + "X-Real_IP: 6¶Content_Length: 5¶Transfer_Encoding: chunked¶X_Mine: 1¶¶");
    String came = net.far().read();
    assertEquals(
        "GET / HTTP/1.1¶Host: a¶X_Mine: 1¶X-Forwarded-For: 127.0.0.1¶X-Forwarded-Proto: http¶"
            + "X-Forwarded-Host: a¶Forwarded: for=127.0.0.1;proto=http;host=\"a\"¶"
            + "Via: 1.1 pollux¶¶",
        came);
    net.to(OPTIONS.withTrustedForwarding(true), net.raw());
    net.far().send(OK);
    net.wire.read();
    net.wire.send("GET / HTTP/1.1¶Host: a¶X-Forwarded-Port: 1¶X-Real-IP: 6.6.6.6¶¶");
    String kept = net.far().read();
    assertTrue(kept.contains("¶X-Forwarded-Port: 1¶X-Real-IP: 6.6.6.6¶"), kept);
  }

  @Test
  void hops_areCountedDown_andNeverBelowZero() throws Exception {
    net.to(OPTIONS, net.raw());
    for (String last : List.of("0", "00", "0¶Max-Forwards: 0")) {
      String answer = net.ask("TRACE / HTTP/1.1¶Host: a¶Max-Forwards: " + last + "¶¶");
      assertTrue(answer.startsWith("HTTP/1.1 405 "), last + ": " + answer);
      assertTrue(answer.contains("¶Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS¶"), answer);
      String options = net.ask("OPTIONS / HTTP/1.1¶Host: a¶Max-Forwards: " + last + "¶¶");
      assertTrue(options.startsWith("HTTP/1.1 204 No Content¶Allow: GET, "), options);
      assertEquals(0, net.fars.size());
    }
    net.wire.send("OPTIONS * HTTP/1.1¶Host: a¶Max-Forwards: 010¶¶");
    String came = net.far().read();
    assertTrue(came.startsWith("OPTIONS * HTTP/1.1¶") && came.contains("Max-Forwards: 9¶"), came);
  }

  @Test
  void options_ofAWholeServer_areAskedAsSuch() throws Exception {
    net.to(OPTIONS, net.raw());
    for (String[] each :
        new String[][] {
          {"OPTIONS http://b", "OPTIONS *"},
          {"OPTIONS http://b/", "OPTIONS /"},
          {"OPTIONS http://b?x", "OPTIONS /?x"},
          {"GET http://b", "GET /"},
          {"GET http://b?x", "GET /?x"}
        }) {
      net.wire.send(each[0] + " HTTP/1.1¶Host: a¶¶");
      String came = net.far().read();
      assertTrue(came.startsWith(each[1] + " HTTP/1.1¶Host: b¶"), came);
      net.far().send(OK);
      assertTrue(net.wire.read().endsWith("ok"));
    }
  }

  @Test
  void connection_thatNamesFieldsOfTheMessage_changesNothingOfIt() throws Exception {
    net.to(OPTIONS, net.raw());
    net.wire.send(
        "POST / HTTP/1.1¶Host: a¶Connection: Host, Content-Length, X-Forwarded-For, Via¶"
            + "Content-Length: 2¶¶hi");
    String came = net.far().read();
    assertTrue(came.contains("¶Host: a¶"), came);
    assertTrue(came.contains("¶X-Forwarded-For: 127.0.0.1¶"), came);
    assertTrue(came.endsWith("¶Content-Length: 2¶¶hi"), came);
    net.far().send("HTTP/1.1 200 OK¶Connection: Content-Length, Via¶Content-Length: 2¶Via: x¶¶ok");
    String answer = net.wire.read();
    assertTrue(answer.contains("¶Content-Length: 2¶"), answer);
    assertFalse(answer.contains("Via: x"), answer);
  }

  @Test
  void answer_thatFailsBehindItsHead_isReplacedWhole() throws Exception {
    net.to(OPTIONS, net.raw());
    net.wire.send("HEAD / HTTP/1.1¶Host: a¶¶");
    net.far().send("HTTP/1.1 200 OK¶Set-Cookie: a=1¶Content-Length: 7, 7¶¶");
    String answer = net.wire.read();
    assertTrue(answer.startsWith("HTTP/1.1 502 "), answer);
    assertFalse(answer.contains("Set-Cookie"), answer);
  }

  @Test
  void bytesBehindAnAnswer_areNobodysAnswer() throws Exception {
    net.to(OPTIONS, net.raw());
    net.wire.send(GET);
    net.far().send(OK + "HTTP/1.1 200 OK¶Content-Length: 6¶¶POISON");
    assertTrue(net.wire.read().endsWith("ok"));
    net.wire.send(GET);
    assertEquals(2, net.fars.size());
    net.far().send(OK);
    assertTrue(net.wire.read().endsWith("ok"));
    net.far().send("HTTP/1.1 200 OK¶Content-Length: 6¶¶POISON");
    net.wire.send(GET);
    assertEquals(3, net.fars.size());
    net.far().send(OK);
    assertTrue(net.wire.read().endsWith("ok"));
  }

  @Test
  void fields_thatAreMoreThanIsPassedOn_areRefused() throws Exception {
    HttpLimits limits = HttpLimits.DEFAULT.withFieldBytes(1 << 20);
    ConnectionOptions like = ConnectionOptions.DEFAULT.withMaxUnreadBytes(2 << 20);
    try (ProxyWire big = new ProxyWire(HttpWire.OPTIONS.withLimits(limits), like)) {
      big.to(OPTIONS, big.raw());
      String answer = big.ask("GET / HTTP/1.1¶Host: a¶X: " + "x".repeat(70_000) + "¶¶");
      assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
      assertEquals(0, big.fars.size());
    }
  }

  @Test
  void client_thatIsGoneBeforeItsRequestIsRead_isNoFailureOfTheProgram() throws Exception {
    net.to(OPTIONS, net.raw());
    net.wire.write(HttpWire.bytes(GET));
    net.wire.cut().turn();
    assertEquals(List.of(), net.wire.reported);
  }

  @Test
  void client_thatLeaves_atAnyMoment_leavesNothing() throws Exception {
    String ask = "POST / HTTP/1.1¶Host: a¶Content-Length: 5¶¶hello";
    String answer = "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶3¶abc¶3¶def¶0¶¶";
    for (int asked = 1; asked <= ask.length(); asked++) {
      int most = asked == ask.length() ? answer.length() : 0;
      for (int answered = 0; answered <= most; answered++) {
        try (ProxyWire one = new ProxyWire()) {
          one.to(OPTIONS, one.raw());
          one.wire.send(ask.substring(0, asked));
          if (!one.fars.isEmpty() && answered > 0) {
            one.far().send(answer.substring(0, answered));
          }
          one.wire.turn();
          one.wire.cut().turn();
          one.wire.pass(Duration.ofSeconds(5));
          assertEquals(List.of(), one.wire.reported);
          boolean isWhole = answered == answer.length();
          assertTrue(one.fars.stream().allMatch(far -> far.isClosed || isWhole), ask + answered);
        }
      }
    }
  }

  @Test
  void server_thatLeaves_atAnyMoment_isSeen() throws Exception {
    String answer = "HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶3¶abc¶3¶def¶0¶¶";
    int head = answer.indexOf("¶¶") + 2;
    for (int answered = 0; answered <= answer.length(); answered++) {
      for (boolean isReset : new boolean[] {false, true}) {
        try (ProxyWire one = new ProxyWire()) {
          one.to(OPTIONS, one.raw());
          one.wire.send("POST / HTTP/1.1¶Host: a¶Content-Length: 5¶¶hello");
          one.far().send(answer.substring(0, answered));
          one.wire.turn();
          Connection far = one.far().connection;
          if (isReset) {
            far.reset();
          } else {
            far.close();
          }
          String came = one.wire.read();
          String what = answered + ": " + came;
          if (answered < head) {
            assertTrue(came.startsWith("HTTP/1.1 502 "), what);
          } else {
            assertTrue(came.startsWith("HTTP/1.1 200 "), what);
            assertEquals(answered < answer.length(), one.wire.isReset(), what);
          }
          assertEquals(List.of(), one.wire.reported, what);
        }
      }
    }
  }
}

package dev.pollux.http.proxy;

import static dev.pollux.http.proxy.ProxyWire.place;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpLimits;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpWire;
import dev.pollux.net.ConnectionOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which server is asked, how the others are looked at, and what is left when a proxy is closed. */
class TargetsTest {

  private static final ProxyOptions OPTIONS = ProxyOptions.DEFAULT;
  private static final HttpOptions MANY =
      HttpWire.OPTIONS.withLimits(HttpLimits.DEFAULT.withRequests(1_000_000));
  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";

  @Test
  void target_thatWasDown_isTriedByOneRequest_untilItHasAnswered() {
    try (HttpWire wire = HttpWire.to((_, _) -> {})) {
      Target one = new Target(place(URI.create("http://one")));
      Target two = new Target(place(URI.create("http://two")));
      LoopProxy proxy = new LoopProxy(wire.loop, List.of(one, two), OPTIONS);
      two.begin(); // so the other one has fewer
      assertSame(one, proxy.choose(Set.of()));
      proxy.failed(one, "gone");
      assertSame(two, proxy.choose(Set.of()));
      wire.hold(Duration.ofMillis(1_999)).turn();
      assertSame(two, proxy.choose(Set.of()));
      wire.hold(Duration.ofMillis(2)).turn();
      assertSame(one, proxy.choose(Set.of()));
      assertSame(two, proxy.choose(Set.of()));
      wire.hold(Duration.ofMillis(2_001)).turn();
      assertSame(one, proxy.choose(Set.of()));
      one.answered();
      assertSame(one, proxy.choose(Set.of()));
      assertSame(two, proxy.choose(Set.of(one)));
      assertNull(proxy.choose(Set.of(one, two)));
      proxy.close();
    }
  }

  @Test
  void requestsUnderWay_areCountedDown_howeverTheyEnd() throws Exception {
    int[] asked = {0, 0};
    try (ProxyWire net = new ProxyWire()) {
      String first = net.raw(far -> asked[0]++);
      String second = net.raw(far -> asked[1]++);
      net.to(OPTIONS, first, second);
      net.wire.send(GET);
      net.far().send("HTTP/1.1 bad¶¶"); // 502
      net.wire.send(GET);
      net.far().connection.reset(); // 502
      net.wire.send(GET);
      net.far().send("HTTP/1.1 200 OK¶Content-Length: 2, 2¶¶");
      net.wire.send("GET / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: x¶¶");
      net.far().send("HTTP/1.1 101 Switching Protocols¶Upgrade: x¶¶");
      net.wire.send("POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶2¶hi¶0¶¶");
      net.far().send(OK);
      net.wire.send(GET);
      net.wire.pass(Duration.ofSeconds(31)); // 504
      String answers = net.wire.read();
      assertEquals(6, answers.split("HTTP/1.1 [25]0[024] ", -1).length - 1, answers);
      net.fars.forEach(ProxyWire.Far::read);
      asked[0] = 0;
      asked[1] = 0;
      for (int i = 0; i < 10; i++) {
        net.wire.send(GET);
        ProxyWire.Far busy =
            net.fars.stream().filter(far -> !far.read().isEmpty()).findFirst().orElseThrow();
        busy.send(OK);
        assertTrue(net.wire.read().endsWith("ok"));
      }
      assertEquals(List.of(5, 5), List.of(asked[0], asked[1]));
    }
  }

  @Test
  void target_whoseConnectionsAreAllUsed_isStillWell() throws Exception {
    int[] looks = {0};
    try (ProxyWire net = new ProxyWire()) {
      String one =
          net.serve((request, response) -> {
            if (request.path().equals("/health")) {
              looks[0]++;
              response.send("well");
            } else {
              response.later();
            }
          });
      String two = net.serve((_, response) -> response.send("two"));
      net.to(
          OPTIONS
              .withHealthPath("/health")
              .withClient(OPTIONS.client().withConnectionsPerOrigin(1)),
          one,
          two);
      net.wire.send(GET);
      net.wire.pass(Duration.ofSeconds(9));
      assertTrue(looks[0] >= 4, "looks: " + looks[0]);
    }
  }

  @Test
  void target_thatDoesNotAnswerALook_isUnwell_andIsLookedAtAgain() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      String hanging = net.raw();
      String well = net.serve((_, response) -> response.send("well"));
      net.to(OPTIONS.withHealthPath("/health"), hanging, well);
      net.wire.send(GET);
      net.wire.pass(Duration.ofSeconds(31));
      net.wire.read();
      for (int i = 0; i < 4; i++) {
        assertTrue(net.ask(GET).endsWith("well"));
      }
      int looks = net.fars.size();
      assertTrue(looks >= 2, "looks: " + looks);
      net.wire.pass(Duration.ofSeconds(9));
      assertTrue(net.fars.size() > looks);
    }
  }

  /** Has so much wait for a client that does not read, and a little more. */
  private static void fill(ProxyWire net, int least) {
    net.handler = (_, response) -> response.send("x".repeat(9_000));
    while (net.wire.connection.queuedBytes() < least) {
      net.wire.send(GET);
    }
    assertTrue(net.wire.connection.isWritable());
  }

  @Test
  void answer_thatIsRefusedAtFirst_andEndsMeanwhile_isPassedOnWhole() throws Exception {
    ConnectionOptions like =
        ConnectionOptions.DEFAULT.withHighWaterBytes(20_000).withMaxQueuedBytes(20_000);
    try (ProxyWire net = new ProxyWire(MANY, like)) {
      fill(net, 4_000);
      net.to(OPTIONS, net.raw());
      net.wire.send(GET);
      String body = "a".repeat(18_000) + "z";
      net.far().send("HTTP/1.1 200 OK¶Content-Length: 18001¶¶" + body);
      StringBuilder came = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        came.append(net.wire.read());
      }
      String all = came.toString();
      assertTrue(all.contains("¶Content-Length: 18001¶¶" + body), "no whole answer");
      assertTrue(net.ask(GET).isEmpty());
      net.far().send(OK);
      assertTrue(net.wire.read().endsWith("ok"));
    }
  }

  @Test
  void tunnel_whoseConnectionIsOverBeforeItBegins_endsBehindToo() throws Exception {
    ConnectionOptions like =
        ConnectionOptions.DEFAULT.withHighWaterBytes(20_000).withMaxQueuedBytes(20_000);
    try (ProxyWire net = new ProxyWire(MANY, like)) {
      fill(net, 8_000);
      net.to(OPTIONS, net.raw());
      net.wire.send("GET / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: websocket¶¶");
      net.far()
          .send(
              "HTTP/1.1 101 Switching Protocols¶Connection: Upgrade¶Upgrade: websocket¶X: "
                  + "x".repeat(18_000)
                  + "¶¶");
      net.wire.turn();
      assertFalse(net.far().isClosed);
      net.wire.connection.reset();
      net.wire.pass(Duration.ofSeconds(5));
      assertTrue(net.far().isClosed);
    }
  }

  @Test
  void proxy_thatIsClosed_answersSo_andLeavesNothing() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      ReverseProxy proxy = net.to(OPTIONS.withHealthPath("/"), net.raw());
      proxy.close();
      assertTrue(net.ask(GET).startsWith("HTTP/1.1 503 "));
      net.wire.pass(Duration.ofSeconds(5));
      assertTrue(net.fars.stream().allMatch(far -> far.isClosed));
      assertEquals(List.of(), net.wire.reported);
    }
  }

  @Test
  void answer_thatEndsWhileTheClientDoesNotRead_isPassedOnWhole() throws Exception {
    for (int size = 1 << 20; size < 4 << 20; size += 300_000) {
      try (ProxyWire net = new ProxyWire()) {
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
          body[i] = (byte) ('a' + i % 26);
        }
        net.to(OPTIONS, net.serve((_, response) -> response.send(body)));
        net.wire.send(GET);
        for (int i = 0; i < 200; i++) {
          net.wire.turn();
        }
        StringBuilder came = new StringBuilder();
        for (int i = 0; i < 2_000 && came.length() < size; i++) {
          came.append(net.wire.read());
        }
        String text = came.toString();
        String content = text.substring(text.indexOf("¶¶") + 2);
        assertEquals(new String(body, ISO_8859_1), content);
        assertTrue(net.ask(GET).startsWith("HTTP/1.1 200 "));
      }
    }
  }
}

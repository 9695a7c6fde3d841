package dev.pollux.http.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What looks at targets decide, from the first one on, and who is told of it. */
class HealthTest {

  private static final ProxyOptions OPTIONS = ProxyOptions.DEFAULT.withHealthPath("/health");
  private static final String GET = "GET / HTTP/1.1¶Host: a¶¶";
  private static final String WELL = "HTTP/1.1 204 No Content¶¶";
  private static final String ILL = "HTTP/1.1 500 Ill¶Content-Length: 0¶¶";

  /** A server that counts what else it is asked. */
  private static HttpHandler counting(int[] asked, int status) {
    return (request, response) -> {
      boolean isLook = request.path().equals("/health");
      asked[0] += isLook ? 0 : 1;
      response.status(isLook ? status : 200).send(status == 200 ? "well" : "ill");
    };
  }

  @Test
  void looks_beginWithTheStart_andNoRequestIsNeeded() throws Exception {
    int[] looks = {0};
    try (ProxyWire net = new ProxyWire()) {
      ReverseProxy proxy =
          net.to(
              OPTIONS,
              net.serve(
                  (_, response) -> {
                    looks[0]++;
                    response.send("well");
                  }));
      proxy.start(List.of(net.wire.loop));
      net.wire.turn();
      assertEquals(1, looks[0]);
      net.wire.pass(Duration.ofSeconds(3));
      assertEquals(2, looks[0]);
    }
  }

  @Test
  void firstRequest_goesToNoTarget_whoseFirstLookWasBad() throws Exception {
    for (boolean isStarted : new boolean[] {false, true}) {
      int[] ill = {0};
      int[] well = {0};
      try (ProxyWire net = new ProxyWire()) {
        ReverseProxy proxy =
            net.to(OPTIONS, net.serve(counting(ill, 500)), net.serve(counting(well, 200)));
        if (isStarted) {
          proxy.start(List.of(net.wire.loop));
        }
        assertTrue(net.ask(GET).endsWith("well"));
        assertEquals(List.of(0, 1), List.of(ill[0], well[0]));
      }
    }
  }

  @Test
  void firstRequest_waitsForALook_andGoesWhereTheFirstGoodOneWas() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      net.to(OPTIONS, net.raw(), net.raw());
      net.wire.send(GET);
      assertEquals(2, net.fars.size()); // looks
      net.fars.get(1).send(WELL);
      net.wire.turn();
      assertEquals(3, net.fars.size());
      assertTrue(net.far().read().startsWith("GET / "));
      net.far().send("HTTP/1.1 200 OK¶Content-Length: 1¶¶x");
      assertTrue(net.wire.read().endsWith("x"));
    }
  }

  @Test
  void firstRequest_whereAllLooksWereBad_isSentAllTheSame() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      net.to(OPTIONS, net.raw());
      net.wire.send(GET);
      net.far().send(ILL);
      net.wire.turn();
      assertTrue(net.fars.stream().anyMatch(far -> far.read().startsWith("GET / ")));
    }
  }

  /** However long a look may take. */
  @Test
  void firstRequest_waitsNoLongerThanItMay() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      net.to(OPTIONS.withHealthInterval(Duration.ofHours(1)), net.raw());
      net.wire.send(GET);
      net.wire.pass(Duration.ofMillis(4_990));
      assertEquals(1, net.fars.size());
      net.wire.pass(Duration.ofMillis(20));
      assertEquals(2, net.fars.size());
    }
  }

  @Test
  void requestsThatWaitForALook_beyondTheLimit_are503() throws Exception {
    for (int most = 0; most < 2; most++) {
      try (ProxyWire net = new ProxyWire()) {
        net.to(OPTIONS.withClient(OPTIONS.client().withWaitingRequests(most)), net.raw());
        net.wire.send(GET);
        assertEquals(most == 0, net.wire.read().startsWith("HTTP/1.1 503 "));
      }
    }
  }

  @Test
  void requestThatWaits_isRefused_whenTheProxyIsClosed() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      ReverseProxy proxy = net.to(OPTIONS, net.raw());
      net.wire.send(GET);
      proxy.close();
      assertTrue(net.wire.read().startsWith("HTTP/1.1 503 "));
    }
  }

  @Test
  void requestThatWaits_andWhoseClientIsGone_isForgotten() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      net.to(OPTIONS, net.raw());
      net.wire.send(GET);
      net.wire.connection.reset();
      net.wire.turn();
      net.far().send(WELL);
      net.wire.turn();
      assertEquals(1, net.fars.size());
      assertEquals(List.of(), net.wire.reported);
    }
  }
}

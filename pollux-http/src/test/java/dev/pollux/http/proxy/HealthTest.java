package dev.pollux.http.proxy;

import static dev.pollux.http.proxy.ProxyWire.place;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
              net.serve((_, response) -> {
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

  // ---- who is told

  @Test
  void target_thatGoesDown_andIsUpAgain_isTold() throws Exception {
    int[] status = {200};
    List<String> told = new ArrayList<>();
    try (ProxyWire net = new ProxyWire()) {
      String one = net.serve((_, response) -> response.status(status[0]).send("x"));
      String two = net.serve((_, response) -> response.send("x"));
      ReverseProxy proxy = net.to(OPTIONS.withHealthListener(into(told)), one, two);
      assertEquals(List.of(false, false), up(proxy));
      proxy.start(List.of(net.wire.loop));
      net.wire.turn();
      assertEquals(List.of(true, true), up(proxy));
      assertEquals(List.of(), told);
      status[0] = 503;
      net.wire.pass(Duration.ofSeconds(9));
      assertEquals(List.of(false, true), up(proxy));
      assertEquals(List.of(one + " down: /health is answered by 503"), told);
      status[0] = 200;
      net.wire.pass(Duration.ofSeconds(9));
      assertEquals(List.of(true, true), up(proxy));
      assertEquals(one + " up: /health is answered by 200", told.getLast());
      assertEquals(2, told.size());
    }
  }

  private static HealthListener into(List<String> told) {
    return (target, isUp, why) -> told.add(target + (isUp ? " up: " : " down: ") + why);
  }

  private static List<Boolean> up(ReverseProxy proxy) {
    return proxy.targets().stream().map(TargetHealth::isUp).toList();
  }

  /** Only requests tell, and what could not be connected to is down until it answers. */
  @Test
  void target_thatIsNotLookedAt_isTold_byWhatCameOfRequests() throws Exception {
    List<String> told = new ArrayList<>();
    try (ProxyWire net = new ProxyWire()) {
      ReverseProxy proxy =
          net.to(ProxyOptions.DEFAULT.withHealthListener(into(told)), "http://127.0.0.1:1");
      assertEquals(List.of(true), up(proxy));
      for (int i = 0; i < 3; i++) {
        assertTrue(net.ask(GET).startsWith("HTTP/1.1 502 "));
        net.wire.pass(Duration.ofSeconds(3));
      }
      assertEquals(List.of(false), up(proxy));
      assertEquals(1, told.size());
      assertTrue(told.getFirst().startsWith("http://127.0.0.1:1 down: GET "), told.toString());
    }
  }

  @Test
  void goodLook_endsTheTime_thatATargetIsLeftAlone() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      ProxyOptions options = OPTIONS.withDownTime(Duration.ofHours(1));
      LoopProxy proxy =
          new LoopProxy(net.wire.loop, List.of(new Target(place(URI.create(net.raw())))), options);
      Target target = Objects.requireNonNull(proxy.choose(Set.of()));
      net.wire.turn();
      proxy.looked(target, true, "well");
      proxy.failed(target, "gone");
      assertFalse(target.isUp(net.wire.loop.nowNanos()));
      proxy.looked(target, true, "well");
      assertTrue(target.isUp(net.wire.loop.nowNanos()));
      proxy.close();
    }
  }

  /** One loop that finds it up is enough; the last one that goes says nothing. */
  @Test
  void place_isDown_ifNoLoopFindsItUp() {
    List<String> told = new ArrayList<>();
    Place place = place(URI.create("http://a"));
    HealthListener listener = into(told);
    place.changed(Place.State.UNKNOWN, Place.State.UP, "1", listener);
    place.changed(Place.State.UNKNOWN, Place.State.DOWN, "2", listener);
    assertTrue(place.health(true).isUp());
    place.changed(Place.State.UP, Place.State.DOWN, "3", listener);
    assertFalse(place.health(false).isUp());
    place.changed(Place.State.DOWN, Place.State.UNKNOWN, "", null);
    place.changed(Place.State.DOWN, Place.State.UNKNOWN, "", null);
    assertFalse(place.health(false).isUp());
    place.changed(Place.State.UNKNOWN, Place.State.UP, "4", listener);
    assertEquals(List.of("http://a down: 3", "http://a up: 4"), told);
  }

  @Test
  void listener_thatThrows_isReported_andNothingElse() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      HealthListener bad =
          (_, _, _) -> {
            throw new IllegalStateException("mine");
          };
      net.to(OPTIONS.withHealthListener(bad), net.serve(counting(new int[1], 500)));
      assertTrue(net.ask(GET).endsWith("ill"));
      assertEquals(1, net.wire.reported.size());
      assertTrue(net.wire.reported.getFirst().endsWith("mine"), net.wire.reported.toString());
    }
  }
}

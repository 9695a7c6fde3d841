package dev.pollux.http.proxy;

import static dev.pollux.http.proxy.ProxyWire.place;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is behind an upgrade: how it ends, and that it counts. */
class TunnelTest {

  private static final ProxyOptions OPTIONS = ProxyOptions.DEFAULT;
  private static final String UPGRADE =
      "GET / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: websocket¶¶";
  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols¶Connection: Upgrade¶Upgrade: websocket¶¶";

  /** A tunnel that is open, both ways. */
  private static ProxyWire.Far open(ProxyWire net) {
    net.wire.send(UPGRADE);
    ProxyWire.Far far = net.far();
    far.read();
    far.send(SWITCHED);
    assertTrue(net.wire.read().startsWith("HTTP/1.1 101 "));
    far.send("down");
    assertEquals("down", net.wire.read());
    net.wire.send("up");
    assertEquals("up", far.read());
    return far;
  }

  @Test
  void tunnel_inWhichNothingMoves_endsInOrder_onBothSides() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      net.to(OPTIONS, net.raw());
      ProxyWire.Far far = open(net);
      net.wire.pass(Duration.ofSeconds(599));
      net.wire.send("x");
      net.wire.pass(Duration.ofSeconds(599));
      far.send("y");
      net.wire.pass(Duration.ofSeconds(599));
      assertEquals("y", net.wire.read());
      assertFalse(far.isInputOver || net.wire.isEnded());
      net.wire.pass(Duration.ofSeconds(2));
      assertTrue(net.wire.isEnded());
      assertTrue(far.isInputOver);
    }
  }

  @Test
  void tunnelIdle_isAnOption() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      net.to(OPTIONS.withTunnelIdle(Duration.ofSeconds(3)), net.raw());
      ProxyWire.Far far = open(net);
      net.wire.pass(Duration.ofSeconds(4));
      assertTrue(net.wire.isEnded() && far.isInputOver);
    }
  }

  @Test
  void tunnel_ofAServerThatStops_endsInOrder_atOnce() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      net.to(OPTIONS, net.raw());
      ProxyWire.Far far = open(net);
      far.send("last");
      net.wire.turn();
      net.wire.connection.finish(); // as a server does that stops
      assertEquals("last", net.wire.read());
      assertTrue(net.wire.isEnded());
      net.wire.end();
      assertTrue(net.wire.connection.isClosed());
      net.wire.turn();
      assertTrue(far.isInputOver && far.isClosed);
    }
  }

  /** What has come from the client by then is passed on. */
  @Test
  void tunnel_ofAServerThatStops_passesOnWhatHasCome() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      net.to(OPTIONS, net.raw());
      ProxyWire.Far far = open(net);
      net.wire.write("said".getBytes(ISO_8859_1));
      net.wire.connection.finish();
      net.wire.turn().end();
      assertEquals("said", far.read());
      assertTrue(far.isInputOver);
    }
  }

  @Test
  void tunnel_whosePeerIsReset_isResetOnTheOtherSide() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      net.to(OPTIONS, net.raw());
      open(net).connection.reset();
      net.wire.turn();
      assertTrue(net.wire.isReset());
    }
  }

  @Test
  void proxy_thatIsClosed_endsItsTunnelsInOrder() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      ReverseProxy proxy = net.to(OPTIONS, net.raw());
      ProxyWire.Far far = open(net);
      proxy.close();
      net.wire.turn();
      assertTrue(net.wire.isEnded() && far.isInputOver);
    }
  }

  @Test
  void tunnel_isUnderWay_asLongAsItIsOpen() throws Exception {
    try (ProxyWire net = new ProxyWire()) {
      Target target = new Target(place(URI.create(net.raw())));
      LoopProxy proxy = new LoopProxy(net.wire.loop, List.of(target), OPTIONS);
      net.handler = (request, response) -> new Passage(proxy, request, response).begin();
      ProxyWire.Far far = open(net);
      assertEquals(1, target.active());
      far.connection.reset();
      net.wire.turn();
      assertEquals(0, target.active());
      proxy.close();
    }
  }
}

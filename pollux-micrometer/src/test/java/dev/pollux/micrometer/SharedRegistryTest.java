package dev.pollux.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Binders in a registry where others are. */
@SuppressWarnings("try") // who is closed when is the matter
class SharedRegistryTest {

  private static final String REQUESTS = "http.server.requests";

  private static Server serve(Box box, ServerOptions at) throws IOException {
    ConnectionHandler echo =
        new ConnectionHandler() {
          @Override
          public void received(Connection connection, ByteBuffer data) {
            var _ = connection.write(data);
          }
        };
    return Server.open(box.loop, at, _ -> echo);
  }

  private static HttpServer hello(Box box, PolluxHttpMetrics metrics) throws IOException {
    return HttpServer.open(
        box.loop,
        Box.at(),
        HttpOptions.DEFAULT.withObserver(metrics),
        (_, response) -> response.send("Hello"));
  }

  private static Timer timer(MeterRegistry in) {
    return Timer.builder(REQUESTS)
        .tags("method", "GET", "uri", "NONE", "status", "200", "outcome", "SUCCESS")
        .register(in);
  }

  /** Nothing changes, and the message says which meter, what to set, and that nothing is bound. */
  private static void assertRefused(MeterBinder binder, MeterRegistry in, String... words) {
    List<Meter> before = in.getMeters();
    for (int i = 0; i < 2; i++) {
      String message =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> binder.bindTo(in)).getMessage());
      for (String word : words) {
        assertTrue(message.contains(word), message);
      }
      assertTrue(message.contains("nothing was bound"), message);
      assertEquals(identities(before), identities(in.getMeters()));
    }
  }

  private static Set<Meter> identities(List<Meter> meters) {
    Set<Meter> identities = Collections.newSetFromMap(new IdentityHashMap<>());
    identities.addAll(meters);
    return identities;
  }

  @Test
  void server_restartedAtTheSameAddress_isRefused_untilTheOneBeforeIsTakenAway() throws Exception {
    try (Box box = new Box()) {
      Server old = serve(box, Box.at());
      InetSocketAddress address = (InetSocketAddress) old.address();
      PolluxServerMetrics before = new PolluxServerMetrics(old, Tags.empty());
      before.bindTo(box.registry);
      old.close();
      box.turn();
      try (Server server = serve(box, ServerOptions.at(address));
          PolluxServerMetrics metrics = new PolluxServerMetrics(server, Tags.empty())) {
        String name = "server=127.0.0.1:" + address.getPort();
        String open = "pollux.server.connections.open";
        assertRefused(metrics, box.registry, open, name, "withTags", "close");
        before.close();
        metrics.bindTo(box.registry);
        before.close();
        Box.Peer _ = box.connect(server.address()).send("x").await("x");
        assertEquals(1, box.value("pollux.server.connections.accepted"));
      }
      assertEquals(List.of(), Box.names(box.registry));
    }
  }

  @Test
  void server_withATagOfItsOwn_isBoundBeside() throws Exception {
    try (Box box = new Box();
        Server server = serve(box, Box.at());
        PolluxServerMetrics first = new PolluxServerMetrics(server, Tags.of("run", "1"));
        PolluxServerMetrics second = new PolluxServerMetrics(server, Tags.of("run", "2"))) {
      first.bindTo(box.registry);
      second.bindTo(box.registry);
      first.close();
      assertEquals(0, box.value("pollux.server.connections.open", "run", "2"));
    }
  }

  @Test
  void http_ofTheSameTags_isRefused_untilTheOtherIsClosed() throws Exception {
    try (Box box = new Box();
        PolluxHttpMetrics first = new PolluxHttpMetrics(Tags.of("app", "a"));
        PolluxHttpMetrics second = new PolluxHttpMetrics(Tags.of("app", "a"));
        HttpServer one = hello(box, first);
        HttpServer two = hello(box, second)) {
      first.bindTo(box.registry);
      assertRefused(second, box.registry, "pollux.http.", "app=a", "withTags");
      Box.Peer peer = box.connect(two.address()).ask("GET", "/", "Hello");
      assertEquals(List.of(), box.registry.find(REQUESTS).meters().stream().toList());
      Box.Peer _ = box.connect(one.address()).ask("GET", "/", "Hello");
      assertEquals(1, box.find(REQUESTS).timer().count());
      first.close();
      second.bindTo(box.registry);
      var _ = peer.ask("GET", "/", "Hello");
      assertEquals(1, box.find(REQUESTS).timer().count());
      assertEquals(1, box.value("pollux.http.ends", "end", "answered"));
    }
  }

  @Test
  void loops_ofTwoGroupsWithTheSameName_areRefused() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (LoopGroup one = LoopGroup.start(1, LoopOptions.DEFAULT);
        LoopGroup two = LoopGroup.start(1, LoopOptions.DEFAULT);
        PolluxLoopMetrics first = new PolluxLoopMetrics(one, Tags.empty());
        PolluxLoopMetrics second = new PolluxLoopMetrics(two, Tags.empty())) {
      first.bindTo(registry);
      assertRefused(second, registry, "pollux.loop.", "loop=loop-0", "LoopOptions.withName");
    }
    assertEquals(List.of(), Box.names(registry));
  }

  /** One that is bound already is among them: what is bound before it is taken away again. */
  @Test
  void loops_ofWhichOneIsBoundAlready_areRefused_all() throws Exception {
    try (Box box = new Box(LoopOptions.DEFAULT.withName("a"));
        Box other = new Box(LoopOptions.DEFAULT.withName("b"));
        PolluxLoopMetrics first = new PolluxLoopMetrics(other.loop, Tags.empty());
        PolluxLoopMetrics both =
            new PolluxLoopMetrics(List.of(box.loop, other.loop), MetricsOptions.DEFAULT)) {
      first.bindTo(box.registry);
      assertRefused(both, box.registry, "loop=b");
    }
  }

  @Test
  void loops_ofOneListWithTheSameName_areRefused() throws Exception {
    try (Box box = new Box(LoopOptions.DEFAULT.withName("same"));
        Box other = new Box(LoopOptions.DEFAULT.withName("same"))) {
      List<EventLoop> loops = List.of(box.loop, other.loop);
      IllegalArgumentException thrown =
          assertThrows(
              IllegalArgumentException.class,
              () -> new PolluxLoopMetrics(loops, MetricsOptions.DEFAULT));
      assertTrue(String.valueOf(thrown.getMessage()).contains("same"), thrown::getMessage);
    }
  }

  @Test
  void meters_thatSomebodyHasMade_areRefused_andStay() throws Exception {
    try (Box box = new Box();
        PolluxHttpMetrics metrics = new PolluxHttpMetrics(Tags.empty())) {
      var _ = box.registry.counter("pollux.http.ends", "end", "cut");
      assertRefused(metrics, box.registry, "pollux.http.ends", "end=cut");
    }
  }

  @Test
  void meters_thatAnotherHasMadeSince_stay() throws Exception {
    try (Box box = new Box();
        PolluxLoopMetrics second = new PolluxLoopMetrics(box.loop, Tags.empty())) {
      PolluxLoopMetrics first = new PolluxLoopMetrics(box.loop, Tags.empty());
      first.bindTo(box.registry);
      box.registry.clear();
      second.bindTo(box.registry);
      int count = box.registry.getMeters().size();
      first.close();
      assertEquals(count, box.registry.getMeters().size());
    }
  }

  @Test
  void timer_ofAnother_isCountedInto_andStays() throws Exception {
    try (Box box = new Box();
        PolluxHttpMetrics metrics = new PolluxHttpMetrics(Tags.empty());
        HttpServer server = hello(box, metrics)) {
      Timer others = timer(box.registry);
      metrics.bindTo(box.registry);
      Box.Peer _ = box.connect(server.address()).ask("GET", "/", "Hello").ask("GET", "/", "Hello");
      assertEquals(2, others.count());
      metrics.close();
      assertSame(others, box.find(REQUESTS).timer());
    }
  }

  @Test
  void timer_ofAnotherWhoTakesItAway_isMadeAnew() throws Exception {
    try (Box box = new Box();
        PolluxHttpMetrics metrics = new PolluxHttpMetrics(Tags.empty());
        HttpServer server = hello(box, metrics)) {
      Timer others = timer(box.registry);
      metrics.bindTo(box.registry);
      Box.Peer peer = box.connect(server.address()).ask("GET", "/", "Hello");
      var _ = box.registry.remove(others);
      var _ = peer.ask("GET", "/", "Hello").ask("GET", "/", "Hello");
      assertEquals(1, others.count());
      assertEquals(2, box.find(REQUESTS).timer().count());
      metrics.close();
      assertEquals(List.of(), Box.names(box.registry));
    }
  }

  /** With nothing else in the registry that would tell the two apart. */
  @Test
  void timer_ofABinderThatIsClosed_isMadeAnewByTheOther() throws Exception {
    try (Box box = new Box();
        PolluxHttpMetrics first = new PolluxHttpMetrics(Tags.empty());
        PolluxHttpMetrics second = new PolluxHttpMetrics(Tags.empty());
        HttpServer one = hello(box, first);
        HttpServer two = hello(box, second)) {
      var _ = box.registry.config().meterFilter(MeterFilter.denyNameStartsWith("pollux."));
      first.bindTo(box.registry);
      second.bindTo(box.registry);
      Box.Peer _ = box.connect(one.address()).ask("GET", "/", "Hello");
      Box.Peer peer = box.connect(two.address()).ask("GET", "/", "Hello");
      assertEquals(2, box.find(REQUESTS).timer().count());
      first.close();
      var _ = peer.ask("GET", "/", "Hello");
      assertEquals(1, box.find(REQUESTS).timer().count());
    }
  }

  @Test
  void tags_thatAFilterTakesAway_leaveOneMeterOfMany() throws Exception {
    try (Box box = new Box();
        PolluxHttpMetrics metrics = new PolluxHttpMetrics(Tags.empty());
        HttpServer server = hello(box, metrics)) {
      var _ = box.registry.config().meterFilter(MeterFilter.ignoreTags("end", "status", "method"));
      metrics.bindTo(box.registry);
      Box.Peer _ = box.connect(server.address()).ask("GET", "/", "Hello").ask("HEAD", "/", "¶¶");
      assertEquals(2, box.value("pollux.http.ends"));
      assertEquals(2, box.find(REQUESTS).timer().count());
      metrics.close();
      assertEquals(List.of(), Box.names(box.registry));
    }
  }
}

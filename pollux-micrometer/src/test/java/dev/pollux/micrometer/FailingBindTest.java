package dev.pollux.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.net.Server;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A registry that fails while meters are made. */
@SuppressWarnings("try") // who is closed when is the matter
class FailingBindTest {

  /** Fails at one name until it is told not to. */
  private static final class Failing implements MeterFilter {
    private final String name;
    boolean fails = true;

    Failing(String name) {
      this.name = name;
    }

    @Override
    public MeterFilterReply accept(Meter.Id id) {
      if (fails && id.getName().equals(name)) {
        throw new IllegalStateException("on purpose");
      }
      return MeterFilterReply.NEUTRAL;
    }
  }

  /** Fails each time, and leaves nothing; then binds all that it has. */
  private static void assertBindsAllOrNothing(Box box, MeterBinder binder, String last) {
    Failing filter = new Failing(last);
    var _ = box.registry.config().meterFilter(filter);
    for (int i = 0; i < 2; i++) {
      IllegalStateException thrown =
          assertThrows(IllegalStateException.class, () -> binder.bindTo(box.registry));
      assertEquals("on purpose", thrown.getMessage());
      assertEquals(List.of(), Box.names(box.registry));
    }
    filter.fails = false;
    binder.bindTo(box.registry);
    assertTrue(Box.names(box.registry).contains(last));
  }

  @Test
  void http_thatFailsHalfWay_isNotBound() throws Exception {
    try (Box box = new Box();
        PolluxHttpMetrics metrics = new PolluxHttpMetrics(Tags.empty())) {
      assertBindsAllOrNothing(box, metrics, "pollux.http.websocket.transferred");
      HttpOptions observed = HttpOptions.DEFAULT.withObserver(metrics);
      try (HttpServer server =
          HttpServer.open(box.loop, Box.at(), observed, (_, response) -> response.send("Hello"))) {
        Box.Peer _ = box.connect(server.address()).ask("GET", "/", "Hello");
      }
      assertEquals(1, box.value("pollux.http.ends", "end", "answered"));
      metrics.close();
      assertEquals(List.of(), Box.names(box.registry));
    }
  }

  @Test
  void server_thatFailsHalfWay_isNotBound() throws Exception {
    try (Box box = new Box();
        Server server = Server.open(box.loop, Box.at(), _ -> (_, data) -> data.clear());
        PolluxServerMetrics metrics = new PolluxServerMetrics(server, Tags.empty())) {
      assertBindsAllOrNothing(box, metrics, "pollux.server.transferred");
    }
  }

  @Test
  void loops_thatFailHalfWay_areNotBound() throws Exception {
    try (Box box = new Box();
        PolluxLoopMetrics metrics = new PolluxLoopMetrics(box.loop, Tags.empty())) {
      assertBindsAllOrNothing(box, metrics, "pollux.loop.refused");
    }
  }
}

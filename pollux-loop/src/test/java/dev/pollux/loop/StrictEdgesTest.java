package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A handler that forgets to say that an edge was drained is found, on every backend. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class StrictEdgesTest extends LoopCase {

  private int readyCount;

  private void assertForgottenIsFound(LoopOptions options) throws Exception {
    EventLoop loop = open(options);
    int fd = eventfd(1);
    Registration registration =
        loop.add(
            fd,
            Interest.READABLE,
            Trigger.EDGE,
            _ -> {
              readyCount++;
              take(fd);
            });
    assertEquals(List.of(), loop.poller().undrained());
    int _ = loop.runOnce(0);
    assertEquals(1, readyCount);
    assertEquals(List.of(registration), loop.poller().undrained());
    signal(fd);
    int _ = loop.runOnce(0);
    assertEquals(1, readyCount);
    registration.drained(Interest.READABLE);
    assertEquals(List.of(), loop.poller().undrained());
    int _ = loop.runOnce(0);
    assertEquals(2, readyCount);
  }

  @Test
  void edge_notSaidToBeDrained_isNamedAndHeardNoMore() throws Exception {
    assertForgottenIsFound(options().withStrictEdges(true));
  }

  @Test
  void edge_onTheBestBackend_isStrictAsWell() throws Exception {
    assertForgottenIsFound(options().withBackend(null).withStrictEdges(true));
  }
}

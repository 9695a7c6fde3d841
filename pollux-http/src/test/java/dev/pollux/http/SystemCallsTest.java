package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How often the kernel is asked something for an answer that comes later. */
class SystemCallsTest {

  private static final String GET = "GET /%d HTTP/1.1¶Host: a¶¶";

  private final Map<String, Integer> calls = new HashMap<>();
  private final List<HttpResponse> waiting = new ArrayList<>();

  private HttpWire wire() {
    return HttpWire.counting(calls, (_, response) -> waiting.add(response.later()));
  }

  private int count(String name) {
    return calls.getOrDefault(name, 0);
  }

  @Test
  void answer_inOnePiece_leavesWithItsHead_byOneSend() {
    try (HttpWire wire = wire()) {
      wire.send(GET.formatted(1));
      assertEquals(0, count("send"));
      HttpResponse response = waiting.getFirst().length(5);
      assertTrue(response.write("hello").isTaken());
      assertEquals(1, count("send"));
      assertTrue(response.end().isTaken());
      wire.turn();
      assertEquals(1, count("send"));
      assertEquals("hello", wire.contents());
    }
  }

  @Test
  void head_thatIsToBeginTheAnswer_leavesAtOnce() {
    try (HttpWire wire = wire()) {
      wire.send(GET.formatted(1));
      waiting.getFirst().begin("text/plain");
      assertEquals(1, count("send"));
      String head = wire.read();
      assertTrue(head.startsWith("HTTP/1.1 200 OK¶") && head.endsWith("¶¶"), head);
      var _ = waiting.getFirst().write("");
      assertEquals(1, count("send"));
      assertTrue(waiting.getFirst().end().isTaken());
      assertEquals("0¶¶", wire.read());
    }
  }

  @Test
  void emptyPiece_sendsTheHead() {
    try (HttpWire wire = wire()) {
      wire.send(GET.formatted(1));
      var _ = waiting.getFirst().length(2).write("");
      assertEquals(1, count("send"));
      assertTrue(waiting.getFirst().write("ab").isTaken());
      assertTrue(waiting.getFirst().end().isTaken());
      assertEquals("ab", wire.contents());
    }
  }

  @Test
  void waiting_forAnAnswer_changesNoInterest_unlessMoreComes() {
    try (HttpWire wire = wire()) {
      wire.send(GET.formatted(1));
      int before = count("epollCtl");
      for (int i = 1; i <= 3; i++) {
        assertTrue(waiting.getLast().send(String.valueOf(i)).isTaken());
        assertEquals(String.valueOf(i), wire.contents());
        wire.send(GET.formatted(i + 1));
      }
      assertEquals(before, count("epollCtl"));
      wire.send(GET.formatted(5) + GET.formatted(6)); // the kernel's, but for what was there
      assertEquals(before + 1, count("epollCtl"));
      assertEquals(4, waiting.size());
      for (int i = 4; i <= 6; i++) {
        assertTrue(waiting.getLast().send(String.valueOf(i)).isTaken());
        assertEquals(String.valueOf(i), wire.contents());
      }
    }
  }
}

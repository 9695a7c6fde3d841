package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Objects of an exchange are used for the next one; but not while something of the first is queued,
 * which would befall the second, whosever it is.
 */
class UsedOnceTest {

  private static final String ACTS = "GET /acts HTTP/1.1¶Host: a¶¶";
  private static final String LATER = "GET /later HTTP/1.1¶Host: a¶¶";

  private final List<String> told = new ArrayList<>();
  private final List<HttpResponse> kept = new ArrayList<>();

  /** One that has a task fail when its answer is over, one that answers later, and a plain one. */
  private static Router router(RuntimeException thrown) {
    return new Router()
        .get(
            "/acts",
            (request, response) -> {
              request.execute(() -> {
                throw thrown;
              });
              response.send("ok");
            })
        .get(
            "/later",
            (request, response) -> {
              response.later();
              var _ = request.loop().schedule(1_000_000_000L, () -> response.send("mine"));
            })
        .get("/plain", (_, response) -> response.send("plain"));
  }

  @Test
  void task_thatFailsBehindItsAnswer_isReportedAsItself() {
    try (HttpWire wire = HttpWire.to(router(new IllegalStateException("the real cause")))) {
      assertEquals("ok", wire.send(ACTS).contents());
      assertEquals(1, wire.reported.size());
      String report = wire.reported.getFirst();
      assertTrue(report.contains("the real cause") && report.contains("/acts"), report);
    }
  }

  @Test
  void task_thatFailsBehindItsAnswer_leavesTheNextRequestAlone() {
    try (HttpWire wire = HttpWire.to(router(new HttpException(403, "another's")))) {
      assertEquals("ok", wire.send(ACTS + LATER).contents());
      assertEquals("mine", wire.pass(Duration.ofSeconds(2)).contents());
    }
  }

  @Test
  void task_thatFailsBehindItsAnswer_answersNoRequestOfWhichAPartIsThere() {
    try (HttpWire wire = HttpWire.to(router(new HttpException(403, "another's")))) {
      assertEquals("ok", wire.send(ACTS + "GET /pl").contents());
      assertEquals("plain", wire.send("ain HTTP/1.1¶Host: a¶¶").contents());
    }
  }

  @Test
  void whenWritable_ofOneThatIsOver_tellsNobodyElse() {
    HttpHandler handler =
        (request, response) -> {
          if (request.path().equals("/acts")) {
            response.whenWritable(() -> told.add("first"));
            response.send("one");
            return;
          }
          response.later();
          while (response.write("x".repeat(10_000)) != WriteResult.REFUSED) {}
          response.whenWritable(() -> told.add("second"));
        };
    try (HttpWire wire = HttpWire.to(HttpWire.OPTIONS, ConnectionOptions.DEFAULT, handler)) {
      wire.send(ACTS + LATER);
      assertEquals(List.of("first"), told);
    }
  }

  @Test
  void response_ofOneThatIsOver_saysSo() {
    HttpHandler handler =
        (_, response) -> {
          kept.add(response);
          response.send("one");
        };
    try (HttpWire wire = HttpWire.to(handler)) {
      assertEquals("one", wire.send(ACTS).contents());
      assertFalse(kept.getFirst().isOpen());
      assertFalse(kept.getFirst().isWritable());
    }
  }
}

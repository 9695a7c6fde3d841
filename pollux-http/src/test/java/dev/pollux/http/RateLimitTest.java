package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Requests beyond a rate. */
class RateLimitTest {

  private static final HttpHandler OK = (_, response) -> response.send("seen");
  private static final long SECOND = 1_000_000_000L;
  private static final RateLimit TEN = RateLimit.of(10, Duration.ofSeconds(10));

  private long now = Long.MAX_VALUE - 2 * SECOND; // of a clock that passes its end

  private HttpHandler limited(RateLimit limit) {
    return limit.withClock(() -> now).around(OK);
  }

  private static HttpAnswer ask(HttpHandler handler, String address) {
    InetSocketAddress from = new InetSocketAddress(InetAddress.ofLiteral(address), 1);
    return HttpCall.get("/").withRemoteAddress(from).to(handler);
  }

  /** How many of a hundred are answered. */
  private static int count(HttpHandler handler, String address) {
    int count = 0;
    for (int i = 0; i < 100; i++) {
      count += ask(handler, address).status() == 200 ? 1 : 0;
    }
    return count;
  }

  @Test
  void requests_beyond_areRefused_untilTimeHasPassed() {
    HttpHandler handler = limited(TEN);
    for (int i = 0; i < 10; i++) {
      HttpAnswer answer = ask(handler, "10.0.0.1");
      assertEquals("seen", answer.text());
      assertNull(answer.field("Retry-After"));
    }
    HttpAnswer refused = ask(handler, "10.0.0.1");
    assertEquals(429, refused.status());
    assertEquals("1", refused.field("Retry-After"));
    assertEquals("429 Too Many Requests\n", refused.text());
    now += SECOND - 1;
    assertEquals(0, count(handler, "10.0.0.1"));
    now += 1;
    assertEquals(1, count(handler, "10.0.0.1"));
    now += 5 * SECOND;
    assertEquals(5, count(handler, "10.0.0.1"));
    now += 1_000 * SECOND;
    assertEquals(10, count(handler, "10.0.0.1"));
  }

  @Test
  void retryAfter_isInWholeSeconds_roundedUp() {
    HttpHandler handler = limited(RateLimit.of(1, Duration.ofSeconds(60)));
    assertEquals(200, ask(handler, "10.0.0.1").status());
    assertEquals("60", ask(handler, "10.0.0.1").field("Retry-After"));
    now += 1;
    assertEquals("60", ask(handler, "10.0.0.1").field("Retry-After"));
    now += SECOND - 1;
    assertEquals("59", ask(handler, "10.0.0.1").field("Retry-After"));
    now += 59 * SECOND - 1;
    assertEquals("1", ask(handler, "10.0.0.1").field("Retry-After"));
    now += 1;
    assertEquals(200, ask(handler, "10.0.0.1").status());
  }

  @Test
  void burst_isWhatIsTakenAtOnce() {
    HttpHandler handler = limited(TEN.withBurst(3));
    assertEquals(3, count(handler, "10.0.0.1"));
    now += SECOND;
    assertEquals(1, count(handler, "10.0.0.1"));
    assertEquals(1, count(limited(TEN.withBurst(1)), "10.0.0.1"));
  }

  @Test
  void clients_areAddresses_andNetworksOfIpv6() {
    HttpHandler handler = limited(TEN);
    assertEquals(10, count(handler, "10.0.0.1"));
    assertEquals(10, count(handler, "10.0.0.2"));
    assertEquals(0, count(handler, "::ffff:10.0.0.2"));
    assertEquals(10, count(handler, "2001:db8:0:1::1"));
    assertEquals(0, count(handler, "2001:db8:0:1:ffff::2"));
    assertEquals(10, count(handler, "2001:db8:0:2::1"));
    assertEquals(10, count(handler, "::1"));
    assertEquals(10, count(handler, "64:ff9b::a00:5")); // which is 10.0.0.5, behind a gateway
    assertEquals(0, count(handler, "10.0.0.5"));
    assertEquals(10, count(handler, "0:1:a00:63::")); // reserved, and no way to stand for 10.0.0.99
    assertEquals(10, count(handler, "10.0.0.99"));
  }

  @Test
  void noAddress_isOneClient() {
    HttpHandler handler = limited(RateLimit.of(2, Duration.ofSeconds(1)));
    HttpCall unix = HttpCall.get("/").withRemoteAddress(UnixAddress.unnamed());
    assertEquals(200, unix.to(handler).status());
    assertEquals(200, HttpCall.get("/").to(handler).status());
    assertEquals(429, unix.to(handler).status());
  }

  @Test
  void table_full_othersAreOneClient_andNobodyIsForgotten() {
    HttpHandler handler = limited(RateLimit.of(2, Duration.ofSeconds(2)).withMaxClients(4));
    for (int i = 0; i < 4; i++) {
      assertEquals(2, count(handler, "10.0.0." + i));
    }
    assertEquals(2, count(handler, "10.0.1.1"));
    assertEquals(0, count(handler, "10.0.1.2"));
    for (int i = 0; i < 4; i++) {
      assertEquals(0, count(handler, "10.0.0." + i));
    }
    now += SECOND;
    assertEquals(1, count(handler, "10.0.1.3"));
    assertEquals(0, count(handler, "10.0.1.1"));
    for (int i = 0; i < 4; i++) {
      assertEquals(1, count(handler, "10.0.0." + i));
    }
    now += 2 * SECOND; // all have paid, and make room
    assertEquals(2, count(handler, "10.0.1.1"));
    assertEquals(2, count(handler, "10.0.1.2"));
    assertEquals(0, count(handler, "10.0.1.1"));
  }

  @Test
  void handlers_countByThemselves() {
    RateLimit limit = TEN.withClock(() -> now);
    assertEquals(10, count(limit.around(OK), "10.0.0.1"));
    assertEquals(10, count(limit.around(OK), "10.0.0.1"));
  }

  @Test
  void clock_byDefault_isTheLoops() {
    try (HttpWire wire = HttpWire.to(RateLimit.of(1, Duration.ofSeconds(1)).around(OK))) {
      String get = "GET / HTTP/1.1¶Host: a¶¶";
      assertTrue(wire.send(get).read().startsWith("HTTP/1.1 200 "));
      assertTrue(wire.send(get).read().startsWith("HTTP/1.1 429 "));
      assertTrue(wire.pass(Duration.ofSeconds(1)).send(get).read().startsWith("HTTP/1.1 200 "));
    }
  }

  @Test
  void threads_shareWhatThereIs() throws InterruptedException {
    RateLimit limit = RateLimit.of(1_000, Duration.ofDays(1)).withClock(() -> now);
    HttpHandler handler = limit.around(OK);
    AtomicInteger answered = new AtomicInteger();
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                for (int n = 0; n < 10; n++) {
                  answered.addAndGet(count(handler, "10.0.0.1"));
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1_000, answered.get());
  }

  @Test
  void options_thatCannotBe_areRefused() {
    Duration day = Duration.ofDays(1);
    assertThrows(IllegalArgumentException.class, () -> RateLimit.of(0, day));
    assertThrows(IllegalArgumentException.class, () -> RateLimit.of(1, Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> RateLimit.of(2, Duration.ofNanos(1)));
    assertThrows(IllegalArgumentException.class, () -> RateLimit.of(1, Duration.ofDays(367)));
    assertThrows(IllegalArgumentException.class, () -> TEN.withBurst(0));
    assertThrows(IllegalArgumentException.class, () -> TEN.withBurst(Integer.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> TEN.withMaxClients(0));
    assertEquals(
        "RateLimit[requests=10, period=PT10S, burst=10, maxClients=100000]", TEN.toString());
  }
}

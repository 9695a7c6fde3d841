package dev.pollux.micrometer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.http.HttpContent;
import dev.pollux.http.HttpLimits;
import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What figures cost in objects: bytes allocated by the loop's thread, on the kernel. */
class MetricsAllocationTest {

  private static final int REQUESTS = 5_000;
  private static final int ROUNDS = 40;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final HttpContent HELLO = HttpContent.text("Hello");
  private static final byte[] GET = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1);

  private final Sys sys = NativeSys.open();
  private final IoBuffer io = IoBuffer.allocate(1 << 14);

  @Test
  void request_withoutAnObserver_allocatesNothing() throws SysException {
    assertEquals(0, least(null));
  }

  @Test
  void request_withMetricsThatAreNotBound_allocatesNothing() throws SysException {
    assertEquals(0, least(new PolluxHttpMetrics(Tags.empty())));
  }

  @Test
  void request_withMetricsOfASimpleRegistry_allocatesNothing() throws SysException {
    assertEquals(0, least(bound(new SimpleMeterRegistry(), MetricsOptions.DEFAULT)));
  }

  @Test
  void request_withMetricsForPrometheus_allocatesNothing() throws SysException {
    MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    assertEquals(0, least(bound(registry, MetricsOptions.DEFAULT)));
    assertTrue(Box.find(registry, "http.server.requests").timer().count() >= REQUESTS);
  }

  @Test
  void request_withAHistogram_allocatesNothing() throws SysException {
    MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    assertEquals(0, least(bound(registry, MetricsOptions.DEFAULT.withHistograms(true))));
  }

  private static HttpObserver bound(MeterRegistry registry, MetricsOptions options) {
    PolluxHttpMetrics metrics = new PolluxHttpMetrics(options);
    metrics.bindTo(registry);
    return metrics;
  }

  /** Bytes that a round of requests allocates, when all is compiled. */
  private long least(@Nullable HttpObserver observer) throws SysException {
    HttpOptions options =
        HttpOptions.DEFAULT
            .withLimits(HttpLimits.DEFAULT.withRequests(Integer.MAX_VALUE))
            .withObserver(observer);
    Router router = new Router().get("/hello", (_, response) -> response.send(HELLO));
    long least = Long.MAX_VALUE;
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.open(loop, Box.at(), options, router)) {
      int fd = Sockets.connecting(sys, server.address());
      for (int round = 0; round < ROUNDS && least > 0; round++) { // until it is compiled
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < REQUESTS; i++) {
          exchange(loop, fd);
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      int _ = sys.close(fd);
    }
    return least;
  }

  /** Sends a request, and takes its answer, which ends with the word. */
  private void exchange(EventLoop loop, int fd) throws SysException {
    var _ = io.buffer().put(0, GET);
    int sent = sys.send(fd, io.address(), GET.length, Linux.MSG_NOSIGNAL);
    if (sent != GET.length) {
      throw new AssertionError("sent " + sent);
    }
    int n = -Errno.EAGAIN;
    while (n == -Errno.EAGAIN) {
      int _ = loop.runOnce(0);
      n = sys.recv(fd, io.address(), io.buffer().capacity(), 0);
    }
    if (n <= 0 || io.buffer().get(9) != '2' || io.buffer().get(n - 1) != 'o') {
      throw new AssertionError("received " + n);
    }
  }
}

package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Small handlers around one another cost no object, for a client over TCP. */
class RateLimitAllocationTest {

  private static final int REQUESTS = 5_000;
  private static final int ROUNDS = 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final HttpContent HELLO = HttpContent.text("Hello");
  private static final byte[] GET =
      HttpWire.bytes("GET / HTTP/1.1¶Host: a¶Origin: https://app.example¶¶");

  private final Sys sys = NativeSys.open();
  private final IoBuffer io = IoBuffer.allocate(1 << 14);

  @Test
  void requests_withinTheRate_allocateNothing() throws SysException {
    HttpHandler hello = (_, response) -> response.send(HELLO);
    HttpHandler handler =
        SecurityFields.DEFAULT.around(
            Cors.origins("https://app.example")
                .around(RateLimit.of(1_000_000_000, Duration.ofSeconds(1)).around(hello)));
    HttpOptions options =
        HttpWire.OPTIONS.withLimits(HttpLimits.DEFAULT.withRequests(Integer.MAX_VALUE));
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.open(loop, at, options, handler)) {
      int fd = Sockets.connecting(sys, server.address());
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS && least > 0; round++) { // until it is compiled
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < REQUESTS; i++) {
          exchange(loop, fd);
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(0, least);
      int _ = sys.close(fd);
    }
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

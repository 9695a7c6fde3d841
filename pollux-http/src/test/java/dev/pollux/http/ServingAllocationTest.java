package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * A request that is served costs no object: bytes allocated by the loop's thread, on the kernel.
 */
class ServingAllocationTest {

  private static final int REQUESTS = 5_000;
  private static final int ROUNDS = 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final HttpContent HELLO = HttpContent.text("Hello");

  private final Sys sys = NativeSys.open();
  private final IoBuffer io = IoBuffer.allocate(1 << 14);
  private long answered;

  @Test
  void requests_allocateNothing() throws SysException {
    HttpHandler handler =
        (request, response) -> {
          if (request.path().equals("/hello") && request.fields().is("accept", "*/*")) {
            response.field("X-Name", "value").send(HELLO);
          }
        };
    measure("GET /hello?a=b HTTP/1.1¶Host: localhost¶Accept: */*¶¶", 1, handler);
  }

  @Test
  void pipelined_allocateNothing() throws SysException {
    HttpHandler handler = (_, response) -> response.send(HELLO);
    measure("GET /hello HTTP/1.1¶Host: localhost¶¶".repeat(16), 16, handler);
  }

  private void measure(String requests, int count, HttpHandler handler) throws SysException {
    byte[] bytes = HttpWire.bytes(requests);
    var _ = io.buffer().put(0, bytes);
    HttpOptions options =
        HttpWire.OPTIONS.withLimits(HttpLimits.DEFAULT.withRequests(Integer.MAX_VALUE));
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      Connection connection =
          Connection.adopt(
              loop, pair[0], ConnectionOptions.DEFAULT, new HttpWire.Opening(options, handler));
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS && least > 0; round++) { // until it is compiled
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < REQUESTS; i++) {
          exchange(loop, pair[1], bytes.length, count);
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(0, least);
      assertTrue(connection.isOpen());
      assertTrue(answered >= (long) REQUESTS * count);
      connection.reset();
      int _ = loop.runOnce(0);
    } finally {
      int _ = sys.close(pair[1]);
    }
  }

  /** Sends requests, and takes as many answers as that, of which each ends with the word. */
  private void exchange(EventLoop loop, int fd, int sizeBytes, int count) throws SysException {
    int sent = sys.send(fd, io.address(), sizeBytes, Linux.MSG_NOSIGNAL);
    if (sent != sizeBytes) {
      throw new AssertionError("sent " + sent);
    }
    int answers = 0;
    while (answers < count) {
      int _ = loop.runOnce(0);
      int room = io.buffer().capacity() - sizeBytes;
      int n = sys.recv(fd, io.address() + sizeBytes, room, 0);
      if (n == 0 || (n < 0 && n != -Errno.EAGAIN)) {
        throw new AssertionError("received " + n);
      }
      for (int i = 0; i < n; i++) {
        answers += io.buffer().get(sizeBytes + i) == 'H' && isHello(sizeBytes + i) ? 1 : 0;
      }
    }
    answered += answers;
  }

  private boolean isHello(int at) {
    return io.buffer().get(at + 1) == 'e' && io.buffer().get(at + 4) == 'o';
  }
}

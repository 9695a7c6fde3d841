package dev.pollux.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.management.ThreadMXBean;
import dev.pollux.http.HttpContent;
import dev.pollux.http.HttpLimits;
import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Requests on one connection of a loop, sixteen by one write, both ends in the hands of one thread:
 * so what is measured is mostly the server.
 *
 * <p>Threads: one.
 */
final class MetricsBenchmark implements AutoCloseable {

  /** Requests that are sent together, and answered by one write. */
  static final int PIPELINED = 16;

  private static final HttpContent HELLO = HttpContent.text("Hello");
  private static final byte[] GETS =
      "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n".repeat(PIPELINED).getBytes(ISO_8859_1);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final EventLoop loop;
  private final Sys sys;
  private final IoBuffer io = IoBuffer.allocate(1 << 14);
  private final int peer;
  private int answerBytes; // of all answers to one write

  /** What a request cost: nanoseconds of the processor, and bytes allocated. */
  record Cost(double nanos, double bytes) {}

  private MetricsBenchmark(EventLoop loop, @Nullable HttpObserver observer) throws SysException {
    this.loop = loop;
    this.sys = loop.sys();
    HttpOptions options =
        HttpOptions.DEFAULT
            .withLimits(HttpLimits.DEFAULT.withRequests(Integer.MAX_VALUE))
            .withObserver(observer);
    Router router = new Router().get("/hello", (_, response) -> response.send(HELLO));
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    this.peer = pair[1];
    Connection _ =
        Connection.adopt(
            loop,
            pair[0],
            ConnectionOptions.DEFAULT,
            new ConnectionHandler() {
              @Override
              public void opened(Connection connection) {
                connection.setHandler(HttpServer.handler(connection, options, router));
              }

              @Override
              public void received(Connection connection, ByteBuffer data) {
                throw new IllegalStateException("it has another handler");
              }
            });
  }

  /** A connection whose requests this is told of; nobody, for null. */
  static MetricsBenchmark open(@Nullable HttpObserver observer) throws SysException {
    return new MetricsBenchmark(EventLoop.open(), observer);
  }

  /** Asks so often, rounded up to whole writes. */
  Cost ask(int requests) throws SysException {
    int writes = (requests + PIPELINED - 1) / PIPELINED;
    long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
    long begin = THREADS.getCurrentThreadCpuTime(); // others may be at work on this machine
    for (int i = 0; i < writes; i++) {
      exchange();
    }
    long nanos = THREADS.getCurrentThreadCpuTime() - begin;
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
    double count = (double) writes * PIPELINED;
    return new Cost(nanos / count, bytes / count);
  }

  private void exchange() throws SysException {
    var _ = io.buffer().put(0, GETS);
    int sent = sys.send(peer, io.address(), GETS.length, Linux.MSG_NOSIGNAL);
    if (sent != GETS.length) {
      throw new IllegalStateException("sent " + sent + " bytes of " + GETS.length);
    }
    int received = 0;
    while (received == 0 || received < answerBytes) {
      int _ = loop.runOnce(0);
      int n = sys.recv(peer, io.address(), io.buffer().capacity(), Linux.MSG_DONTWAIT);
      received += Math.max(0, n);
    }
    if (io.buffer().get(0) != 'H' || io.buffer().get(9) != '2') {
      throw new IllegalStateException("the answer is none");
    }
    answerBytes = received; // of the first one all comes at once: it is one write
  }

  @Override
  public void close() {
    int _ = sys.close(peer);
    loop.close();
  }
}

package dev.pollux.http.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.http.HttpWire;
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
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/**
 * A message that comes and is sent back costs no object: bytes allocated by the loop's thread, on
 * the kernel.
 */
class WebSocketAllocationTest {

  private static final int MESSAGES = 5_000;
  private static final int ROUNDS = 200; // on a busy machine, compilers are late
  private static final int HEAD_BYTES = 4; // of an answer of 200 bytes
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Sys sys = NativeSys.open();
  private final IoBuffer io = IoBuffer.allocate(1 << 14);

  @Test
  void echo_allocatesNothing() throws SysException {
    WebSocketHandler echo =
        new WebSocketHandler() {
          @Override
          public void message(WebSocket from, boolean isText, ByteBuffer data) {
            var _ = from.send(isText, data);
          }
        };
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      Connection connection =
          Connection.adopt(
              loop,
              pair[0],
              ConnectionOptions.DEFAULT,
              new HttpWire.Opening(HttpWire.OPTIONS, WebSocketEndpoint.of(_ -> echo)));
      byte[] ask = HttpWire.bytes(SocketWire.ASK + SocketWire.KEY + "¶");
      exchange(loop, pair[1], ask, -1);
      byte[] message = Frames.frames().textOf(200).bytes();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS && least > 0; round++) { // until it is compiled
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MESSAGES; i++) {
          exchange(loop, pair[1], message, HEAD_BYTES + 200);
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(0, least);
      assertTrue(connection.isOpen());
      connection.reset();
      int _ = loop.runOnce(0);
    } finally {
      int _ = sys.close(pair[1]);
    }
  }

  /** Sends bytes, and takes an answer of so many; of any number for -1. */
  private void exchange(EventLoop loop, int fd, byte[] bytes, int size) throws SysException {
    var _ = io.buffer().put(0, bytes);
    if (sys.send(fd, io.address(), bytes.length, Linux.MSG_NOSIGNAL) != bytes.length) {
      throw new AssertionError("not sent");
    }
    int n = -Errno.EAGAIN;
    while (n == -Errno.EAGAIN) {
      int _ = loop.runOnce(0);
      n = sys.recv(fd, io.address(), io.buffer().capacity(), 0);
    }
    if (n <= 0 || (size > 0 && n != size)) {
      throw new AssertionError("received " + n);
    }
  }
}

package dev.pollux.http.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.ForwardingHandler;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection that is observed, on the kernel, with its loop and its other end on this thread. */
final class LogWire implements AutoCloseable {

  static final InstantSource EPOCH = InstantSource.fixed(Instant.EPOCH);
  static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static final int IO_BYTES = 1 << 17;

  final EventLoop loop;
  final Connection connection;
  private final Sys sys = NativeSys.open();
  private final IoBuffer io = IoBuffer.allocate(IO_BYTES);
  private final int fd;

  LogWire(HttpObserver observer, HttpHandler handler) throws SysException {
    HttpOptions http = HttpOptions.DEFAULT.withObserver(observer).withWallClock(EPOCH);
    http = http.withLimits(http.limits().withRequests(Integer.MAX_VALUE));
    loop = EventLoop.open(sys, LoopOptions.DEFAULT);
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    fd = pair[1];
    connection =
        Connection.adopt(loop, pair[0], ConnectionOptions.DEFAULT, new Opening(http, handler));
  }

  /** Sends bytes, as the characters are, and turns the loop until an answer, or the end, came. */
  String ask(String request) throws SysException {
    byte[] bytes = request.getBytes(ISO_8859_1);
    var _ = io.buffer().put(0, bytes);
    int size = exchange(bytes.length);
    byte[] answer = new byte[size];
    var _ = io.buffer().get(0, answer);
    return new String(answer, ISO_8859_1);
  }

  /** Sends bytes, and awaits nothing. */
  void tell(String some) throws SysException {
    byte[] bytes = some.getBytes(ISO_8859_1);
    var _ = io.buffer().put(0, bytes);
    int sent = sys.send(fd, io.address(), bytes.length, Linux.MSG_NOSIGNAL);
    if (sent != bytes.length) {
      throw new AssertionError("sent " + sent);
    }
  }

  /** Sends what is in the buffer; how many bytes came, in its place. */
  int exchange(int sizeBytes) throws SysException {
    int sent = sys.send(fd, io.address(), sizeBytes, Linux.MSG_NOSIGNAL);
    if (sent != sizeBytes) {
      throw new AssertionError("sent " + sent);
    }
    int n = -Errno.EAGAIN;
    while (n == -Errno.EAGAIN) {
      int _ = loop.runOnce(0);
      n = sys.recv(fd, io.address(), IO_BYTES, 0);
    }
    return n;
  }

  IoBuffer io() {
    return io;
  }

  void turn() throws SysException {
    for (int i = 0; i < 8; i++) {
      int _ = loop.runOnce(0);
    }
  }

  @Override
  public void close() throws SysException {
    int _ = sys.close(fd);
    connection.reset();
    turn();
    loop.close();
  }

  /** The handler of a connection, which is made with it. */
  private static final class Opening extends ForwardingHandler {
    private final HttpOptions options;
    private final HttpHandler handler;
    private @Nullable ConnectionHandler http;

    Opening(HttpOptions options, HttpHandler handler) {
      this.options = options;
      this.handler = handler;
    }

    @Override
    public void opened(Connection opened) {
      http = HttpServer.handler(opened, options, handler);
      super.opened(opened);
    }

    @Override
    protected ConnectionHandler delegate() {
      return Objects.requireNonNull(http);
    }
  }
}

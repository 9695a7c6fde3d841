package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.ForwardingHandler;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks HTTP, on the model kernel under virtual time, and its other end, whose
 * bytes the test writes and reads. In texts ¶ is CR LF. Closing it checks that nothing is left.
 */
public final class HttpWire implements AutoCloseable {

  public static final HttpOptions OPTIONS =
      HttpOptions.DEFAULT.withWallClock(InstantSource.fixed(Instant.EPOCH));
  static final String DATE = "Date: Thu, 01 Jan 1970 00:00:00 GMT¶";

  private static final int IO_BYTES = 1 << 16;
  private static final int QUIET_TURNS = 16;

  public final EventLoop loop;
  public final Connection connection;
  public final List<String> reported = new ArrayList<>();
  private final ModelSys sys = ModelSys.virtual(1, Faults.none());
  private final IoBuffer io = IoBuffer.allocate(IO_BYTES);
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final Map<Integer, String> before = sys.openDescriptors();
  private final int fd;
  private boolean ended;
  private boolean isCut;
  private int errno;
  public @Nullable CloseCause cause;

  private HttpWire(
      HttpOptions options,
      ConnectionOptions like,
      HttpHandler handler,
      @Nullable Map<String, Integer> calls) {
    try {
      LoopOptions reporting =
          LoopOptions.DEFAULT.withErrorHandler(
              (_, what, thrown) -> reported.add(what + ": " + thrown));
      loop = EventLoop.open(calls == null ? sys : counted(sys, calls), reporting);
      InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
      int listener = Sockets.tcpListener(sys, new InetSocketAddress(loopback, 0), 1);
      fd = Sockets.connecting(sys, Sockets.localAddress(sys, listener));
      int accepted = Sockets.accept(sys, listener);
      int _ = sys.close(listener);
      connection =
          Connection.adopt(loop, accepted, like, new Opening(options, handler, why -> cause = why));
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }

  /** The system calls of a loop, counted by their names. */
  private static Sys counted(Sys kernel, Map<String, Integer> calls) {
    InvocationHandler counting =
        (_, call, arguments) -> {
          int _ = calls.merge(call.getName(), 1, Integer::sum);
          return call.invoke(kernel, arguments);
        };
    Class<?>[] types = {Sys.class};
    return (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), types, counting);
  }

  /** With limits and all else by default. */
  public static HttpWire to(HttpHandler handler) {
    return to(OPTIONS, handler);
  }

  /** As that, with the loop's system calls counted by their names. */
  static HttpWire counting(Map<String, Integer> calls, HttpHandler handler) {
    return new HttpWire(OPTIONS, ConnectionOptions.DEFAULT, handler, calls);
  }

  public static HttpWire to(HttpOptions options, HttpHandler handler) {
    return to(options, ConnectionOptions.DEFAULT, handler);
  }

  public static HttpWire to(HttpOptions options, ConnectionOptions like, HttpHandler handler) {
    return new HttpWire(options, like, handler, null);
  }

  public static HttpWire to(HttpLimits limits, HttpHandler handler) {
    return to(OPTIONS.withLimits(limits), handler);
  }

  /** Sends a text and turns the loop until nothing happens any more. */
  public HttpWire send(String text) {
    write(bytes(text));
    return turn();
  }

  /** Sends bytes, turning the loop where the kernel is full. */
  public HttpWire write(byte[] bytes) {
    for (int at = 0; at < bytes.length; ) {
      int n = Math.min(bytes.length - at, IO_BYTES);
      var _ = io.buffer().clear().put(bytes, at, n);
      int sent = sys.send(fd, io.address(), n, Linux.MSG_NOSIGNAL);
      if (sent == -Errno.EAGAIN) {
        var _ = turn();
      } else if (sent < 0) {
        throw new AssertionError("send: " + Errno.name(-sent) + ", " + cause);
      } else {
        at += sent;
      }
    }
    return this;
  }

  /** Turns the loop until nothing happens any more; no time passes. */
  public HttpWire turn() {
    try {
      for (int empty = 0; empty < QUIET_TURNS; ) {
        empty = loop.runOnce(0) == 0 ? empty + 1 : 0;
      }
    } catch (SysException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  /** Time passes. */
  public HttpWire pass(Duration time) {
    long end = sys.nanoTime() + time.toNanos();
    try {
      for (long left = time.toNanos(); left > 0; left = end - sys.nanoTime()) {
        int _ = loop.runOnce(left);
      }
    } catch (SysException e) {
      throw new AssertionError(e);
    }
    return turn();
  }

  /** All that came since the last call, as text, without Date. */
  public String read() {
    return readRaw().replace(DATE, "");
  }

  /** All that came since the last call, as text. */
  public String readRaw() {
    take();
    String text = received.toString(ISO_8859_1).replace("\r\n", "¶");
    received.reset();
    return text;
  }

  /** The contents of answers with Content-Length that came since the last call. */
  public String contents() {
    StringBuilder contents = new StringBuilder();
    for (String rest = read(); !rest.isEmpty(); ) {
      int head = rest.indexOf("¶¶") + 2;
      int mark = rest.indexOf("Content-Length: ") + "Content-Length: ".length();
      int length = Integer.parseInt(rest.substring(mark, rest.indexOf('¶', mark)));
      contents.append(rest, head, head + length);
      rest = rest.substring(head + length);
    }
    return contents.toString();
  }

  private void take() {
    int n = 1;
    while (n > 0 && !ended) {
      var _ = turn();
      n = sys.recv(fd, io.address(), IO_BYTES, 0);
      if (n > 0) {
        byte[] got = new byte[n];
        var _ = io.buffer().clear().get(got);
        received.writeBytes(got);
      } else if (n != -Errno.EAGAIN) {
        ended = true;
        errno = -n;
      }
    }
  }

  /** All that came since the last call. */
  public byte[] readBytes() {
    take();
    byte[] bytes = received.toByteArray();
    received.reset();
    return bytes;
  }

  /** Reads so many bytes, or as many as there are, and forgets them; how many. */
  public int receive(int most) {
    int got = 0;
    int n = 1;
    while (n > 0 && got < most) {
      var _ = turn();
      n = sys.recv(fd, io.address(), Math.min(IO_BYTES, most - got), 0);
      got += Math.max(0, n);
    }
    return got;
  }

  /** Whether the stream has ended in order, behind what was read. */
  public boolean isEnded() {
    take();
    return ended && errno == 0;
  }

  /** Whether it was reset. */
  public boolean isReset() {
    take();
    return errno == Errno.ECONNRESET;
  }

  public HttpWire end() {
    int _ = sys.shutdown(fd, Linux.SHUT_WR);
    return turn();
  }

  /** The other end is gone, by a reset; the loop has had no turn since. */
  public HttpWire cut() {
    try {
      Sockets.linger(sys, fd, 0);
    } catch (SysException e) {
      throw new AssertionError(e);
    }
    int _ = sys.close(fd);
    isCut = true;
    return this;
  }

  /** Time passes in which the loop has no turn. */
  public HttpWire hold(Duration time) {
    sys.advance(time.toNanos());
    return this;
  }

  public static byte[] bytes(String text) {
    return text.replace("¶", "\r\n").getBytes(ISO_8859_1);
  }

  @Override
  public void close() {
    if (!isCut) {
      int _ = sys.close(fd);
    }
    var _ = turn();
    if (connection.isOpen()) {
      var _ = pass(Duration.ofSeconds(2)); // as a peer's end is looked for while reading is paused
    }
    if (!connection.isClosed()) {
      connection.reset();
      var _ = turn();
    }
    assertEquals(0, loop.timerCount(), "timers");
    loop.close();
    assertEquals(before, sys.openDescriptors());
  }

  /** The handler of a connection, which is made with it. */
  public static final class Opening extends ForwardingHandler {

    private final HttpOptions options;
    private final HttpHandler handler;
    private final Consumer<CloseCause> told;
    private @Nullable ConnectionHandler http;

    public Opening(HttpOptions options, HttpHandler handler) {
      this(options, handler, _ -> {});
    }

    public Opening(HttpOptions options, HttpHandler handler, Consumer<CloseCause> told) {
      this.options = options;
      this.handler = handler;
      this.told = told;
    }

    @Override
    public void opened(Connection opened) {
      http = HttpServer.handler(opened, options, handler);
      super.opened(opened);
    }

    @Override
    public void closed(Connection closed, CloseCause why) {
      told.accept(why);
      super.closed(closed, why);
    }

    @Override
    protected ConnectionHandler delegate() {
      return java.util.Objects.requireNonNull(http);
    }
  }
}

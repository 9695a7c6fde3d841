package dev.pollux.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A client on the model kernel under virtual time, and a server whose bytes the test writes and
 * reads. In texts ¶ is CR LF. Closing it checks that nothing is left.
 */
final class ClientWire implements AutoCloseable {

  private static final int IO_BYTES = 1 << 16;
  private static final int BACKLOG = 64;
  private static final int QUIET_TURNS = 16;

  final EventLoop loop;
  final HttpClient client;
  final int port;
  final List<String> reported = new ArrayList<>();
  final ModelSys sys;
  private final IoBuffer io = IoBuffer.allocate(IO_BYTES);
  private final Map<Integer, String> before;
  private final List<Peer> peers = new ArrayList<>();
  private int listener;

  ClientWire() {
    this(ClientOptions.DEFAULT);
  }

  ClientWire(ClientOptions options) {
    this(options, Faults.none());
  }

  ClientWire(ClientOptions options, Faults faults) {
    try {
      sys = ModelSys.virtual(1, faults);
      before = sys.openDescriptors();
      LoopOptions reporting =
          LoopOptions.DEFAULT.withErrorHandler(
              (_, what, thrown) -> reported.add(what + ": " + thrown));
      loop = EventLoop.open(sys, reporting);
      InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
      listener = Sockets.tcpListener(sys, new InetSocketAddress(loopback, 0), BACKLOG);
      port = ((InetSocketAddress) Sockets.localAddress(sys, listener)).getPort();
      client =
          HttpClient.of(
              loop, options.withResolver((_, answer) -> answer.resolved(List.of(loopback))));
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }

  // ---- the client

  ClientRequest get(String path) {
    return ClientRequest.get("http://a.test:" + port + path);
  }

  ClientRequest of(String method, String path) {
    return ClientRequest.of(method, "http://a.test:" + port + path);
  }

  Heard ask(ClientRequest request) {
    return ask(request, new Heard());
  }

  Heard ask(ClientRequest request, Heard heard) {
    heard.call = client.send(request, heard);
    var _ = turn();
    return heard;
  }

  Heard ask(String path) {
    return ask(get(path));
  }

  // ---- the server

  /** The next connection, which is to be there. */
  Peer accept() {
    var _ = turn();
    int fd = Sockets.accept(sys, listener);
    if (fd < 0) {
      throw new AssertionError("nobody has connected: " + Errno.name(-fd));
    }
    Peer peer = new Peer(fd);
    peers.add(peer);
    return peer;
  }

  /** All connections that are there by now. */
  List<Peer> accepted() {
    var _ = turn();
    List<Peer> all = new ArrayList<>();
    for (int fd = Sockets.accept(sys, listener); fd >= 0; ) {
      all.add(new Peer(fd));
      fd = Sockets.accept(sys, listener);
    }
    peers.addAll(all);
    return all;
  }

  /** How many more connections there are, which are accepted. */
  int connections() {
    return accepted().size();
  }

  /** Nobody listens any more. */
  void deafen() {
    if (listener >= 0) {
      int _ = sys.close(listener);
      listener = -1;
    }
  }

  /** A server's end of a connection. */
  final class Peer {
    private final int fd;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean isEnded;
    private boolean isClosed;
    private int errno;

    Peer(int fd) {
      this.fd = fd;
    }

    /** All that came since the last call, as text. */
    String read() {
      take(Integer.MAX_VALUE);
      String text = received.toString(ISO_8859_1).replace("\r\n", "¶");
      received.reset();
      return text;
    }

    /** Reads so many bytes, or as many as there are; how many there were. */
    int take(int most) {
      int n = 1;
      int got = 0;
      while (n > 0 && got < most && !isEnded && !isClosed) {
        var _ = turn();
        n = sys.recv(fd, io.address(), Math.min(IO_BYTES, most - got), 0);
        if (n > 0) {
          byte[] some = new byte[n];
          var _ = io.buffer().clear().get(some);
          received.writeBytes(some);
          got += n;
        } else if (n != -Errno.EAGAIN) {
          isEnded = true;
          errno = -n;
        }
      }
      return got;
    }

    /** Sends a text, and turns the loop until nothing happens any more. */
    Peer send(String text) {
      write(bytes(text));
      var _ = turn();
      return this;
    }

    /** Sends bytes, of which the kernel is to take all at once; no turn follows. */
    Peer write(byte[] bytes) {
      for (int at = 0; at < bytes.length; ) {
        int n = Math.min(bytes.length - at, IO_BYTES);
        var _ = io.buffer().clear().put(bytes, at, n);
        int sent = sys.send(fd, io.address(), n, Linux.MSG_NOSIGNAL);
        if (sent == -Errno.EAGAIN) {
          var _ = turn();
        } else if (sent < 0) {
          throw new AssertionError("send: " + Errno.name(-sent));
        } else {
          at += sent;
        }
      }
      return this;
    }

    /** Sends as much of this as there is room for, and turns the loop; how much that was. */
    int offer(byte[] bytes) {
      var _ = io.buffer().clear().put(bytes);
      int sent = sys.send(fd, io.address(), bytes.length, Linux.MSG_NOSIGNAL);
      if (sent < 0 && sent != -Errno.EAGAIN) {
        throw new AssertionError("send: " + Errno.name(-sent));
      }
      var _ = turn();
      return Math.max(0, sent);
    }

    /** Sends as much as there is room for; how much that was. */
    int fill(byte[] bytes) {
      int all = 0;
      while (true) {
        int n = Math.min(bytes.length, IO_BYTES);
        var _ = io.buffer().clear().put(bytes, 0, n);
        int sent = sys.send(fd, io.address(), n, Linux.MSG_NOSIGNAL);
        if (sent < 0) {
          return all;
        }
        all += sent;
        var _ = turn();
      }
    }

    Peer end() {
      int _ = sys.shutdown(fd, Linux.SHUT_WR);
      var _ = turn();
      return this;
    }

    Peer reset() {
      try {
        Sockets.linger(sys, fd, 0);
      } catch (SysException e) {
        throw new AssertionError(e);
      }
      return close();
    }

    Peer close() {
      if (!isClosed) {
        isClosed = true;
        int _ = sys.close(fd);
        var _ = turn();
      }
      return this;
    }

    /** It is gone, and no turn follows in which the client would see it. */
    void vanish() {
      isClosed = true;
      int _ = sys.close(fd);
    }

    /** Whether the client has ended it in order, behind what was read. */
    boolean isEnded() {
      take(Integer.MAX_VALUE);
      return isEnded && errno == 0;
    }

    boolean isReset() {
      take(Integer.MAX_VALUE);
      return errno == Errno.ECONNRESET;
    }
  }

  // ---- turning the loop

  /** Turns the loop until nothing happens any more; no time passes. */
  ClientWire turn() {
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
  ClientWire pass(Duration time) {
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

  static byte[] bytes(String text) {
    return text.replace("¶", "\r\n").getBytes(ISO_8859_1);
  }

  @Override
  public void close() {
    client.close();
    var _ = turn();
    List.copyOf(peers).forEach(Peer::close);
    deafen();
    var _ = pass(Duration.ofSeconds(2)); // as a peer's end is looked for while reading is paused
    assertEquals(0, client.connectionCount(), "connections");
    assertEquals(0, client.idleCount(), "idle connections");
    assertEquals(0, client.waitingCount(), "waiting requests");
    assertEquals(0, loop.timerCount(), "timers");
    loop.close();
    assertEquals(before, sys.openDescriptors());
  }
}
